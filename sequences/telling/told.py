"""Use cases: whom we told what became of something they said, about all themes: the newest first."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from crm.contacts import display_name
from crm.models import Contact, Product, Theme, Thread
from kit.tx import Tx
from sequences.models import Send
from sequences.tell_models import ThemeTell


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One person who was told about one theme; `thread_id` is the conversation, once the mail has one."""

    tell: ThemeTell
    contact: Contact
    theme: Theme
    product: str
    thread_id: int | None
    came_back: bool
    answered: bool

    @property
    def name(self) -> str:
        """What to call them."""
        return display_name(self.contact)


def list_told(
    tx: Tx, *, brand_id: int | None, product_id: int | None = None, limit: int = 50, offset: int = 0
) -> list[Told]:
    """Return whom a brand told, the newest first. One query."""
    columns = (ThemeTell, Contact, Theme, Product.name, Send.thread_id, Send.bounced_at, Thread.last_in_at)
    query = _told(select(*columns), brand_id, product_id).order_by(ThemeTell.told_at.desc(), ThemeTell.id.desc())
    return [
        Told(
            tell=row[0],
            contact=row[1],
            theme=row[2],
            product=row[3] or "",
            thread_id=row[4],
            came_back=row[5] is not None,
            answered=row[6] is not None and row[0].told_at is not None and row[6] > row[0].told_at,
        )
        for row in tx.session.execute(query.limit(limit).offset(offset))
    ]


def count_all_told(tx: Tx, *, brand_id: int | None, product_id: int | None = None) -> int:
    """Return how many people were told; somebody who was told about two themes counts once, who never got it not."""
    query = _told(select(func.count(ThemeTell.contact_id.distinct())), brand_id, product_id)
    count: int | None = tx.session.scalar(query.where(Send.bounced_at.is_(None)))
    return count or 0


def _told(query: Any, brand_id: int | None, product_id: int | None) -> Any:  # a Select of whatever is asked for
    query = (
        query.select_from(ThemeTell)
        .join(Contact, Contact.id == ThemeTell.contact_id)
        .join(Theme, Theme.id == ThemeTell.theme_id)
        .outerjoin(Product, Product.id == Theme.product_id)
        .outerjoin(Send, Send.id == ThemeTell.send_id)
        .outerjoin(Thread, Thread.id == Send.thread_id)
        .where(ThemeTell.state == "told")
    )
    if brand_id is not None:
        query = query.where((Theme.brand_id == brand_id) | Theme.brand_id.is_(None))
    return query.where(Theme.product_id == product_id) if product_id is not None else query
