"""Pure: a mail server in memory, for tests and simulation. It is a Transport, with scripted faults and no sockets.

One fake stands for every host: a session belongs to the account named by its login, whatever the server's address.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from mailer.domain import ascii_address
from mailer.errors import DroppedError, LoginError, ReplyError, UnreachableError
from mailer.fake_faults import Fault, FaultPoint, FaultScript
from mailer.fake_sessions import FakeImapSession, FakeSmtpSession
from mailer.fake_store import FakeAccount, FakeFolder
from mailer.smtp_replies import find_enhanced
from mailer.types import Login, Server

__all__ = ["FakeImapSession", "FakeMailServer", "FakeSmtpSession", "FaultPoint", "Taken"]


class Taken(NamedTuple):
    """One mail that the fake accepted from us."""

    sender: str
    recipient: str
    raw: bytes


class FakeMailServer:
    """Accounts with INBOX, Sent and Junk, an `outbox` of all accepted mail, and faults.

    `now` says when mail arrives. `on_mail` is called with each accepted mail (the world's answer to it). Mail for
    a local account is delivered to it; an unknown address in the domain of an account is refused with 550.
    `introspect` says whose an access token is, as an issuer does; without it no token lets anybody in.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        accounts: Mapping[str, str] | None = None,
        on_mail: Callable[[Taken], None] | None = None,
        introspect: Callable[[str], str | None] = lambda _token: None,
    ) -> None:
        self.outbox: list[Taken] = []
        self.logins: list[tuple[str, str]] = []
        self._now = now
        self._on_mail = on_mail
        self.introspect = introspect
        self._accounts: dict[str, FakeAccount] = {}
        self._script = FaultScript()
        self._lock = threading.RLock()
        for address, password in (accounts or {}).items():
            self.add_account(address, password)

    def add_account(self, address: str, password: str) -> None:
        """Create a local mailbox with INBOX, Sent and Junk."""
        key = ascii_address(address)
        self._accounts[key] = FakeAccount(address=key, password=password)

    def deliver(self, address: str, raw: bytes, at: datetime, folder: str = "INBOX") -> int:
        """Put a mail into a folder as if it had arrived at `at`; return its UID."""
        with self._lock:
            return self.folder(address, folder).add(raw, at)

    def folder(self, address: str, name: str = "INBOX") -> FakeFolder:
        """Return a folder to look into or to change: its mails and flags, `expunge`, `renumber`."""
        return self._accounts[ascii_address(address)].folders[name]

    def add_folder(self, address: str, name: str) -> None:
        """Create one more folder."""
        self._accounts[ascii_address(address)].folders[name] = FakeFolder(name=name)

    def remove_folder(self, address: str, name: str) -> None:
        """Let a folder disappear."""
        del self._accounts[ascii_address(address)].folders[name]

    def fail(
        self,
        point: FaultPoint,
        *,
        code: int | None = None,
        text: str = "",
        address: str | None = None,
        times: int | None = 1,
    ) -> None:
        """Script a fault: a reply with `code`, or a broken connection without one; see FaultPoint."""
        with self._lock:
            self._script.faults.append(Fault(point=point, code=code, text=text, address=address, times=times))

    def heal(self) -> None:
        """Drop every fault that is still to come."""
        with self._lock:
            self._script.faults.clear()

    def open_smtp(self, server: Server, login: Login | None, *, helo: str) -> FakeSmtpSession:
        """Sign in for sending; raises as the real session does."""
        del server, helo
        user = login.user if login else ""
        for point in (FaultPoint.CONNECT, FaultPoint.EHLO, FaultPoint.LOGIN):
            self._meet_at_door(point, user)
        if login:
            self._sign_in(login)
        self.logins.append(("smtp", user))
        return FakeSmtpSession(self, user)

    def open_imap(self, server: Server, login: Login) -> FakeImapSession:
        """Sign in for reading; raises as the real session does."""
        del server
        for point in (FaultPoint.IMAP_CONNECT, FaultPoint.IMAP_LOGIN):
            self._meet_at_door(point, login.user)
        if self.strike(FaultPoint.IMAP, login.user):
            raise UnreachableError("The server does not answer.")
        account = self._sign_in(login)
        self.logins.append(("imap", login.user))
        return FakeImapSession(self, account)

    def strike(self, point: FaultPoint, *addresses: str) -> Fault | None:
        """Return the scripted fault that strikes here, using it up. For the sessions."""
        with self._lock:
            return self._script.strike(point, *addresses)

    def refusal_of(self, recipient: str) -> str | None:
        """Return the reply line that refuses `recipient`, or None. For the sessions."""
        domain = recipient.rpartition("@")[2]
        is_local = any(address.endswith(f"@{domain}") for address in self._accounts)
        return "550 5.1.1 User unknown" if is_local and recipient not in self._accounts else None

    def accept(self, sender: str, recipient: str, raw: bytes) -> str:
        """Take a mail, deliver it if its recipient is local, and return its queue id. For the sessions."""
        taken = Taken(sender, recipient, raw)
        with self._lock:
            self.outbox.append(taken)
            number = len(self.outbox)
            if ascii_address(recipient) in self._accounts:
                self.deliver(recipient, raw, self._now())
        if self._on_mail:
            self._on_mail(taken)
        return f"FAKE{number:06d}"

    def _sign_in(self, login: Login) -> FakeAccount:
        account = self._accounts.get(login.user)
        if account is None or not self._is_known(account, login):
            raise LoginError("The server refused the user name or the password.")
        return account

    def _is_known(self, account: FakeAccount, login: Login) -> bool:
        if login.mechanism == "xoauth2":
            return self.introspect(login.secret) == account.address
        return account.password == login.secret

    def _meet_at_door(self, point: FaultPoint, user: str) -> None:
        fault = self.strike(point, user)
        if fault is None:
            return
        is_connect = point in {FaultPoint.CONNECT, FaultPoint.IMAP_CONNECT}
        if fault.code is None:
            raise UnreachableError("The server does not answer.") if is_connect else DroppedError("It hung up.")
        if point is FaultPoint.IMAP_LOGIN or (point is FaultPoint.LOGIN and fault.code >= _PERMANENT):
            raise LoginError(f"The server refused the login: {fault.code} {fault.text}".strip())
        stage = "connect" if is_connect else "ehlo"
        raise ReplyError(stage=stage, code=fault.code, enhanced=find_enhanced(fault.text), text=fault.text)


_PERMANENT = 500
