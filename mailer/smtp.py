"""Wire: one connection to a submission server; the only user of smtplib.

The steps are kept apart (`prepare`, then `transmit`) because the caller must write down that a mail is leaving
before its first byte leaves. Every failure says whether the mail may have been taken: only UnclearError means
"perhaps". Nothing is retried here and nothing is logged here.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self

from mailer.errors import DroppedError, ReplyError, UnclearError
from mailer.headers import check_address
from mailer.smtp_door import enter
from mailer.smtp_replies import make_reply_error, reply_text
from mailer.tls import make_tls_context
from mailer.types import Accepted, Login, Server

_GO_AHEAD = 354
_CLOSING = 421
_AGREED = 2  # RFC 5321 4.2.1: 2yz
_FINAL_REPLY_S = 600.0  # RFC 5321 4.5.3.2.6
_BLOCK_S = 180.0  # RFC 5321 4.5.3.2.5
_BLOCK = 65536
_GOODBYE_S = 5.0


class SmtpSession:
    """A signed-in connection; for one thread at a time, for any number of mails one after the other."""

    def __init__(self, smtp: smtplib.SMTP, *, timeout_s: float, final_timeout_s: float) -> None:
        self._smtp = smtp
        self._timeout_s = timeout_s
        self._final_timeout_s = final_timeout_s
        self._open = True
        self._must_reset = False

    @classmethod
    def open(
        cls,
        server: Server,
        login: Login | None,
        *,
        helo: str,
        timeout_s: float = 30.0,
        tls: ssl.SSLContext | None = None,
        final_timeout_s: float = _FINAL_REPLY_S,
    ) -> Self:
        """Connect, secure the connection as `server` demands, and sign in.

        Raises:
            UnreachableError: no connection. TlsError: it cannot be secured. LoginError: the login was refused.
            ReplyError: refused at stage connect or ehlo (also a temporary refusal to sign in). DroppedError: it broke.
        """
        smtp = enter(server, login, helo=helo, timeout_s=timeout_s, tls=tls or make_tls_context())
        return cls(smtp, timeout_s=timeout_s, final_timeout_s=final_timeout_s)

    @property
    def is_usable(self) -> bool:
        """Whether another mail may go through this connection, as far as is known without asking."""
        return self._open

    def prepare(self, sender: str, recipient: str, *, size: int, smtputf8: bool = False) -> None:
        """Announce one mail of `size` bytes: envelope only. An empty `sender` is the null path.

        Both commands travel together when the server allows it (RFC 2920). A refused mail leaves the session usable.

        Raises:
            ReplyError: at stage mail or rcpt. DroppedError: the connection broke; nothing was handed over.
            ValueError: an address cannot be written.
        """
        path = check_address(sender) if sender else ""
        target = check_address(recipient)
        utf8 = smtputf8 or not (path.isascii() and target.isascii())
        mail = f"MAIL FROM:<{path}>{self._mail_options(size, utf8=utf8)}"
        if self._must_reset:
            self.reset()
        self._must_reset = True
        self._smtp.command_encoding = "utf-8" if utf8 else "ascii"
        with self._dropping():
            if self._smtp.has_extn("pipelining"):
                self._smtp.putcmd(mail)
                self._smtp.putcmd(f"RCPT TO:<{target}>")
                self._expect("mail", *self._smtp.getreply(), is_followed=True)
                self._expect("rcpt", *self._smtp.getreply())
            else:
                self._expect("mail", *self._smtp.docmd(mail))
                self._expect("rcpt", *self._smtp.docmd(f"RCPT TO:<{target}>"))

    def transmit(self, raw: bytes) -> Accepted:
        """Hand over the prepared mail and wait, long, for the final reply.

        Raises:
            ReplyError: refused before the content (stage data) or after it (stage final). DroppedError: broken before
            the content. UnclearError: broken or silent after the first byte of the content.
        """
        with self._dropping():
            code, words = self._smtp.docmd("DATA")
            if code != _GO_AHEAD:
                raise self._refused("data", code, words)
        try:
            self._send_content(raw)
            code, words = self._smtp.getreply()
        except OSError as error:
            self._break()
            raise UnclearError("The connection broke or fell silent while the mail was leaving.") from error
        match code // 100:
            case 2:
                self._must_reset = False
                return Accepted(code=code, text=reply_text(words))
            case 4 | 5:
                raise self._refused("final", code, words)
            case _:
                self._break()
                raise UnclearError(f"The server's last word makes no sense: {code} {reply_text(words)}")

    def reset(self) -> None:
        """Forget a prepared mail (RSET)."""
        with self._dropping():
            self._expect("mail", *self._smtp.docmd("RSET"))
        self._must_reset = False

    def close(self) -> None:
        """Say goodbye if possible; never raises."""
        with suppress(OSError):
            if self._open and self._smtp.sock:
                self._smtp.sock.settimeout(_GOODBYE_S)
                self._smtp.quit()
        self._break()

    def _mail_options(self, size: int, *, utf8: bool) -> str:
        options = ""
        if self._smtp.has_extn("size"):
            limit = self._smtp.esmtp_features["size"].strip()
            if limit.isdecimal() and 0 < int(limit) < size:
                raise make_reply_error("mail", 552, f"5.3.4 The server takes {limit} bytes at most".encode())
            options += f" SIZE={size}"
        if utf8:
            if not self._smtp.has_extn("smtputf8"):
                raise make_reply_error("mail", 553, b"5.6.7 The server knows no addresses outside ASCII")
            options += " SMTPUTF8 BODY=8BITMIME"
        return options

    def _send_content(self, raw: bytes) -> None:
        """Write the content in blocks, each with its own time-out: one for all would fail big mails on slow lines."""
        sock = self._smtp.sock
        if sock is None:
            raise OSError("the connection is closed")
        content = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
        content = re.sub(rb"(?m)^\.", b"..", content)
        content += b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
        sock.settimeout(_BLOCK_S)
        for start in range(0, len(content), _BLOCK):
            sock.sendall(content[start : start + _BLOCK])
        sock.settimeout(self._final_timeout_s)

    def _expect(self, stage: str, code: int, words: bytes, *, is_followed: bool = False) -> None:
        """Raise unless the reply agrees; `is_followed` means that one more reply is on its way and must be read."""
        if code // 100 == _AGREED:
            return
        error = self._refused(stage, code, words)
        if is_followed and self._open:
            with suppress(smtplib.SMTPServerDisconnected):
                self._smtp.getreply()
        raise error

    def _refused(self, stage: str, code: int, words: bytes) -> ReplyError:
        if code < 0:
            raise smtplib.SMTPServerDisconnected("no SMTP reply")
        if code == _CLOSING:
            self._break()
        return make_reply_error(stage, code, words)

    @contextmanager
    def _dropping(self) -> Iterator[None]:
        """Turn a broken connection (smtplib's errors are OSErrors) into DroppedError, and time each step anew."""
        if not self._open or self._smtp.sock is None:
            raise DroppedError("The connection is closed.")
        self._smtp.sock.settimeout(self._timeout_s)
        try:
            yield
        except OSError as error:
            self._break()
            raise DroppedError("The connection broke or fell silent before the mail left.") from error

    def _break(self) -> None:
        self._open = False
        self._smtp.close()
