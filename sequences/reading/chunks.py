"""Use cases: a chunk of read mails into the books, in one transaction with the cursor that passes it (B1)."""

import hashlib
import logging
from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError

from crm.models import Mailbox, Quarantined
from kit.tx import Database, Tx
from mailer.readers import Reading
from mailer.types import Fetched
from sequences.reading.filing import file_mail, file_mails
from sequences.sending.outbox import Counts

log = logging.getLogger(__name__)

# What one message can do to us: values no code expected, and values the database does not take.
BROKEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError, MemoryError, DataError)
ReadMail = tuple[Fetched, Reading]


def file_chunk(
    database: Database,
    mailbox: Mailbox,
    role: str,
    folder: str,
    mails: Sequence[ReadMail],
    ours: frozenset[str],
    move: Callable[[Tx], None],
) -> Counts:
    """Store a chunk and `move` the cursor over it; together if possible, one by one if one of them is broken."""
    with database.transaction() as tx:
        counts = _file_together(tx, mailbox, role, mails, ours)
        if counts is None:
            counts = Counts()
            for fetched, reading in mails:
                counts.add(_file_one(tx, mailbox, role, folder, fetched, reading, ours))
        move(tx)
    return counts


def _file_together(
    tx: Tx, mailbox: Mailbox, role: str, mails: Sequence[ReadMail], ours: frozenset[str]
) -> Counts | None:
    """File a chunk at once; None when one of its mails must be looked at alone, and nothing was changed."""
    whole = [(fetched, reading) for fetched, reading in mails if not isinstance(reading, Exception)]
    if len(whole) < len(mails):
        return None
    try:
        with tx.session.begin_nested():
            return file_mails(tx, mailbox, role, whole, ours)
    except (IntegrityError, *BROKEN):
        return None


def _file_one(
    tx: Tx, mailbox: Mailbox, role: str, folder: str, fetched: Fetched, reading: Reading, ours: frozenset[str]
) -> Counts:
    """File one mail behind a savepoint: a known one changes nothing (B5), a broken one is kept aside (B6)."""
    try:
        if isinstance(reading, Exception):
            raise reading
        with tx.session.begin_nested():
            return file_mail(tx, mailbox, role, fetched, reading, ours)
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
    # Without its bytes, its place is all that is known of it.
    digest = hashlib.sha256(fetched.raw or f"{folder}/{fetched.uid}".encode()).hexdigest()
    is_kept = select(Quarantined.id).where(Quarantined.mailbox_id == mailbox.id, Quarantined.digest == digest)
    if tx.session.scalar(is_kept) is None:
        kept = Quarantined(mailbox_id=mailbox.id, folder=folder, uid=fetched.uid, raw=fetched.raw, error=words)
        kept.digest, kept.at = digest, tx.now
        tx.session.add(kept)
        tx.session.flush()
