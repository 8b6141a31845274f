"""Wire: the connections of one mailbox while one worker drains or polls it: opened when needed, closed at the end."""

from typing import Self

from crm.models import Mailbox
from kit.seal import Seal
from mailer.errors import DroppedError
from mailer.servers import parse_server
from mailer.transport import ImapPort, SmtpPort, Transport
from mailer.types import Login


class Line:
    """One SMTP and one IMAP connection, reused from mail to mail, never shared between threads (A12)."""

    def __init__(self, mailbox: Mailbox, transport: Transport, seal: Seal) -> None:
        self._mailbox = mailbox
        self._transport = transport
        self._seal = seal
        self._smtp: SmtpPort | None = None
        self._imap: ImapPort | None = None
        self.imap_logins = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()

    @property
    def is_smtp_ready(self) -> bool:
        """Whether an SMTP connection is open and good for another mail."""
        return self._smtp is not None and self._smtp.is_usable

    def smtp(self) -> SmtpPort:
        """Return the open SMTP connection, opening it if there is none. Raises a MailError."""
        if self._smtp is None or not self._smtp.is_usable:
            self._drop_smtp()
            helo = self._mailbox.address.rpartition("@")[2]
            self._smtp = self._transport.open_smtp(parse_server(self._mailbox.smtp_url), self._login(), helo=helo)
        return self._smtp

    def smtp_open(self) -> SmtpPort:
        """Return the SMTP connection that is open already: an announced mail lives on it and on no other."""
        if self._smtp is None:
            raise DroppedError("The connection is closed.")
        return self._smtp

    def imap(self) -> ImapPort:
        """Return the open IMAP connection, opening it if there is none. Raises a MailError."""
        if self._imap is None:
            self.imap_logins += 1
            self._imap = self._transport.open_imap(parse_server(self._mailbox.imap_url), self._login())
        return self._imap

    @property
    def is_imap_open(self) -> bool:
        """Whether a mailbox is open to be read."""
        return self._imap is not None

    def drop_imap(self) -> None:
        """Close the IMAP connection, so that the next use opens a new one."""
        if self._imap is not None:
            self._imap.close()
            self._imap = None

    def hang_up(self) -> None:
        """Close everything; never raises."""
        self._drop_smtp()
        self.drop_imap()

    def _drop_smtp(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _login(self) -> Login:
        secret = self._seal.open(self._mailbox.secret, about=f"mailbox:{self._mailbox.address}")
        mechanism = "xoauth2" if self._mailbox.auth == "xoauth2" else "password"
        return Login(user=self._mailbox.user, secret=secret, mechanism=mechanism)
