"""Use cases: the record of who was given people's data: exports, downloads and backups, each asked for by a post.

Looking at a page is not in it: looking changes nothing here, and a record would be a change.
"""

from sqlalchemy import or_, select

from crm.models import Disclosure
from kit.tx import Tx

KINDS = ("person", "people", "workspace", "backup")


def record_disclosure(tx: Tx, kind: str, *, actor: str, contact_id: int | None = None, count: int = 1) -> None:
    """Keep that somebody was given data: of one person, or of `count` people; 0 is everybody."""
    tx.session.add(Disclosure(at=tx.now, actor=actor, kind=kind, contact_id=contact_id, count=count))


def list_disclosures(tx: Tx, contact_id: int | None = None, *, limit: int = 50) -> list[Disclosure]:
    """Return who was given data, the newest first; with `contact_id`, what was or may have been about this person."""
    query = select(Disclosure).order_by(Disclosure.id.desc()).limit(limit)
    if contact_id is not None:
        query = query.where(or_(Disclosure.contact_id == contact_id, Disclosure.kind != "person"))
    return list(tx.session.scalars(query))
