"""Use cases: what a launch would do, read before anybody presses the button."""

from collections.abc import Sequence as Rows
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal, select

from crm.mailboxes import list_mailboxes
from crm.models import Brand, Contact, Mailbox
from kit.tx import Tx
from sequences.course.runs import OPEN
from sequences.models import Enrolment
from sequences.versions.drafting import Writing
from sequences.versions.tree import list_places


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How many wait, who may be written to first and when; what is missing is named, what is asked for is a list."""

    waiting: int
    first_at: datetime | None
    first: Contact | None
    boxes: tuple[Mailbox, ...]
    mails: int
    reviewed: int
    needs_postal: bool
    needs_one_click: bool
    new_per_day: str

    @property
    def is_ready(self) -> bool:
        """Whether nothing stands in the way."""
        return bool(self.boxes) and not self.needs_postal and not self.needs_one_click


def read_launch(tx: Tx, writing: Writing, *, is_public: bool) -> Launch:
    """Return the plan of a launch. Four queries."""
    sequence = writing.sequence
    inside = Enrolment.sequence_id == sequence.id, Enrolment.state.in_(OPEN)
    waiting = select(func.count(Enrolment.id)).where(*inside).scalar_subquery()
    soonest = (
        select(Enrolment.id).where(*inside, Enrolment.next_at.is_not(None)).order_by(Enrolment.next_at, Enrolment.id)
    )
    query = (
        select(waiting, Enrolment.next_at, Contact)
        .select_from(select(literal(1)).subquery())
        .outerjoin(Enrolment, Enrolment.id == soonest.limit(1).scalar_subquery())
        .outerjoin(Contact, Contact.id == Enrolment.contact_id)
    )
    count, at, first = tx.session.execute(query).one()
    brand = tx.session.get_one(Brand, sequence.brand_id)
    mails = [place.step for place in list_places(writing.tree) if place.step.get("kind") == "email"]
    said = writing.tree.get("new_per_day")
    return Launch(
        waiting=count,
        first_at=max(at, tx.now) if at else None,
        first=first,
        boxes=tuple(_boxes(list_mailboxes(tx), writing)),
        mails=len(mails),
        reviewed=sum(step.get("review") == "required" for step in mails),
        needs_postal=brand.requires_postal and not brand.postal_address,
        needs_one_click=brand.requires_one_click and not is_public,
        new_per_day="" if said in (None, "none") else str(said),
    )


def _boxes(boxes: Rows[Mailbox], writing: Writing) -> list[Mailbox]:
    said = writing.tree.get("mailbox") or ()
    wanted = [said] if isinstance(said, str) else list(said)
    return [box for box in boxes if box.address in wanted] if wanted else list(boxes)
