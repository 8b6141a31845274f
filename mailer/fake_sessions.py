"""Pure: sessions with a fake mail server; the same methods, errors and order of words as the real ones."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from mailer.domain import ascii_address
from mailer.errors import DroppedError, FolderError, MailError, ReplyError, UnclearError
from mailer.fake_faults import Fault, FaultPoint
from mailer.fake_store import FakeAccount, FakeFolder, fetched, message_id_of
from mailer.folder_names import choose_folders
from mailer.parcels import hand_over_singly
from mailer.smtp_replies import find_enhanced
from mailer.types import Accepted, Fetched, Folders, FolderState, Outcome, Parcel, RefusedCopy

_CLOSING = 421


class _Host(Protocol):
    """What a session needs from its server."""

    def strike(self, point: FaultPoint, *addresses: str) -> Fault | None: ...

    def refusal_of(self, recipient: str) -> str | None: ...

    def accept(self, sender: str, recipient: str, raw: bytes) -> str: ...


class FakeSmtpSession:
    """One fake submission connection."""

    def __init__(self, host: _Host, user: str) -> None:
        self._host = host
        self._user = user
        self._envelope: tuple[str, str] | None = None
        self._copies: list[str] = []
        self._refused_copies: list[RefusedCopy] = []
        self._open = True

    @property
    def is_usable(self) -> bool:
        """Whether another mail may go through this connection."""
        return self._open

    def prepare(
        self, sender: str, recipient: str, *, size: int, smtputf8: bool = False, copies: Sequence[str] = ()
    ) -> None:
        """Announce one mail; raises ReplyError (stage mail or rcpt) or DroppedError."""
        del size, smtputf8
        self._require_open()
        self._envelope, self._copies, self._refused_copies = None, [], []
        self._meet(FaultPoint.MAIL, sender)
        self._meet(FaultPoint.RCPT, recipient)
        self._name(recipient)
        for copy in copies:
            try:
                self._meet(FaultPoint.RCPT, copy)
                self._name(copy)
            except ReplyError as error:
                if error.code == _CLOSING:
                    raise
                self._refused_copies.append(RefusedCopy(email=copy, code=error.code, text=error.text))
            else:
                self._copies.append(copy)
        self._envelope = (sender, recipient)

    def _name(self, recipient: str) -> None:
        refusal = self._host.refusal_of(ascii_address(recipient))
        if refusal is not None:
            code, _, text = refusal.partition(" ")
            raise self._refused(FaultPoint.RCPT, int(code), text)

    def transmit(self, raw: bytes) -> Accepted:
        """Hand over the prepared mail; raises ReplyError (stage data or final), DroppedError or UnclearError."""
        self._require_open()
        if self._envelope is None:
            raise self._refused(FaultPoint.DATA, 503, "5.5.1 need RCPT first")
        sender, recipient = self._envelope
        self._envelope = None
        self._meet(FaultPoint.DATA, recipient)
        if self._host.strike(FaultPoint.CONTENT, self._user, recipient):
            raise self._broken(UnclearError("The connection broke while the mail was leaving."))
        fault = self._host.strike(FaultPoint.FINAL, self._user, recipient)
        if fault and fault.code is not None:
            raise self._refused(FaultPoint.FINAL, fault.code, fault.text)
        queued = self._host.accept(sender, recipient, raw)
        for copy in self._copies:
            self._host.accept(sender, copy, raw)
        if fault:
            raise self._broken(UnclearError("The server never said whether it took the mail."))
        return Accepted(code=250, text=f"2.0.0 Ok: queued as {queued}", refused=tuple(self._refused_copies))

    def transmit_many(self, parcels: Sequence[Parcel]) -> Iterator[Outcome]:
        """Hand over several mails, each when its outcome is asked for."""
        return hand_over_singly(self, parcels)

    def reset(self) -> None:
        """Forget a prepared mail."""
        self._require_open()
        self._envelope = None

    def close(self) -> None:
        """End the connection; never raises."""
        self._open = False

    def _meet(self, point: FaultPoint, address: str) -> None:
        fault = self._host.strike(point, self._user, address)
        if fault is None:
            return
        if fault.code is None:
            raise self._broken(DroppedError("The connection broke."))
        raise self._refused(point, fault.code, fault.text)

    def _refused(self, point: FaultPoint, code: int, text: str) -> ReplyError:
        self._open = self._open and code != _CLOSING
        return ReplyError(stage=point.value, code=code, enhanced=find_enhanced(text), text=text)

    def _broken(self, error: MailError) -> MailError:
        self._open = False
        return error

    def _require_open(self) -> None:
        if not self._open:
            raise DroppedError("The connection is closed.")


class FakeImapSession:
    """One fake IMAP connection."""

    def __init__(self, host: _Host, account: FakeAccount) -> None:
        self._host = host
        self._account = account
        self._selected: FakeFolder | None = None
        self._seen_next = 0
        self._open = True

    def folders(self, overrides: Mapping[str, str] | None = None) -> Folders:
        """Return the folders to poll."""
        self._meet()
        return choose_folders([((), name) for name in self._account.folders], overrides or {})

    def select(self, name: str) -> FolderState:
        """Open a folder read-only; raises FolderError when there is none of that name."""
        self._meet()
        folder = self._folder(name)
        self._selected, self._seen_next = folder, folder.uid_next
        return FolderState(
            name=name, uid_validity=folder.uid_validity, uid_next=folder.uid_next, exists=len(folder.mails)
        )

    def uids_after(self, last_uid: int) -> list[int]:
        """Return the UIDs above `last_uid`, ascending."""
        return [mail.uid for mail in self._current().mails if mail.uid > last_uid]

    def uids_between(self, low: int, high: int) -> list[int]:
        """Return the UIDs from `low` to `high`, ascending."""
        return [mail.uid for mail in self._current().mails if low <= mail.uid <= high]

    def highest_uid(self) -> int:
        """Return the UID of the last message, 0 in an empty folder."""
        return max((mail.uid for mail in self._current().mails), default=0)

    def uids_since(self, day: date) -> list[int]:
        """Return the UIDs received on `day` or later, ascending."""
        return [mail.uid for mail in self._current().mails if mail.at.date() >= day]

    def fetch(self, uids: Sequence[int], *, headers_only: bool = False) -> Iterator[Fetched]:
        """Yield messages in UID order; vanished ones are left out."""
        for uid in sorted(set(uids)):
            mail = self._current().find(uid)
            if mail is not None:
                yield fetched(mail, headers_only=headers_only)

    def uids_with_message_id(self, message_id: str) -> list[int]:
        """Return the UIDs of messages with exactly this Message-ID, ascending."""
        return [mail.uid for mail in self._current().mails if message_id_of(mail.raw) == message_id]

    def append(self, folder: str, raw: bytes, at: datetime) -> None:
        """Store our own copy of a mail, marked read."""
        self._meet()
        self._folder(folder).add(raw, at, "\\Seen")

    def begin_idle(self) -> None:
        """Decline: there is no socket to wait for."""
        self._meet()

    def is_told(self) -> bool:
        """Know of nothing: no wait was begun."""
        return False

    def end_idle(self) -> bool:
        """Know of nothing: no wait was begun."""
        return False

    def wait_for_news(self, timeout_s: float) -> bool:
        """Tell at once whether mail has come since the folder was opened or this was last asked."""
        del timeout_s
        folder = self._current()
        news = folder.uid_next > self._seen_next
        self._seen_next = folder.uid_next
        return news

    def close(self) -> None:
        """End the connection; never raises."""
        self._open = False

    def _folder(self, name: str) -> FakeFolder:
        folder = self._account.folders.get("INBOX" if name.upper() == "INBOX" else name)
        if folder is None:
            raise FolderError(f"There is no folder “{name}”.")
        return folder

    def _current(self) -> FakeFolder:
        self._meet()
        if self._selected is None:
            raise FolderError("No folder is open.")
        return self._selected

    def _meet(self) -> None:
        if not self._open or self._host.strike(FaultPoint.IMAP, self._account.address):
            self._open = False
            raise DroppedError("The connection broke.")
