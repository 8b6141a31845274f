"""Steps, waits, zones, versions, senders, gaps, tasks, variants, attachments (C1-C10)."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from crm.contacts import add_address, get_contact
from crm.models import Task
from crm.suppressions import lift_suppression, suppress
from crm.tasks import complete_task
from kit.errors import InvalidError
from sequences.course.planning import complete_step_task
from sequences.insight.explain import explain_send
from sequences.insight.report import audience, step_numbers
from sequences.models import Enrolment
from sequences.reading.opt_outs import make_token, opt_out
from sequences.reviewing.review import list_drafts, skip_draft
from tests.conftest import dump_sqlite
from tests.stories.world import MIA, TWO_STEPS, World


def first_step(line: str) -> str:
    return TWO_STEPS.replace("    kind: email\n", f"    kind: email\n    {line}\n", 1)


OFFICE = TWO_STEPS.replace("window: always", 'window: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}')


def test_only_the_next_step_is_a_row(small: World) -> None:
    small.load()
    small.enrol(small.people(2))
    assert small.sends() == []
    small.tick()
    assert [send.step_key for send in small.sends()] == ["pitch", "pitch"]


def test_a_wait_of_business_days_goes_round_weekend_and_holiday(small: World) -> None:
    """Thursday, 17 December: three business days later is 22 December; 24, 25 and 26 December come in between next."""
    small.load(TWO_STEPS.replace("holidays: none", "holidays: recipient-country"))
    small.clock.jump(datetime(2026, 12, 23, 9, tzinfo=UTC))
    small.enrol(small.people(1, country="DE"))
    small.tick()
    small.days(4.9)
    assert small.tick().sent == 0
    for _ in range(4):
        small.days(0.5)
        small.tick()
    sent = [send.sent_at for send in small.sends() if send.sent_at]
    assert len(sent) == 2
    assert sent[1] >= datetime(2026, 12, 29, 9, tzinfo=UTC)  # 24 and 28, then 29: Christmas Day is none


def test_the_recipients_clock_decides_the_window(small: World) -> None:
    small.load(OFFICE)
    small.clock.jump(datetime(2026, 11, 24, 0, 30, tzinfo=UTC))
    with small.database.transaction() as tx:
        tx.session.flush()
    (tokyo,) = small.people(1, zone="Asia/Tokyo")
    small.enrol([tokyo])
    assert small.tick().sent == 1  # half past nine in Tokyo
    with small.database.reading() as tx:
        assert any("Asia/Tokyo" in line for line in explain_send(tx, 1)["why"])


def test_nobody_is_written_to_at_night(small: World) -> None:
    small.load(OFFICE)
    small.clock.jump(datetime(2026, 11, 24, 3, tzinfo=UTC))
    small.enrol(small.people(1, zone="Europe/Berlin"))
    assert small.tick().sent == 0
    small.clock.advance(timedelta(hours=5, minutes=1))
    assert small.tick().sent == 1


def test_a_thousand_idle_ticks_and_looks_change_nothing(small: World) -> None:
    small.load()
    small.enrol(small.people(3))
    small.tick()
    small.tick()
    path = Path(str(small.database.engine.url.database))
    before = dump_sqlite(path)
    for _ in range(200):
        small.tick()
        small.drain()
        with small.database.reading() as tx:
            explain_send(tx, 1)
            step_numbers(tx, small.sequence_id())
            audience(tx, small.sequence_id())
            list_drafts(tx)
        small.clock.advance(timedelta(minutes=1))
    assert dump_sqlite(path) == before


def test_all_steps_of_a_run_leave_from_one_mailbox(small: World) -> None:
    small.server.add_account("leo@pastel.test", "password")
    with small.database.transaction() as tx:
        small.add_mailbox(tx, "leo@pastel.test")
    small.load(TWO_STEPS.replace("mailbox: mia@pastel.test", "mailbox: [mia@pastel.test, leo@pastel.test]"))
    small.enrol(small.people(6))
    small.tick()
    small.days(3.1)
    small.tick()
    senders = {}
    for taken in small.server.outbox:
        senders.setdefault(taken.recipient, set()).add(taken.sender)
    assert all(len(one) == 1 for one in senders.values())
    assert Counter(next(iter(one)) for one in senders.values()) == {MIA: 3, "leo@pastel.test": 3}


def test_a_run_keeps_the_version_it_began_with(small: World) -> None:
    small.load()
    small.enrol(small.people(1))
    small.tick()
    small.load(TWO_STEPS.replace("Just a short reminder.", "A new reminder."))
    small.days(3.1)
    small.tick()
    old = small.mails_to("creator0@people.example")[1].get_body(("plain",))
    assert old is not None
    assert "Just a short reminder." in old.get_content()


def test_a_contact_has_one_open_run_by_the_database_itself(world: World) -> None:
    world.load()
    people = world.people(1)
    world.enrol(people)
    assert world.enrol(people)[0].rule == "already_in"
    first = world.runs()[0]
    twin = {c.name: getattr(first, c.name) for c in Enrolment.__table__.columns if c.name != "id"}
    with pytest.raises(IntegrityError), world.database.transaction() as tx:
        tx.session.add(Enrolment(**twin))


def test_an_unknown_field_is_refused_with_a_hint_and_a_gap_blocks(small: World) -> None:
    with pytest.raises(InvalidError, match="first_name"):
        small.load(TWO_STEPS.replace("contact.first_name | default('there')", "contact.frist_name"))
    small.load(TWO_STEPS.replace("contact.first_name | default('there')", "contact.city"))
    verdict = small.enrol(small.people(1))[0]
    assert (verdict.enrolled, verdict.rule, "city" in verdict.sentence) == (False, "gaps", True)


def test_an_opt_out_holds_for_every_brand_and_for_addresses_learnt_later(small: World) -> None:
    small.load()
    people = small.people(2)
    with small.database.transaction() as tx:
        assert opt_out(tx, token=make_token(small.seal, "creator0@people.example"), seal=small.seal)
        assert opt_out(tx, token="creator1@people.example.forged", seal=small.seal) is None
        row = add_address(tx, get_contact(tx, people[0]), "second@people.example", source="by hand")
        row.position = -1
    verdicts = small.enrol(people)
    assert [(verdict.enrolled, verdict.rule) for verdict in verdicts] == [(False, "suppressed"), (True, "")]
    with small.database.transaction() as tx:
        lift_suppression(tx, "creator0@people.example", why="asked again by phone", actor="user:1")
    assert small.enrol(people[:1])[0].enrolled


def test_an_opt_out_link_ends_a_running_sequence_once(small: World) -> None:
    small.load()
    small.enrol(small.people(1))
    small.tick()
    for _ in range(2):
        with small.database.transaction() as tx:
            opt_out(tx, token=make_token(small.seal, "creator0@people.example"), seal=small.seal)
    small.days(4)
    assert small.tick().sent == 0
    assert small.runs()[0].reason == "opt_out"


def test_a_suppression_of_one_address_leaves_the_other_free(small: World) -> None:
    small.load()
    people = small.people(1)
    with small.database.transaction() as tx:
        add_address(tx, get_contact(tx, people[0]), "second@people.example", source="by hand")
        suppress(tx, "creator0@people.example", reason="hard_bounce", source="test", actor="system")
    assert small.enrol(people)[0].email == "second@people.example"


TASK = (
    TWO_STEPS
    + """\
  - key: call
    kind: task
    wait: 1 days
    channel: instagram
    title: Say hello
    body: "Hello {{ contact.first_name | default('there') }}"
  - key: last
    kind: email
    wait: 2 days
    thread: same
    body: Goodbye.
