"""The forecast equals what happens, mail for mail, and writes nothing (C1, C4)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from crm.contacts import create_contact
from crm.leaves import Plan, plan_leave
from crm.mailboxes import get_mailbox
from crm.models import ContactTag, Mailbox, Task
from crm.suppressions import suppress
from crm.users import add_user
from kit.db import Base
from sequences.course.enrolments import enrol
from sequences.course.planning import complete_step_task
from sequences.insight.forecast import Forecast, make_forecast
from sequences.models import Enrolment, Send, Sequence
from sequences.reviewing.review import approve
from sequences.sending.gate import check_pace
from sequences.sending.throttle import Later
from sequences.tick import one_pass
from sequences.versions.authoring import get_sequence
from tests.stories.world import MIA, World

TOM = "tom@pastel.test"
PEOPLE = 14
LONG = """\
name: spring
brand: Pastel & Co
mailbox: [mia@pastel.test, tom@pastel.test]
window: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "16:30", zone: recipient}
holidays: recipient-country
new_per_day: 5
steps:
  - key: pitch
    kind: email
    review: required
    variants:
      - {key: a, subject: "Hello {{ contact.first_name }}", body: "We make markers.", weight: 2}
      - {key: b, subject: "Markers for {{ contact.first_name }}", body: "We make markers, really."}
  - {key: nudge, kind: email, wait: 3 business days, thread: same, body: "Just a short reminder."}
  - {key: call, kind: task, wait: 2 days, channel: instagram, title: Say hello, body: "Hello there."}
  - key: big
    kind: if
    when: {tag: vip}
    then:
      - {key: gift, kind: email, wait: 1 day, thread: same, body: "A gift for you."}
    else:
      - {key: last, kind: email, wait: 1 week, thread: same, body: "A last time."}
