"""Use cases: what the accounts of people in each lane ask for: counted for a page, or kept by the beat.

An account's price is a person's when it is the highest of theirs.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from crm.kept import is_due, keep
from crm.models import Brand, Contact, Handle, Relationship
from kit.tx import Tx

# Up to so many people a page counts for itself.
MANY = 20_000
Money = dict[int, list[tuple[Decimal, str]]]


def ask_money(held: Sequence[Any], brand_id: int | None) -> Select[*tuple[Any, ...]]:
    """Return the question for stage, currency and sum."""
    priced = Handle.contact_id == Relationship.contact_id, Handle.price_amount.is_not(None)
    amount = select(func.max(Handle.price_amount)).where(*priced).scalar_subquery()
    code = select(func.max(func.coalesce(Handle.price_currency, "EUR"))).where(*priced).scalar_subquery()
    each = select(Relationship.stage_id, amount.label("amount"), code.label("code")).where(*stand_with(brand_id, held))
    one = each.subquery().c
    query = select(one.stage_id, one.code, func.sum(one.amount)).where(one.amount.is_not(None))
    return query.group_by(one.stage_id, one.code)


def read_money(rows: Iterable[Sequence[Any]]) -> Money:
    """Return by stage what is asked for, by currency, the highest sum first."""
    found: Money = defaultdict(list)
    for stage_id, currency, total in rows:
        found[stage_id].append((Decimal(str(total)).quantize(Decimal("0.01")), currency))
    return {stage_id: sorted(sums, reverse=True) for stage_id, sums in found.items()}


def read_kept(document: Mapping[str, Any]) -> Money:
    """Return the same from what was kept."""
    return {int(stage_id): [(Decimal(total), code) for total, code in sums] for stage_id, sums in document.items()}


def by_person(brand_id: int | None) -> ColumnElement[bool]:
    """Return that a relationship is with a brand, so that it is looked up by the person.

    The index of lanes would read all relationships of a brand, however few people are meant.
    """
    return func.coalesce(Relationship.brand_id, 0) == brand_id


def stand_with(brand_id: int | None, held: Sequence[Any]) -> tuple[ColumnElement[bool], ...]:
    """Return that relationships are with a brand, and of people for whom `held` holds."""
    return by_person(brand_id), Relationship.contact_id.in_(select(Contact.id).where(*held))


def keep_lanes(tx: Tx) -> bool:
    """Count the sums of all lanes anew where they are old; return whether anything was written."""
    if (tx.session.scalar(select(func.max(Contact.id))) or 0) <= MANY:
        return False
    old = [
        number for number in tx.session.scalars(select(Brand.id).order_by(Brand.id)) if is_due(tx, lane_name(number))
    ]
    for brand_id in old:
        money = read_money(tx.session.execute(ask_money([Contact.erased_at.is_(None)], brand_id)))
        document = {str(stage_id): [[str(total), code] for total, code in sums] for stage_id, sums in money.items()}
        keep(tx, lane_name(brand_id), document)
    return bool(old)


def lane_name(brand_id: int | None) -> str:
    """Return the name under which the sums of a brand are kept."""
    return f"lanes:{brand_id}"
