"""Use cases: what creators and their audiences say about products."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.exc import IntegrityError

from crm.contacts import get_contact
from crm.erased import refuse_erased
from crm.models import Brand, Contact, Feedback, Handle, Message, Product, Theme
from crm.themes import ensure_theme
from crm.timeline import record_entry
from kit.errors import InvalidError, say
from kit.tx import Tx

KINDS = ("problem", "idea", "praise")
MAX_QUOTE = 5_000
_OURS = (Feedback.brand_id == Brand.id) | Feedback.brand_id.is_(None)
_NEW = select(func.count()).select_from(Feedback).where(Feedback.theme_id.is_(None), _OURS).correlate(Brand)
_WITH_NEW = select(Brand, _NEW.scalar_subquery()).order_by(Brand.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """One note as a list shows it: whose words, about what, with which theme."""

    note: Feedback
    contact: Contact | None
    product: str
    theme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How a note came here: `source` is one of SOURCES, `heard` where it was said.

    `said_by` and `said_email` are what a stranger stated; `reach` is how many they speak to, when somebody knows.
    A `request_key` never keeps twice; `at` is when it was said, when that is not now.
    """

    source: str = "hand"
    heard: str = ""
    said_by: str = ""
    said_email: str = ""
    request_key: str | None = None
    batch_id: int | None = None
    reach: int | None = None
    at: datetime | None = None


def log_feedback(
    tx: Tx,
    quote: str,
    *,
    kind: str,
    actor: str,
    contact_id: int | None = None,
    brand_id: int | None = None,
    product_id: int | None = None,
    message_id: int | None = None,
    theme: str = "",
    from_audience: bool = False,
    origin: Origin | None = None,
) -> Feedback:
    """Keep a quote, with its source; a `theme` that is new begins. Without a reach it is their largest account."""
    origin = origin or Origin(source="mail" if message_id else "hand")
    known = find_request(tx, origin.request_key)
    if known is not None:
        return known
    quote = check_words(quote, kind)
    _check_source(tx, contact_id, message_id)
    if origin.said_email:
        refuse_erased(tx, emails=[origin.said_email])
    about = ensure_theme(tx, theme, actor=actor, brand_id=brand_id, product_id=product_id) if theme.strip() else None
    row = Feedback(
        contact_id=contact_id,
        brand_id=brand_id,
        product_id=product_id,
        message_id=message_id,
        quote=quote,
        kind=kind,
        theme_id=about.id if about else None,
        heard=origin.heard.strip(),
        from_audience=from_audience,
        reach=largest_account(tx, contact_id) if origin.reach is None and contact_id else origin.reach,
        source=origin.source,
        said_by=origin.said_by,
        said_email=origin.said_email,
        request_key=origin.request_key,
        batch_id=origin.batch_id,
        actor=actor,
        created_at=origin.at or tx.now,
    )
    if not _add(tx, row):
        return tx.session.scalars(select(Feedback).where(Feedback.request_key == origin.request_key)).one()
    record_said(tx, row, about.name if about else "", actor=actor)
    return row


def record_said(tx: Tx, note: Feedback, theme: str, *, actor: str) -> None:
    """Write a note on the timeline of whose words it is."""
    if note.contact_id:
        data = {"feedback": note.id, "kind": note.kind, "theme": theme}
        record_entry(
            tx,
            note.contact_id,
            "feedback",
            note.quote,
            actor=actor,
            brand_id=note.brand_id,
            message_id=note.message_id,
            data=data,
        )


def check_words(quote: str, kind: str) -> str:
    """Return a quote as it is kept, or refuse."""
    quote = quote.replace("\r\n", "\n").replace("\x00", "").strip()[:MAX_QUOTE]
    if not quote:
        raise InvalidError(say("Select the words to keep as feedback first."))
    if kind not in KINDS:
        raise InvalidError(say("Feedback is one of: %(list)s.", list=", ".join(KINDS)))
    return quote


def find_request(tx: Tx, request_key: str | None) -> Feedback | None:
    """Return the note that was kept for a request before."""
    if request_key is None:
        return None
    return tx.session.scalar(select(Feedback).where(Feedback.request_key == request_key))


