"""Use cases: what the accounts of people in each lane ask for: counted for a page, or kept by the beat.

An account's price is a person's when it is the highest of theirs.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, func, literal, select, true
from sqlalchemy.orm import aliased

from crm.kept import is_due, keep
from crm.models import Brand, Contact, ContactBest, Handle, Relationship
from crm.together import Together
from kit.tx import Database, Tx

# Up to so many people a page counts for itself; and up to so many who match a filter where there are many more.
MANY = 5_000
SOME = 2_000
Money = dict[int, list[tuple[Decimal, str]]]


def read_lanes(
    tx: Tx, held: Sequence[Any], brand_id: int | None, *, kept: bool, most: int | None, few: int
) -> tuple[list[Any], list[int], bool]:
    """Return stage, currency, sum, and how many stand there; who they are, if fewer than `few`; and if there are more.

    With `kept` the prices are those that the beat kept of each person. With `most` nobody is looked for beyond so many
    and one who match, and if these are more, nobody's price. One query that looks for them once.
    """
    match = select(Contact.id).where(*held)
    people = match.limit(None if most is None else most + 1).cte("people").prefix_with("MATERIALIZED")
    are_all = true() if most is None else select(func.count()).select_from(people).scalar_subquery() <= most
    query = _kept_prices(are_all) if kept else _prices()
    query = query.add_columns(Relationship.contact_id).where(by_person(brand_id))
    # Who matches is looked for first where those are bounded; else those who stand with the brand are the fewer.
    is_one = people.c.id == Relationship.contact_id
    query = query.where(Relationship.contact_id.in_(match)) if most is None else query.join(people, is_one)
    found = query.cte("standing").prefix_with("MATERIALIZED")
    number = select(func.count().label("number")).select_from(people) if most else select(literal(0).label("number"))
    sums, some, ((matching,),) = Together(_sum(found.c), select(found.c.contact_id).limit(few), number).ask(tx)
    more = most is not None and matching > most
    return sums, [] if more or len(some) >= few else [row[0] for row in some], more


def ask_sums(held: Sequence[Any], brand_id: int | None) -> Select[*tuple[Any, ...]]:
    """Return the question for stage, currency, sum, and how many stand there; those who ask for nothing too."""
    return _sum(_prices().where(*stand_with(brand_id, held)).subquery().c)


def _sum(one: Any) -> Select[*tuple[Any, ...]]:
    total = func.sum(one.amount).label("total")
    return select(one.stage_id, one.code, total, func.count().label("number")).group_by(one.stage_id, one.code)


def _prices() -> Select[*tuple[Any, ...]]:
    amount, code = price_of(Relationship.contact_id)
    return select(Relationship.stage_id, amount.label("amount"), code.label("code")).select_from(Relationship)


def _kept_prices(if_true: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    # A price that nobody asks for is looked up by nobody's number, which costs nothing.
    known = ContactBest.contact_id == case((if_true, Relationship.contact_id))
    query = select(Relationship.stage_id, ContactBest.asked.label("amount"), ContactBest.asked_in.label("code"))
    return query.select_from(Relationship).outerjoin(ContactBest, known)


def price_of(contact_id: Any) -> tuple[ScalarSelect[Any], ScalarSelect[Any]]:
    """Return what a person asks for, and in which currency; both None for nothing."""
    account = aliased(Handle)
    priced = account.contact_id == contact_id, account.price_amount.is_not(None)
    amount = select(func.max(account.price_amount)).where(*priced).scalar_subquery()
    return amount, select(func.max(func.coalesce(account.price_currency, "EUR"))).where(*priced).scalar_subquery()


def read_sums(rows: Iterable[Sequence[Any]]) -> Money:
    """Return by stage what is asked for, by currency, the highest sum first."""
    found: Money = defaultdict(list)
    for stage_id, currency, total, *_ in rows:
        if currency is not None:
            found[stage_id].append((Decimal(str(total)).quantize(Decimal("0.01")), currency))
    return {stage_id: sorted(sums, reverse=True) for stage_id, sums in found.items()}


def count_lanes(rows: Iterable[Sequence[Any]]) -> dict[int, int]:
    """Return how many stand at each stage."""
    found: Counter[int] = Counter()
    for stage_id, _, _, number in rows:
        found[stage_id] += number
    return dict(found)


def read_kept(document: Mapping[str, Any]) -> Money:
    """Return the same from what was kept."""
    return {int(stage_id): [(Decimal(total), code) for total, code in sums] for stage_id, sums in document.items()}


def by_person(brand_id: Any) -> ColumnElement[bool]:
    """Return that a relationship is with a brand, so that it is looked up by the person.

    Said as a range: SQLite would read all relationships of a brand from the index of lanes, however few people are
    meant, and PostgreSQL knows how many fit.
    """
    return Relationship.brand_id.between(brand_id, brand_id)


def stand_with(brand_id: int | None, held: Sequence[Any]) -> tuple[ColumnElement[bool], ...]:
    """Return that relationships are with a brand, and of people for whom `held` holds."""
    return by_person(brand_id), Relationship.contact_id.in_(select(Contact.id).where(*held))


def keep_lanes(database: Database) -> bool:
    """Count the sums of all lanes anew where they are old; return whether anything was written.

    Counting reads for long, so it holds no lock.
    """
    with database.reading() as tx:
        if (tx.session.scalar(select(func.max(Contact.id))) or 0) <= MANY:
            return False
        brands = tx.session.scalars(select(Brand.id).order_by(Brand.id))
        documents = {lane_name(number): _count_lanes(tx, number) for number in brands if is_due(tx, lane_name(number))}
        began = tx.now
    if documents:
        with database.transaction() as tx:
            for name, document in documents.items():
                keep(tx, name, document, at=began)
    return bool(documents)


def _count_lanes(tx: Tx, brand_id: int) -> dict[str, list[list[str]]]:
    money = read_sums(tx.session.execute(ask_sums([Contact.erased_at.is_(None)], brand_id)))
    return {str(stage_id): [[str(total), code] for total, code in sums] for stage_id, sums in money.items()}


def lane_name(brand_id: int | None) -> str:
    """Return the name under which the sums of a brand are kept."""
    return f"lanes:{brand_id}"
