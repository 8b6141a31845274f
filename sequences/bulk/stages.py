"""Use cases: moving many people to a stage."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import select, update

from crm.models import Relationship, Stage, TimelineEntry
from crm.pipeline import close_untouched, ensure_relationship, move_entry
from crm.stages import StageAt
from crm.timeline import record_entries
from kit.errors import NotFoundError, say
from kit.tx import Tx
from sequences.bulk.act import Act, Applied, Order, Reverted, Trace, Verdict


def judge(tx: Tx, contact_ids: Collection[int], order: Order) -> Verdict:
    """Say who stands elsewhere and so can move."""
    target = _target(tx, order)
    query = select(Relationship.contact_id).where(
        Relationship.contact_id.in_(contact_ids),
        Relationship.brand_id == order.brand_id,
        Relationship.stage_id == target.id,
    )
    there = set(tx.session.scalars(query))
    return Verdict(
        can=tuple(number for number in contact_ids if number not in there),
        left=dict.fromkeys(there, "at_stage"),
    )


def apply(tx: Tx, contact_ids: Collection[int], order: Order, actor: str) -> Applied:
    """Move those who can."""
    target, verdict = _target(tx, order), judge(tx, contact_ids, order)
    if order.brand_id is None:
        raise NotFoundError(say("Add a brand first; a stage belongs to a person and a brand."))
    standings = _standings(tx, verdict.can, order.brand_id)
    opened = [number for number in verdict.can if number not in standings]
    for number in opened:
        standings[number] = ensure_relationship(tx, number, order.brand_id)
    moving = [row for row in standings.values() if row.stage_id != target.id or row.contact_id in opened]
    traces: list[Trace] = [
        [row.contact_id, order.brand_id, row.stage_id, target.id, tx.now.isoformat(), row.stage_since.isoformat(),
         row.contact_id in opened]
        for row in moving
    ]  # fmt: skip
    _move(tx, [(row, target) for row in moving], actor=actor, cause="")
    return Applied(traces=tuple(traces), left=verdict.left)


def revert(tx: Tx, traces: Iterable[Trace], actor: str) -> Reverted:
    """Move back whom nobody has moved since, to where they stood and since when; what was opened for it is closed."""
    found = list(traces)
    stages = {stage.id: _at(stage) for stage in tx.session.scalars(select(Stage))}
    by_brand: dict[int, list[Trace]] = {}
    for trace in found:
        by_brand.setdefault(trace[1], []).append(trace)
    back: list[tuple[Relationship, StageAt]] = []
    earlier: list[tuple[Relationship, str, bool]] = []
    for brand_id, some in by_brand.items():
        standings = _standings(tx, [trace[0] for trace in some], brand_id)
        for number, _, before, after, at, *rest in some:
            row = standings.get(number)
            same = row is not None and row.stage_id == after and row.stage_since == datetime.fromisoformat(at)
            if row is not None and same and before in stages:
                back.append((row, stages[before]))
                # Changes of older versions do not know since when.
                earlier += [(row, rest[0], rest[1])] if rest else []
    _move(tx, back, actor=actor, cause=say("taken back"), undoes=_entries_of(tx, found))
    for row, since, opened in earlier:
        row.stage_since = datetime.fromisoformat(since)
        if opened:
            close_untouched(tx, row)
    left = len(found) - len(back)
    return Reverted(undone=len(back), left={"moved_since": left} if left else {})


def _entries_of(tx: Tx, traces: Collection[Trace]) -> dict[tuple[int, int], int]:
    """Return the timeline entries of moves by person and brand."""
    query = select(TimelineEntry.contact_id, TimelineEntry.brand_id, TimelineEntry.id).where(
        TimelineEntry.contact_id.in_({trace[0] for trace in traces}),
        TimelineEntry.kind == "stage",
        TimelineEntry.at.in_({datetime.fromisoformat(trace[4]) for trace in traces}),
        TimelineEntry.brand_id.is_not(None),
    )
    return {(person, brand): number for person, brand, number in tx.session.execute(query) if brand}


def _move(
    tx: Tx,
    moves: Collection[tuple[Relationship, StageAt]],
    *,
    actor: str,
    cause: str,
    undoes: Mapping[tuple[int, int], int] | None = None,
) -> None:
    """Move each row in the database and in the session, with its timeline entry; `undoes` are those it takes back."""
    stages = {stage.id: _at(stage) for stage in tx.session.scalars(select(Stage))}
    entries = [
        move_entry(tx, row, stages[row.stage_id], target, actor=actor, cause=cause)
        | {"undoes_id": (undoes or {}).get((row.contact_id, row.brand_id))}
        for row, target in moves
    ]
    for target in {target.id: target for _, target in moves}.values():
        ids = [row.id for row, to in moves if to.id == target.id]
        tx.session.execute(
            update(Relationship)
            .where(Relationship.id.in_(ids))
            .values(stage_id=target.id, stage_since=tx.now)
            .execution_options(synchronize_session="fetch")
        )
    record_entries(tx, entries)


def _standings(tx: Tx, contact_ids: Collection[int], brand_id: int) -> dict[int, Relationship]:
    query = select(Relationship).where(Relationship.contact_id.in_(contact_ids), Relationship.brand_id == brand_id)
    return {row.contact_id: row for row in tx.session.scalars(query)}


def _target(tx: Tx, order: Order) -> StageAt:
    stage = tx.session.scalar(select(Stage).where(Stage.name == order.value))
    if stage is None:
        raise NotFoundError(say("There is no stage named %(name)s.", name=order.value))
    return _at(stage)


def _at(stage: Stage) -> StageAt:
    return StageAt(id=stage.id, name=stage.name, position=stage.position)


MOVE = Act(judge=judge, apply=apply, revert=revert)
