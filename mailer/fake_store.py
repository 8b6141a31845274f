"""Pure: what a fake mail server remembers: accounts, folders, messages and their flags."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from mailer.types import Fetched


@dataclass(slots=True, kw_only=True)
class StoredMail:
    """One message in a fake folder."""

    uid: int
    at: datetime
    raw: bytes
    flags: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class FakeFolder:
    """One fake folder: UIDs only grow while UIDVALIDITY stays."""

    name: str
    uid_validity: int = 1
    uid_next: int = 1
    mails: list[StoredMail] = field(default_factory=list)

    def add(self, raw: bytes, at: datetime, *flags: str) -> int:
        """Store one message and return its UID."""
        uid = self.uid_next
        self.uid_next += 1
        self.mails.append(StoredMail(uid=uid, at=at.astimezone(UTC).replace(microsecond=0), raw=raw, flags=set(flags)))
        return uid

    def find(self, uid: int) -> StoredMail | None:
        """Return the message, or None when it has vanished."""
        return next((mail for mail in self.mails if mail.uid == uid), None)

    def expunge(self, uid: int) -> None:
        """Let one message vanish."""
        self.mails = [mail for mail in self.mails if mail.uid != uid]

    def renumber(self) -> None:
        """Give every message a new UID under a new UIDVALIDITY, as a server does after a restore."""
        self.uid_validity += 1
        self.uid_next = 1
        for mail in self.mails:
            mail.uid = self.uid_next
            self.uid_next += 1


@dataclass(slots=True, kw_only=True)
class FakeAccount:
    """One local mailbox."""

    address: str
    password: str
    folders: dict[str, FakeFolder] = field(
        default_factory=lambda: {name: FakeFolder(name=name) for name in ("INBOX", "Sent", "Junk")}
    )


def fetched(mail: StoredMail, *, headers_only: bool) -> Fetched:
    """Return `mail` as FETCH gives it; the header section ends with its empty line (RFC 3501 6.4.5)."""
    raw = mail.raw
    if headers_only:
        head, gap, _ = raw.partition(b"\r\n\r\n")
        raw = head + gap
    return Fetched(uid=mail.uid, received_at=mail.at, size=len(mail.raw), raw=raw)


def message_id_of(raw: bytes) -> str | None:
    """Return the Message-ID without brackets, as a server's index would know it."""
    head = raw.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"message-id":
            return value.strip().decode("ascii", "replace").removeprefix("<").removesuffix(">")
    return None
