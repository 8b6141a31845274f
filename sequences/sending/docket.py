"""Use cases: the docket: everything that may stop the sends of one batch, read in a few queries (A6).

The number of queries does not depend on the number of sends, so a batch of a hundred costs little more than one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from crm.models import Brand, Contact, ContactAddress, Message, Relationship, Stage
from crm.suppressions import ABOUT, about, decide_personal
from kit.together import Together
from kit.tx import Tx
from sequences.models import Enrolment, Send
from sequences.models import Sequence as SequenceRow
from sequences.versions.documents import read_documents
from sequences.versions.sequence_file import SequenceFile


class Entry(NamedTuple):
    """One send with its run, sequence, contact and relationship, as they are in this transaction."""

    id: int
    enrolment_id: int | None
    sequence_id: int | None
    contact_id: int
    brand_id: int | None
    mailbox_id: int
    thread_id: int | None
    email: str
    domain: str
    step: int
    step_key: str | None
    variant: str
    subject: str
    is_follow_up: bool
    state: str
    reason: str
    rfc_id: str
    attempts: int
    approved_by: str
    due_at: datetime
    expires_at: datetime | None
    claimed_at: datetime | None
    run_state: str | None
    run_reason: str | None
    hold_until: datetime | None
    version_id: int | None
    next_step: int | None
    run_began_at: datetime | None
    user_id: int | None
    override: str | None
    sequence_state: str | None
    sequence_name: str | None
    contact_name: str
    contact_zone: str | None
    contact_country: str | None
    contact_erased_at: datetime | None
    mailable: str | None
    relationship_id: int | None
    stage_id: int | None
    stage: str | None
    requires_one_click: bool | None


@dataclass(slots=True, kw_only=True)
class Case:
    """An entry with what was looked up for it. `document` is None for mail written by hand."""

    entry: Entry
    document: SequenceFile | None
    suppression: tuple[str, str] | None
    replied_at: datetime | None

    @property
    def is_first(self) -> bool:
        """Whether it is the first mail of a run."""
        return self.document is not None and not self.entry.is_follow_up


_QUERY = (
    select(
        Send.id,
        Send.enrolment_id,
        Send.sequence_id,
        Send.contact_id,
        Send.brand_id,
        Send.mailbox_id,
        Send.thread_id,
        Send.email,
        Send.domain,
        Send.step,
        Send.step_key,
        Send.variant,
        Send.subject,
        Send.is_follow_up,
        Send.state,
        Send.reason,
        Send.rfc_id,
        Send.attempts,
        Send.approved_by,
        Send.due_at,
        Send.expires_at,
        Send.claimed_at,
        Enrolment.state,
        Enrolment.reason,
        Enrolment.hold_until,
        Enrolment.version_id,
        Enrolment.next_step,
        Enrolment.created_at,
        Enrolment.user_id,
        Enrolment.override,
        SequenceRow.state,
        SequenceRow.name,
        Contact.name,
        Contact.zone,
        Contact.country,
        Contact.erased_at,
        ContactAddress.mailable,
        Relationship.id,
        Relationship.stage_id,
        Stage.name,
        Brand.requires_one_click,
    )
    .join(Contact, Contact.id == Send.contact_id)
    .outerjoin(Enrolment, Enrolment.id == Send.enrolment_id)
    .outerjoin(SequenceRow, SequenceRow.id == Enrolment.sequence_id)
    .outerjoin(ContactAddress, ContactAddress.email == Send.email)
    .outerjoin(Relationship, (Relationship.contact_id == Send.contact_id) & (Relationship.brand_id == Send.brand_id))
    .outerjoin(Brand, Brand.id == Send.brand_id)
    .outerjoin(Stage, Stage.id == Relationship.stage_id)
    .where(Send.id.in_(bindparam("send_ids", expanding=True)))
)
_REPLIES = (
    select(Message.contact_id, func.max(Message.at))
    .where(
        Message.contact_id.in_(bindparam("contact_ids", expanding=True)),
        Message.direction == "in",
        Message.kind == "reply",
    )
    .group_by(Message.contact_id)
)
_STOPS = Together(ABOUT, _REPLIES)


def read_docket(tx: Tx, send_ids: Sequence[int]) -> list[Case]:
    """Return the cases of these sends, in their order."""
    if not send_ids:
        return []
    rows = {row[0]: Entry._make(row) for row in tx.run(_QUERY, {"send_ids": list(send_ids)})}
    entries = [rows[send_id] for send_id in send_ids]
    documents = read_documents(tx, {entry.version_id for entry in entries if entry.version_id is not None})
    people = {(entry.contact_id, entry.email) for entry in entries}
    running = list({entry.contact_id for entry in entries if entry.enrolment_id is not None})
    forbidding, answered = _STOPS.ask(tx, {**about(people), "contact_ids": running})
    suppressions = decide_personal(forbidding, people)
    replies: dict[int, datetime] = {row[0]: row[1] for row in answered}
    return [
        Case(
            entry=entry,
            document=documents[entry.version_id] if entry.version_id is not None else None,
            suppression=suppressions.get((entry.contact_id, entry.email)),
            replied_at=replies.get(entry.contact_id),
        )
        for entry in entries
    ]
