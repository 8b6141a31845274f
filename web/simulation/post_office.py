"""Wire: the mail servers of a world, which count every word on the wire and keep a log of all that they took."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mailer.fake_faults import Fault
from mailer.fake_store import FakeAccount, message_id_of
from mailer.fakes import FakeImapSession, FakeMailServer, FaultPoint
from mailer.types import Folders, FolderState, Login, Server

PASSWORD = "simulated"  # noqa: S105 - opens nothing but a fake


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One mail that a server took from us."""

    at: datetime
    rfc_id: str
    sender: str
    recipient: str
    raw: bytes


class WatchedImap(FakeImapSession):
    """An IMAP session that tells when reading begins and which folders are opened."""

    def __init__(self, host: "PostOffice", account: FakeAccount) -> None:
        super().__init__(host, account)
        self._office = host
        self._address = account.address

    def folders(self, overrides: Mapping[str, str] | None = None) -> Folders:
        """Return the folders to poll; this is where a poll begins."""
        self._office.note_reading(self._address, None)
        return super().folders(overrides)

    def select(self, name: str) -> FolderState:
        """Open a folder read-only."""
        state = super().select(name)
        self._office.note_reading(self._address, name)
        return state


class PostOffice(FakeMailServer):
    """Fake servers that may be interrupted at every word.

    `on_word` is called before each; `on_read` when a mailbox is read; `on_offer` before a mail is taken, and `on_taken`
    after it was, while the sender does not know yet. A greylisted domain refuses every recipient once.
    """

    def __init__(
        self,
        accounts: Mapping[str, str],
        *,
        now: Callable[[], datetime],
        on_word: Callable[[], None],
        on_read: Callable[[str, str | None], None],
        on_offer: Callable[[str, bytes], None],
        on_taken: Callable[[Delivery], None],
    ) -> None:
        super().__init__(now=now, accounts=accounts)
        self.log: list[Delivery] = []
        self.grey: dict[str, set[str]] = {}
        self.refused_once = 0
        self.struck: Counter[tuple[FaultPoint, int | None]] = Counter()
        self._clock = now
        self._on_word = on_word
        self._on_read = on_read
        self._on_offer = on_offer
        self._on_taken = on_taken

    def strike(self, point: FaultPoint, *addresses: str) -> Fault | None:
        """Return the fault that strikes here; anything may happen first."""
        self._on_word()
        fault = super().strike(point, *addresses)
        if fault:
            self.struck[point, fault.code] += 1
        return fault

    def refusal_of(self, recipient: str) -> str | None:
        """Refuse a recipient of a greylisted domain once."""
        seen = self.grey.get(recipient.rpartition("@")[2])
        if seen is not None and recipient not in seen:
            seen.add(recipient)
            self.refused_once += 1
            return "451 4.7.1 Greylisted, try again later"
        return super().refusal_of(recipient)

    def accept(self, sender: str, recipient: str, raw: bytes) -> str:
        """Take a mail: it is in the log before the sender hears of it."""
        rfc_id = message_id_of(raw) or ""
        self._on_offer(rfc_id, raw)
        queued = super().accept(sender, recipient, raw)
        delivery = Delivery(at=self._clock(), rfc_id=rfc_id, sender=sender, recipient=recipient, raw=raw)
        self.log.append(delivery)
        self._on_taken(delivery)
        return queued

    def open_imap(self, server: Server, login: Login) -> WatchedImap:
        """Sign in for reading."""
        super().open_imap(server, login)
        return WatchedImap(self, self._accounts[login.user])

    def note_reading(self, address: str, folder: str | None) -> None:
        """Take note that a mailbox is being read; None is the beginning."""
        self._on_read(address, folder)
