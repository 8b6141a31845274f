"""Use cases: reading the review queue: who waits, in order and counted, and the one draft that is open."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from crm.contacts import display_name
from crm.models import Brand, Contact, Mailbox
from kit.errors import NotFoundError, say
from kit.tx import Tx
from sequences.course.planning import make_footer, values_for
from sequences.models import Enrolment, Send, SendBody, Sequence, SequenceVersion
from sequences.pitches.gap_marks import Letter, Values, cut_letter, mark_gaps, with_values
from sequences.pitches.line_copies import Copy, describe_copies, find_copies
from sequences.reviewing.later import due_of
from sequences.sending.links import Links
from sequences.versions.authoring import document_of
from sequences.versions.sequence_file import SequenceFile, Variant

WINDOW = 100
_USES_LINE = SendBody.source.contains("personal_line", autoescape=True).label("uses_line")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """One waiting draft in the list. `gaps` keep it from leaving; `warnings` are worth a thought."""

    send_id: int
    contact_id: int
    contact_name: str
    step_key: str
    brand_id: int | None
    gaps: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether it may be approved unseen."""
        return not self.gaps and not self.warnings


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Part of the queue round the open draft: `position` counts from 1 in `total`; `begins` is where the rows begin."""

    rows: tuple[DraftRow, ...] = ()
    total: int = 0
    position: int = 0
    begins: int = 0
    before_id: int | None = None
    after_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One mail to read before it leaves, as its text was written (`source`, `subject_source`) and as it will be read.

    `subject_source` is None for a mail that keeps its conversation's subject. `mark` changes with any of its words.
    `queued_at` is its place in the queue, later than `due_at` once it was put last. `text` and `html` are the parts
    that would leave, empty while gaps are left; `files` are names in its version.
    """

    send_id: int
    contact: Contact
    sequence_id: int
    sequence_name: str
    sequence_state: str
    brand_id: int | None
    step_key: str
    variant: str
    email: str
    subject: str
    subject_source: str | None
    source: str
    personal_line: str
    letter: Letter
    due_at: datetime
    queued_at: datetime
    mailbox_address: str
    mailbox_pause: str
    run_state: str
    gaps: tuple[str, ...]
    is_edited: bool
    mark: str
    text: str = ""
    html: str = ""
    is_follow_up: bool = False
    version_id: int = 0
    files: tuple[str, ...] = ()

    @property
    def contact_id(self) -> int:
        """Whose draft it is."""
        return self.contact.id

    @property
    def contact_name(self) -> str:
        """What to call them."""
        return display_name(self.contact)

    @property
    def uses_line(self) -> bool:
        """Whether the text has a place for the personal line."""
        return "personal_line" in self.source


def list_drafts(tx: Tx, *, sequence_id: int | None = None, begins: int = 0, limit: int = 2 * WINDOW) -> list[DraftRow]:
    """Return what waits for approval, the earliest due first, from the place `begins` on. Two queries."""
    line = func.coalesce(func.nullif(Enrolment.personal_line, ""), Contact.personal_line)
    rows = tx.session.execute(
        select(
            Send.id,
            Send.step_key,
            Send.brand_id,
            Send.sequence_id,
            Send.explanation,
            Contact,
            line.label("line"),
            _USES_LINE,
        )
        .join(SendBody, SendBody.send_id == Send.id)
        .join(Contact, Contact.id == Send.contact_id)
        .join(Enrolment, Enrolment.id == Send.enrolment_id)
        .where(*_waiting(sequence_id))
        .order_by(Send.due_at, Send.id)
        .offset(begins)
        .limit(limit)
    ).all()
    used = [row for row in rows if row.uses_line and row.line]
    copies = find_copies(tx, {row.line for row in used}, {row.sequence_id for row in used})
    return [_row(row, copies.get(row.line, []) if row.uses_line else []) for row in rows]


def read_queue(tx: Tx, draft: Draft, *, sequence_id: int | None = None) -> Queue:
    """Return the rows round the open draft, and its place among all. Three queries, whatever waits."""
    at = draft.queued_at
    earlier = or_(Send.due_at < at, and_(Send.due_at == at, Send.id < draft.send_id))
    query = select(func.count(Send.id), func.count(Send.id).filter(earlier)).where(*_waiting(sequence_id))
    total, before = tx.session.execute(query).one()
    begins = before // WINDOW * WINDOW
    # One more on either side, so that the first and the last of a window know their neighbours.
    first = max(0, begins - 1)
    rows = list_drafts(tx, sequence_id=sequence_id, begins=first, limit=WINDOW + 2)
    here = before - first
    return Queue(
        rows=tuple(rows[begins - first :][:WINDOW]),
        total=total,
        position=before + 1,
        begins=begins,
        before_id=rows[here - 1].send_id if 0 < here <= len(rows) else None,
        after_id=rows[here + 1].send_id if here + 1 < len(rows) else None,
    )


