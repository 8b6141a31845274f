"""Use cases: pairs that may be one person, strongest first; "two people" remembered; the look through everybody."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, case, func, or_, select

from crm.changes import Undone, record_change
from crm.contacts import display_name
from crm.identity import Evidence, list_keys, weigh
from crm.jobs import OPEN, add_counts, move_on, start_job
from crm.models import Change, Contact, ContactKey, ContactMerge, ContactPair, Job
from crm.timeline import record_entry
from crm.twins import Pair, add_pairs, read_known, refresh_twins
from kit.errors import NotFoundError, say
from kit.tx import Database, Tx

PAGE = 25
MOST_COUNTED = 1_000
KIND, APART = "twins", "contact.apart"
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Two contacts who may be one, and what speaks for it; `low` is who was here first."""

    low: Contact
    high: Contact
    evidence: tuple[Evidence, ...]
    weight: int


class TwinOf(NamedTuple):
    """Who may be the same person as somebody, and what speaks for it."""

    id: int
    name: str
    evidence: list[Evidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinsPage:
    """Some pairs; `total` is counted up to MOST_COUNTED, `unseen` people were never looked at."""

    rows: tuple[Twins, ...]
    total: int
    number: int
    unseen: bool


def list_twins(tx: Tx, *, page: int = 1, contact_id: int | None = None) -> TwinsPage:
    """Return pairs nobody decided about, the strongest first; of everybody, or of one person."""
    total = count_twins(tx)
    number = min(max(1, page), max(1, -(-total // PAGE))) if contact_id is None else 1
    # First the pairs, in the order of their index, then whom they are about.
    query = select(ContactPair).where(ContactPair.state == "open")
    if contact_id is not None:
        query = query.where(or_(ContactPair.low_id == contact_id, ContactPair.high_id == contact_id))
    query = query.order_by(ContactPair.weight.desc(), ContactPair.low_id.desc(), ContactPair.high_id.desc())
    pairs = tx.session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)).all()
    people = _read_people(tx, [each for pair in pairs for each in (pair.low_id, pair.high_id)])
    twins = [
        Twins(low=people[pair.low_id], high=people[pair.high_id], evidence=tuple(pair.evidence), weight=pair.weight)
        for pair in pairs
    ]
    return TwinsPage(rows=tuple(twins), total=total, number=number, unseen=_has_unseen(tx))


def count_twins(tx: Tx, *, import_id: int | None = None) -> int:
    """Return how many pairs wait for a decision, of everybody or of whom an import brought; at most MOST_COUNTED."""
    query = select(ContactPair.low_id).where(ContactPair.state == "open")
    if import_id is not None:
        new = select(Contact.id).where(Contact.import_id == import_id)
        query = query.where(or_(ContactPair.low_id.in_(new), ContactPair.high_id.in_(new)))
    some = query.limit(MOST_COUNTED).subquery()
    return tx.session.scalars(select(func.count()).select_from(some)).one()


def twin_columns(contact_id: int) -> tuple[ScalarSelect[Any], ...]:
    """Return what `read_twin` reads, as columns that any query about a person can carry: the page has few to spare."""
    other = case((ContactPair.low_id == contact_id, ContactPair.high_id), else_=ContactPair.low_id)
    about = or_(ContactPair.low_id == contact_id, ContactPair.high_id == contact_id)
    strongest = (ContactPair.weight.desc(), ContactPair.low_id, ContactPair.high_id)

    def first(column: Any) -> ScalarSelect[Any]:
        query = select(column).select_from(ContactPair).join(Contact, Contact.id == other)
        return query.where(about, ContactPair.state == "open").order_by(*strongest).limit(1).scalar_subquery()

    merged = select(ContactMerge.change_id).where(ContactMerge.survivor_id == contact_id)
    newest = merged.order_by(ContactMerge.change_id.desc().nulls_last()).limit(1).scalar_subquery()
    return first(other), first(Contact.name), first(ContactPair.evidence), newest


def read_twin(row: Sequence[Any]) -> tuple[TwinOf | None, int | None]:
    """Return who may be the same person, and the newest merge that holds, from the values of `twin_columns`."""
    number, name, evidence, change_id = row
    return TwinOf(number, name, evidence) if number else None, change_id


def keep_apart(tx: Tx, one: int, other: int, *, actor: str) -> Change:
    """Remember that two contacts are two people: nobody is asked again."""
    pair = _get_pair(tx, one, other)
    pair.state, pair.decided_at, pair.decided_by = "apart", tx.now, actor
    names = _tell(tx, pair, "Not the same person as {}", actor)
    summary = say("Two people: %(name)s and %(other)s", name=names[0], other=names[1])
    return record_change(tx, APART, actor=actor, summary=summary, data={"pair": [pair.low_id, pair.high_id]})


def reverse_apart(tx: Tx, change: Change, actor: str) -> Undone:
    """Forget that two contacts were said to be two people."""
    pair = tx.session.get(ContactPair, tuple(change.data["pair"]))
    if pair is None or pair.state != "apart":
        return Undone(change=change, undone=0, left=1, why=say("They are not in the list any more."))
    pair.state, pair.decided_at, pair.decided_by = "open", None, ""
    _tell(tx, pair, "Perhaps the same person as {} after all", actor)
    refresh_twins(tx, [pair.low_id])
    return Undone(change=change, undone=1)


def inherit_apart(tx: Tx, survivor_id: int, absorbed_id: int) -> None:
    """Let whom the one is not the same as hold for whom they live on in."""
    about = or_(ContactPair.low_id == absorbed_id, ContactPair.high_id == absorbed_id)
    for pair in tx.session.scalars(select(ContactPair).where(about, ContactPair.state == "apart")).all():
        other = pair.high_id if pair.low_id == absorbed_id else pair.low_id
        low, high = sorted((survivor_id, other))
        known = tx.session.get(ContactPair, (low, high))
        if low != high and known is None:
            add_pairs(tx, {(low, high): pair.evidence})
            known = tx.session.get_one(ContactPair, (low, high))
        if known is not None and known is not pair:
            known.state, known.decided_at, known.decided_by = "apart", pair.decided_at, pair.decided_by
    tx.session.flush()


def note_told(tx: Tx, told: Iterable[tuple[Collection[int], Evidence]]) -> None:
    """Propose people whom one row of a file took for one person."""
    found: dict[Pair, Evidence] = {}
    for numbers, line in told:
        low, *rest = sorted(set(numbers))
        found |= {(low, high): line for high in rest}
    for pair, line in found.items():
        row = tx.session.get(ContactPair, pair)
        if row is None:
            add_pairs(tx, {pair: [line]})
        elif line not in row.evidence and row.state == "open":
            row.evidence = [*row.evidence, line]
            row.weight = weigh(row.evidence)


def forget_told(tx: Tx, import_id: int) -> None:
    """Forget what a file said of two people, when its import is taken back."""
    query = select(ContactPair).where(ContactPair.state == "open", ContactPair.weight >= weigh([["file"]]))
    for row in tx.session.scalars(query).all():
        rest = [line for line in row.evidence if line[0] != "file" or line[3] != import_id]
        if not rest:
            tx.session.delete(row)
        elif rest != row.evidence:
            row.evidence, row.weight = rest, weigh(rest)


def start_look(tx: Tx, *, actor: str) -> Job:
    """Look through everybody as long work; one that is under way is enough."""
    running = tx.session.scalar(select(Job).where(Job.kind == KIND, Job.state.in_(OPEN)).limit(1))
    total = tx.session.scalar(select(func.count(Contact.id))) or 0
    title = say("Looking for people known twice")
    return running or start_job(tx, KIND, actor=actor, total=total, data={}, title=title)


def take_look_chunk(tx: Tx, job: Job) -> bool:
    """Look at the next people by number; their pairs are found as whenever somebody is changed."""
    query = select(Contact.id).where(Contact.id > job.cursor.get("after", 0)).order_by(Contact.id).limit(_CHUNK)
    ids = list(tx.session.scalars(query))
    before = count_twins(tx)
    refresh_twins(tx, ids)
    add_counts(job, pairs=max(0, count_twins(tx) - before))
    move_on(job, job.done + len(ids), after=ids[-1] if ids else 0)
    if len(ids) == _CHUNK:
        return False
    job.total = job.done
    job.result = {**job.result, "place": "/contacts/duplicates"}
    return True


def look_through(database: Database) -> None:
    """Look through everybody at once, in short transactions."""
    after = 0
    while True:
        with database.transaction() as tx:
            query = select(Contact.id).where(Contact.id > after).order_by(Contact.id).limit(_CHUNK)
            ids = list(tx.session.scalars(query))
            refresh_twins(tx, ids)
        if not ids:
            return
        after = ids[-1]


def _has_unseen(tx: Tx) -> bool:
    """Return whether the first or the last person has no keys though they should: then nobody looked yet."""
    ids = select(Contact.id).where(Contact.erased_at.is_(None))
    ends = {tx.session.scalar(ids.order_by(order).limit(1)) for order in (Contact.id, Contact.id.desc())} - {None}
    known = read_known(tx, [number for number in ends if number is not None])
    wanted = {number for number, one in known.items() if list_keys(one)}
    seen = select(func.count(ContactKey.contact_id.distinct())).where(ContactKey.contact_id.in_(wanted))
    return bool(wanted) and (tx.session.scalar(seen) or 0) < len(wanted)


def _read_people(tx: Tx, ids: Iterable[int]) -> dict[int, Contact]:
    wanted = list(ids)
    found = tx.session.scalars(select(Contact).where(Contact.id.in_(wanted))) if wanted else ()
    return {contact.id: contact for contact in found}


def _get_pair(tx: Tx, one: int, other: int) -> ContactPair:
    pair = tx.session.get(ContactPair, (min(one, other), max(one, other)))
    if pair is None:
        raise NotFoundError(say("These two are not in the list any more. Nothing was changed."))
    return pair


def _tell(tx: Tx, pair: ContactPair, words: str, actor: str) -> list[str]:
    people = _read_people(tx, (pair.low_id, pair.high_id))
    for one, other in ((pair.low_id, pair.high_id), (pair.high_id, pair.low_id)):
        name = display_name(people[other])
        record_entry(tx, one, "twins", words.format(name), actor=actor, data={"other": other})
    return [display_name(people[number]) for number in (pair.low_id, pair.high_id)]
