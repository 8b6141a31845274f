"""Circuit breakers (warn at 2 %, stop first mails at 3 %, all at 5 %), incidents, limits across mailboxes."""

from collections import Counter
from datetime import timedelta

import pytest

from crm.contacts import create_contact
from crm.mailboxes import get_mailbox, resume_mailbox
from mailer.fakes import FaultPoint
from sequences.course.resume_plan import resume_sequence
from sequences.incidents import close_incident, list_open_incidents
from sequences.insight.explain import explain_send
from sequences.sending.breaker import BounceRate, Level
from sequences.sending.breakers import mailbox_rate
from sequences.sending.workspace_limits import set_workspace_limit
from sequences.versions.authoring import get_sequence
from tests.stories.world import MIA, TWO_STEPS, World


@pytest.mark.parametrize(
    ("sent", "hard", "level"),
    [
        (49, 49, Level.FINE),
        (50, 0, Level.FINE),
        (100, 1, Level.FINE),
        (50, 1, Level.WARN),
        (100, 2, Level.WARN),
        (1000, 29, Level.WARN),
        (100, 3, Level.STOP_FIRST),
        (1000, 49, Level.STOP_FIRST),
        (100, 5, Level.STOP_ALL),
    ],
)
def test_levels(sent: int, hard: int, level: Level) -> None:
    assert BounceRate(sent=sent, hard=hard).level is level


def refuse(world: World, numbers: range) -> None:
    for number in numbers:
        address = f"creator{number}@people.example"
        world.server.fail(FaultPoint.RCPT, code=550, text="5.1.1 User unknown", address=address)


def incidents(world: World) -> dict[tuple[str, bool], str]:
    with world.database.reading() as tx:
        return {(one.kind, one.mailbox_id is not None): one.sentence for one in list_open_incidents(tx)}


def states(world: World) -> Counter[str]:
    return Counter(send.state for send in world.sends())


def test_first_mails_stop_at_three_percent_and_follow_ups_go_on(small: World) -> None:
    small.engine.together = 10
    small.load()
    refuse(small, range(40, 42))
    small.enrol(small.people(100))
    small.tick()
    # 2 of 50 are 4 %: nobody new, until the share falls again.
    assert states(small)["failed"] == 2
    waiting = [send for send in small.sends() if send.state == "scheduled"]
    assert waiting
    assert all("met a dead address" in send.reason for send in waiting)
    assert "No first mails leave" in incidents(small)["breaker", True]
    before = len(small.server.outbox)
    small.clock.advance(timedelta(days=3, hours=1))
    small.tick()
    assert {send.step for send in small.sends() if send.state == "sent"} == {0, 1}
    assert len(small.server.outbox) > before


def test_everything_stops_at_five_percent_until_somebody_resumes(small: World) -> None:
    small.engine.together = 10
    small.load()
    refuse(small, range(47, 50))
    small.enrol(small.people(80))
    small.tick()
    with small.database.reading() as tx:
        assert "met a dead address" in get_mailbox(tx, MIA).pause_reason
    assert ("breaker", True) in incidents(small)
    assert ("breaker", False) in incidents(small)
    left = len(small.server.outbox)
    small.days(1)
    small.tick()
    assert len(small.server.outbox) == left
    with small.database.transaction() as tx:
        resume_mailbox(tx, get_mailbox(tx, MIA).id)
        assert mailbox_rate(tx, get_mailbox(tx, MIA)) == BounceRate(sent=0, hard=0)
        resume_sequence(tx, get_sequence(tx, "spring"))
    small.days(0.5)
    small.tick()
    assert len(small.server.outbox) > left


def test_a_late_hard_bounce_counts_and_a_full_mailbox_does_not(small: World) -> None:
    small.load()
    small.enrol(small.people(2))
    small.tick()
    small.bounce(small.mails_to("creator0@people.example")[0], "5.1.1", "550 user unknown")
    small.bounce(small.mails_to("creator1@people.example")[0], "5.2.2", "552 mailbox full")
    small.tick()
    assert [send.hard_bounced_at is not None for send in small.sends()] == [True, False]


