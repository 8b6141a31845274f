"""Use cases: keeps what people may be known twice by, and the pairs it makes, whenever somebody is added or changed.

Found by indexed keys: nobody is compared with everybody. In a transaction this takes the same few queries for one
person or for a thousand.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import combinations
from typing import cast

from sqlalchemy import Table, delete, func, insert, or_, select, tuple_

from crm.identity import Evidence, Key, Known, list_keys, second_signs, weigh
from crm.models import Contact, ContactAddress, ContactKey, ContactPair, Handle
from kit.tx import Tx

# A key that more people share belongs to none of them: an agency's page, a name as common as John Smith.
MOST_SHARING = 8
_PART = 500
_KEYS, _PAIRS = cast("Table", ContactKey.__table__), cast("Table", ContactPair.__table__)

Pair = tuple[int, int]


def refresh_twins(tx: Tx, contact_ids: Iterable[int]) -> None:
    """Bring keys and pairs of these people up to date; who said "two people" is believed for good."""
    wanted = sorted(set(contact_ids))
    tx.session.flush()
    for begin in range(0, len(wanted), _PART):
        some = wanted[begin : begin + _PART]
        known = read_known(tx, some)
        _store_keys(tx, some, known)
        _store_pairs(tx, some, _find_pairs(tx, some, known))


def read_known(tx: Tx, contact_ids: Collection[int]) -> dict[int, Known]:
    """Return what tells these people apart; who was erased or merged away is not among them."""
    if not contact_ids:
        return {}
    columns = (Contact.id, Contact.name, Contact.country, Contact.city, Contact.topic)
    people = select(*columns).where(Contact.id.in_(contact_ids), Contact.erased_at.is_(None))
    found = {
        row[0]: Known(id=row[0], name=row[1], country=row[2], city=row[3], topic=row[4])
        for row in tx.session.execute(people)
    }
    mails = select(ContactAddress.contact_id, ContactAddress.email).where(ContactAddress.contact_id.in_(found))
    for number, email in tx.session.execute(mails.order_by(ContactAddress.position, ContactAddress.id)):
        found[number].emails.append(email)
    accounts = select(Handle.contact_id, Handle.platform, Handle.username, Handle.url, Handle.topic)
    for number, *account in tx.session.execute(accounts.where(Handle.contact_id.in_(found)).order_by(Handle.id)):
        found[number].handles.append((account[0], account[1], account[2], account[3]))
    return found


def _store_keys(tx: Tx, ids: Collection[int], known: dict[int, Known]) -> None:
    wanted = {(number, *key) for number, one in known.items() for key in list_keys(one)}
    query = select(ContactKey.contact_id, ContactKey.kind, ContactKey.value).where(ContactKey.contact_id.in_(ids))
    there = {(row[0], row[1], row[2]) for row in tx.session.execute(query)}
    gone, new = sorted(there - wanted), sorted(wanted - there)
    for begin in range(0, len(gone), _PART):
        columns = tuple_(_KEYS.c.contact_id, _KEYS.c.kind, _KEYS.c.value)
        tx.session.execute(delete(_KEYS).where(columns.in_(gone[begin : begin + _PART])))
    if new:
        tx.session.execute(insert(_KEYS), [dict(zip(("contact_id", "kind", "value"), row, strict=True)) for row in new])


def _find_pairs(tx: Tx, ids: Collection[int], known: dict[int, Known]) -> dict[Pair, list[Evidence]]:
    """Return the pairs that these people make with anybody, each with its evidence."""
    sharing = _read_sharing(tx, ids)
    others = {number for numbers in sharing.values() for number in numbers} - known.keys()
    everybody = known | read_known(tx, others)
    texts = {number: list_keys(one) for number, one in everybody.items()}
    found: dict[Pair, list[Evidence]] = defaultdict(list)
    asked = set(ids)
    for key, numbers in sharing.items():
        for low, high in combinations(sorted(number for number in numbers if number in everybody), 2):
            if (low in asked or high in asked) and key in texts[low] and key in texts[high]:
                found[low, high].append([key[0], texts[low][key], texts[high][key]])
    return {pair: lines for pair, some in found.items() if (lines := _gate(everybody, pair, some))}


def _gate(people: dict[int, Known], pair: Pair, lines: list[Evidence]) -> list[Evidence]:
    """Return the evidence of a pair; a name alone is none."""
    if any(line[0] == "name" for line in lines):
        signs = second_signs(people[pair[0]], people[pair[1]])
        if not signs and len(lines) == 1:
            return []
        lines = [*lines, *signs]
    return sorted(lines, key=lambda line: (-weigh([line]), line))


def _read_sharing(tx: Tx, ids: Collection[int]) -> dict[Key, list[int]]:
    """Return who shares a key with one of these people; keys of one person and of too many are left out."""
    own = select(_KEYS.c.kind, _KEYS.c.value).where(_KEYS.c.contact_id.in_(ids)).distinct().subquery()
    is_own = (_KEYS.c.kind == own.c.kind) & (_KEYS.c.value == own.c.value)
    shared = (
        select(_KEYS.c.kind, _KEYS.c.value)
        .join(own, is_own)
        .group_by(_KEYS.c.kind, _KEYS.c.value)
        .having(func.count().between(2, MOST_SHARING))
        .subquery()
    )
    is_shared = (_KEYS.c.kind == shared.c.kind) & (_KEYS.c.value == shared.c.value)
    found: dict[Key, list[int]] = defaultdict(list)
    for kind, value, number in tx.session.execute(
        select(_KEYS.c.kind, _KEYS.c.value, _KEYS.c.contact_id).join(shared, is_shared)
    ):
        found[kind, value].append(number)
    return found


def _store_pairs(tx: Tx, ids: Collection[int], found: dict[Pair, list[Evidence]]) -> None:
    tx.session.flush()
    about = or_(ContactPair.low_id.in_(ids), ContactPair.high_id.in_(ids))
    rows = {(row.low_id, row.high_id): row for row in tx.session.scalars(select(ContactPair).where(about))}
    hidden = _hidden(tx, rows)
    for pair, row in rows.items():
        if row.state == "apart":
            continue
        # What a file said of two people is not in their rows.
        told = [line for line in row.evidence if line[0] == "file"] if not hidden & set(pair) else []
        lines = [*found.get(pair, []), *told]
        if not lines:
            tx.session.delete(row)
        elif lines != row.evidence:
            row.evidence, row.weight = lines, weigh(lines)
    add_pairs(tx, {pair: lines for pair, lines in found.items() if pair not in rows})


def add_pairs(tx: Tx, found: dict[Pair, list[Evidence]]) -> None:
    """Store pairs that are not known yet."""
    blank = {"state": "open", "decided_at": None, "decided_by": ""}
    new = [
        {"low_id": low, "high_id": high, "weight": weigh(lines), "evidence": lines, **blank}
        for (low, high), lines in sorted(found.items())
    ]
    tx.session.flush()
    if new:
        tx.session.execute(insert(_PAIRS), new)


def _hidden(tx: Tx, pairs: Iterable[Pair]) -> set[int]:
    numbers = {number for pair in pairs for number in pair}
    query = select(Contact.id).where(Contact.id.in_(numbers), Contact.erased_at.is_not(None))
    return set(tx.session.scalars(query)) if numbers else set()
