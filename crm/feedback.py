"""Use cases: what creators and their audiences say about products."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select

from crm.models import Contact, Feedback, Product, Theme
from crm.themes import ensure_theme
from crm.timeline import record_entry
from kit.errors import InvalidError, say
from kit.tx import Tx

KINDS = ("problem", "idea", "praise")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """One note as a list shows it: whose words, about what, with which theme."""

    note: Feedback
    contact: Contact | None
    product: str
    theme: str


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
    heard: str = "",
    from_audience: bool = False,
) -> Feedback:
    """Keep a quote, with its source; a `theme` that is new begins."""
    quote = quote.strip()
    if not quote:
        raise InvalidError(say("Select the words to keep as feedback first."))
    if kind not in KINDS:
        raise InvalidError(say("Feedback is one of: %(list)s.", list=", ".join(KINDS)))
    about = None
    if theme.strip():
        about = ensure_theme(tx, theme, actor=actor, brand_id=brand_id, product_id=product_id)
    row = Feedback(
        contact_id=contact_id,
        brand_id=brand_id,
        product_id=product_id,
        message_id=message_id,
        quote=quote,
        kind=kind,
        theme_id=about.id if about else None,
        heard=heard.strip(),
        from_audience=from_audience,
        actor=actor,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    if contact_id:
        data = {"feedback": row.id, "kind": kind, "theme": about.name if about else ""}
        record_entry(
            tx, contact_id, "feedback", quote, actor=actor, brand_id=brand_id, message_id=message_id, data=data
        )
    return row


def count_new(tx: Tx) -> int:
    """Return how many notes wait for a theme."""
    return tx.session.scalar(select(func.count(Feedback.id)).where(Feedback.theme_id.is_(None))) or 0


def list_feedback(tx: Tx, *, limit: int = 200) -> list[NoteRow]:
    """Return feedback, newest first."""
    return _rows(tx, _query().limit(limit))


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
    if brand_id is not None:
        query = query.where((Feedback.brand_id == brand_id) | Feedback.brand_id.is_(None))
    if product_id is not None:
        query = query.where(Feedback.product_id == product_id)
    if is_new:
        query = query.where(Feedback.theme_id.is_(None))
    return _rows(tx, query)


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
