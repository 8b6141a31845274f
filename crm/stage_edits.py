"""Use cases: the stages of the board: renamed, moved, added, removed with where their people go, and their rules."""

from sqlalchemy import func, select, update

from crm.brands import list_stages
from crm.changes import record_change
from crm.models import Relationship, Stage
from crm.stages import FIRST_PITCH, HUMAN_REPLY
from crm.timeline import record_entries
from kit.errors import ConflictError, InvalidError, NotFoundError, RefusedError, say
from kit.tx import Tx

RULES = (FIRST_PITCH, HUMAN_REPLY)
MOST_STAGES = 20
_LONGEST = 60


def count_people(tx: Tx) -> dict[int, int]:
    """Return how many relationships stand in each stage."""
    query = select(Relationship.stage_id, func.count()).group_by(Relationship.stage_id)
    return {row[0]: row[1] for row in tx.session.execute(query)}


def add_stage(tx: Tx, name: str, *, actor: str) -> Stage:
    """Add a stage at the end of the board."""
    stages, name = list_stages(tx), _name(name)
    _require_free(stages, name)
    if len(stages) >= MOST_STAGES:
        raise InvalidError(say("There are %(num)s stages already; that is all a board can show.", num=MOST_STAGES))
    stage = Stage(name=name, position=max((one.position for one in stages), default=-1) + 1)
    tx.session.add(stage)
    tx.session.flush()
    record_change(
        tx, "stage_added", actor=actor, summary=say("Stage added: %(name)s", name=name), data={"stage_id": stage.id}
    )
    return stage


def rename_stage(tx: Tx, stage_id: int, name: str, *, actor: str) -> Stage:
    """Call a stage something else."""
    stage, name = get_stage(tx, stage_id), _name(name)
    if name == stage.name:
        return stage
    _require_free([one for one in list_stages(tx) if one.id != stage_id], name)
    words = say("Stage renamed: %(before)s to %(name)s", before=stage.name, name=name)
    data = {"stage_id": stage_id, "before": stage.name}
    record_change(tx, "stage_renamed", actor=actor, summary=words, data=data)
    stage.name = name
    tx.session.flush()
    return stage


def shift_stage(tx: Tx, stage_id: int, by: int, *, actor: str) -> Stage:
    """Move a stage one place earlier (-1) or later (1); at the end it stays."""
    stage, stages = get_stage(tx, stage_id), list_stages(tx)
    at = [one.id for one in stages].index(stage_id)
    to = max(0, min(len(stages) - 1, at + (1 if by > 0 else -1)))
    if to != at:
        stages.insert(to, stages.pop(at))
        for position, one in enumerate(stages):
            one.position = position
        words = say("Stage moved: %(name)s", name=stage.name)
        record_change(tx, "stage_moved", actor=actor, summary=words, data={"stage_id": stage_id})
        tx.session.flush()
    return stage


def set_rule(tx: Tx, stage_id: int, rule: str, *, actor: str) -> Stage:
    """Let a rule move people here, and nowhere else; an empty one takes the rule away."""
    if rule and rule not in RULES:
        raise InvalidError(say("There is no such rule."))
    stage = get_stage(tx, stage_id)
    if (stage.rule or "") == rule:
        return stage
    for other in list_stages(tx):
        if rule and other.rule == rule:
            other.rule = None
    tx.session.flush()
    stage.rule = rule or None
    tx.session.flush()
    words = say("Automatic moves into %(name)s changed", name=stage.name)
    record_change(tx, "stage_rule", actor=actor, summary=words, data={"stage_id": stage_id, "rule": rule})
    return stage


def remove_stage(tx: Tx, stage_id: int, *, to_id: int | None, actor: str) -> int:
    """Remove a stage; its people go to another one, each with an entry on the timeline. Return how many went."""
    stage, stages = get_stage(tx, stage_id), list_stages(tx)
    if len(stages) <= 2:  # noqa: PLR2004 - a board of one stage shows nothing
        raise RefusedError(say("A board needs two stages at least, so this one stays."))
    people = _people(tx, stage_id)
    target = next((one for one in stages if one.id == to_id and one.id != stage_id), None)
    if people and target is None:
        raise InvalidError(say("Say into which stage the people of %(name)s go.", name=stage.name), field="into")
    if people and target is not None:
        _move_all(tx, stage, target, people, actor)
    tx.session.delete(stage)
    tx.session.flush()
    words = say("Stage removed: %(name)s", name=stage.name)
    data = {"name": stage.name, "rule": stage.rule, "position": stage.position, "to_id": to_id}
    record_change(tx, "stage_removed", actor=actor, summary=words, count=max(1, len(people)), data=data)
    return len(people)


def get_stage(tx: Tx, stage_id: int) -> Stage:
    """Return a stage, or refuse."""
    stage = tx.session.get(Stage, stage_id)
    if stage is None:
        raise NotFoundError(say("There is no such stage."))
    return stage


def _people(tx: Tx, stage_id: int) -> list[tuple[int, int]]:
    query = select(Relationship.contact_id, Relationship.brand_id).where(Relationship.stage_id == stage_id)
    return [(row[0], row[1]) for row in tx.session.execute(query)]


def _move_all(tx: Tx, stage: Stage, target: Stage, people: list[tuple[int, int]], actor: str) -> None:
    """Move everybody at once, each with an entry on the timeline."""
    moved = update(Relationship).where(Relationship.stage_id == stage.id)
    tx.session.execute(moved.values(stage_id=target.id, stage_since=tx.now))
    data = {"from": stage.name, "from_id": stage.id, "to": target.name, "to_id": target.id, "cause": "stage removed"}
    fixed = {
        "kind": "stage",
        "summary": say("%(name)s to %(target)s (stage removed)", name=stage.name, target=target.name),
        "actor": actor,
        "data": data,
    }
    record_entries(tx, [{**fixed, "contact_id": who, "brand_id": brand} for who, brand in people])


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST:
        raise InvalidError(say("Give the stage a name of at most %(num)s characters.", num=_LONGEST), field="name")
    return name


def _require_free(stages: list[Stage], name: str) -> None:
    if any(one.name.lower() == name.lower() for one in stages):
        raise ConflictError(say("There is a stage named %(name)s already.", name=name), field="name")
