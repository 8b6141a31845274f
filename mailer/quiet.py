"""Pure: a world where every mail is taken and nobody ever writes: what a forecast rehearses against."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from mailer.types import Accepted, Fetched, Folders, FolderState, Login, Outcome, Parcel, Server

_TAKEN = Accepted(code=250, text="")


class QuietSmtp:
    """Takes every mail and keeps none."""

    is_usable = True

    def prepare(
        self, sender: str, recipient: str, *, size: int, smtputf8: bool = False, copies: Sequence[str] = ()
    ) -> None:
        """Agree."""

    def transmit(self, raw: bytes) -> Accepted:
        """Take it."""
        return _TAKEN

    def transmit_many(self, parcels: Sequence[Parcel]) -> Iterator[Outcome]:
        """Take them all."""
        for _ in parcels:
            yield _TAKEN

    def reset(self) -> None:
        """Forget nothing."""

    def close(self) -> None:
        """Say nothing."""


class QuietImap:
    """One empty inbox."""

    def folders(self, overrides: Mapping[str, str] | None = None) -> Folders:
        """Return the inbox alone."""
        return Folders(inbox="INBOX", sent=None, junk=None)

    def select(self, name: str) -> FolderState:
        """Find it empty."""
        return FolderState(name=name, uid_validity=1, uid_next=1, exists=0)

    def uids_after(self, last_uid: int) -> list[int]:
        """Find nothing."""
        return []

    def uids_between(self, low: int, high: int) -> list[int]:
        """Find nothing."""
        return []

    def highest_uid(self) -> int:
        """Find nothing."""
        return 0

    def uids_since(self, day: date) -> list[int]:
        """Find nothing."""
        return []

    def fetch(self, uids: Sequence[int], *, headers_only: bool = False) -> Iterator[Fetched]:
        """Yield nothing."""
        return iter(())

    def uids_with_message_id(self, message_id: str) -> list[int]:
        """Find nothing."""
        return []

    def append(self, folder: str, raw: bytes, at: datetime) -> None:
        """Keep nothing."""

    def begin_idle(self) -> None:
        """Decline."""

    def is_told(self) -> bool:
        """Know that nothing came."""
        return False

    def end_idle(self) -> bool:
        """Know that nothing came."""
        return False

    def wait_for_news(self, timeout_s: float) -> bool:
        """Know at once that nothing comes."""
        return False

    def close(self) -> None:
        """Say nothing."""


class QuietTransport:
    """Opens sessions of that world for any login."""

    def open_smtp(self, server: Server, login: Login | None, *, helo: str) -> QuietSmtp:
        """Connect to nothing."""
        return QuietSmtp()

    def open_imap(self, server: Server, login: Login) -> QuietImap:
        """Connect to nothing."""
        return QuietImap()
