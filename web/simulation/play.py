"""Wire: the life of one world from a script, and its end: healed, everything comes to rest."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from sequences.course.enrolments import enrol
from sequences.versions.published import get_sequence
from web.simulation import faults, operators, people
from web.simulation.broken import BrokenRuleError
from web.simulation.company import NAMES, PEOPLE
from web.simulation.ending import bring_to_rest, demand_rest, demand_sums
from web.simulation.script import Event, begins_of, family_of
from web.simulation.work import work, work_between
from web.simulation.world import World

_SUMS_EVERY = 25
_BEGIN_WITH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a world: what happened how often, and the first rule that broke, if any."""

    seed: int
    counts: Counter[str]
    stops: Counter[str]
    sent: int
    broken: BrokenRuleError | None
    history: Sequence[tuple[datetime, str]]


def play(seed: int, events: Sequence[Event]) -> Outcome:
    """Live through a script and judge every step."""
    world = World(seed, begins_of(seed))
    broken = None
    try:
        _begin(world)
        for number, event in enumerate(events):
            _happen(world, event)
            world.auditor.follow()
            if number % _SUMS_EVERY == 0:
                demand_sums(world)
        bring_to_rest(world)
        demand_rest(world)
    except BrokenRuleError as error:
        broken = error
        world.note(world.clock.now(), f"BROKEN {error}")
    finally:
        world.close()
    return Outcome(
        seed=seed,
        counts=world.counts + faults.count_strikes(world),
        stops=world.auditor.stops,
        sent=len(world.office.log),
        broken=broken,
        history=world.history,
    )


def _begin(world: World) -> None:
    """Put most people into a sequence, and some into two; the others follow when an operator says so."""
    rng = Random(f"enrol {world.seed}")
    order = rng.sample(range(1, PEOPLE + 1), PEOPLE)
    with world.people.transaction() as tx:
        for number, name in enumerate(NAMES):
            begin = number * _BEGIN_WITH
            enrol(tx, get_sequence(tx, name), order[begin : begin + _BEGIN_WITH + 2], actor="user:1")


def _happen(world: World, event: Event) -> None:
    """Let one event happen, now or in the middle of the work that follows."""
    world.clock.jump(event.at)
    family, rng = family_of(event.kind), Random(event.seed)
    if family == "work":
        work(world, event.kind, rng)
    elif event.inside:
        world.armed.append((event.inside, lambda: _do(world, event, rng)))
    else:
        _do(world, event, rng)


def _do(world: World, event: Event, rng: Random) -> None:
    """Do what an event says, and count it if it came to pass."""
    if event.kind == "other worker":
        work_between(world, rng)
        done = True
    else:
        doer = {"fault": faults.strike, "people": people.write, "operator": operators.act}[family_of(event.kind)]
        done = doer(world, event.kind, rng)
    if done:
        world.counts[event.kind] += not faults.is_counted_when_it_strikes(event.kind)
        world.note(world.clock.now(), event.kind)