def test_a_complaint_is_an_incident_until_somebody_has_looked(small: World) -> None:
    small.load()
    small.enrol(small.people(1))
    small.tick()
    mail = small.mails_to("creator0@people.example")[0]
    small.deliver(
        f"From: fbl@provider.example\nTo: {MIA}\nSubject: complaint\nMessage-ID: <c@provider.example>\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b1"\nMIME-Version: 1.0\n\n'
        "--b1\nContent-Type: text/plain\n\nThis is an abuse report.\n"
        "--b1\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: FBL/1.0\nVersion: 1\n\n"
        f"--b1\nContent-Type: message/rfc822\n\nFrom: {MIA}\nTo: creator0@people.example\n"
        f"Message-ID: {mail['Message-ID']}\nSubject: x\n\nx\n\n--b1--\n"
    )
    small.tick()
    with small.database.transaction() as tx:
        (incident,) = list_open_incidents(tx)
        assert (incident.kind, incident.contact_id) == ("complaint", 1)
        close_incident(tx, incident.id, actor="user:1")
        assert not list_open_incidents(tx)


def test_a_refused_login_is_an_incident(small: World) -> None:
    small.load()
    small.enrol(small.people(1))
    small.server.fail(FaultPoint.LOGIN, code=535, text="no", times=None)
    small.tick()
    assert ("login", True) in incidents(small)


@pytest.mark.parametrize(
    ("name", "number", "first_day", "second_day"),
    [("workspace", 7, 7, 14), ("sending_domain", 5, 5, 10), ("recipient_domain", 2, 2 * 3 + 4, 4 * 3 + 4)],
)
def test_limits_hold_over_all_mailboxes(world: World, name: str, number: int, first_day: int, second_day: int) -> None:
    tom = "tom@pastel.test"
    world.server.add_account(tom, "password")
    with world.database.transaction() as tx:
        world.add_mailbox(tx, tom)
        set_workspace_limit(tx, name, number)
        for count in range(24):
            # Three companies and a provider where everybody has an address.
            domain = "gmail.com" if count % 6 == 0 else f"people{count % 3}.example"
            create_contact(tx, name=f"C{count} Example", emails=[f"c{count}@{domain}"], actor="system")
    world.load(TWO_STEPS.replace("mailbox: mia@pastel.test", f"mailbox: [{MIA}, {tom}]"))
    world.enrol(list(range(1, 25)))
    world.tick()
    assert len(world.server.outbox) == first_day
    with world.database.reading() as tx:
        held = [send for send in world.sends() if send.state == "scheduled"]
        words = str(explain_send(tx, held[0].id))
    assert "in 24 hours of" in words
    world.days(1.01)
    world.tick()
    assert len(world.server.outbox) == second_day


def test_a_sequence_has_a_limit_of_its_own(world: World) -> None:
    world.load(TWO_STEPS.replace("steps:", "per_day: 3\nsteps:"))
    world.enrol(world.people(8))
    world.tick()
    assert len(world.server.outbox) == 3


def test_room_is_kept_for_follow_ups(world: World) -> None:
    """Ten a day: those who were pitched on Monday come before those who were added on Thursday."""
    with world.database.transaction() as tx:
        get_mailbox(tx, MIA).daily_cap = 10
    world.load()
    people = world.people(30)
    world.enrol(people[:4])
    world.tick()
    world.days(2.5)
    world.enrol(people[4:])
    world.tick()
    first = [send for send in world.sends() if send.state == "sent" and send.step == 0]
    # Six, not ten: four reminders are due within the day.
    assert len(first) == 4 + 6
    world.days(0.6)
    world.tick()
    assert sum(send.state == "sent" and send.step == 1 for send in world.sends()) == 4
