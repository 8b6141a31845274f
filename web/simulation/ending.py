"""Wire: how a world ends: everything is healed, and what does not wait for a person must come to its end."""

from collections import Counter
from datetime import timedelta
from functools import partial
from random import Random

from sequences.insight.report import audience, step_numbers
from sequences.tick import one_pass
from web.simulation.broken import BrokenRuleError
from web.simulation.ledger import read_instant
from web.simulation.operators import act
from web.simulation.work import next_due, run_as
from web.simulation.world import World

_ROUNDS = 150
_LATER = timedelta(hours=2)
_STATES = {
    "draft": "waiting",
    "scheduled": "waiting",
    "claimed": "waiting",
    "sending": "waiting",
    "cancelled": "skipped",
}
_LEFT = """
SELECT e.id, e.state, e.email FROM enrolments e WHERE e.state IN ('active', 'held')
AND NOT EXISTS (SELECT 1 FROM sends s WHERE s.enrolment_id = e.id AND s.state IN ('draft', 'unknown'))
AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.ref LIKE 'run:' || e.id || ':%' AND t.done_at IS NULL)
"""


def bring_to_rest(world: World) -> None:
    """Heal everything and go on until nothing is due; in half of the worlds people go on with their work."""
    world.office.heal()
    world.office.grey.clear()
    world.armed.clear()
    world.stall.clear()
    world.clock.advance(timedelta(hours=1))
    for kind in ("resume mailbox", "resume sequence"):
        act(world, kind, Random(0))
    for number in range(_ROUNDS):
        process, engine = world.workers[0]
        if world.seed % 2:
            act(world, "approve", Random(number))
            act(world, "task done", Random(number))
        run_as(world, process, partial(one_pass, engine))
        world.auditor.follow()
        if not _has_more(world):
            return
        due = read_instant(next_due(world))
        world.clock.jump(max(world.clock.now() + _LATER, due) if due else world.clock.now() + _LATER)
    raise BrokenRuleError("comes to rest", f"something is still due at {world.clock.now()}")


def demand_rest(world: World) -> None:
    """Demand that nothing is left over but what waits for a person."""
    world.auditor.demand_end()
    demand_sums(world)
    for row in world.auditor.ledger.all(_LEFT):
        raise BrokenRuleError("comes to rest", f"run {row['id']} of {row['email']} is {row['state']} for ever")
    for row in world.auditor.ledger.all("SELECT id, state FROM sends WHERE state IN ('claimed', 'sending')"):
        raise BrokenRuleError("comes to rest", f"mail {row['id']} is {row['state']} for ever")


def demand_sums(world: World) -> None:
    """Demand that the report's numbers add up to the audience, and are what a recount finds."""
    counted = _recount(world)
    with world.people.reading() as tx:
        for sequence_id in world.auditor.books.sequences:
            everybody = audience(tx, sequence_id)["all"]
            for row in step_numbers(tx, sequence_id):
                total = row.sent + row.waiting + row.skipped + row.failed + row.unknown
                where = f"step {row.key} of sequence {sequence_id}"
                if total != everybody:
                    raise BrokenRuleError("sums", f"{where} sums to {total} of {everybody}")
                found = counted.get((sequence_id, row.key), Counter())
                if row.kind == "email" and (row.sent, row.failed, row.unknown) != (
                    found["sent"],
                    found["failed"],
                    found["unknown"],
                ):
                    raise BrokenRuleError("sums", f"{where} reports {row}, a recount finds {dict(found)}")


def _recount(world: World) -> dict[tuple[int, str], Counter[str]]:
    counted: dict[tuple[int, str], Counter[str]] = {}
    for send in world.auditor.books.sends.values():
        if send.sequence_id is not None:
            states = counted.setdefault((send.sequence_id, send.step_key or ""), Counter())
            states[_STATES.get(send.state, send.state)] += 1
    return counted


def _has_more(world: World) -> bool:
    waiting = "SELECT count(*) FROM sends WHERE state IN ('scheduled', 'claimed', 'sending')"
    runs = "SELECT count(*) FROM enrolments WHERE state = 'held' OR (state = 'active' AND next_at IS NOT NULL)"
    return bool(world.auditor.ledger.one(waiting)[0] or world.auditor.ledger.one(runs)[0])
