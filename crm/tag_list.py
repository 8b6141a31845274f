"""Use cases: the tags there are, the most used first: for suggestions, and to find people by."""

from sqlalchemy import func, select

from crm.erased import is_here
from crm.models import ContactTag
from kit.tx import Tx

MOST = 300


def count_tags(tx: Tx, *, limit: int = MOST) -> list[tuple[str, int]]:
    """Return tags with how many people have each."""
    many = func.count(ContactTag.contact_id)
    query = (
        select(ContactTag.tag, many)
        .where(is_here(ContactTag.contact_id))
        .group_by(ContactTag.tag)
        .order_by(many.desc(), ContactTag.tag)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in tx.session.execute(query)]
