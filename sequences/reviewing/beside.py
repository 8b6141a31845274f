"""Use cases: what to know about a person before saying yes to a mail: channels, what was written, what forbids it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from crm.exchange import HUMAN
from crm.models import Handle, Message
from crm.people import list_main_handles
from crm.suppressions import find_personal_suppressions
from kit.errors import say
from kit.tx import Tx
from mailer.addresses import is_role_address
from sequences.reviewing.drafts import Draft

_STATES: dict[str, str] = {"draft": say("not started yet"), "paused": say("paused")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The person beside a draft. `came` and `went` count mails between people; `holds` are sentences about now."""

    handles: tuple[Handle, ...]
    came: int = 0
    went: int = 0
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    forbidden: str = ""
    is_role: bool = False
    holds: tuple[str, ...] = ()


def read_beside(tx: Tx, draft: Draft) -> Beside:
    """Return what is known about the person of a draft. Three queries."""
    rows = tx.session.execute(
        select(Message.direction, func.count(Message.id), func.max(Message.at))
        .where(Message.contact_id == draft.contact_id, Message.kind.in_(HUMAN))
        .group_by(Message.direction)
    )
    mails = {direction: (count, last) for direction, count, last in rows}
    came, last_in = mails.get("in", (0, None))
    went, last_out = mails.get("out", (0, None))
    key = (draft.contact_id, draft.email)
    forbidden = find_personal_suppressions(tx, [key]).get(key)
    return Beside(
        handles=list_main_handles(tx, [draft.contact_id]).get(draft.contact_id, ()),
        came=came,
        went=went,
        last_in_at=last_in,
        last_out_at=last_out,
        forbidden=f"{forbidden[0]} ({forbidden[1].replace('_', ' ')})" if forbidden else "",
        is_role=is_role_address(draft.email),
        holds=_holds(draft),
    )


def _holds(draft: Draft) -> tuple[str, ...]:
    """Return what would keep an approved mail waiting, as far as it shows without asking every rule."""
    said: list[str] = []
    if draft.sequence_state != "live":
        said.append(
            say(
                "The sequence is %(sequence_state)s: a yes waits with it.",
                sequence_state=_STATES.get(draft.sequence_state, draft.sequence_state),
            )
        )
    if draft.run_state == "held":
        said.append(say("This run is held: a yes waits until it goes on."))
    if draft.mailbox_pause:
        said.append(say("The mailbox is paused: %(why)s", why=draft.mailbox_pause))
    return tuple(said)