"""
ZONES = ("Europe/Dublin", "America/Los_Angeles", "Asia/Tokyo", "Australia/Sydney")
COUNTRIES = ("IE", "US", "JP", "AU")


@pytest.fixture
def busy(small: World) -> World:
    return populate(small)


@pytest.fixture
def busy_anywhere(world: World) -> World:
    return populate(world)


def populate(world: World) -> World:
    """Two mailboxes with caps, gaps and a ramp, and people all over the world."""
    world.server.add_account(TOM, "password")
    with world.database.transaction() as tx:
        world.add_mailbox(tx, TOM, ramp=True, daily_cap=20, gap_min_s=300, gap_max_s=600, window="always")
        mia = get_mailbox(tx, MIA)
        mia.daily_cap, mia.gap_min_s, mia.gap_max_s = 3, 480, 840
        for number in range(PEOPLE):
            contact = create_contact(
                tx,
                name=f"Creator{number} Example",
                emails=[f"creator{number}@people{number % 3}.example"],
                zone=ZONES[number % 4],
                country=COUNTRIES[number % 4],
                actor="system",
            )
            if number % 5 == 0:
                tx.session.add(ContactTag(contact_id=contact.id, tag="vip"))
    world.load(LONG)
    return world


def ids(world: World) -> list[int]:
    return list(range(1, PEOPLE + 1))


def execute(world: World, until: datetime) -> None:
    """Live on in the real world, whatever the forecast says: a beat at every instant at which something is due."""
    while world.clock.now() < until:
        one_pass(world.engine)
        if by_hand(world):
            one_pass(world.engine)
        world.clock.jump(next_instant(world, until))


def by_hand(world: World) -> int:
    with world.database.transaction() as tx:
        drafts = list(tx.session.scalars(select(Send.id).where(Send.state == "draft").order_by(Send.id)))
        for number in drafts:
            approve(tx, number, actor="user:1")
        tasks = list(tx.session.scalars(select(Task).where(Task.done_at.is_(None))))
        for task in tasks:
            task.done_at = tx.now
            complete_step_task(tx, task)
        return len(drafts) + len(tasks)


def next_instant(world: World, until: datetime) -> datetime:
    with world.database.reading() as tx:
        now = tx.now
        found = [until]
        for query in (
            select(Enrolment.next_at).where(Enrolment.next_at > now),
            select(Send.due_at).where(Send.state == "scheduled", Send.due_at > now),
        ):
            found += [at for at in tx.session.scalars(query) if at]
        for box in tx.session.scalars(select(Mailbox)):
            pace = check_pace(tx, box, is_first=True)
            if isinstance(pace, Later):
                found.append(pace.at)
        return max(min(at for at in found if at > now), now + timedelta(seconds=1))


def said(forecast: Forecast) -> list[tuple[object, ...]]:
    return sorted((one.email, one.step, one.variant, one.mailbox, one.at) for one in forecast.mails)


def done(world: World, since: datetime) -> list[tuple[object, ...]]:
    with world.database.reading() as tx:
        rows = tx.session.execute(
            select(Send.email, Send.step_key, Send.variant, Mailbox.address, Send.sent_at)
            .join(Mailbox, Mailbox.id == Send.mailbox_id)
            .where(Send.sent_at >= since)
        )
        return sorted(tuple(row) for row in rows)


def dump(world: World) -> dict[str, list[object]]:
    with world.database.reading() as tx:
        return {
            table.name: sorted(map(repr, tx.session.execute(select(table))))
            for table in Base.metadata.sorted_tables
            if table.name != "heartbeats"
        }


def test_what_is_said_happens_mail_for_mail(busy: World) -> None:
    began = busy.clock.now()
    forecast = make_forecast(busy.engine, "spring", ids(busy), days=40)
    assert len(forecast.mails) == PEOPLE * 3
    assert {mail.mailbox for mail in forecast.mails} == {MIA, TOM}
    assert {mail.step for mail in forecast.mails} == {"pitch", "nudge", "gift", "last"}
    assert {mail.variant for mail in forecast.mails if mail.step == "pitch"} == {"a", "b"}
    with busy.database.transaction() as tx:
        enrol(tx, get_sequence(tx, "spring"), ids(busy), actor="user:1")
    execute(busy, began + timedelta(days=40))
    assert done(busy, began) == said(forecast)


def test_a_leave_that_lets_sequences_wait_is_foreseen(busy: World) -> None:
    began = busy.clock.now()
    with busy.database.transaction() as tx:
        owner = add_user(tx, "tom.owner@pastel.test", role="outreach", name="Tom")
        owner.zone = "Asia/Tokyo"
        get_mailbox(tx, TOM).owner_id = owner.id
        first = began.date() + timedelta(days=1)
        plan_leave(tx, owner.id, Plan(first=first, last=first + timedelta(days=17), mode="pause"), actor="user:1")
    forecast = make_forecast(busy.engine, "spring", ids(busy), days=60)
    assert len(forecast.mails) == PEOPLE * 3
    waited = [mail for mail in forecast.mails if any("on leave" in shift for shift in mail.shifts)]
    assert {mail.mailbox for mail in waited} == {TOM}
    with busy.database.transaction() as tx:
        enrol(tx, get_sequence(tx, "spring"), ids(busy), actor="user:1")
    execute(busy, began + timedelta(days=60))
    assert done(busy, began) == said(forecast)


def test_a_second_look_in_the_middle_still_holds(busy: World) -> None:
    with busy.database.transaction() as tx:
        enrol(tx, get_sequence(tx, "spring"), ids(busy)[:9], actor="user:1")
    execute(busy, busy.clock.now() + timedelta(days=5))
    middle = busy.clock.now()
    forecast = make_forecast(busy.engine, "spring", ids(busy)[9:], days=40)
    with busy.database.transaction() as tx:
        enrol(tx, get_sequence(tx, "spring"), ids(busy)[9:], actor="user:1")
    execute(busy, middle + timedelta(days=40))
    assert done(busy, middle) == said(forecast)


def test_it_writes_nothing(busy_anywhere: World) -> None:
    before = dump(busy_anywhere)
    assert len(make_forecast(busy_anywhere.engine, "spring", ids(busy_anywhere)).mails) == PEOPLE * 3
    assert dump(busy_anywhere) == before


def test_it_says_who_is_left_out_what_moved_and_where_room_is_short(busy: World) -> None:
    with busy.database.transaction() as tx:
        suppress(tx, "creator3@people0.example", reason="manual", source="test", actor="user:1")
        tx.session.get_one(Sequence, 1).state = "draft"
    forecast = make_forecast(busy.engine, "spring", ids(busy), days=30)
    assert [one.email for one in forecast.blocked if one.rule == "suppressed"] == ["creator3@people0.example"]
    shifts = {shift for mail in forecast.mails for shift in mail.shifts}
    assert any("limit of 3 mails" in shift for shift in shifts)
    assert any("new contacts" in shift for shift in shifts)
    assert {load.mailbox for load in forecast.clashes} == {MIA, TOM}
    assert max(load.mails for load in forecast.loads if load.mailbox == MIA) <= 3
    assert sum(load.of_this for load in forecast.loads) == len(forecast.mails)
