"""Use cases: what was said of products: themes, kinds and months."""

from dataclasses import dataclass
from datetime import date, datetime

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


def count_theme_months(tx: Tx, since: datetime, until: datetime) -> list[tuple[str, str, str, int]]:
    """Return (theme, product, month, notes) of notes that have a theme, by theme. One query."""
    month, note = cut(tx, Feedback.created_at, "month").label("month"), func.count(Feedback.id)
    product = func.coalesce(Product.name, "")
    query = (
        select(ThemeRow.name, product, month, note)
        .join(ThemeRow, ThemeRow.id == Feedback.theme_id)
        .outerjoin(Product, Product.id == Feedback.product_id)
        .where(Feedback.created_at >= since, Feedback.created_at < until)
        .group_by(ThemeRow.id, ThemeRow.name, product, month)
        .order_by(ThemeRow.name, ThemeRow.id, product, month)
        .limit(MOST * 12)
    )
    return [(row[0], row[1], row[2], row[3]) for row in tx.session.execute(query)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutTheme:
    """A theme that is out, and how many people had raised it."""

    id: int
    name: str
    product: str
    out_on: date | None
    people: int


def list_out(tx: Tx) -> list[OutTheme]:
    """Return themes that are out, the newest first. One query."""
    people = func.count(distinct(Feedback.contact_id))
    query = (
        select(ThemeRow.id, ThemeRow.name, func.coalesce(Product.name, ""), ThemeRow.out_on, people)
        .outerjoin(Product, Product.id == ThemeRow.product_id)
        .outerjoin(Feedback, Feedback.theme_id == ThemeRow.id)
        .where(ThemeRow.state == "out", ThemeRow.merged_into_id.is_(None))
        .group_by(ThemeRow.id, ThemeRow.name, Product.name, ThemeRow.out_on)
        .order_by(ThemeRow.out_on.desc(), ThemeRow.id.desc())
        .limit(MOST)
    )
    return [
        OutTheme(id=row[0], name=row[1], product=row[2], out_on=row[3], people=row[4])
        for row in tx.session.execute(query)
    ]
