"""Use cases: what was said of products: themes, kinds and months."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, distinct, func, or_, select

from crm.models import Feedback, Product
from crm.models import Theme as ThemeRow
from crm.reports.buckets import MONTH, month_of
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
    """Return the themes, the most frequent first. One query, and one more where several have the same name.

    Counted by number, because that follows an index; names that several share are put together afterwards.
    """
    note = func.count()
    counted = (
        select(
            Feedback.theme_id, Feedback.product_id, note.label("notes"),
            func.count(distinct(Feedback.contact_id)).label("people"),
            *(note.filter(Feedback.kind == kind).label(kind) for kind in ("problem", "idea", "praise")),
            note.filter(Feedback.from_audience.is_(True)).label("audience"),
        )
        .where(*_in_time(tx, since, until))
        .group_by(Feedback.theme_id, Feedback.product_id)
        .subquery()
    )  # fmt: skip
    lines: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in tx.session.execute(_name(counted)):
        lines[row.product, row.theme].append(row)
    shared = [(row.theme_id, row.product_id) for rows in lines.values() if len(rows) > 1 for row in rows]
    people = _people_of(tx, shared, since, until) if shared else {}
    found = [_put_together(product, theme, rows, people) for (product, theme), rows in lines.items()]
    return sorted(found, key=lambda one: (-one.count, one.product, one.theme))[:MOST]


def _put_together(product: str, theme: str, rows: list[Any], people: dict[tuple[Any, Any], set[Any]]) -> Theme:
    def whole(name: str) -> int:
        return sum(getattr(row, name) for row in rows)

    raised = len(set().union(*(people.get((row.theme_id, row.product_id), ()) for row in rows)))
    return Theme(
        product=product, theme=theme, count=whole("notes"),
        people=rows[0].people if len(rows) == 1 else raised, problems=whole("problem"), ideas=whole("idea"),
        praise=whole("praise"), audience=whole("audience"),
    )  # fmt: skip


def _people_of(
    tx: Tx, pairs: Collection[tuple[Any, Any]], since: datetime, until: datetime
) -> dict[tuple[Any, Any], set[Any]]:
    """Return who raised each of these pairs of theme and product."""
    which = or_(
        *(
            and_(Feedback.theme_id.is_not_distinct_from(theme), Feedback.product_id.is_not_distinct_from(product))
            for theme, product in pairs
        )
    )
    query = select(Feedback.theme_id, Feedback.product_id, Feedback.contact_id).where(
        *_in_time(tx, since, until), which, Feedback.contact_id.is_not(None)
    )
    found: dict[tuple[Any, Any], set[Any]] = defaultdict(set)
    for theme, product, person in tx.session.execute(query.distinct()):
        found[theme, product].add(person)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """How many notes of a theme of a product were kept in a month of UTC, written 2026-11."""

    product: str
    theme: str
    month: str
    count: int


def count_months(tx: Tx, since: datetime, until: datetime) -> list[Month]:
    """Return the months of themes and products, in order; the empty theme is for notes that have none. One query."""
    month = month_of(tx, Feedback.created_at).label("month")
    counted = (
        select(Feedback.theme_id, Feedback.product_id, month, func.count().label("notes"))
        .where(*_in_time(tx, since, until))
        .group_by(Feedback.theme_id, Feedback.product_id, month)
        .subquery()
    )
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in tx.session.execute(_name(counted)):
        found[str(row.month)[:MONTH], row.product, row.theme] += row.notes
    return [
        Month(product=product, theme=theme, month=name, count=count)
        for (name, product, theme), count in sorted(found.items())
    ]


def _in_time(tx: Tx, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return that notes were kept in a time.

    SQLite would read them by the index of instants, every one from its row, and then sort; said so, it reads them in
    the order of the index they are counted by.
    """
    at: Any = Feedback.created_at
    if tx.session.get_bind().dialect.name == "sqlite":
        at = func.coalesce(at, at)
    return at >= since, at < until


def _name(counted: Subquery) -> Select[Any]:
    """Return what was counted by theme and product, with their names."""
    return (
        select(
            func.coalesce(Product.name, "").label("product"), func.coalesce(ThemeRow.name, "").label("theme"), counted
        )
        .outerjoin(Product, Product.id == counted.c.product_id)
        .outerjoin(ThemeRow, ThemeRow.id == counted.c.theme_id)
    )  # fmt: skip


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
