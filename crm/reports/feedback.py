"""Use cases: what was said of products: themes, kinds and months."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import distinct, func, select

from crm.models import Feedback, Product
from crm.models import Theme as ThemeRow
from crm.reports.buckets import cut
from kit.tx import Tx

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One theme of one product in a time; `people` are those who said it, `audience` notes that came from viewers."""

    product: str
    theme: str
    count: int
    people: int
    problems: int
    ideas: int
    praise: int
    audience: int


def list_themes(tx: Tx, since: datetime, until: datetime) -> list[Theme]:
    """Return the themes, the most frequent first. One query."""
    note = func.count(Feedback.id)
    query = (
        select(
            func.coalesce(Product.name, ""), func.coalesce(ThemeRow.name, ""), note,
            func.count(distinct(Feedback.contact_id)),
            *(note.filter(Feedback.kind == kind) for kind in ("problem", "idea", "praise")),
            note.filter(Feedback.from_audience.is_(True)),
        )
        .outerjoin(Product, Product.id == Feedback.product_id)
        .outerjoin(ThemeRow, ThemeRow.id == Feedback.theme_id)
        .where(Feedback.created_at >= since, Feedback.created_at < until)
        .group_by(Product.name, ThemeRow.name)
        .order_by(note.desc(), Product.name, ThemeRow.name)
        .limit(MOST)
    )  # fmt: skip
    names = ("product", "theme", "count", "people", "problems", "ideas", "praise", "audience")
    return [Theme(**dict(zip(names, row, strict=True))) for row in tx.session.execute(query)]


def count_months(tx: Tx, since: datetime, until: datetime) -> list[tuple[str, str, int]]:
    """Return (month, product, notes), by month. One query."""
    month, note = cut(tx, Feedback.created_at, "month").label("month"), func.count(Feedback.id)
    query = (
        select(month, func.coalesce(Product.name, ""), note)
        .outerjoin(Product, Product.id == Feedback.product_id)
        .where(Feedback.created_at >= since, Feedback.created_at < until)
        .group_by(month, Product.name)
        .order_by(month, Product.name)
    )
    return [(row[0], row[1], row[2]) for row in tx.session.execute(query)]
