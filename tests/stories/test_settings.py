"""What the settings change in the engine: own holidays, stages that sequences name, disconnected mailboxes."""

from datetime import date

import pytest
from sqlalchemy import event, select

from crm.field_values import set_values
from crm.fields import create_field, list_values
from crm.holiday_book import NONE, add_own_day, choose_calendar, read_holiday_book
from crm.models import Mailbox, Stage, TimelineEntry
from kit.errors import InvalidError, RefusedError
from sequences.course.hours import holiday_rule
from sequences.insight.forecast import make_forecast
from sequences.mailboxes.care import disconnect_box
from sequences.mailboxes.warm_up import plan_warm_up
from sequences.models import Send
from sequences.sending.throttle import SendingDay
from sequences.tick import list_boxes
from sequences.versions.stage_uses import find_stage_uses, require_unused
from tests.stories.world import MIA, TWO_STEPS, World
from web.warm_up_chart import draw_warm_up

WITH_HOURS = TWO_STEPS.replace("window: always\nholidays: none", "window: {days: [mon, tue, wed, thu, fri]}")
OWN = (date(2026, 11, 23), date(2026, 11, 24))


def test_nothing_leaves_on_a_day_of_ones_own_and_the_forecast_knows(world: World) -> None:
    people = world.people(1, country="IE")
    world.load(WITH_HOURS)
    with world.database.transaction() as tx:
        for day in OWN:
            add_own_day(tx, day, "Moving house", actor="user:1")
    world.enrol(people)
    assert world.tick().sent == 0
    forecast = make_forecast(world.engine, "spring", people)
    assert min(mail.at for mail in forecast.mails).date() == date(2026, 11, 25)
    world.days(2.1)
    world.tick()
    with world.database.reading() as tx:
        assert tx.session.scalars(select(Send.sent_at).where(Send.sent_at.is_not(None))).one().date() == date(
            2026, 11, 25
        )


def test_a_calendar_is_a_region_s_or_none_and_is_read_once(small: World) -> None:
    st_andrew = date(2026, 11, 30)
    with small.database.transaction() as tx:
        assert not holiday_rule(tx, "GB")(st_andrew)
        choose_calendar(tx, "GB", "SCT", actor="user:1")
        assert holiday_rule(tx, "GB")(st_andrew)
        choose_calendar(tx, "IE", NONE, actor="user:1")
        assert not holiday_rule(tx, "IE")(date(2026, 12, 25))
        add_own_day(tx, OWN[0], "Fair", country="DE", actor="user:1")
        assert [holiday_rule(tx, country)(OWN[0]) for country in ("DE", "FR", None)] == [True, False, False]
    seen: list[str] = []
    event.listen(small.database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    with small.database.reading() as tx:
        for country in ("DE", "FR", "GB", "IE", "US", None):
            holiday_rule(tx, country)(OWN[0])
        assert len(read_holiday_book(tx).days) == 1
    assert len([one for one in seen if "workspace_settings" in one]) == 1


@pytest.mark.parametrize(
    "line", ["stop_on: [reply, 'stage:Agreed']\nsteps:", "steps:\n  - {key: m, kind: stage, stage: Agreed}"]
)
def test_a_stage_that_a_sequence_names_stays(small: World, line: str) -> None:
    small.load(TWO_STEPS.replace("steps:", line))
    with small.database.transaction() as tx:
        assert find_stage_uses(tx, "agreed") == ["spring"]
        assert find_stage_uses(tx, "Alumni") == []
        stage = tx.session.scalars(select(Stage).where(Stage.name == "Agreed")).one()
        with pytest.raises(RefusedError, match="spring"):
            require_unused(tx, stage.name)


@pytest.mark.parametrize(("kind", "given", "kept"), [
    ("text", " hello ", "hello"), ("number", "1200,50", "1200.5"), ("money", "450 eur", "450.00 EUR"),
    ("date", "2026-11-24", "2026-11-24"), ("url", "https://pans.example/a", "https://pans.example/a"),
    ("yes_no", "On", "yes"), ("choice", "28 cm", "28 cm"), ("number", "", ""),
    ("number", "many", None), ("number", "NaN", None), ("money", "450", None), ("date", "24.11.", None),
    ("url", "javascript:alert(1)", None), ("yes_no", "perhaps", None), ("choice", "30 cm", None),
    ("text", "x" * 2001, None),
])  # fmt: skip
def test_a_value_fits_its_field_or_is_refused(small: World, kind: str, given: str, kept: str | None) -> None:
    (person,) = small.people(1)
    with small.database.transaction() as tx:
        field = create_field(tx, "Größe", kind, choices=["24 cm", "28 cm"], actor="user:1")
        assert field.key == "groe"
        if kept is None:
            with pytest.raises(InvalidError):
                set_values(tx, person, {field.key: given}, actor="user:1")
        else:
            assert bool(set_values(tx, person, {field.key: given}, actor="user:1")) == bool(kept)
    with small.database.reading() as tx:
        assert [one.value for one in list_values(tx, person)] == [kept or ""]
        entries = tx.session.scalars(select(TimelineEntry).where(TimelineEntry.kind == "field")).all()
        assert len(entries) == bool(kept)


def test_a_disconnected_mailbox_is_neither_read_nor_sent_from(world: World) -> None:
    people = world.people(1)
    world.load()
    world.enrol(people)
    with world.database.transaction() as tx:
        box = tx.session.scalars(select(Mailbox).where(Mailbox.address == MIA)).one()
        disconnect_box(tx, box.id, actor="user:1")
    assert world.tick().sent == 0
    assert list_boxes(world.engine) == []


def test_the_plan_follows_what_was_sent_and_goes_on_to_full_speed() -> None:
    fresh = plan_warm_up(12, [])
    assert (fresh.day, fresh.days, fresh.cap_today, fresh.caps) == (1, 5, 5, (5, 7, 9, 11, 12))
    past = [SendingDay(sent=5, bounced=0), SendingDay(sent=7, bounced=1), SendingDay(sent=4, bounced=0)]
    plan = plan_warm_up(12, past)
    assert (plan.caps[:4], plan.sent, plan.cap_today) == ((5, 7, 5, 7), (5, 7, 4), 7)
    long = plan_warm_up(80, [SendingDay(sent=5, bounced=0)] * 60)
    assert (long.day, len(long.caps) <= 28, len(long.sent), long.first) == (61, True, 61 - long.first, long.first)
    endless = plan_warm_up(None, past)
    assert endless.days is None
    for one in (fresh, plan, long, endless):
        chart = draw_warm_up(one, 3)
        assert len(chart.bars) == len(one.sent) + 1
        assert all(0 <= y <= 140 and 30 <= x <= 760 for x, y, _, _ in chart.bars)
