"""Use cases: our mailboxes: adding, finding, pausing."""

from sqlalchemy import select

from crm.models import Mailbox
from kit.errors import ConflictError, NotFoundError, say
from kit.tx import Tx


def add_mailbox(tx: Tx, mailbox: Mailbox) -> Mailbox:
    """Add a mailbox, or bring the one with that address up to date with what is given."""
    found = find_mailbox(tx, mailbox.address)
    if found:
        raise ConflictError(say("%(address)s is connected already.", address=mailbox.address))
    mailbox.created_at = tx.now
    tx.session.add(mailbox)
    tx.session.flush()
    return mailbox


def find_mailbox(tx: Tx, address: str) -> Mailbox | None:
    """Return the mailbox with this address."""
    return tx.session.scalar(select(Mailbox).where(Mailbox.address == address.strip().lower()))


def get_mailbox(tx: Tx, address: str) -> Mailbox:
    """Return the mailbox with this address, or refuse."""
    mailbox = find_mailbox(tx, address)
    if mailbox is None:
        raise NotFoundError(
            say(
                "No mailbox %(address)s is connected. Add it with: rapport mailboxes add %(address)s ...",
                address=address,
            )
        )
    return mailbox


def list_mailboxes(tx: Tx) -> list[Mailbox]:
    """Return all mailboxes, by address."""
    return list(tx.session.scalars(select(Mailbox).order_by(Mailbox.address)))


def pause_mailbox(tx: Tx, mailbox_id: int, reason: str) -> None:
    """Stop sending from a mailbox; what waits stays where it is."""
    mailbox = tx.session.get_one(Mailbox, mailbox_id)
    if mailbox.paused_at is None:
        mailbox.paused_at, mailbox.pause_reason = tx.now, reason


def resume_mailbox(tx: Tx, mailbox_id: int) -> None:
    """Send from a mailbox again. A person looked: what bounced before counts against it no more."""
    mailbox = tx.session.get_one(Mailbox, mailbox_id)
    if mailbox.paused_at is not None:
        mailbox.counted_from = tx.now
    mailbox.paused_at, mailbox.pause_reason = None, ""


def our_addresses(tx: Tx) -> frozenset[str]:
    """Return every address that is ours: mail from them is never a reply."""
    return frozenset(tx.session.scalars(select(Mailbox.address)))
