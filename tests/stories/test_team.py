"""Colleagues on the same person: refusals at enrolment and at send, overrides, five people at once, the sender pool."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import event

from crm.brands import create_brand
from crm.contacts import add_address, get_contact, lock_contacts
from crm.mailboxes import get_mailbox
from crm.models import Contact, Task
from crm.pipeline import ensure_relationship
from crm.suppressions import suppress
from crm.tasks import complete_task
from crm.timeline import list_entries
from crm.users import add_user
from kit.errors import InvalidError, NotFoundError
from sequences.course.candidates import Verdict
from sequences.course.enrolments import enrol
from sequences.models import Send
from sequences.sending.stop_rules import Clear, Hold, Stop
from sequences.team.rules import decide_at_send
from sequences.team.team_settings import read_team_book, set_team_rules
from sequences.team.touches import TeamKey, read_team_facts
from sequences.versions.authoring import get_sequence
from tests.stories.world import MIA, TWO_STEPS, World

T = TypeVar("T")
ONE_STEP = TWO_STEPS.partition("  - key: nudge")[0]


def load(world: World, *names: str, brand: str = "Pastel & Co", source: str = ONE_STEP) -> None:
    for name in names:
        world.load(source.replace("name: spring", f"name: {name}").replace("Pastel & Co", brand, 1))


def colleague(world: World, email: str, name: str) -> int:
    with world.database.transaction() as tx:
        return add_user(tx, email, role="outreach", name=name).id


def add(world: World, people: list[int], name: str, *, user_id: int | None = None, override: str = "") -> list[Verdict]:
    with world.database.transaction() as tx:
        return enrol(tx, get_sequence(tx, name), people, actor="user:1", user_id=user_id, override=override)


def rules(world: World, **changes: int | None) -> None:
    with world.database.transaction() as tx:
        set_team_rules(tx, changes)


def key(world: World, number: int = 0) -> TeamKey:
    run = world.runs()[number]
    return TeamKey(run.contact_id, 1, run.id, run.user_id, None)


def judge(world: World, number: int = 0, *, is_first: bool = True) -> Clear | Stop | Hold:
    one = key(world, number)
    with world.database.reading() as tx:
        facts = read_team_facts(tx, [one])[one]
        return decide_at_send(facts, read_team_book(tx).of(1), tx.now, is_first=is_first)


def test_thirty_days_lie_between_sequences_and_a_hundred_before_a_cold_repitch(small: World) -> None:
    with small.database.transaction() as tx:
        create_brand(tx, "Quay Paper", postal_address="2 Quay Street, Galway")
    load(small, "spring", "summer")
    load(small, "paper", brand="Quay Paper")
    people = small.people(2)
    small.enrol(people)
    assert small.tick().sent == 2
    small.days(1)
    small.answer(small.mails_to("creator1@people.example")[0], "Sounds good, tell me more.")
    small.tick()
    for day, found in (
        (29, ["recently_contacted", "recently_contacted", "recently_contacted", "recently_contacted"]),
        (31, ["", "", "cold_repitch", ""]),
        (99, ["", "", "cold_repitch", ""]),
        (101, ["", "", "", ""]),
    ):
        small.clock.jump(small.sends()[0].sent_at + timedelta(days=day))
        with small.database.transaction() as tx:
            verdicts = [
                verdict.rule
                for name in ("paper", "summer")
                for verdict in enrol(tx, get_sequence(tx, name), people, actor="user:1", dry_run=True)
            ]
        assert verdicts == found, day


def test_a_refusal_names_who_when_and_the_last_reply(small: World) -> None:
    load(small, "spring", "summer")
    people = small.people(2)
    small.enrol(people)
    small.tick()
    small.days(3)
    small.answer(small.mails_to("creator1@people.example")[0], "Sounds good, tell me more.")
    small.tick()
    small.days(5)
    silent, answered = small.enrol(people, "summer")
    assert silent.sentence == (
        "Mia Lund wrote on 23 November 2026 (spring); they never answered. Possible after 3 March 2027."
    )
    assert answered.sentence == (
        "Mia Lund wrote on 23 November 2026 (spring); they last answered on 26 November 2026. "
        "Possible after 23 December 2026."
    )


def test_mail_that_came_back_reached_nobody(small: World) -> None:
    load(small, "spring", "summer")
    people = small.people(1)
    small.enrol(people)
    small.tick()
    small.bounce(small.mails_to("creator0@people.example")[0], "5.1.1", "550 5.1.1 no such user")
    small.tick()
    with small.database.transaction() as tx:
        add_address(tx, get_contact(tx, people[0]), "new@people.example", source="by hand")
    verdict = small.enrol(people, "summer")[0]
    assert (verdict.enrolled, verdict.email) == (True, "new@people.example")


def test_a_teammates_contact_is_left_to_them(small: World) -> None:
    load(small, "spring")
    ada, leo = colleague(small, "ada@pastel.test", "Ada Marsh"), colleague(small, "leo@pastel.test", "Leo Bain")
    people = small.people(3)
    with small.database.transaction() as tx:
        tx.session.get_one(Contact, people[0]).owner_id = ada
        ensure_relationship(tx, people[1], 1).owner_id = ada
    assert [one.rule for one in add(small, people, "spring", user_id=leo)] == ["owned", "owned", ""]
    refused = add(small, people[:1], "spring", user_id=leo)[0]
    assert refused.sentence == "Ada Marsh looks after them. Nobody wrote lately; they never answered."
    assert [one.rule for one in add(small, people[:2], "spring")] == ["owned", "owned"]
    with small.database.transaction() as tx:
        get_mailbox(tx, MIA).owner_id = ada
    assert add(small, people[:1], "spring")[0].enrolled
    assert add(small, people[1:2], "spring", user_id=ada)[0].enrolled
    assert small.runs()[-1].user_id == ada


def test_the_budget_counts_mails_manual_mails_and_direct_messages(small: World) -> None:
    load(small, "spring", "summer")
    rules(small, budget=3, recent_days=None, cold_days=None, active_elsewhere=False)
    people = small.people(1)
    small.enrol(people)
    small.tick()
    small.deliver(
        f"From: {MIA}\nTo: creator0@people.example\nSubject: One more thing\nMessage-ID: <hand.1@pastel.test>\n\nHello",
        "Sent",
    )
    small.tick()
    with small.database.transaction() as tx:
        call, dm = (
            Task(contact_id=people[0], kind="todo", channel=channel, title="Write to them", created_at=tx.now)
            for channel in ("", "instagram")
        )
        tx.session.add_all([call, dm])
        tx.session.flush()
        # What has no channel is no touch, and neither is what is still to be done.
        complete_task(tx, call.id, actor="user:1")
        allowed = enrol(tx, get_sequence(tx, "summer"), people, actor="user:1", dry_run=True)[0]
        complete_task(tx, dm.id, actor="user:1")
    assert allowed.enrolled
    verdict = small.enrol(people, "summer")[0]
    assert (verdict.enrolled, verdict.rule) == (False, "contact_budget")
    assert "3 messages in 30 days, and 3 are allowed" in verdict.sentence
    assert "Possible after 23 December 2026" in verdict.sentence
    held = judge(small, 0, is_first=False)
    assert isinstance(held, Hold)
    assert held.until == small.sends()[0].sent_at + timedelta(days=30)


def test_an_override_needs_a_reason_and_lands_in_run_and_timeline(small: World) -> None:
    load(small, "spring", "summer")
    people = small.people(2)
    small.enrol(people)
    assert [one.rule for one in small.enrol(people, "summer")] == ["active_elsewhere", "active_elsewhere"]
    assert not any(one.enrolled for one in add(small, people, "summer", override="  "))
    with small.database.transaction() as tx:
        suppress(tx, "creator1@people.example", reason="manual", source="by hand", actor="user:1")
    verdicts = add(small, people, "summer", override="They asked for both offers.")
    assert [(one.enrolled, one.rule, one.overridden) for one in verdicts] == [
        (True, "", "active_elsewhere"),
        (False, "suppressed", ""),
    ]
    assert small.runs()[-1].override == "They asked for both offers."
    with small.database.reading() as tx:
        entry = list_entries(tx, people[0])[0]
    assert entry.kind == "enrolled"
    assert "They asked for both offers." in entry.summary
    assert (entry.data["override"], entry.data["overridden"]) == ("They asked for both offers.", "active_elsewhere")


def test_at_send_only_what_came_up_since_counts(small: World) -> None:
    load(small, "spring", "summer", "autumn")
    people = small.people(1)
    rules(small, active_elsewhere=False)
    small.enrol(people)
    small.clock.advance(timedelta(minutes=1))
    small.enrol(people, "summer")
    add(small, people, "autumn", override="It is the week of the fair.")
    rules(small, active_elsewhere=True)
    assert isinstance(judge(small, 0), Clear)
    second = judge(small, 1)
    assert isinstance(second, Stop)
    assert (second.reason, "spring" in second.sentence) == ("active_elsewhere", True)
    assert isinstance(judge(small, 1, is_first=False), Clear)
    assert isinstance(judge(small, 2), Clear)
    rules(small, active_elsewhere=False)
    small.clock.advance(timedelta(minutes=1))
    with small.database.transaction() as tx:
        run = small.runs()[0]
        tx.session.add(sent(run.id, run.contact_id, run.mailbox_id, run.sequence_id, tx.now))
    assert isinstance(judge(small, 0), Clear)
    late = judge(small, 1)
    assert isinstance(late, Stop)
    assert late.reason == "recently_contacted"


def sent(run_id: int, contact_id: int, mailbox_id: int, sequence_id: int, at: datetime, state: str = "sent") -> Send:
    return Send(
        enrolment_id=run_id,
        step_key=f"pitch{at}",
        sequence_id=sequence_id,
        contact_id=contact_id,
        brand_id=1,
        mailbox_id=mailbox_id,
        email="creator0@people.example",
        state=state,
        rfc_id=f"<{run_id}.{at}@pastel.test>",
        planned_at=at,
        due_at=at,
        claimed_at=at,
        sent_at=at if state == "sent" else None,
        created_at=at,
    )


def test_facts_of_many_cost_as_many_queries_as_of_one(world: World) -> None:
    load(world, "spring")
    people = world.people(40)
    world.enrol(people)
    counted: Counter[int] = Counter()

    def count(*_: object) -> None:
        counted[size] += 1

    event.listen(world.database.engine, "before_cursor_execute", count)
    for size in (1, 40):
        with world.database.reading() as tx:
            keys = [TeamKey(number, 1, None, None, None) for number in people[:size]]
            assert len(read_team_facts(tx, keys)) == size
    event.remove(world.database.engine, "before_cursor_execute", count)
    assert counted[1] == counted[40] < 12


def together(count: int, act: Callable[[int], T]) -> list[T]:
    """Let `count` threads act at the same moment."""
    barrier = threading.Barrier(count)

    def run(number: int) -> T:
        barrier.wait(20)
        return act(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def test_of_five_people_who_enrol_the_same_contact_at_once_one_succeeds(world: World) -> None:
    names = [f"offer{number}" for number in range(5)]
    load(world, *names)
    users = [colleague(world, f"user{number}@pastel.test", f"Colleague {number}") for number in range(5)]
    people = world.people(6)

    def act(number: int) -> list[Verdict]:
        # Each in an order of their own: locks are taken in the order of the numbers all the same.
        mine = people[number:] + people[:number]
        return add(world, mine, names[number], user_id=users[number])

    verdicts = together(5, act)
    for contact_id in people:
        found = {n: next(v for v in verdicts[n] if v.contact_id == contact_id) for n in range(5)}
        (winner,) = [number for number, verdict in found.items() if verdict.enrolled]
        for number, verdict in found.items():
            if number != winner:
                assert verdict.rule == "active_elsewhere"
                assert f"Colleague {winner} has them in offer{winner}" in verdict.sentence
    assert len(world.runs()) == len(people)


def test_the_budget_is_never_exceeded_by_five_who_send_at_once(world: World) -> None:
    names = [f"offer{number}" for number in range(5)]
    load(world, *names)
    rules(world, budget=3, active_elsewhere=False, recent_days=None, cold_days=None)
    people = world.people(1)
    for name in names:
        world.enrol(people, name)
    runs = world.runs()

    def act(number: int) -> Clear | Stop | Hold:
        run = runs[number]
        with world.database.transaction() as tx:
            lock_contacts(tx, people)
            one = key(world, number)
            facts = read_team_facts(tx, [one])[one]
            verdict = decide_at_send(facts, read_team_book(tx).of(1), tx.now, is_first=True)
            if isinstance(verdict, Clear):
                tx.session.add(sent(run.id, run.contact_id, run.mailbox_id, run.sequence_id, tx.now, "sending"))
        return verdict

    assert Counter(type(one) for one in together(5, act)) == {Clear: 3, Hold: 2}


def test_the_pool_is_filled_by_room(small: World) -> None:
    with small.database.transaction() as tx:
        get_mailbox(tx, MIA).daily_cap = 3
        small.add_mailbox(tx, "leo@pastel.test", daily_cap=9)
        small.add_mailbox(tx, "paused@pastel.test").paused_at = tx.now
    load(
        small,
        "spring",
        source=ONE_STEP.replace(f"mailbox: {MIA}", f"mailbox: [{MIA}, leo@pastel.test, paused@pastel.test]"),
    )
    small.enrol(small.people(8))
    with small.database.reading() as tx:
        boxes = {get_mailbox(tx, address).id: address for address in (MIA, "leo@pastel.test")}
    assert Counter(boxes[run.mailbox_id] for run in small.runs()) == {"leo@pastel.test": 7, MIA: 1}


def test_rules_are_set_by_name_for_the_workspace_and_for_a_brand(small: World) -> None:
    with small.database.transaction() as tx:
        assert read_team_book(tx).of(1).recent_days == 30
        set_team_rules(tx, {"recent_days": 14, "budget": None})
        set_team_rules(tx, {"recent_days": 60}, brand_id=1)
        set_team_rules(tx, {"owned": False}, brand_id=1)
    with small.database.transaction() as tx:
        book = read_team_book(tx)
        assert (book.of(1).recent_days, book.of(1).budget, book.of(1).owned) == (60, None, False)
        assert (book.of(2).recent_days, book.of(2).owned) == (14, True)
        assert book.memory_days == 100
        for wrong in ({"recent": 3}, {"owned": 1}, {"recent_days": True}, {"budget_days": None}, {"budget": -1}):
            with pytest.raises(InvalidError):
                set_team_rules(tx, wrong)
        with pytest.raises(NotFoundError):
            set_team_rules(tx, {"budget": 3}, brand_id=99)
