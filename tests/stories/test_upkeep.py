"""Upkeep: whom to talk to, who goes quiet, how long people wait for us."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from crm.changes import undo_change
from crm.contacts import get_contact
from crm.inbox_page import Wanted, read_page
from crm.leaves import StandIn
from crm.models import Change, Contact, Pulse, Stage, User
from crm.pipeline import move_stage
from crm.pulses import list_quiet
from crm.reports.relationships import list_answers
from crm.rhythms import note_talk, put_off, set_rhythm, set_stage_rhythm, talk_is_due
from crm.suppressions import suppress_contact
from crm.upkeep_board import read_board
from crm.upkeep_desk import read_upkeep_desk
from crm.users import add_user
from crm.waits import read_clocks
from crm.working_hours_setting import read_working_hours, set_working_hours
from kit.errors import InvalidError
from kit.tx import Tx
from sequences.reports.answer_times import measure_colleagues
from sequences.sending.answers import queue_answer
from tests.stories.test_hands import talk
from tests.stories.world import World
from web.undo import REVERSERS

ME = 1


def stage_rhythm(world: World, name: str, days: int | None) -> None:
    with world.database.transaction() as tx:
        stage = tx.session.query(Stage).filter_by(name=name).one()
        set_stage_rhythm(tx, stage, days, actor="user:1")


def due(world: World, *, user_ids: tuple[int, ...] = (ME,), limit: int = 8) -> list[tuple[int, int, bool]]:
    with world.database.reading() as tx:
        desk = replace(read_upkeep_desk(tx, ME), user_id=user_ids[0], stand_ins=stand_ins(tx, user_ids[1:]))
        rows = read_board(tx, desk, 1, tx.now.date(), talks=limit).talks
        waiting = [row.contact.id for row in read_board(tx, desk, 1, tx.now.date(), talks=99).talks]
        found = select(Contact.id).where(talk_is_due(tx, 1), Contact.id.in_(waiting))
        assert set(tx.session.scalars(found)) == set(waiting)
        return [(row.contact.id, row.days, row.is_own) for row in rows]


def stand_ins(tx: Tx, user_ids: tuple[int, ...]) -> tuple[StandIn, ...]:
    return tuple(StandIn(user=tx.session.get_one(User, number), back_at=tx.now) for number in user_ids)


def active(world: World, count: int = 1) -> list[int]:
    people = world.people(count)
    with world.database.transaction() as tx:
        for contact_id in people:
            move_stage(tx, contact_id, 1, "Active", actor="user:1")
    return people


def undo(world: World, change: Change | None) -> int:
    assert change
    with world.database.transaction() as tx:
        return undo_change(tx, change.id, actor="user:1", reversers=REVERSERS).undone


def test_a_stage_s_rhythm_counts_from_the_last_word_of_either_side(world: World) -> None:
    people = active(world, 2)
    stage_rhythm(world, "Active", 10)
    assert due(world) == []
    world.days(11)
    assert due(world) == [(people[0], 10, False), (people[1], 10, False)]
    with world.database.transaction() as tx:
        note_talk(tx, people[0], 1)
    assert due(world) == [(people[1], 10, False)]
    world.days(11)
    assert due(world) == [(people[1], 10, False), (people[0], 10, False)]
    assert due(world, limit=1) == [(people[1], 10, False)]
    stage_rhythm(world, "Active", None)
    assert due(world) == []


def test_mail_of_ours_and_theirs_moves_the_day(small: World) -> None:
    thread_id = talk(small)
    stage_rhythm(small, "Talking", 5)
    small.days(6)
    assert due(small) == [(1, 5, False)]
    with small.database.transaction() as tx:
        queue_answer(tx, thread_id, "Hello again", request_key="key-1", actor="user:1")
    small.days(0.01)
    small.tick()
    assert due(small) == []
    small.days(6)
    assert due(small) == [(1, 5, False)]
    small.answer(small.mails_to("creator0@people.example")[-1], "Hello!")
    small.tick()
    assert due(small) == []


def test_a_rhythm_of_one_s_own_comes_before_the_stage_s_and_can_be_none(world: World) -> None:
    (person,) = active(world)
    stage_rhythm(world, "Active", 10)
    with world.database.transaction() as tx:
        own = set_rhythm(tx, person, 1, 7, actor="user:1")
        assert set_rhythm(tx, person, 1, 7, actor="user:1") is None
    world.days(8)
    assert due(world) == [(person, 7, True)]
    with world.database.transaction() as tx:
        none = set_rhythm(tx, person, 1, 0, actor="user:1")
    world.days(20)
    assert due(world) == []
    assert undo(world, own) == 0  # somebody changed it since
    assert undo(world, none) == 1
    assert due(world) == [(person, 7, True)]
    with world.database.transaction() as tx, pytest.raises(InvalidError):
        set_rhythm(tx, person, 1, 11, actor="user:1")


def test_putting_off_holds_once(small: World) -> None:
    (person,) = active(small)
    stage_rhythm(small, "Active", 10)
    small.days(11)
    today = small.clock.now().date()
    with small.database.transaction() as tx:
        later = put_off(tx, person, 1, today + timedelta(days=3), today=today, actor="user:1")
        with pytest.raises(InvalidError):
            put_off(tx, person, 1, today, today=today, actor="user:1")
    assert due(small) == []
    small.days(3)
    assert due(small) == [(person, 10, False)]
    assert undo(small, later) == 1
    with small.database.transaction() as tx:
        put_off(tx, person, 1, today + timedelta(days=300), today=today, actor="user:1")
        note_talk(tx, person, 1)
    small.days(11)
    assert due(small) == [(person, 10, False)]


def test_only_mine_and_nobody_s_and_whom_we_may_write_to(small: World) -> None:
    people = active(small, 3)
    stage_rhythm(small, "Active", 1)
    with small.database.transaction() as tx:
        other = add_user(tx, "ruben@pastel.test", role="outreach").id
        get_contact(tx, people[1]).owner_id = other
        suppress_contact(tx, people[2], reason="manual", source="x", actor="user:1")
    small.days(2)
    assert [row[0] for row in due(small, user_ids=(99,))] == [people[0]]
    assert [row[0] for row in due(small, user_ids=(99, other))] == people[:2]


def test_a_wrong_number_of_days_is_refused(small: World) -> None:
    for days in (0, -3, 731):
        with pytest.raises(InvalidError):
            stage_rhythm(small, "Active", days)


def correspond(world: World, gaps: tuple[float, ...]) -> None:
    """Let somebody write after each of these gaps in days."""
    talk(world)
    for gap in gaps:
        world.days(gap)
        world.answer(world.mails_to("creator0@people.example")[0], "A word.")
        world.tick()


def test_who_goes_quiet_is_known_from_what_was_written(world: World) -> None:
    correspond(world, (5, 5))
    with world.database.reading() as tx:
        assert tx.session.get_one(Pulse, 1).gap_s is None
    correspond_more(world, 5)
    with world.database.transaction() as tx:
        pulse = tx.session.get_one(Pulse, 1)
        assert pulse.gap_s == 5 * 86_400
        assert pulse.quiet_from == pulse.last_in_at + timedelta(days=10)
        world.clock.advance(timedelta(days=11))
    with world.database.reading() as tx:
        (quiet,) = list_quiet(tx)
        assert (quiet.contact.id, quiet.silent_for.days, quiet.usual) == (1, 11, timedelta(days=5))
    correspond_more(world, 0.1)
    with world.database.reading() as tx:
        assert list_quiet(tx) == []


def correspond_more(world: World, gap: float) -> None:
    world.days(gap)
    world.answer(world.mails_to("creator0@people.example")[0], "A word.")
    world.tick()


def test_the_reply_clock_runs_from_the_first_mail_that_was_not_answered(world: World) -> None:
    talk(world)  # on Monday at nine
    world.days(4)
    world.answer(world.mails_to("creator0@people.example")[0], "Are you there?")
    world.tick()
    world.days(3)
    with world.database.reading() as tx:
        rows = read_page(tx, Wanted()).rows
        clock = read_clocks(rows, read_working_hours(tx), tx.now)[rows[0].thread.id]
        assert clock.passed == timedelta(days=7)
        assert clock.working == timedelta(hours=40)


def test_each_colleague_s_answers_are_measured_by_calendar_and_by_working_hours(world: World) -> None:
    with world.database.transaction() as tx:
        user_id = add_user(tx, "ada@pastel.test", role="outreach", name="Ada").id
    thread_id = talk(world)
    began = world.clock.now() - timedelta(days=1)
    world.days(4 + 1 / 24)  # Friday at ten
    with world.database.transaction() as tx:
        queue_answer(tx, thread_id, "Hello", request_key="key-1", actor=f"user:{user_id}")
    world.days(0.01)
    world.tick()
    with world.database.reading() as tx:
        (ada,) = measure_colleagues(tx, list_answers(tx, began, tx.now + timedelta(days=1)))
    assert (ada.name, ada.count) == ("Ada", 1)
    assert ada.typical.days == 4
    assert timedelta(hours=33) < ada.working < timedelta(hours=34)


def hours(tx: Tx, **changes: object) -> Change:
    given = {"days": frozenset({0, 1}), "opens": time(8), "closes": time(12), "zone": "Europe/Berlin"} | changes
    return set_working_hours(tx, actor="user:1", **given)  # type: ignore[arg-type]


def test_working_hours_are_a_setting_of_the_workspace(small: World) -> None:
    with small.database.reading() as tx:
        assert (read_working_hours(tx).opens, read_working_hours(tx).zone.key) == (time(9), "UTC")
    with small.database.transaction() as tx:
        hours(tx)
        found = read_working_hours(tx)
        assert (found.days, found.closes, found.zone.key) == ({0, 1}, time(12), "Europe/Berlin")
    for wrong in ({"days": frozenset()}, {"closes": time(8)}, {"zone": "Europe/Atlantis"}):
        with small.database.transaction() as tx, pytest.raises(InvalidError):
            hours(tx, **wrong)


def test_hours_and_the_rhythm_of_a_stage_are_taken_back_unless_changed_since(world: World) -> None:
    with world.database.transaction() as tx:
        stage = tx.session.query(Stage).order_by(Stage.position).first()
        assert stage is not None
        usual = stage.talk_days
        rhythm = set_stage_rhythm(tx, stage, 9, actor="user:1")
        first = hours(tx)
        second = hours(tx, closes=time(14))
        assert rhythm is not None
        assert undo_change(tx, first.id, actor="user:1", reversers=REVERSERS).left == 1
        assert undo_change(tx, second.id, actor="user:1", reversers=REVERSERS).undone == 1
        assert read_working_hours(tx).closes == time(12)
        assert undo_change(tx, first.id, actor="user:1", reversers=REVERSERS).undone == 1
        assert read_working_hours(tx).closes == time(17)
        assert undo_change(tx, rhythm.id, actor="user:1", reversers=REVERSERS).undone == 1
        assert stage.talk_days == usual
        again = set_stage_rhythm(tx, stage, 9, actor="user:1")
        assert again is not None
        set_stage_rhythm(tx, stage, 10, actor="user:1")
        assert undo_change(tx, again.id, actor="user:1", reversers=REVERSERS).left == 1


def test_a_day_of_the_team_s_own_is_no_working_day(small: World) -> None:
    from crm.holiday_book import add_own_day  # noqa: PLC0415

    with small.database.transaction() as tx:
        add_own_day(tx, date(2026, 11, 24), "Trade fair", country="", actor="user:1")
    with small.database.reading() as tx:
        assert read_working_hours(tx).closed == {date(2026, 11, 24)}
