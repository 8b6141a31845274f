"""Use cases: holding everything, for when the past is not certain: after a restore."""

from sqlalchemy import select

from crm.mailboxes import pause_mailbox
from crm.models import Mailbox
from kit.errors import say
from kit.tx import Tx
from sequences.models import Sequence
from sequences.versions.authoring import pause_sequence

WHY = say("Restored from a backup: mail sent since then is not known here. Check the Sent folder, then resume.")


def hold_outbox(tx: Tx) -> int:
    """Pause every live sequence and every mailbox; return how many were paused."""
    held = 0
    for sequence in tx.session.scalars(select(Sequence).where(Sequence.state == "live")):
        pause_sequence(tx, sequence)
        held += 1
    for mailbox in tx.session.scalars(select(Mailbox).where(Mailbox.paused_at.is_(None))):
        pause_mailbox(tx, mailbox.id, WHY)
        held += 1
    return held
