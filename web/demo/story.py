"""Use cases: where the demo's story stands: a pitch to send, sent, answered, and its words kept."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select

from crm.models import Contact, Feedback, Message
from crm.threads import find_owner
from kit.tx import Tx
from sequences.models import Send
from web.demo.cast import DORTE

QUOTE = "My viewers complain about hot handles all the time."
Stage = Literal["pitch", "leaving", "sent", "answered", "kept", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What there is to try now: `name` is whom it is about, `place` where it goes on, `quote` words to keep."""

    stage: Stage = ""
    name: str = ""
    place: str = ""
    quote: str = ""


def read_story(tx: Tx) -> Story:
    """Return where the story of the first answer stands; nothing once Dorte was skipped or taken out. Four queries."""
    contact_id = find_owner(tx, DORTE.email)
    contact = tx.session.get(Contact, contact_id) if contact_id else None
    if contact is None:
        return Story()
    name = contact.first_name or contact.name
    answer = tx.session.execute(
        select(Message.id, Message.thread_id)
        .where(Message.contact_id == contact.id, Message.direction == "in", Message.kind == "reply")
        .order_by(Message.id)
        .limit(1)
    ).first()
    if answer:
        is_kept = tx.session.scalar(select(func.count(Feedback.id)).where(Feedback.message_id == answer.id))
        return Story(
            stage="kept" if is_kept else "answered", name=name, place=f"/inbox/{answer.thread_id}", quote=QUOTE
        )
    send = tx.session.execute(
        select(Send.id, Send.state).where(Send.contact_id == contact.id).order_by(Send.id).limit(1)
    ).first()
    stages: dict[str, Stage] = {"draft": "pitch", "scheduled": "leaving", "claimed": "leaving", "sending": "leaving"}
    stages |= {"sent": "sent"}
    stage = stages.get(send.state, "") if send else ""
    return Story(stage=stage, name=name, place=f"/review/{send.id}" if send and stage == "pitch" else "/today")
