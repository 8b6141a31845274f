"""Use cases: the do-not-contact list as a page: searched, in pages, the newest first."""

from sqlalchemy import or_, select

from crm.models import Contact, Suppression
from kit.tx import Tx

PAGE = 50


def search_suppressions(
    tx: Tx, words: str = "", *, before: int | None = None, limit: int = PAGE
) -> list[tuple[Suppression, str]]:
    """Return what is in force with whose address it is; `words` are a part of the target or where it came from."""
    query = (
        select(Suppression, Contact.name)
        .outerjoin(Contact, Contact.id == Suppression.contact_id)
        .where(Suppression.lifted_at.is_(None))
        .order_by(Suppression.id.desc())
        .limit(limit)
    )
    words = words.strip().lower()
    if words:
        by_target = Suppression.target.contains(words, autoescape=True)
        query = query.where(or_(by_target, Suppression.source.icontains(words, autoescape=True)))
    if before is not None:
        query = query.where(Suppression.id < before)
    return [(row, name or "") for row, name in tx.session.execute(query)]
