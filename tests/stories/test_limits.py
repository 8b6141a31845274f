"""How many and how close: caps, gaps, ramp, pauses (A10), and sums that always hold (A11)."""

from datetime import datetime, timedelta

import pytest

from crm.contacts import create_contact
from crm.mailboxes import get_mailbox, pause_mailbox, resume_mailbox
from mailer.fakes import FaultPoint
from sequences.insight.report import audience, step_numbers
from sequences.versions.authoring import get_sequence, pause_sequence, resume_sequence
from tests.stories.world import MIA, TWO_STEPS, World


def limit(world: World, **changes: object) -> None:
    with world.database.transaction() as tx:
        mailbox = get_mailbox(tx, MIA)
        for name, value in changes.items():
            setattr(mailbox, name, value)


def sent_at(world: World) -> list[datetime]:
    return sorted(send.sent_at for send in world.sends() if send.sent_at)


def run_for(world: World, hours: int, step_minutes: int = 30) -> None:
    for _ in range(hours * 60 // step_minutes):
        world.tick()
        world.clock.advance(timedelta(minutes=step_minutes))


def most_in_a_day(instants: list[datetime]) -> int:
    return max(sum(at <= other < at + timedelta(hours=24) for other in instants) for at in instants)


def test_never_more_than_the_cap_in_any_24_hours(small: World) -> None:
    small.load(TWO_STEPS.replace("3 business days", "1 days"))
    limit(small, daily_cap=5)
    small.enrol(small.people(12))
    run_for(small, 96, step_minutes=180)
    assert len(sent_at(small)) > 12
    assert most_in_a_day(sent_at(small)) == 5


def test_an_unclear_mail_counts_against_the_cap(small: World) -> None:
    small.load()
    limit(small, daily_cap=3)
    small.enrol(small.people(6))
    small.server.fail(FaultPoint.FINAL)
    run_for(small, 20, step_minutes=240)
    assert len(small.server.outbox) == 3


def test_mails_keep_their_gap(small: World) -> None:
    small.load()
    limit(small, gap_min_s=300, gap_max_s=900)
    small.enrol(small.people(5))
    run_for(small, 2, step_minutes=1)
    gaps = [b - a for a, b in zip(sent_at(small), sent_at(small)[1:], strict=False)]
    assert len(gaps) == 4
    assert min(gaps) >= timedelta(seconds=300)
    assert max(gaps) <= timedelta(seconds=960)
    assert len(set(gaps)) > 1


def test_a_new_mailbox_warms_up(small: World) -> None:
    small.load()
    limit(small, ramp=True, daily_cap=50)
    small.enrol(small.people(30))
    small.tick()
    assert len(small.server.outbox) == 5
    small.days(1.01)
    small.tick()
    assert len(small.server.outbox) == 12


@pytest.mark.parametrize(("zone", "more"), [("Pacific/Auckland", 2), ("Europe/Dublin", 0)])
def test_the_day_of_the_warm_up_begins_at_the_mailbox_s_midnight(small: World, zone: str, more: int) -> None:
    """Monday, 09:00 UTC, is 22:00 in Auckland; three hours later it is Tuesday there, and nowhere in Europe (C3)."""
    small.load()
    limit(small, ramp=True, daily_cap=50, zone=zone)
    small.enrol(small.people(10))
    assert small.tick().sent == 5
    small.clock.advance(timedelta(hours=3))
    assert small.tick().sent == more


def test_new_people_per_day_hold_within_one_batch(small: World) -> None:
    small.load(TWO_STEPS.replace("steps:", "new_per_day: 4\nsteps:"))
    small.enrol(small.people(10))
    small.tick()
    assert len(small.server.outbox) == 4
    small.days(1.01)
    small.tick()
    assert len(small.server.outbox) == 8


def test_resuming_a_mailbox_stays_inside_the_cap(small: World) -> None:
    small.load()
    limit(small, daily_cap=4)
    small.enrol(small.people(12))
    with small.database.transaction() as tx:
        pause_mailbox(tx, get_mailbox(tx, MIA).id, "Paused by hand.")
    run_for(small, 72, step_minutes=360)
    assert small.server.outbox == []
    with small.database.transaction() as tx:
        resume_mailbox(tx, get_mailbox(tx, MIA).id)
    assert small.tick().sent == 4


def test_resuming_a_sequence_moves_every_date_by_the_pause(small: World) -> None:
    small.load()
    small.enrol(small.people(3))
    small.tick()
    small.days(1)
    with small.database.transaction() as tx:
        pause_sequence(tx, get_sequence(tx, "spring"))
    run_for(small, 240, step_minutes=1440)
    with small.database.transaction() as tx:
        late = create_contact(tx, name="Late Comer", emails=["late@people.example"], actor="system").id
    small.enrol([late])
    small.days(1)
    with small.database.transaction() as tx:
        resume_sequence(tx, get_sequence(tx, "spring"))
    assert small.tick().sent == 1  # who joined during the pause was due then; nobody's follow-up is due
    small.days(1.9)
    assert small.tick().sent == 0
    small.days(0.2)
    assert small.tick().sent == 3


def test_steps_are_never_closer_than_the_wait_from_the_real_sending(small: World) -> None:
    small.load(TWO_STEPS.replace("3 business days", "3 days"))
    small.enrol(small.people(1))
    small.server.fail(FaultPoint.CONNECT, times=None)
    run_for(small, 60, step_minutes=300)
    small.server.heal()
    run_for(small, 100, step_minutes=120)
    first, second = sent_at(small)
    assert timedelta(days=3) <= second - first < timedelta(days=3, hours=3)


def test_a_step_left_waiting_for_two_weeks_does_not_leave_late(small: World) -> None:
    small.load()
    small.enrol(small.people(1))
    small.server.fail(FaultPoint.CONNECT, times=None)
    small.tick()
    small.days(15)
    small.server.heal()
    small.tick()
    assert (small.send().state, small.runs()[0].reason) == ("cancelled", "expired")


def check_sums(world: World) -> None:
    with world.database.reading() as tx:
        everybody = audience(tx, world.sequence_id())
        assert everybody["all"] == sum(everybody[state] for state in ("active", "held", "stopped", "finished")) == 12
        for step in step_numbers(tx, world.sequence_id()):
            total = step.sent + step.failed + step.skipped + step.unknown + step.waiting
            assert total == 12, step


def test_the_sums_hold_at_every_moment_of_a_messy_run(world: World) -> None:
    world.load()
    world.enrol(world.people(12))
    limit(world, daily_cap=7)
    world.server.fail(FaultPoint.RCPT, code=550, text="5.1.1 No such user", address="creator2@people.example")
    world.server.fail(FaultPoint.FINAL, address="creator4@people.example")
    world.server.fail(FaultPoint.RCPT, code=451, text="4.7.1 Later", address="creator1@people.example", times=3)
    check_sums(world)
    for day in range(8):
        world.tick()
        check_sums(world)
        if day == 2:
            world.answer(world.mails_to("creator3@people.example")[0], "Yes please.")
            world.bounce(world.mails_to("creator5@people.example")[0], "5.1.1", "550 5.1.1 User unknown")
        world.days(1)
    with world.database.reading() as tx:
        numbers = step_numbers(tx, world.sequence_id())
    assert (numbers[0].failed, numbers[0].unknown, numbers[0].replied) == (1, 1, 1)
    assert (numbers[1].sent + numbers[1].waiting, numbers[1].skipped) == (9, 3)
