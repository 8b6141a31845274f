"""Use cases: reading a mailbox: INBOX, Sent and Junk, in UID order, each message stored before the cursor passes it.

Folders are opened read-only and nothing is marked read (B3). Parsing happens outside any transaction.
"""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError

from crm.mailboxes import our_addresses, pause_mailbox
from crm.models import Mailbox, MailFolder, Quarantined
from kit.tx import Tx
from mailer.errors import DroppedError, LoginError, MailError
from mailer.parse import parse_mail
from mailer.transport import ImapPort
from mailer.types import Fetched, FolderState, ParsedMail
from sequences.copies import file_copies
from sequences.engine import Engine
from sequences.filing import file_mail, file_mails
from sequences.leases import beat, note_of
from sequences.line import Line
from sequences.outbox import Counts, free_unread

log = logging.getLogger(__name__)

FIRST_LOOK = timedelta(days=30)
RESCAN = timedelta(days=45)
BATCH = 50

# What one message can do to us: values no code expected, and values the database does not take.
BROKEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError, DataError)
Reading = ParsedMail | Exception


@dataclass(slots=True, kw_only=True)
class PollResult:
    """What one poll did. `error` is a sentence when the mailbox could not be read to the end."""

    began_at: datetime
    counts: Counts = field(default_factory=Counts)
    error: str = ""


def poll_mailbox(engine: Engine, mailbox_id: int) -> PollResult:
    """Read a mailbox over a connection of its own."""
    with engine.database.reading() as tx:
        mailbox = tx.session.get_one(Mailbox, mailbox_id)
    with Line(mailbox, engine.transport, engine.seal) as line:
        return poll_line(engine, mailbox, line)


def poll_line(engine: Engine, mailbox: Mailbox, line: Line) -> PollResult:
    """Read a mailbox over an open line; a broken connection is reopened once."""
    result = PollResult(began_at=engine.clock.now())
    try:
        imap = line.imap()
        try:
            _poll_folders(engine, mailbox, imap, result)
        except DroppedError:
            line.drop_imap()
            result.began_at = engine.clock.now()
            _poll_folders(engine, mailbox, line.imap(), result)
    except MailError as error:
        line.drop_imap()
        result.error = str(error) or type(error).__name__
        result.counts.errors.append(f"{mailbox.address}: {result.error}")
        if isinstance(error, LoginError):
            _pause(engine, mailbox, result.error)
    _leave_sign(engine, mailbox, result)
    return result


def _poll_folders(engine: Engine, mailbox: Mailbox, imap: ImapPort, result: PollResult) -> None:
    folders = imap.folders(mailbox.folders or None)
    with engine.database.reading() as tx:
        ours = our_addresses(tx)
    # Sent comes first: what left counts before what came back is judged.
    for role, name in (("sent", folders.sent), ("inbox", folders.inbox), ("junk", folders.junk)):
        if name is not None:
            _poll_folder(engine, mailbox, imap, role, name, ours, result)
    file_copies(engine, mailbox, imap, folders)


def _poll_folder(
    engine: Engine, mailbox: Mailbox, imap: ImapPort, role: str, name: str, ours: frozenset[str], result: PollResult
) -> None:
    state = imap.select(name)
    with engine.database.reading() as tx:
        cursor = _find_cursor(tx, mailbox.id, role)
    uids = _new_uids(imap, mailbox, state, cursor, engine.clock.now())
    if cursor is None or cursor.name != name or cursor.uid_validity != state.uid_validity:
        with engine.database.transaction() as tx:
            _reset_cursor(tx, mailbox.id, role, state, uids)
    for begin in range(0, len(uids), BATCH):
        chunk = uids[begin : begin + BATCH]
        parsed = list(_parse(imap, chunk, ours))
        result.counts.add(_file_chunk(engine, mailbox, role, name, chunk[-1], parsed, ours))


def _new_uids(
    imap: ImapPort, mailbox: Mailbox, state: FolderState, cursor: MailFolder | None, now: datetime
) -> list[int]:
    """Return what to read: what came after the cursor; all of a recent window where the cursor means nothing (B2)."""
    if cursor is None:
        return imap.uids_since((mailbox.created_at - FIRST_LOOK).date()) if state.exists else []
    if cursor.uid_validity != state.uid_validity or cursor.name != state.name:
        return imap.uids_since((now - RESCAN).date()) if state.exists else []
    if state.uid_next and state.uid_next <= cursor.last_uid + 1:
        return []
    return imap.uids_after(cursor.last_uid)


