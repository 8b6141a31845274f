"""Use cases: the Sent folder: our copy where the server files none, and evidence for mail whose end is unclear (A5)."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select

from crm.models import Mailbox
from kit.tx import Tx
from mailer.errors import FolderError
from mailer.transport import ImapPort
from mailer.types import Folders
from sequences.engine import Engine
from sequences.models import Send, SendBody

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=3)
_AT_ONCE = 50


def file_copies(engine: Engine, mailbox: Mailbox, imap: ImapPort, folders: Folders) -> None:
    """Append what we sent and the server did not file itself; searching first makes a rerun harmless."""
    if folders.sent is None:
        return
    with engine.database.reading() as tx:
        waiting = _without_copy(tx, mailbox.id)
    if not waiting:
        return
    imap.select(folders.sent)
    for send_id, rfc_id, raw, sent_at in waiting:
        try:
            if not imap.uids_with_message_id(rfc_id):
                imap.append(folders.sent, raw, sent_at)
        except FolderError as error:
            # A full or read-only Sent folder is no reason to call the inbox unread.
            log.warning("copy_refused", extra={"mailbox_id": mailbox.id, "error": str(error)})
            return
        with engine.database.transaction() as tx:
            tx.session.get_one(Send, send_id).copy_filed_at = tx.now


def _without_copy(tx: Tx, mailbox_id: int) -> list[tuple[int, str, bytes, datetime]]:
    rows = tx.session.execute(
        select(Send.id, Send.rfc_id, SendBody.raw, Send.sent_at)
        .join(SendBody, SendBody.send_id == Send.id)
        .where(
            Send.mailbox_id == mailbox_id,
            Send.state == "sent",
            Send.copy_filed_at.is_(None),
            Send.sent_at > tx.now - LOOK_BACK,
        )
        .order_by(Send.id)
        .limit(_AT_ONCE)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows if row[2] is not None and row[3] is not None]
