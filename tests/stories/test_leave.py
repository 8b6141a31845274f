"""Leave: work is seen by a deputy or waits until its owner is back, and nothing of it is lost."""

from datetime import date, timedelta

import pytest

from crm.leaves import Plan, list_leaves, plan_leave
from crm.mailboxes import get_mailbox
from crm.models import Change
from crm.upkeep_desk import read_upkeep_desk
from crm.users import add_user
from kit.errors import ConflictError, InvalidError, RapportError
from kit.tx import Tx
from sequences.sending.answers import queue_answer
from sequences.team import absence
from tests.stories.at_once import Deed, two_at_once
from tests.stories.test_hands import talk
from tests.stories.world import MIA, World
from web.undo import REVERSERS

MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)


def owner(world: World, zone: str = "Europe/Dublin") -> int:
    with world.database.transaction() as tx:
        user = add_user(tx, "ruben@pastel.test", role="outreach", name="Ruben")
        user.zone = zone
        get_mailbox(tx, MIA).owner_id = user.id
        return user.id


def colleague(world: World, name: str) -> int:
    with world.database.transaction() as tx:
        return add_user(tx, f"{name}@pastel.test", role="outreach", name=name).id


def away(world: World, user_id: int, first: date = MONDAY, last: date = FRIDAY, mode: str = "pause",
         deputy_id: int | None = None) -> Change:  # fmt: skip
    with world.database.transaction() as tx:
        plan = Plan(first=first, last=last, mode=mode, deputy_id=deputy_id)
        return plan_leave(tx, user_id, plan, actor="user:1")[1]


def test_sequences_wait_until_the_owner_is_back_and_then_go_on_by_themselves(world: World) -> None:
    away(world, owner(world), last=MONDAY + timedelta(days=20))
    world.load()
    world.enrol(world.people(2))
    assert (world.tick().sent, world.send().state) == (0, "scheduled")
    assert world.send().reason == "Ruben, whose mailbox this is, is on leave and back on 14 December 2026."
    world.days(10)
    assert world.tick().sent == 0
    # Three weeks would have been too long for a mail that simply waited.
    world.days(11)
    assert world.tick().sent == 2
    assert {send.state for send in world.sends()} == {"sent"}


def test_answers_by_hand_leave_all_the_same(small: World) -> None:
    user_id = owner(small)
    thread_id = talk(small)
    away(small, user_id)
    with small.database.transaction() as tx:
        queue_answer(tx, thread_id, "Hello", request_key="key-1", actor="user:1")
    small.days(0.01)
    assert small.tick().sent == 1


def test_a_leave_that_hands_over_holds_nothing_and_shows_to_the_deputy(small: World) -> None:
    user_id, deputy_id = owner(small), colleague(small, "Yuki")
    away(small, user_id, mode="hand_over", deputy_id=deputy_id)
    small.load()
    small.enrol(small.people(1))
    assert small.tick().sent == 1
    with small.database.reading() as tx:
        assert [one.user.name for one in read_upkeep_desk(tx, deputy_id).stand_ins] == ["Ruben"]
        assert read_upkeep_desk(tx, user_id).stand_ins == ()
    small.days(6)
    with small.database.reading() as tx:
        assert list_leaves(tx) == []
        assert read_upkeep_desk(tx, deputy_id).stand_ins == ()


@pytest.mark.parametrize("by_undo", [False, True])
def test_who_is_back_early_sets_free_what_waited(small: World, by_undo: bool) -> None:
    change = away(small, owner(small))
    small.load()
    small.enrol(small.people(1))
    small.tick()
    small.days(1)
    assert small.tick().sent == 0

    def end(tx: Tx) -> object:
        if by_undo:
            return REVERSERS[change.kind](tx, tx.session.get_one(Change, change.id), "user:1")
        return absence.end_leave(tx, change.data["leave"], actor="user:1")

    with small.database.transaction() as tx:
        end(tx)
    assert small.tick().sent == 1
    with small.database.transaction() as tx, pytest.raises(ConflictError):
        absence.end_leave(tx, change.data["leave"], actor="user:1")


def test_days_are_those_of_who_is_away(small: World) -> None:
    away(small, owner(small, zone="Pacific/Auckland"), first=FRIDAY, last=FRIDAY)
    with small.database.reading() as tx:
        (row,) = list_leaves(tx)
        assert (row.first, row.last, row.is_now) == (FRIDAY, FRIDAY, False)
        # Midnight in Auckland is eleven in the morning before.
        assert (row.leave.begins_at.day, row.leave.begins_at.hour) == (26, 11)


REFUSED: dict[str, tuple[dict[str, object], type[RapportError]]] = {
    "backwards": ({"first": FRIDAY, "last": MONDAY}, InvalidError),
    "over already": ({"first": date(2026, 11, 2), "last": date(2026, 11, 6)}, InvalidError),
    "two years": ({"last": date(2028, 11, 27)}, InvalidError),
    "no such way": ({"mode": "vanish"}, InvalidError),
    "nobody stands in": ({"mode": "hand_over"}, InvalidError),
    "oneself": ({"mode": "hand_over", "deputy_id": 1}, InvalidError),
    "somebody who is away too": ({"mode": "hand_over", "deputy_id": 2}, ConflictError),
    "twice": ({"first": date(2026, 12, 7), "last": date(2026, 12, 8)}, ConflictError),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_planned_is_refused_and_changes_nothing(small: World, case: str) -> None:
    user_id, other = owner(small), colleague(small, "Yuki")
    assert (user_id, other) == (1, 2)
    away(small, other)
    away(small, user_id, first=date(2026, 12, 8), last=date(2026, 12, 9))
    given, error = REFUSED[case]
    with pytest.raises(error):
        away(small, user_id, **given)  # type: ignore[arg-type]
    with small.database.reading() as tx:
        assert len(list_leaves(tx)) == 2


def test_a_deputy_cannot_leave_without_another_one(small: World) -> None:
    user_id, deputy_id = owner(small), colleague(small, "Yuki")
    away(small, user_id, mode="hand_over", deputy_id=deputy_id)
    third = colleague(small, "Tom")
    with pytest.raises(ConflictError, match="stands in for somebody"):
        away(small, deputy_id, mode="hand_over", deputy_id=third)
    with pytest.raises(ConflictError, match="stands in for somebody"):
        away(small, deputy_id)


def test_two_who_leave_each_other_their_work_at_once(world: World) -> None:
    user_id, deputy_id = owner(world), colleague(world, "Yuki")

    def plan(who: int, deputy: int | None) -> Deed:
        mode = "pause" if deputy is None else "hand_over"
        return lambda tx: plan_leave(
            tx, who, Plan(first=MONDAY, last=FRIDAY, mode=mode, deputy_id=deputy), actor="user:1"
        )

    assert two_at_once(world.database, plan(user_id, deputy_id), plan(deputy_id, None)) == [None, ConflictError]
    with world.database.reading() as tx:
        assert [row.user.id for row in list_leaves(tx)] == [user_id]
