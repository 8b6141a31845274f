"""Use cases: where a contact stands with a brand, moves between stages, and taking a move back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update

from crm.models import Brand, Relationship, Stage, TimelineEntry
from crm.stages import StageAt, decide_move
from crm.timeline import record_entries, record_entry
from kit.errors import ConflictError, NotFoundError, say
from kit.tx import Tx

_STAGES = select(Stage.id, Stage.name, Stage.position, Stage.rule)


class Standing(NamedTuple):
    """Whose relationship it is, and the stage it is at."""

    contact_id: int
    brand_id: int
    stage_id: int


def find_relationship(tx: Tx, contact_id: int, brand_id: int) -> Relationship | None:
    """Return where a contact stands with a brand, if anything is known."""
    return tx.session.scalar(
        select(Relationship).where(Relationship.contact_id == contact_id, Relationship.brand_id == brand_id)
    )


def ensure_relationship(tx: Tx, contact_id: int, brand_id: int) -> Relationship:
    """Return the relationship, opening it at the first stage."""
    found = find_relationship(tx, contact_id, brand_id)
    if found:
        return found
    first = tx.session.scalars(select(Stage).order_by(Stage.position).limit(1)).one()
    relationship = Relationship(
        contact_id=contact_id, brand_id=brand_id, stage_id=first.id, stage_since=tx.now, created_at=tx.now
    )
    tx.session.add(relationship)
    tx.session.flush()
    return relationship


def move_stage(
    tx: Tx, contact_id: int, brand_id: int, stage_name: str, *, actor: str, cause: str = ""
) -> TimelineEntry | None:
    """Move to a stage because a person says so; None when it stands there already."""
    target = tx.session.scalar(select(Stage).where(Stage.name == stage_name))
    if target is None:
        raise NotFoundError(say("There is no stage named %(stage_name)s.", stage_name=stage_name))
    is_new = find_relationship(tx, contact_id, brand_id) is None
    relationship = ensure_relationship(tx, contact_id, brand_id)
    if relationship.stage_id == target.id and not is_new:
        return None
    return _apply(tx, relationship, target, actor=actor, cause=cause, opened=is_new)


def move_many_by_rule(tx: Tx, relationships: Mapping[int, Standing], rule: str, *, cause: str) -> None:
    """Move many relationships forward because of a rule, by id; those the rule has no say about stay."""
    rows = tx.run(_STAGES).all()
    stages = {row[0]: StageAt(id=row[0], name=row[1], position=row[2]) for row in rows}
    target = next((stages[row[0]] for row in rows if row[3] == rule), None)
    if target is None:
        return
    moved = {
        number: standing for number, standing in relationships.items() if decide_move(stages[standing.stage_id], target)
    }
    if not moved:
        return
    began = select(Relationship.id, Relationship.stage_since).where(Relationship.id.in_(moved))
    since = {row[0]: row[1] for row in tx.session.execute(began)}
    tx.session.execute(
        update(Relationship).where(Relationship.id.in_(moved)).values(stage_id=target.id, stage_since=tx.now)
    )
    entries = []
    for number, standing in moved.items():
        before = stages[standing.stage_id]
        entries.append(
            {
                "contact_id": standing.contact_id,
                "kind": "stage",
                "summary": _say_move(before.name, target.name, cause),
                "actor": f"rule:{rule}",
                "brand_id": standing.brand_id,
                "data": _move_data(before, target, cause, since[number], tx.now),
            }
        )
    record_entries(tx, entries)


def move_entry(
    tx: Tx, relationship: Relationship, before: StageAt, target: StageAt, *, actor: str, cause: str
) -> dict[str, Any]:
    """Return the timeline entry of a move, as `record_entries` takes it."""
    return {
        "contact_id": relationship.contact_id,
        "kind": "stage",
        "summary": _say_move(before.name, target.name, cause),
        "actor": actor,
        "brand_id": relationship.brand_id,
        "data": _move_data(before, target, cause, relationship.stage_since, tx.now),
    }


def undo_move(tx: Tx, entry_id: int, *, actor: str) -> TimelineEntry:
    """Take a stage move back: they stand where they stood, since when they did. Refused once another move came after.

    A relationship that the move had opened is closed again, unless something else happened to it.
    """
    entry = tx.session.get(TimelineEntry, entry_id)
    if entry is None or entry.kind != "stage" or entry.brand_id is None:
        raise NotFoundError(say("There is no such stage move."))
    relationship = ensure_relationship(tx, entry.contact_id, entry.brand_id)
    taken_back = tx.session.scalar(select(TimelineEntry.id).where(TimelineEntry.undoes_id == entry.id))
    if taken_back or relationship.stage_id != entry.data["to_id"]:
        raise ConflictError(say("The stage has changed since; move it by hand instead."))
    before = tx.session.get(Stage, entry.data["from_id"])
    if before is None:
        raise ConflictError(say("The stage %(name)s is gone; move it by hand instead.", name=entry.data["from"]))
    back = _apply(tx, relationship, before, actor=actor, cause=say("taken back"), undoes_id=entry.id)
    if "since" in entry.data:
        relationship.stage_since = datetime.fromisoformat(entry.data["since"])
    if entry.data.get("opened"):
        close_untouched(tx, relationship)
    tx.session.flush()
    return back


def close_untouched(tx: Tx, relationship: Relationship) -> bool:
    """Forget a relationship that has no owner, no mail and never left its first stage; return whether it was so."""
    first = tx.session.scalars(select(Stage.id).order_by(Stage.position).limit(1)).one()
    is_untouched = (
        relationship.stage_id == first
        and relationship.stage_since == relationship.created_at
        and relationship.owner_id is None
        and relationship.last_in_at is None
        and relationship.last_out_at is None
        and relationship.talked_at is None
        and relationship.rhythm_days is None
        and relationship.rest_until is None
    )
    if is_untouched:
        tx.session.delete(relationship)
    return is_untouched


def stage_name(tx: Tx, contact_id: int, brand_id: int) -> str | None:
    """Return the name of the stage a contact stands at with a brand."""
    return tx.session.scalar(
        select(Stage.name)
        .join(Relationship, Relationship.stage_id == Stage.id)
        .where(Relationship.contact_id == contact_id, Relationship.brand_id == brand_id)
    )


def _apply(
    tx: Tx,
    relationship: Relationship,
    target: Stage,
    *,
    actor: str,
    cause: str,
    undoes_id: int | None = None,
    opened: bool = False,
) -> TimelineEntry:
    before = tx.session.get_one(Stage, relationship.stage_id)
    brand = tx.session.get_one(Brand, relationship.brand_id)
    data = _move_data(_at(before), _at(target), cause, relationship.stage_since, tx.now)
    relationship.stage_id = target.id
    relationship.stage_since = tx.now
    entry = record_entry(
        tx,
        relationship.contact_id,
        "stage",
        _say_move(before.name, target.name, cause),
        actor=actor,
        brand_id=brand.id,
        data=data | ({"opened": True} if opened else {}),
        undoes_id=undoes_id,
    )
    tx.session.flush()
    return entry


def _at(stage: Stage) -> StageAt:
    return StageAt(id=stage.id, name=stage.name, position=stage.position)


def _say_move(before: str, target: str, cause: str) -> str:
    if before == target:
        return (
            say("Opened at %(stage)s (%(cause)s)", stage=target, cause=cause)
            if cause
            else (say("Opened at %(stage)s", stage=target))
        )
    return f"{before} to {target} ({cause})" if cause else f"{before} to {target}"


def _move_data(before: StageAt, target: StageAt, cause: str, since: datetime, now: datetime) -> dict[str, Any]:
    """Return what a move's entry keeps: enough to take it back, and how long the stay was."""
    return {
        "from": before.name,
        "from_id": before.id,
        "to": target.name,
        "to_id": target.id,
        "cause": cause,
        "stayed_s": int((now - since).total_seconds()),
        "since": since.isoformat(),
    }
