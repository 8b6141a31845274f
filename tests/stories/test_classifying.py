"""What kinds of mail do: people stop a run, machines hold or end it, bounces and complaints close an address."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.models import Contact, Message, Thread
from crm.pipeline import stage_name
from mailer.fakes import FaultPoint
from sequences.course.runs import hold_runs
from sequences.sending.stop_rules import Hold
from tests.stories.world import MIA, World

AUTO = {"Auto-Submitted": "auto-replied"}


def begin(world: World) -> None:
    world.load()
    world.enrol(world.people(1))
    world.tick()


def answer(world: World, text: str, *, headers: dict[str, str] | None = None, subject: str | None = None) -> None:
    world.answer(world.mails_to("creator0@people.example")[0], text, headers=headers, subject=subject)
    world.poll()


def machine_left_no_trace(world: World) -> None:
    """Machine mail is no answer: no turn, no stage, no contact."""
    with world.database.reading() as tx:
        assert stage_name(tx, 1, 1) == "Pitched"
        assert tx.session.query(Contact).count() == 1
        assert all(thread.last_in_at is None for thread in tx.session.query(Thread))


def test_a_person_stops_the_run(small: World) -> None:
    begin(small)
    answer(small, "Not now, maybe in spring.")
    assert (small.runs()[0].state, small.runs()[0].reason) == ("stopped", "reply")
    assert small.suppressed() == set()


def test_an_out_of_office_holds_until_one_business_day_after_the_stated_day(small: World) -> None:
    begin(small)
    answer(small, "I am out of office until 4 December 2026.", headers=AUTO, subject="Automatic reply: Hello")
    run = small.runs()[0]
    assert run.state == "held"
    assert run.hold_until is not None
    assert run.hold_until.date() == datetime(2026, 12, 7, tzinfo=UTC).date()  # a Friday, so the Monday after
    machine_left_no_trace(small)
    small.days(10)
    assert small.tick().sent == 0
    small.days(4.1)
    assert small.tick().sent == 1


def test_an_out_of_office_without_a_day_holds_for_two_weeks(small: World) -> None:
    begin(small)
    answer(small, "I am away and will answer when I am back.", headers=AUTO, subject="Out of office")
    assert small.runs()[0].hold_until == small.clock.now() + timedelta(days=14)
    small.days(13)
    assert small.tick().sent == 0
    small.days(1.1)
    assert small.tick().sent == 1


def test_an_out_of_office_ends_no_hold_that_waits_for_a_person(small: World) -> None:
    begin(small)
    with small.database.transaction() as tx:
        hold_runs(tx, 1, Hold(reason="by hand", sentence="Held by hand."), actor="user:1")
    answer(small, "I am out of office until 26 November 2026.", headers=AUTO, subject="Automatic reply: Hello")
    small.days(30)
    assert small.tick().sent == 0
    run = small.runs()[0]
    assert (run.state, run.reason, run.hold_until) == ("held", "by hand", None)


def test_a_person_who_answers_while_held_stops_it(small: World) -> None:
    begin(small)
    answer(small, "I am away.", headers=AUTO, subject="Out of office")
    answer(small, "Saw this on my phone: yes!")
    assert small.runs()[0].state == "stopped"


def test_somebody_who_left_the_company_ends_the_run(small: World) -> None:
    begin(small)
    answer(small, "Creator0 is no longer with the company.", headers=AUTO, subject="Automatic reply")
    assert (small.runs()[0].state, small.runs()[0].reason) == ("stopped", "left")
    machine_left_no_trace(small)


@pytest.mark.parametrize(
    ("text", "subject"),
    [("Please unsubscribe me.", None), ("Take me off your list", None), ("", "unsubscribe"), ("x", "Unsubscribe ")],
)
def test_an_opt_out_closes_every_address(small: World, text: str, subject: str | None) -> None:
    begin(small)
    answer(small, text, subject=subject)
    assert small.runs()[0].reason == "opt_out"
    assert small.suppressed() == {"creator0@people.example"}


def test_opt_out_words_that_are_only_quoted_mean_nothing(small: World) -> None:
    begin(small)
    answer(small, "Sounds good!\n\nOn Monday Mia wrote:\n> No more messages, please: unsubscribe here\n")
    assert small.suppressed() == set()
    assert small.runs()[0].reason == "reply"


def test_an_opt_out_of_an_address_nobody_has_is_kept(small: World) -> None:
    begin(small)
    small.deliver(f"From: other@away.example\nTo: {MIA}\nSubject: unsubscribe\nMessage-ID: <u@x.example>\n\n\n")
    assert small.poll().opt_outs == 1
    assert small.suppressed() == {"other@away.example"}


@pytest.mark.parametrize(
    ("status", "words", "reason", "is_dead"),
    [
        ("5.1.1", "550 5.1.1 User unknown", "user_unknown", True),
        ("5.2.2", "552 5.2.2 Mailbox full", "mailbox_full", False),
        ("5.7.1", "550 5.7.1 Message blocked by policy", "policy", False),
        ("4.4.7", "Delivery time expired", "expired", False),
    ],
)
def test_a_bounce_ends_the_run_and_only_a_dead_address_is_closed(
    small: World, status: str, words: str, reason: str, *, is_dead: bool
) -> None:
    begin(small)
    small.bounce(small.mails_to("creator0@people.example")[0], status, words)
    assert small.poll().bounces == 1
    assert (small.runs()[0].state, small.runs()[0].reason) == ("stopped", "bounce")
    assert small.suppressed() == ({"creator0@people.example"} if is_dead else set())
    assert small.send().bounced_at is not None
    with small.database.reading() as tx:
        facts = tx.session.query(Message).filter_by(kind="bounce").one().facts
    assert facts["bounce"]["reason"] == reason
    machine_left_no_trace(small)


def test_a_report_of_delay_is_no_bounce(small: World) -> None:
    begin(small)
    pitch = small.mails_to("creator0@people.example")[0]
    small.bounce(pitch, "4.4.1", "Will be tried again for 4 days", action="delayed")
    assert small.poll().bounces == 0
    assert (small.runs()[0].state, small.send().bounced_at) == ("active", None)


def test_a_bounce_proves_that_an_unclear_mail_left(small: World) -> None:
    small.load()
    small.enrol(small.people(1))
    small.server.fail(FaultPoint.FINAL)
    small.tick()
    small.bounce(small.mails_to("creator0@people.example")[0], "5.1.1", "550 5.1.1 User unknown")
    small.tick()
    assert (small.send().state, small.runs()[0].reason) == ("sent", "bounce")


def test_a_late_bounce_of_the_first_mail_does_not_settle_the_waiting_one(small: World) -> None:
    begin(small)
    small.days(3.1)
    small.server.fail(FaultPoint.RCPT, code=451, text="4.7.1 Later", times=None)
    small.tick()
    small.deliver(
        f"From: MAILER-DAEMON@mx.people.example\nTo: {MIA}\nSubject: Undelivered Mail Returned to Sender\n"
        "Message-ID: <bb@mx>\nContent-Type: multipart/report; report-type=delivery-status; boundary=b"
        "\n\n--b\nContent-Type: text/plain\n\nNo such user\n--b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; creator0@people.example\n"
        "Action: failed\nStatus: 5.1.1\n\n--b--\n"
    )
    assert small.poll().bounces == 1
    assert [send.state for send in small.sends()] == ["sent", "cancelled"]


def test_a_complaint_closes_the_address(small: World) -> None:
    begin(small)
    pitch = small.mails_to("creator0@people.example")[0]
    small.deliver(
        f"From: fbl@isp.example\nTo: {MIA}\nSubject: Abuse report\nMessage-ID: <arf@isp.example>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
        "An abuse report.\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x/1\n"
        f"Version: 1\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: {pitch['Message-ID']}\n\nx\n--b--\n"
    )
    small.poll()
    assert small.runs()[0].reason == "complaint"
    assert small.suppressed() == {"creator0@people.example"}


@pytest.mark.parametrize(
    "head",
    [
        "From: no-reply@shop.example\nList-Id: <news.shop.example>\nPrecedence: bulk",
        "From: away@away.example\nAuto-Submitted: auto-replied",
        "From: MAILER-DAEMON@mx.example\nContent-Type: text/plain",
    ],
)
def test_machines_that_concern_nobody_leave_nothing(small: World, head: str) -> None:
    begin(small)
    small.deliver(f"{head}\nTo: {MIA}\nSubject: Hello\nMessage-ID: <m@x.example>\n\nUndeliverable or offers\n")
    assert small.poll().replies == 0
    machine_left_no_trace(small)
