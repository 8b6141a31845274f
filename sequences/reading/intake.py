"""Use cases: reading a mailbox: INBOX, Sent and Junk, in UID order, each message stored before the cursor passes it.

Folders are opened read-only and nothing is marked read (B3). Parsing happens outside any transaction.
"""

from dataclasses import dataclass, field
from datetime import datetime

from crm.mailboxes import our_addresses, pause_mailbox
from crm.models import Mailbox
from kit.errors import say
from mailer.errors import DroppedError, FolderError, LoginError, MailError
from mailer.transport import ImapPort
from sequences.engine import Engine
from sequences.incidents import record_incident
from sequences.leases import beat, note_of
from sequences.mailboxes.line import Line
from sequences.reading.folder_poll import FolderPoll, PassedError
from sequences.reading.knocks import count_knocks, is_welcome
from sequences.reading.reader import Reader
from sequences.sending.copies import file_copies
from sequences.sending.outbox import Counts, free_unread

WAITING = say("The server was asked often enough for now; it is left alone for some minutes.")


@dataclass(slots=True, kw_only=True)
class PollResult:
    """What one poll did. `error` is a sentence when the mailbox could not be read to the end."""

    began_at: datetime
    counts: Counts = field(default_factory=Counts)
    error: str = ""


def poll_mailbox(engine: Engine, mailbox_id: int, *, by_hand: bool = False) -> PollResult:
    """Read a mailbox over a connection of its own; `by_hand` asks a broken server even when it was asked just now."""
    with engine.database.reading() as tx:
        mailbox = tx.session.get_one(Mailbox, mailbox_id)
    with Line(engine, mailbox) as line:
        return poll_line(engine, mailbox, line, by_hand=by_hand)


def poll_line(engine: Engine, mailbox: Mailbox, line: Line, *, by_hand: bool = False) -> PollResult:
    """Read a mailbox over an open line; a broken connection is reopened once, if it was well before (B7)."""
    result = PollResult(began_at=engine.clock.now())
    with engine.database.reading() as tx:
        was_well = not note_of(tx, f"poll:{mailbox.id}")
        may_knock = by_hand or line.is_imap_open or is_welcome(tx, mailbox.id)
    if not may_knock:
        result.error = WAITING
        return result
    logins = line.imap_logins
    try:
        try:
            _poll_folders(engine, mailbox, line.imap(), result)
        except DroppedError as error:
            line.drop_imap()
            if not (was_well or by_hand or isinstance(error, PassedError)):
                raise
            result.began_at = engine.clock.now()
            _poll_folders(engine, mailbox, line.imap(), result)
    except MailError as error:
        line.drop_imap()
        result.error = str(error) or type(error).__name__
        if isinstance(error, LoginError):
            _pause(engine, mailbox, result.error)
    if result.error:
        result.counts.errors.append(f"{mailbox.address}: {result.error}")
    _leave_sign(engine, mailbox, result, line.imap_logins - logins)
    return result


def _poll_folders(engine: Engine, mailbox: Mailbox, imap: ImapPort, result: PollResult) -> None:
    folders = imap.folders(mailbox.folders or None)
    with engine.database.reading() as tx:
        ours = our_addresses(tx)
    result.error = ""
    reader = Reader(imap, ours, engine.clock.now())
    # Sent comes first: what left counts before what came back is judged.
    for role, name in (("sent", folders.sent), ("inbox", folders.inbox), ("junk", folders.junk)):
        if name is None:
            continue
        try:
            FolderPoll(engine.database, mailbox, role, reader, engine.readers, result.counts).run(name)
        except FolderError as error:
            # One folder that stays closed keeps no answer in another waiting; the poll still counts as broken.
            result.error = result.error or f"{name}: {error}"
    if not result.error:
        file_copies(engine, mailbox, imap, folders)


def _pause(engine: Engine, mailbox: Mailbox, words: str) -> None:
    with engine.database.transaction() as tx:
        pause_mailbox(tx, mailbox.id, say("The server refused the sign-in: %(words)s", words=words))
        record_incident(
            tx,
            "login",
            say("%(address)s is paused: %(words)s", address=mailbox.address, words=words),
            mailbox_id=mailbox.id,
        )


def _leave_sign(engine: Engine, mailbox: Mailbox, result: PollResult, logins: int) -> None:
    with engine.database.transaction() as tx:
        if not result.error and note_of(tx, f"poll:{mailbox.id}"):
            free_unread(tx, mailbox.id)
        count_knocks(tx, mailbox.id, max(1, logins) if result.error else 0)
        beat(tx, f"poll:{mailbox.id}", note=result.error)
