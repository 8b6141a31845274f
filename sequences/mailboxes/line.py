"""Wire: the connections of one mailbox while one worker drains or polls it: opened when needed, closed at the end."""

from collections.abc import Callable
from typing import Self, TypeVar

from crm.models import Mailbox
from kit.errors import say
from mailer.errors import ConsentError, DroppedError, LoginError
from mailer.servers import parse_server
from mailer.transport import ImapPort, SmtpPort
from mailer.types import Login
from sequences.engine import Engine
from sequences.mailboxes.keys import find_login, renew_login

Port = TypeVar("Port")


class Line:
    """One SMTP and one IMAP connection, reused from mail to mail, never shared between threads (A12)."""

    def __init__(self, engine: Engine, mailbox: Mailbox) -> None:
        self._engine = engine
        self._mailbox = mailbox
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
            server, helo = parse_server(self._mailbox.smtp_url), self._mailbox.address.rpartition("@")[2]
            self._smtp = self._sign_in(lambda login: self._engine.transport.open_smtp(server, login, helo=helo))
        return self._smtp

    def smtp_open(self) -> SmtpPort:
        """Return the SMTP connection that is open already: an announced mail lives on it and on no other."""
        if self._smtp is None:
            raise DroppedError(say("The connection is closed."))
        return self._smtp

    def imap(self) -> ImapPort:
        """Return the open IMAP connection, opening it if there is none. Raises a MailError."""
        if self._imap is None:
            self.imap_logins += 1
            server = parse_server(self._mailbox.imap_url)
            self._imap = self._sign_in(lambda login: self._engine.transport.open_imap(server, login))
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

    def _sign_in(self, enter: Callable[[Login], Port]) -> Port:
        """Sign in; a token that is refused before its time is renewed once, and then the refusal stands."""
        login = find_login(self._engine, self._mailbox)
        try:
            return enter(login)
        except LoginError as error:
            other = None if isinstance(error, ConsentError) else renew_login(self._engine, self._mailbox, login)
            if other is None:
                raise
            return enter(other)