"""
)


def test_a_task_is_a_step_and_the_run_waits_for_it(small: World) -> None:
    small.load(TASK)
    small.enrol(small.people(1))
    for _ in range(10):
        small.tick()
        small.days(1)
    with small.database.reading() as tx:
        task = tx.session.scalars(select(Task).where(Task.done_at.is_(None))).one()
        call = step_numbers(tx, small.sequence_id())[2]
    assert (len(small.server.outbox), call.waiting, call.sent) == (2, 1, 0)
    finish(small, task.id)
    small.days(1.9)
    small.tick()
    assert len(small.server.outbox) == 2
    small.days(0.2)
    small.tick()
    finish(small, task.id)
    small.tick()
    assert len(small.server.outbox) == 3
    assert small.runs()[0].state == "finished"
    with small.database.reading() as tx:
        assert step_numbers(tx, small.sequence_id())[2].sent == 1


def finish(world: World, task_id: int) -> None:
    with world.database.transaction() as tx:
        complete_step_task(tx, complete_task(tx, task_id, actor="user:1"))


def test_a_task_ticked_twice_does_not_push_the_run_past_a_waiting_mail(small: World) -> None:
    small.load(TASK.replace("wait: 2 days\n", "wait: 2 days\n    review: required\n"))
    small.enrol(small.people(1))
    for _ in range(10):
        small.tick()
        small.days(1)
    with small.database.reading() as tx:
        task = tx.session.query(Task).one()
    finish(small, task.id)
    small.tick()
    finish(small, task.id)
    small.tick()
    assert [draft.step_key for draft in drafts(small)] == ["last"]
    assert small.runs()[0].state == "active"


def drafts(world: World) -> list[object]:
    with world.database.reading() as tx:
        return list_drafts(tx)


def test_left_out_steps_keep_the_distance_and_the_subject(small: World) -> None:
    """The first mail is left out in review: the next one opens the conversation, after its own wait."""
    small.load(first_step("review: required"))
    small.enrol(small.people(1))
    small.tick()
    with small.database.transaction() as tx:
        skip_draft(tx, small.send().id, actor="user:1")
    assert small.tick().sent == 0
    small.days(3.1)
    assert small.tick().sent == 1
    (mail,) = small.mails_to("creator0@people.example")
    assert (mail["Subject"], mail["In-Reply-To"]) == ("Pastel & Co x Creator0", None)
    assert not small.send(-1).is_follow_up


def test_a_step_left_out_between_two_does_not_pull_the_third_forward(small: World) -> None:
    by_hand = "kind: task\n    wait: 1 days\n    channel: instagram\n    title: Say hello"
    three = TASK.replace(by_hand, "kind: email\n    wait: 1 days\n    review: required\n    thread: same")
    small.load(three)
    small.enrol(small.people(1))
    for _ in range(8):
        small.tick()
        small.days(1)
    with small.database.transaction() as tx:
        skip_draft(tx, small.send(2).id, actor="user:1")
    assert small.tick().sent == 0
    small.days(2.1)
    assert small.tick().sent == 1


def test_variants_are_drawn_by_weight_and_kept(small: World) -> None:
    small.load("""\
name: spring
brand: Pastel & Co
mailbox: mia@pastel.test
window: always
holidays: none
steps:
  - key: pitch
    kind: email
    variants:
      - {key: a, weight: 3, subject: A, body: "Hello from A."}
      - {key: b, weight: 1, subject: B, body: "Hello from B."}
      - {key: never, weight: 0, subject: C, body: "Never."}
""")
    small.enrol(small.people(40))
    small.tick()
    counts = Counter(send.variant for send in small.sends())
    assert set(counts) == {"a", "b"}
    assert counts["a"] > counts["b"]
    assert all(mail.subject == mail.variant.upper() for mail in small.sends())


def test_an_attachment_travels_with_its_step(small: World) -> None:
    (small.folder / "kit.pdf").write_bytes(b"%PDF-1.4 markers")
    small.load(first_step("attachments: [kit.pdf]"))
    (small.folder / "kit.pdf").unlink()
    small.enrol(small.people(1))
    small.tick()
    (attached,) = small.mails_to("creator0@people.example")[0].iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("kit.pdf", b"%PDF-1.4 markers")
    small.days(3.1)
    small.tick()
    assert list(small.mails_to("creator0@people.example")[1].iter_attachments()) == []
