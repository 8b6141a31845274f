"""Use cases: a step that is being written, as one person would read it, and who of the others lacks a field for it."""

from collections import Counter
from collections.abc import Sequence as Rows
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from crm.brands import list_products
from crm.contacts import display_name
from crm.mailboxes import list_mailboxes
from crm.models import Brand, Contact, ContactAddress, Mailbox
from crm.people import list_main_handles
from kit.tx import Tx
from sequences.course.hours import contact_zone
from sequences.course.runs import OPEN
from sequences.models import Enrolment, Sequence
from sequences.pitches.gap_marks import Letter, cut_letter, mark_gaps
from sequences.pitches.pitch import ChecklistItem, Footer, Gaps, Rendered, pitch_checklist, render_pitch, word_count
from sequences.pitches.pitch_lint import LintFinding, LintMail, lint_pitch
from sequences.pitches.texts import OPT_OUT_SENTENCE
from sequences.pitches.values import merge_values
from sequences.sending.links import Links
from sequences.versions.drafting import Writing
from sequences.versions.sequence_file import SequenceFile
from sequences.versions.tree import Tree, texts_of

# Of so many people ahead every text is tried, so that the page stays quick.
LOOKED_AT = 40
# So few in a sequence are looked up one by one; of more, those first by name are soon found among all people.
_MANY = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads the preview: place among all who may, the neighbours, and when their next step is due, if any is."""

    contact: Contact
    email: str
    position: int
    total: int
    before_id: int | None
    after_id: int | None
    next_at: datetime | None = None

    @property
    def name(self) -> str:
        """What to call them."""
        return display_name(self.contact)

    @property
    def zone(self) -> str:
        """Whose clock they live by."""
        return str(contact_zone(self.contact, ""))


@dataclass(frozen=True, slots=True)
class Lack:
    """How many people miss a field; `contact_id` is the first of them."""

    field: str
    count: int
    contact_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One text for one reader. `gaps` are fields without a value, `faults` sentences about the text itself.

    `lacking` says of the `looked_at` next people who misses which field; `rendered` is None while something is missing.
    """

    letter: Letter
    gaps: tuple[str, ...]
    faults: tuple[str, ...]
    points: tuple[ChecklistItem, ...]
    findings: tuple[LintFinding, ...]
    lacking: tuple[Lack, ...]
    looked_at: int
    words: int
    mailbox: Mailbox
    rendered: Rendered | None

    def lack_of(self, field: str) -> Lack | None:
        """Return who misses a field; None when nobody does."""
        return next((one for one in self.lacking if one.field == field), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """What all readers of one preview share."""

    tx: Tx
    brand: Brand
    mailbox: Mailbox
    document: SequenceFile
    products: list[Any]
    handles: dict[int, Any]

    def values(self, contact: Contact, email: str, line: str) -> dict[str, dict[str, Any]]:
        """Return the merge fields of one reader."""
        return merge_values(
            self.tx, contact, self.brand, self.mailbox, self.document, email=email, personal_line=line,
            handles=self.handles.get(contact.id, ()), products=self.products,
        )  # fmt: skip


def list_readers(
    tx: Tx, sequence: Sequence, wanted: int | None, inside_count: int
) -> tuple[Reader | None, list[tuple[Contact, str, str]]]:
    """Return the reader asked for, else the first, and the people ahead with address and personal line.

    Those in the sequence, `inside_count`; while nobody is, everybody who has an address. One or two queries.
    """
    inside = Enrolment.contact_id == Contact.id, Enrolment.sequence_id == sequence.id, Enrolment.state.in_(OPEN)
    is_inside = (
        Contact.id.in_(select(Enrolment.contact_id).where(*inside[1:]))
        if inside_count < _MANY
        else exists().where(*inside)
    )
    address = (
        select(ContactAddress.email)
        .where(ContactAddress.contact_id == Contact.id, ContactAddress.retired_at.is_(None))
        .order_by(ContactAddress.position, ContactAddress.id).limit(1).correlate(Contact).scalar_subquery()
    )  # fmt: skip
    clauses: list[ColumnElement[bool]] = [Contact.erased_at.is_(None), is_inside]
    total = inside_count
    if not total:
        clauses = [
            Contact.erased_at.is_(None),
            exists().where(ContactAddress.contact_id == Contact.id, ContactAddress.retired_at.is_(None)),
        ]
        total = tx.session.scalar(select(func.count(Contact.id)).where(*clauses)) or 0
    line = select(func.max(Enrolment.personal_line)).where(*inside).correlate(Contact).scalar_subquery()
    due = select(func.min(Enrolment.next_at)).where(*inside).correlate(Contact).scalar_subquery()
    query = select(Contact, address, line, due).where(*clauses).order_by(Contact.name, Contact.id)
    # First who is shown, and only then what is said of them: of all this would take long.
    first = select(Contact.id).where(*clauses).order_by(Contact.name, Contact.id).limit(LOOKED_AT).subquery()
    shown = query.where(Contact.id.in_(select(first)))
    found = tx.session.execute(shown).all()
    rows = [(row[0], row[1] or "", row[2] or "") for row in found]
    at = next((n for n, row in enumerate(rows) if row[0].id == wanted), None)
    if at is None and wanted:
        return _far_reader(tx, query, clauses, wanted, total), rows
    return (_reader_at(rows, at or 0, total, found[at or 0][3]) if rows else None), rows


def preview_step(
    tx: Tx,
    writing: Writing,
    step: Tree,
    variant: str,
    reader: Reader,
    people: Rows[tuple[Contact, str, str]],
    links: Links,
    *,
    way_out_of: str = "",
) -> Preview:
    """Return a text of the step as `reader` would get it, with what it gives to think about.

    `way_out_of` is whose opt-out the mail carries, the reader's own by default.
    """
    room = _make_room(tx, writing, [reader.contact.id, *(row[0].id for row in people)])
    text = next((one for one in texts_of(step) if one["key"] == variant), texts_of(step)[0])
    subject, body = text.get("subject"), writing.body_of(str(text.get("body") or ""))
    line = next((row[2] for row in people if row[0].id == reader.contact.id), "") or reader.contact.personal_line
    values = room.values(reader.contact, reader.email, line)
    footer = (
        make_preview_footer(room.brand, room.mailbox, links, way_out_of or reader.email)
        if step.get("kind") == "email"
        else None
    )
    made = render_pitch(subject, body, values, footer=footer)
    lacking = _list_lacking(room, subject, body, people)
    if isinstance(made, Gaps):
        letter = mark_gaps(subject, body, values, made.fields, footer=footer, line=line)
        return Preview(
            letter=letter, gaps=made.fields, faults=made.faults, points=_points(subject, body), findings=(),
            lacking=lacking, looked_at=len(people), words=word_count(body), mailbox=room.mailbox, rendered=None,
        )  # fmt: skip
    mail = LintMail(
        subject=made.subject, text=made.text, html=made.html, line=line if "personal_line" in body else "",
        names=(reader.name,), language=reader.contact.language or "", is_follow_up=subject is None,
        needs_way_out=step.get("kind") == "email",
    )  # fmt: skip
    return Preview(
        letter=cut_letter(made.subject, made.text, made.html if footer else "", line=line), gaps=(), faults=(),
        points=_points(subject, made.text), findings=lint_pitch(mail) if step.get("kind") == "email" else (),
        lacking=lacking, looked_at=len(people), words=word_count(mail.body), mailbox=room.mailbox, rendered=made,
    )  # fmt: skip


def make_preview_footer(brand: Brand, mailbox: Mailbox, links: Links, email: str) -> Footer:
    """Return what every mail to a stranger ends with; the way out is that of `email`."""
    address = f"{brand.name}, {brand.postal_address}" if brand.requires_postal and brand.postal_address else brand.name
    url = links.opt_out_url(email, smtp_url=mailbox.smtp_url, mailbox=mailbox.address)
    return Footer(postal_address=address, opt_out_sentence=OPT_OUT_SENTENCE, opt_out_url=url, signature=brand.signature)


def choose_mailbox(boxes: Rows[Mailbox], tree: Tree) -> Mailbox | None:
    """Return the mailbox a sequence would write from: the first it names, else the first there is."""
    said = tree.get("mailbox") or ()
    wanted = [said] if isinstance(said, str) else list(said)
    return next((box for box in boxes if box.address in wanted), boxes[0] if boxes else None)


def _make_room(tx: Tx, writing: Writing, contact_ids: list[int]) -> _Room:
    brand = tx.session.get_one(Brand, writing.sequence.brand_id)
    mailbox = choose_mailbox(list_mailboxes(tx), writing.tree) or Mailbox(address="", name="", smtp_url="smtp://none")
    fields = writing.tree.get("fields") if isinstance(writing.tree.get("fields"), dict) else {}
    document = SequenceFile.model_construct(name=writing.sequence.name, fields=fields or {}, steps=())
    return _Room(
        tx=tx, brand=brand, mailbox=mailbox, document=document, products=list_products(tx, brand.id),
        handles=dict(list_main_handles(tx, contact_ids)),
    )  # fmt: skip


def _list_lacking(
    room: _Room, subject: str | None, body: str, people: Rows[tuple[Contact, str, str]]
) -> tuple[Lack, ...]:
    found: Counter[str] = Counter()
    first: dict[str, int] = {}
    for contact, email, line in people:
        made = render_pitch(subject, body, room.values(contact, email, line), footer=None)
        for field in made.fields if isinstance(made, Gaps) else ():
            found[field] += 1
            first.setdefault(field, contact.id)
    return tuple(Lack(field, count, first[field]) for field, count in found.most_common())


def _points(subject: str | None, text: str) -> tuple[ChecklistItem, ...]:
    return pitch_checklist(subject, text) if subject else ()


def _reader_at(rows: list[tuple[Contact, str, str]], at: int, total: int, next_at: datetime | None) -> Reader:
    contact, email, _ = rows[at]
    return Reader(
        contact=contact, email=email, position=at + 1, total=total, next_at=next_at,
        before_id=rows[at - 1][0].id if at else None, after_id=rows[at + 1][0].id if at + 1 < len(rows) else None,
    )  # fmt: skip


def _far_reader(tx: Tx, query: Any, clauses: list[ColumnElement[bool]], wanted: int, total: int) -> Reader | None:
    """Return a reader beyond the first ones, with the neighbours by name; None for somebody who may not read it."""
    row = tx.session.execute(query.where(Contact.id == wanted)).first()
    if row is None:
        return None
    contact = row[0]
    earlier = or_(Contact.name < contact.name, and_(Contact.name == contact.name, Contact.id < contact.id))
    before = select(Contact.id).where(*clauses, earlier).order_by(Contact.name.desc(), Contact.id.desc()).limit(1)
    after = (
        select(Contact.id).where(*clauses, ~earlier, Contact.id != wanted).order_by(Contact.name, Contact.id).limit(1)
    )
    count = tx.session.scalar(select(func.count(Contact.id)).where(*clauses, earlier)) or 0
    return Reader(
        contact=contact, email=row[1] or "", position=count + 1, total=total, next_at=row[3],
        before_id=tx.session.scalar(before), after_id=tx.session.scalar(after),
    )  # fmt: skip
