"""What a person asks for outlasts what somebody set for them before, and what is taken back after (C10)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.addresses import add_by_hand
from crm.changes import Undone, undo_change
from crm.models import Suppression, TimelineEntry
from crm.suppressions import find_personal_suppression, lift_suppression, suppress, suppress_contact
from kit.errors import ConflictError
from sequences.bulk import deeds
from sequences.bulk.act import Order
from sequences.reading.opt_outs import forbid_contact, record_opt_out
from tests.stories.world import World
from web.undo import REVERSERS

ADA, THEIRS, LATER = "user:1", "creator0@people.example", "later@people.example"


def forbid_many(world: World, people: list[int]) -> int:
    with world.database.transaction() as tx:
        change, _ = deeds.do_now(tx, "suppress", people, Order(value="", brand_id=1, user_id=1), actor=ADA)
        assert change is not None
        return change.id


def undo(world: World, change_id: int) -> Undone:
    with world.database.transaction() as tx:
        return undo_change(tx, change_id, actor=ADA, reversers=REVERSERS)


@pytest.mark.parametrize("reason", ["opt_out", "complaint"])
def test_taking_back_do_not_contact_leaves_what_the_person_asked_for_since(world: World, reason: str) -> None:
    people = world.people(2)
    world.load()
    world.enrol(people)
    world.tick()
    world.clock.advance(timedelta(hours=1))
    change = forbid_many(world, people)
    world.clock.advance(timedelta(hours=1))
    with world.database.transaction() as tx:
        suppress_contact(tx, people[0], reason=reason, source="their mail", actor="contact")
    undone = undo(world, change)
    assert (undone.undone, undone.left) == (1, 1)
    assert world.suppressed() == {THEIRS}
    assert [run.state for run in world.runs()] == ["stopped", "active"]
    for _ in range(5):
        world.days(2)
        world.tick()
    assert [len(world.mails_to(f"creator{n}@people.example")) for n in range(2)] == [1, 2]


@pytest.mark.parametrize("before", ["manual", "hard_bounce", ""])
def test_an_opt_out_covers_a_later_address_whatever_was_set_before(world: World, before: str) -> None:
    [person] = world.people(1)
    with world.database.transaction() as tx:
        if before == "manual":
            forbid_contact(tx, person, actor=ADA)
        elif before:
            suppress(tx, THEIRS, reason=before, source="550", actor="system")
    world.clock.advance(timedelta(days=1))
    with world.database.transaction() as tx:
        record_opt_out(tx, person, source="opt-out link")
    with world.database.transaction() as tx:
        add_by_hand(tx, person, LATER, actor=ADA)
        found = find_personal_suppression(tx, person, LATER)
        assert found is not None
        assert (found.reason, found.source, found.since) == ("opt_out", "opt-out link", tx.now)
        told = (
            select(TimelineEntry.summary).where(TimelineEntry.kind == "suppression").order_by(TimelineEntry.id.desc())
        )
        assert tx.session.scalars(told).first() == f"Do not contact: {THEIRS} (asked for no more mail)"


def test_what_is_weaker_or_the_same_changes_nothing(world: World) -> None:
    [person] = world.people(1)
    with world.database.transaction() as tx:
        record_opt_out(tx, person, source="opt-out link")
    world.clock.advance(timedelta(days=1))
    with world.database.transaction() as tx:
        for reason in ("manual", "hard_bounce", "complaint", "opt_out"):
            suppress(tx, THEIRS, reason=reason, source="later", actor=ADA)
    with world.database.reading() as tx:
        [row] = tx.session.scalars(select(Suppression))
        assert (row.reason, row.source, row.since) == ("opt_out", "opt-out link", tx.now - timedelta(days=1))
        entries = tx.session.scalars(select(TimelineEntry).where(TimelineEntry.kind == "suppression")).all()
        assert len(entries) == 1


def test_who_lifts_what_they_saw_does_not_lift_what_was_asked_since(world: World) -> None:
    [person] = world.people(1)
    with world.database.transaction() as tx:
        forbid_contact(tx, person, actor=ADA)
        record_opt_out(tx, person, source="opt-out link")
    with pytest.raises(ConflictError, match="since you looked"), world.database.transaction() as tx:
        lift_suppression(tx, THEIRS, why="a slip", actor=ADA, seen="manual")
    assert world.suppressed() == {THEIRS}
    with world.database.transaction() as tx:
        lift_suppression(tx, THEIRS, why="they wrote again", actor=ADA, seen="opt_out")
    assert world.suppressed() == set()
