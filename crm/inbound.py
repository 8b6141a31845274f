"""Use cases: when somebody last wrote, counted anew after a mail was taken for what it is not."""

from sqlalchemy import func, select

from crm.models import Message, Relationship, Thread
from crm.pulses import refresh_pulses
from kit.db import Instant
from kit.tx import Tx


def recount_inbound(tx: Tx, message: Message) -> None:
    """Set whose turn it is by the answers there are, in this mail's conversation and in the relationship."""
    tx.session.flush()
    thread = tx.session.get(Thread, message.thread_id) if message.thread_id else None
    last = select(func.max(Message.at, type_=Instant())).where(Message.direction == "in", Message.kind == "reply")
    if thread is not None:
        thread.last_in_at = tx.session.scalar(last.where(Message.thread_id == thread.id))
        talked = (Relationship.contact_id == thread.contact_id, Relationship.brand_id == thread.brand_id)
        for relationship in tx.session.scalars(select(Relationship).where(*talked)):
            own = select(Thread.id).where(Thread.contact_id == thread.contact_id, Thread.brand_id == thread.brand_id)
            relationship.last_in_at = tx.session.scalar(last.where(Message.thread_id.in_(own)))
    if message.contact_id is not None:
        tx.session.flush()
        refresh_pulses(tx, [message.contact_id])