def largest_account(tx: Tx, contact_id: int) -> int | None:
    """Return how many people follow a person's largest account."""
    largest = tx.session.scalar(select(func.max(Handle.followers)).where(Handle.contact_id == contact_id))
    return None if largest is None else int(largest)


def _add(tx: Tx, row: Feedback) -> bool:
    """Store a note; False when the same request was kept by somebody else at this very moment."""
    try:
        with tx.session.begin_nested():
            tx.session.add(row)
            tx.session.flush()
    except IntegrityError:
        if row.request_key is None:
            raise
        return False
    return True


def _check_source(tx: Tx, contact_id: int | None, message_id: int | None) -> None:
    if contact_id is not None:
        get_contact(tx, contact_id)
    if message_id is not None:
        whose = tx.session.execute(select(Message.contact_id).where(Message.id == message_id)).first()
        if whose is None or whose[0] != contact_id:
            raise InvalidError(say("That mail is not this person's. Nothing was kept; open the mail and try again."))


def list_brands_with_new(tx: Tx) -> list[tuple[Brand, int]]:
    """Return all brands by name, each with how many notes wait for a theme: every page shows the number. One query."""
    return [(brand, count) for brand, count in tx.session.execute(_WITH_NEW)]


def waits_for_theme(brand_id: int | None) -> tuple[ColumnElement[bool], ...]:
    """Return what makes a note of a brand new."""
    ours = (Feedback.brand_id == brand_id) | Feedback.brand_id.is_(None)
    return (Feedback.theme_id.is_(None), ours) if brand_id is not None else (Feedback.theme_id.is_(None),)


def list_feedback(tx: Tx, *, limit: int = 200) -> list[NoteRow]:
    """Return feedback, newest first."""
    return _rows(tx, _query().limit(limit))


def read_notes_after(tx: Tx, note_id: int, limit: int) -> list[NoteRow]:
    """Return notes by id, those after one; what an erased person said is left out."""
    known = Contact.erased_at.is_(None) | Feedback.contact_id.is_(None)
    query = _query().order_by(None).order_by(Feedback.id).where(Feedback.id > note_id, known)
    return _rows(tx, query.limit(limit))


def list_notes(
    tx: Tx,
    *,
    brand_id: int | None,
    product_id: int | None = None,
    theme_id: int | None = None,
    is_new: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> list[NoteRow]:
    """Return a brand's notes, newest first; `is_new` asks for those without a theme."""
    query = _query().limit(limit).offset(offset)
    if theme_id is not None:
        return _rows(tx, query.where(Feedback.theme_id == theme_id))
    if is_new:
        query = query.where(*waits_for_theme(brand_id))
    elif brand_id is not None:
        query = query.where((Feedback.brand_id == brand_id) | Feedback.brand_id.is_(None))
    if product_id is not None:
        query = query.where(Feedback.product_id == product_id)
    return _rows(tx, query)


def count_notes(tx: Tx, *, brand_id: int | None, product_id: int | None = None) -> int:
    """Return how many notes a brand has."""
    query = select(func.count(Feedback.id))
    if brand_id is not None:
        query = query.where((Feedback.brand_id == brand_id) | Feedback.brand_id.is_(None))
    if product_id is not None:
        query = query.where(Feedback.product_id == product_id)
    return tx.session.scalar(query) or 0


def _query() -> Select[Feedback, Contact, str, str]:
    return (
        select(Feedback, Contact, Product.name, Theme.name)
        .outerjoin(Contact, Contact.id == Feedback.contact_id)
        .outerjoin(Product, Product.id == Feedback.product_id)
        .outerjoin(Theme, Theme.id == Feedback.theme_id)
        .order_by(Feedback.created_at.desc(), Feedback.id.desc())
    )


def _rows(tx: Tx, query: Select[Feedback, Contact, str, str]) -> list[NoteRow]:
    return [
        NoteRow(note=note, contact=contact, product=product or "", theme=theme or "")
        for note, contact, product, theme in tx.session.execute(query)
    ]
