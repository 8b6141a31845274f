"""Wire: one connection to a submission server; the only user of smtplib, with the door.

The steps are kept apart (`prepare`, then `transmit`) because the caller must write down that a mail is leaving
before its first byte leaves; `transmit_many` does both for many mails that were written down together. Every failure
says whether the mail may have been taken: only UnclearError means "perhaps". Nothing is retried and nothing is logged.
"""

import smtplib
import ssl
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from typing import Self

from mailer.errors import DroppedError, UnclearError
from mailer.parcels import hand_over_singly, make_dropped, make_unclear
from mailer.smtp_commands import read_offers, write_content, write_copies, write_envelope
from mailer.smtp_door import enter
from mailer.smtp_link import SmtpLink
from mailer.smtp_pipeline import hand_over_pipelined
from mailer.smtp_replies import CLOSING, Reply, judge_command, judge_final
from mailer.tls import make_tls_context
from mailer.types import Accepted, Login, Outcome, Parcel, RefusedCopy, Server

_FINAL_REPLY_S = 600.0  # RFC 5321 4.5.3.2.6
_GOODBYE_S = 5.0


class SmtpSession:
    """A signed-in connection; for one thread at a time, for any number of mails one after the other."""

    def __init__(self, smtp: smtplib.SMTP, *, timeout_s: float, final_timeout_s: float) -> None:
        self._link = SmtpLink(smtp, step_s=timeout_s, final_s=final_timeout_s)
        self._offers = read_offers(smtp.esmtp_features)
        self._refused: tuple[RefusedCopy, ...] = ()

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
        return self._link.is_open

    def prepare(
        self, sender: str, recipient: str, *, size: int, smtputf8: bool = False, copies: Sequence[str] = ()
    ) -> None:
        """Announce one mail of `size` bytes: envelope only. An empty `sender` is the null path.

        Both commands travel together when the server allows it (RFC 2920). A refused mail leaves the session usable.

        Raises:
            ReplyError: at stage mail or rcpt. DroppedError: the connection broke; nothing was handed over.
            ValueError: an address cannot be written.
        """
        international = smtputf8 or not "".join(copies).isascii()
        mail, rcpt = write_envelope(self._offers, sender, recipient, size=size, smtputf8=international)
        more = write_copies(copies)
        if self._link.must_reset:
            self.reset()
        self._link.must_reset, self._refused = True, ()
        with self._dropping():
            if self._offers.pipelining:
                self._link.write(b"\r\n".join([mail, rcpt, *more, b""]))
                self._expect("mail", self._link.read(), followed_by=1 + len(more))
                self._expect("rcpt", self._link.read(), followed_by=len(more))
                replies = [self._link.read() for _ in more]
            else:
                self._expect("mail", self._link.ask(mail))
                self._expect("rcpt", self._link.ask(rcpt))
                replies = [self._link.ask(command) for command in more]
            self._refused = self._judge_copies(copies, replies)

    def transmit(self, raw: bytes) -> Accepted:
        """Hand over the prepared mail and wait, long, for the final reply.

        Raises:
            ReplyError: refused before the content (stage data) or after it (stage final). DroppedError: broken before
            the content. UnclearError: broken or silent after the first byte of the content.
        """
        with self._dropping():
            self._expect("data", self._link.ask(b"DATA"))
        try:
            self._link.write(write_content(raw))
            outcome = judge_final(self._link.read_final())
        except OSError as error:
            self._link.close()
            raise make_unclear() from error
        if isinstance(outcome, Accepted):
            self._link.must_reset = False
            return replace(outcome, refused=self._refused)
        if isinstance(outcome, UnclearError) or outcome.code == CLOSING:
            self._link.close()
        raise outcome

    def transmit_many(self, parcels: Sequence[Parcel]) -> Iterator[Outcome]:
        """Hand over several mails, one round trip each if the server allows it; see `SmtpPort.transmit_many`."""
        told = 0
        if self.is_usable:
            with closing(self._start(parcels)) as outcomes:
                for outcome in outcomes:
                    told += 1
                    yield outcome
        for _ in parcels[told:]:
            yield make_dropped()

    def reset(self) -> None:
        """Forget a prepared mail (RSET)."""
        with self._dropping():
            self._expect("mail", self._link.ask(b"RSET"))
        self._link.must_reset = False

    def close(self) -> None:
        """Say goodbye if possible; never raises."""
        with suppress(OSError):
            self._link.say_goodbye(_GOODBYE_S)
        self._link.close()

    def _start(self, parcels: Sequence[Parcel]) -> Generator[Outcome, None, None]:
        # Copies are rare and written by hand: a mail with some travels by itself.
        if self._offers.pipelining and not any(parcel.copies for parcel in parcels):
            return hand_over_pipelined(self._link, self._offers, parcels)
        return hand_over_singly(self, parcels)

    def _judge_copies(self, copies: Sequence[str], replies: Sequence[Reply]) -> tuple[RefusedCopy, ...]:
        """Return who is left out. A server that takes its leave has taken nothing: that refuses the whole mail."""
        refused: list[RefusedCopy] = []
        for copy, reply in zip(copies, replies, strict=True):
            refusal = judge_command("rcpt", reply)
            if refusal is not None and refusal.code == CLOSING:
                self._link.close()
                raise refusal
            if refusal is not None:
                refused.append(RefusedCopy(email=copy, code=refusal.code, text=refusal.text))
        return tuple(refused)

    def _expect(self, stage: str, reply: Reply, *, followed_by: int = 0) -> None:
        """Raise unless the reply agrees; so many more replies are on their way and must be read."""
        refusal = judge_command(stage, reply)
        if refusal is None:
            return
        if refusal.code == CLOSING:
            self._link.close()
        else:
            self._skip_replies(followed_by)
        raise refusal

    def _skip_replies(self, count: int) -> None:
        try:
            for _ in range(count):
                self._link.read()
        except OSError:  # the refusal stands, but not the connection
            self._link.close()

    @contextmanager
    def _dropping(self) -> Iterator[None]:
        """Turn a broken connection into DroppedError."""
        if not self._link.is_open:
            raise DroppedError("The connection is closed.")
        try:
            yield
        except OSError as error:
            self._link.close()
            raise make_dropped() from error
