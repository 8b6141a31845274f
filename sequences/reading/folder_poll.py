"""Use cases: one folder, read: what is new first, then what a first look still owes, newest first.

The cursor moves in the transaction that stores what it passes (B1), so that whatever breaks in between loses nothing
and doubles nothing. Where reading broke before, it goes message by message, and one that breaks it again and again is
set aside with what can be had of it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm.models import Mailbox, MailFolder
from kit.errors import say
from kit.tx import Database, Tx
from mailer.errors import DroppedError, FolderError
from mailer.readers import Readers
from mailer.types import UNDATED, Fetched, FolderState
from sequences.reading.chunks import ReadMail, file_chunk
from sequences.reading.cursors import (
    begin_folder,
    find_cursor,
    get_cursor,
    is_quiet,
    means_nothing,
    move_down,
    move_up,
    note_state,
    note_stuck,
)
from sequences.reading.first_look import LARGE, choose_worthy
from sequences.reading.reader import CHUNK, Reader
from sequences.sending.outbox import Counts

FIRST_LOOK = timedelta(days=30)
RESCAN = timedelta(days=45)
WINDOW = 200
HELPED_FROM = 300  # mails that are worth starting processes for
SLOWLY = 2 * CHUNK  # mails read one by one where reading broke
_HEADER_FIRST_AFTER = 2
_GIVE_UP_AFTER = 5


class PassedError(DroppedError):
    """The connection broke at a message that is set aside now: the next one may be read at once."""


@dataclass(slots=True)
class FolderPoll:
    """The reading of one folder of one mailbox."""

    database: Database
    mailbox: Mailbox
    role: str
    reader: Reader
    helpers: int
    counts: Counts

    def run(self, name: str) -> None:
        """Read it to the end. Raises a MailError when it cannot be; what was read before is stored."""
        state = self.reader.imap.select(name)
        with self.database.reading() as tx:
            cursor = find_cursor(tx, self.mailbox.id, self.role)
        if cursor is None or means_nothing(cursor, state):
            cursor = self._begin(state, is_first=cursor is None)
        elif is_quiet(cursor, state) and cursor.missing_to is None:
            return
        self._read_new(cursor)
        self._read_missing(cursor)
        if (cursor.exists, cursor.modseq) != (state.exists, state.modseq):
            with self.database.transaction() as tx:
                note_state(tx, cursor, state)

    def _begin(self, state: FolderState, *, is_first: bool) -> MailFolder:
        """Plan to read a recent window of a folder whose cursor means nothing (B2)."""
        imap = self.reader.imap
        since: datetime = self.mailbox.created_at - FIRST_LOOK if is_first else self.reader.now - RESCAN
        # Not `state.exists`: a mail may have come since the folder was opened, and what is not above `top` is owed.
        top = imap.highest_uid()
        uids = imap.uids_since(since.date()) if top else []
        with self.database.transaction() as tx:
            return begin_folder(tx, self.mailbox.id, self.role, state, max(top, *uids, 0), uids)

    def _read_new(self, cursor: MailFolder) -> None:
        uids = self.reader.imap.uids_after(cursor.last_uid)
        with self._helped(len(uids)):
            self._read(cursor, uids, lambda uid: lambda tx: move_up(tx, cursor, uid))
        if uids:
            with self.database.transaction() as tx:
                move_up(tx, cursor, uids[-1])

    def _read_missing(self, cursor: MailFolder) -> None:
        """Read what a first look owes, window by window from the newest; of a large folder only what matters."""
        if cursor.missing_from is None or cursor.missing_to is None:
            return
        uids = self.reader.imap.uids_between(cursor.missing_from, cursor.missing_to)
        is_large = cursor.missing_total > LARGE
        with self._helped(len(uids)):
            for end in range(len(uids), 0, -WINDOW):
                window = uids[max(0, end - WINDOW) : end]
                worthy = self._worthy(window) if is_large else window
                self._read(cursor, worthy, lambda _: lambda _tx: None)
                self._pass(cursor, window[0], len(window))
        if not uids:
            self._pass(cursor, cursor.missing_from, cursor.missing_left)

    def _worthy(self, window: Sequence[int]) -> list[int]:
        heads = list(self.reader.imap.fetch(window, headers_only=True))
        with self.database.reading() as tx:
            return choose_worthy(tx, self.mailbox, self.role, heads)

    def _pass(self, cursor: MailFolder, below: int, done: int) -> None:
        with self.database.transaction() as tx:
            move_down(tx, cursor, below, done)

    def _read(self, cursor: MailFolder, uids: Sequence[int], mover: Callable[[int], Callable[[Tx], None]]) -> None:
        if cursor.stuck_times:
            self._read_singly(uids[:SLOWLY], mover)
            uids, cursor.stuck_times = uids[SLOWLY:], 0
        passed = 0
        try:
            for chunk in self.reader.chunks(uids):
                passed = chunk[-1][0].uid
                self._file(chunk, mover(passed))
        except DroppedError:
            self._note_stuck(next((uid for uid in uids if uid > passed), uids[0]))
            raise
        except FolderError:
            # Refused, but the connection is well: one of them may be the cause.
            self._read_singly([uid for uid in uids if uid > passed], mover)

    def _read_singly(self, uids: Sequence[int], mover: Callable[[int], Callable[[Tx], None]]) -> None:
        for uid in uids:
            try:
                chunk, fault = self._read_one(uid)
            except (DroppedError, FolderError):
                self._note_stuck(uid)
                raise
            self._file(chunk, mover(uid))
            if isinstance(fault, DroppedError):
                raise PassedError(str(fault)) from fault

    def _read_one(self, uid: int) -> tuple[list[ReadMail], Exception | None]:
        """Return one message; from the third try on with its header first, which proves that all else is well.

        Where only the body cannot be had, the header is set aside with the reason.
        """
        imap, times = self.reader.imap, self._times_stuck(uid)
        if times < _HEADER_FIRST_AFTER:
            return [mail for chunk in self.reader.chunks([uid]) for mail in chunk], None
        try:
            head = next(iter(imap.fetch([uid], headers_only=True)), None)
        except (DroppedError, FolderError) as error:
            if times < _GIVE_UP_AFTER:
                raise
            return [(Fetched(uid=uid, received_at=UNDATED, size=0, raw=b""), _unreadable(error))], error
        if head is None:
            return [], None
        try:
            return [mail for chunk in self.reader.chunks([uid]) for mail in chunk], None
        except (DroppedError, FolderError) as error:
            return [(head, _unreadable(error))], error

    def _times_stuck(self, uid: int) -> int:
        with self.database.reading() as tx:
            row = get_cursor(tx, self.mailbox.id, self.role)
            return row.stuck_times if row.stuck_uid == uid else 0

    def _note_stuck(self, uid: int) -> None:
        with self.database.transaction() as tx:
            note_stuck(tx, self.mailbox.id, self.role, uid)

    def _file(self, chunk: Sequence[ReadMail], move: Callable[[Tx], None]) -> None:
        ours = self.reader.ours
        self.counts.add(file_chunk(self.database, self.mailbox, self.role, self.role, chunk, ours, move))

    @contextmanager
    def _helped(self, mails: int) -> Iterator[None]:
        """Let processes help while the block runs, when there are many mails."""
        if mails < HELPED_FROM or not self.helpers:
            yield
            return
        with Readers(self.helpers) as readers:
            self.reader.helpers = readers
            try:
                yield
            finally:
                self.reader.helpers = None


def _unreadable(error: Exception) -> Exception:
    return ValueError(say("The server does not hand this message over: %(error)s", error=error))