def _parse(imap: ImapPort, uids: Sequence[int], ours: frozenset[str]) -> Iterator[tuple[Fetched, Reading]]:
    for fetched in imap.fetch(uids):
        try:
            yield fetched, parse_mail(fetched.raw, received_at=fetched.received_at, ours=ours)
        except BROKEN as error:
            yield fetched, error


def _file_chunk(
    engine: Engine,
    mailbox: Mailbox,
    role: str,
    folder: str,
    last_uid: int,
    mails: Sequence[tuple[Fetched, Reading]],
    ours: frozenset[str],
) -> Counts:
    """Store a chunk and move the cursor over it in one transaction (B1)."""
    with engine.database.transaction() as tx:
        counts = _file_together(tx, mailbox, role, mails, ours)
        if counts is None:
            counts = Counts()
            for fetched, parsed in mails:
                counts.add(_file_one(tx, mailbox, role, folder, fetched, parsed, ours))
        cursor = _find_cursor(tx, mailbox.id, role)
        if cursor:
            cursor.last_uid = max(cursor.last_uid, last_uid)
    return counts


def _file_together(
    tx: Tx, mailbox: Mailbox, role: str, mails: Sequence[tuple[Fetched, Reading]], ours: frozenset[str]
) -> Counts | None:
    """File a chunk at once; None when one of its mails must be looked at alone, and nothing was changed."""
    whole = [(fetched, parsed) for fetched, parsed in mails if not isinstance(parsed, Exception)]
    if len(whole) < len(mails):
        return None
    try:
        with tx.session.begin_nested():
            return file_mails(tx, mailbox, role, whole, ours)
    except (IntegrityError, *BROKEN):
        return None


def _file_one(
    tx: Tx, mailbox: Mailbox, role: str, folder: str, fetched: Fetched, parsed: Reading, ours: frozenset[str]
) -> Counts:
    """File one mail behind a savepoint: a known one changes nothing (B5), a broken one is kept aside (B6)."""
    try:
        if isinstance(parsed, Exception):
            raise parsed
        with tx.session.begin_nested():
            return file_mail(tx, mailbox, role, fetched, parsed, ours)
    except IntegrityError:
        return Counts()
    except BROKEN as error:
        log.exception("mail_quarantined", extra={"mailbox_id": mailbox.id, "uid": fetched.uid})
        _set_aside(tx, mailbox, folder, fetched, error)
        return Counts()


def _set_aside(tx: Tx, mailbox: Mailbox, folder: str, fetched: Fetched, error: Exception) -> None:
    """Keep a message that could not be taken in, once: it may lie in two folders, or come again under a new number."""
    cause = error.orig if isinstance(error, DataError) and error.orig else error
    words = f"{type(cause).__name__}: {cause}".replace("\0", "")[:500]
    digest = hashlib.sha256(fetched.raw).hexdigest()
    is_kept = select(Quarantined.id).where(Quarantined.mailbox_id == mailbox.id, Quarantined.digest == digest)
    if tx.session.scalar(is_kept) is None:
        kept = Quarantined(mailbox_id=mailbox.id, folder=folder, uid=fetched.uid, raw=fetched.raw, error=words)
        kept.digest, kept.at = digest, tx.now
        tx.session.add(kept)
        tx.session.flush()


def _find_cursor(tx: Tx, mailbox_id: int, role: str) -> MailFolder | None:
    return tx.session.scalar(select(MailFolder).where(MailFolder.mailbox_id == mailbox_id, MailFolder.role == role))


def _reset_cursor(tx: Tx, mailbox_id: int, role: str, state: FolderState, uids: Sequence[int]) -> None:
    """Begin a folder, or begin it again under a new UIDVALIDITY, just before the first mail to be read."""
    cursor = _find_cursor(tx, mailbox_id, role)
    if cursor is None:
        cursor = MailFolder(mailbox_id=mailbox_id, role=role)
        tx.session.add(cursor)
    cursor.name, cursor.uid_validity = state.name, state.uid_validity
    cursor.last_uid = uids[0] - 1 if uids else max(0, state.uid_next - 1)


def _pause(engine: Engine, mailbox: Mailbox, words: str) -> None:
    with engine.database.transaction() as tx:
        pause_mailbox(tx, mailbox.id, f"The server refused the sign-in: {words}")


def _leave_sign(engine: Engine, mailbox: Mailbox, result: PollResult) -> None:
    with engine.database.transaction() as tx:
        if not result.error and note_of(tx, f"poll:{mailbox.id}"):
            free_unread(tx, mailbox.id)
        beat(tx, f"poll:{mailbox.id}", note=result.error)
