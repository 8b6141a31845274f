"""Pure: where a run stands in another version of its sequence, by the keys of its steps (docs/architecture.md C6).

Nobody gets a step again and nobody misses one: what was done is done, what lay ahead stays ahead, a step that was
taken out is passed, and a new one that stands before what was done, or in the place of it, is not gone back to.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from sequences.course.schedule import Wait
from sequences.course.windows import WORKDAYS
from sequences.versions.flow import Flow, Node
from sequences.versions.step import TEXT_KINDS

Branches = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a run has come in its own version.

    `position` is the step not yet done. `met` are the keys of mails and tasks that exist, `passed` those of steps
    that came to stand before it without having been done. `again` is the key of a mail that is to be written anew.
    """

    position: int
    branches: Branches
    met: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()
    again: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Where the run stands in the other version.

    `position` is the next step and `begin` where the waits before it begin; both are the number of steps at the end.
    `done` are the steps behind it by their new keys, `repeats` those of them that would come again.
    """

    position: int
    begin: int
    done: frozenset[str]
    passed: frozenset[str]
    branches: dict[str, str]
    repeats: tuple[str, ...]


def cross(old: Flow, new: Flow, standing: Standing, renames: Mapping[str, str]) -> Crossing:
    """Return where a run goes on in another version; `renames` are keys that only changed their name."""
    done = {renames.get(key, key) for key in done_keys(old, standing)}
    ahead = {renames.get(old.steps[index].key, old.steps[index].key) for index in old.reachable(standing.position)}
    sides = {**_implied_sides(new, done), **standing.branches}
    way = list(walk(new, sides))
    behind = done | ({standing.again} if standing.again else set())
    last = max((place for place, node in enumerate(way) if node.step.key in behind), default=-1)
    replaced = _replaced(old, new, standing, renames)
    found = len(way)
    for place, node in enumerate(way):
        if node.step.key in done or node.step.kind == "wait":
            continue
        if _holds_any(new, node, sides, ahead - done) or (place > last and not replaced):
            found = place
            break
        replaced -= place > last and node.step.kind in TEXT_KINDS
    begin = found
    while begin > last + 1 and way[begin - 1].step.kind == "wait":
        begin -= 1
    end = len(new.nodes)
    position = way[found].index if found < len(way) else end
    before = [node.step for node in way[:found] if node.step.kind != "wait" and node.step.key not in done]
    repeats = (new.steps[index] for index in sorted(new.reachable(position)))
    return Crossing(
        position=position,
        begin=way[begin].index if begin < len(way) else end,
        done=frozenset(done),
        passed=frozenset(step.key for step in before),
        branches={key: side for key, side in sides.items() if key in new.index_of and new.index_of[key] < position},
        repeats=tuple(step.key for step in repeats if step.key in done),
    )


def done_keys(flow: Flow, standing: Standing) -> set[str]:
    """Return the steps that are behind a run; waits are none, for a wait may still go on."""
    before = (node.step for node in walk(flow, standing.branches) if node.index < standing.position)
    return {step.key for step in before if step.kind != "wait"} - standing.passed - {standing.again} | standing.met


def walk(flow: Flow, sides: Branches) -> Iterator[Node]:
    """Yield the steps of a run in order; past an `if` whose side is not known, to where both ways meet."""
    index: int | None = 0 if flow.nodes else None
    while index is not None:
        node = flow.nodes[index]
        yield node
        side = sides.get(node.step.key, "") if node.step.kind == "if" else ""
        index = {"then": node.yes, "else": node.no}.get(side, node.after)


def waits_before(flow: Flow, standing: Standing) -> tuple[list[Wait], str]:
    """Return the wait steps just before a run's position, and the kind of the step before them; "" for the begin."""
    before = [node.step for node in walk(flow, standing.branches) if node.index < standing.position]
    waits: list[Wait] = []
    while before and before[-1].kind == "wait":
        wait = before.pop().waits
        if wait:
            waits.append(wait)
    kind = before[-1].kind if before else ""
    return waits[::-1], "text" if kind in TEXT_KINDS else kind


def rewind(at: datetime, waits: Collection[Wait], zone: ZoneInfo) -> datetime:
    """Return when waits that ended at `at` began; to the day, but for holidays."""
    for wait in reversed(list(waits)):
        if wait.unit in ("seconds", "minutes", "hours"):
            at -= timedelta(**{wait.unit: wait.amount})
            continue
        local = at.astimezone(zone)
        days = wait.amount * (7 if wait.unit == "weeks" else 1)
        day = local.date() - timedelta(days=0 if wait.unit == "business days" else days)
        left = days if wait.unit == "business days" else 0
        while left:
            day -= timedelta(days=1)
            left -= day.weekday() in WORKDAYS
        at = datetime.combine(day, local.time(), tzinfo=zone).astimezone(at.tzinfo)
    return at


def _replaced(old: Flow, new: Flow, standing: Standing, renames: Mapping[str, str]) -> int:
    """Return how many mails and tasks a run has done last that are gone: as many new ones stand in their place."""
    done = done_keys(old, standing)
    count = 0
    for node in walk(old, standing.branches):
        if node.step.key in done and node.index < standing.position:
            is_kept = renames.get(node.step.key, node.step.key) in new.index_of
            count = 0 if is_kept else count + (node.step.kind in TEXT_KINDS)
    return count


def _implied_sides(flow: Flow, done: Collection[str]) -> dict[str, str]:
    """Return the ways that a run must have taken at an `if` for what it has done inside it."""
    sides: dict[str, str] = {}
    for key in sorted(done):
        node = flow.nodes[flow.index_of[key]] if key in flow.index_of else None
        while node and node.parent:
            sides[node.parent] = node.side
            node = flow.node(node.parent)
    return sides


def _holds_any(flow: Flow, node: Node, sides: Branches, keys: Collection[str]) -> bool:
    """Return whether a step is one of these, or an `if` not yet decided that has one of them inside."""
    if node.step.key in keys:
        return True
    if node.step.kind != "if" or node.step.key in sides:
        return False
    inside = takewhile(lambda one: one.depth > node.depth, flow.nodes[node.index + 1 :])
    return any(one.step.key in keys for one in inside)