def find_next(tx: Tx, send_id: int, *, sequence_id: int | None = None) -> int | None:
    """Return the draft after this one, decided or not; after the last one, the first of those that are left."""
    send = tx.session.get(Send, send_id)
    others = select(Send.id).where(*_waiting(sequence_id), Send.id != send_id).order_by(Send.due_at, Send.id).limit(1)
    later: ColumnElement[bool] | None = None
    if send is not None:
        later = or_(Send.due_at > send.due_at, and_(Send.due_at == send.due_at, Send.id > send.id))
    found = tx.session.scalar(others.where(later)) if later is not None else None
    return found or tx.session.scalar(others)


def find_draft(tx: Tx, send_id: int | None, *, links: Links, sequence_id: int | None = None) -> Draft | None:
    """Return one draft, or the first of the queue for None; nothing when it no longer waits."""
    query = _one_query().where(Send.state == "draft")
    if send_id is None:
        query = query.where(*_waiting(sequence_id)).order_by(Send.due_at, Send.id).limit(1)
    else:
        query = query.where(Send.id == send_id)
    row = tx.session.execute(query).first()
    return _draft(tx, row, links) if row else None


def get_draft(tx: Tx, send_id: int, *, links: Links) -> Draft:
    """Return one draft, or refuse when it no longer waits."""
    draft = find_draft(tx, send_id, links=links)
    if draft is None:
        raise NotFoundError(say("There is no such draft."))
    return draft


def text_of(document: SequenceFile, send: Send) -> Variant | None:
    """Return the text a draft was written from; None once its step is gone from the sequence."""
    step = next((one for one in document.flow.steps if one.key == send.step_key), None)
    if step is None:
        return None
    return next((one for one in step.texts() if one.key == send.variant), step.texts()[0])


def subject_of(document: SequenceFile, send: Send) -> str | None:
    """Return the subject of a draft as it is written, a person's own before the step's."""
    text = text_of(document, send)
    return send.explanation.get("own_subject") or (text.subject if text else None)


def mark_of(send: Send, source: str, subject: str | None, line: str) -> str:
    """Return a short word that changes whenever a draft's words do."""
    words = "\0".join((source, subject or "", line, repr(sorted(send.explanation.get("filled", {}).items()))))
    return sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def filled_values(tx: Tx, run: Enrolment, document: SequenceFile, send: Send) -> Values:
    """Return the merge values of a draft, with what a person filled in for this mail alone."""
    return with_values(values_for(tx, run, document), send.explanation.get("filled") or {})


def _waiting(sequence_id: int | None) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = [Send.state == "draft"]
    return [*clauses, Send.sequence_id == sequence_id] if sequence_id else clauses


def _one_query() -> Select[Send, SendBody, Contact, Enrolment, Sequence, Brand, Mailbox, SequenceVersion]:
    return (
        select(Send, SendBody, Contact, Enrolment, Sequence, Brand, Mailbox, SequenceVersion)
        .join(SendBody, SendBody.send_id == Send.id)
        .join(Contact, Contact.id == Send.contact_id)
        .join(Enrolment, Enrolment.id == Send.enrolment_id)
        .join(Sequence, Sequence.id == Enrolment.sequence_id)
        .join(Brand, Brand.id == Sequence.brand_id)
        .join(Mailbox, Mailbox.id == Send.mailbox_id)
        .join(SequenceVersion, SequenceVersion.id == Enrolment.version_id)
    )


def _row(row: Row[Any], copies: list[Copy]) -> DraftRow:
    warning = describe_copies(copies, row.Contact.id)
    return DraftRow(
        send_id=row.id,
        contact_id=row.Contact.id,
        contact_name=display_name(row.Contact),
        step_key=row.step_key or "",
        brand_id=row.brand_id,
        gaps=tuple(row.explanation.get("gaps") or ()),
        warnings=(warning,) if warning else (),
    )


def _draft(
    tx: Tx, row: Row[Send, SendBody, Contact, Enrolment, Sequence, Brand, Mailbox, SequenceVersion], links: Links
) -> Draft:
    # The brand is held for those below, who ask for it by its number.
    send, body, contact, run, sequence, _brand, mailbox, version = row
    document = document_of(version)
    line = run.personal_line or contact.personal_line
    gaps = tuple(send.explanation.get("gaps") or ())
    subject = subject_of(document, send)
    if gaps:
        values, footer = filled_values(tx, run, document, send), make_footer(tx, run, links)
        letter = mark_gaps(subject, body.source, values, gaps, footer=footer, line=line)
    else:
        letter = cut_letter(send.subject, body.text, body.html, line=line)
    return Draft(
        send_id=send.id, contact=contact, sequence_id=sequence.id, sequence_name=sequence.name,
        sequence_state=sequence.state, brand_id=sequence.brand_id, step_key=send.step_key or "",
        variant=send.variant, email=send.email, subject=send.subject, subject_source=subject,
        source=body.source, personal_line=line, letter=letter,
        due_at=due_of(send), queued_at=send.due_at, mailbox_address=mailbox.address,
        mailbox_pause=mailbox.pause_reason if mailbox.paused_at else "", run_state=run.state, gaps=gaps,
        is_edited=bool(send.explanation.get("edited")), mark=mark_of(send, body.source, subject, line),
        text=body.text, html=body.html, is_follow_up=send.is_follow_up, version_id=version.id,
        files=next((step.attachments for step in document.flow.steps if step.key == send.step_key), ()),
    )  # fmt: skip
