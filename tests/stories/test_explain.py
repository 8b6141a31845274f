"""Every mail explains itself from stored facts: why, why now, or what holds it and what would change that (C9)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from crm.brands import get_brand
from crm.leaves import Plan, plan_leave
from crm.mailboxes import get_mailbox, pause_mailbox
from crm.models import Contact, ContactAddress, ContactTag
from crm.pipeline import move_stage
from crm.suppressions import suppress
from crm.users import add_user
from kit.tx import Tx
from sequences.course.enrolments import enrol
from sequences.insight.explain import explain_send
from sequences.insight.remedies import remedy_for
from sequences.models import SEND_STATES, Enrolment, Send
from sequences.reviewing.review import approve, edit
from sequences.sending.answers import queue_answer
from sequences.sending.outbox import UNREAD
from sequences.sending.workspace_limits import set_workspace_limit
from sequences.team.team_settings import set_team_rules
from sequences.versions.authoring import pause_sequence
from sequences.versions.published import get_sequence
from tests.stories.world import MIA, TWO_STEPS, World

DAY = timedelta(days=1)
QUESTIONS = ["sent", "now", "mailbox", "variant", "approval"]
OFFICE = TWO_STEPS.replace(
    "window: always", 'window: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "16:30", zone: recipient}'
)
BRANCHES = """\
name: spring
brand: Pastel & Co
mailbox: mia@pastel.test
window: always
holidays: none
steps:
  - {key: pitch, kind: email, subject: Hello, body: "We make markers."}
  - {key: rest, kind: wait, wait: 2 days}
  - key: big
    kind: if
    when: {tag: vip}
    then:
      - {key: gift, kind: email, wait: 1 day, thread: same, body: "A gift for you."}
    else:
      - {key: last, kind: email, wait: 1 week, thread: same, body: "A last time."}
"""
VARIANTS = """\
name: spring
brand: Pastel & Co
mailbox: mia@pastel.test
window: always
steps:
  - key: pitch
    kind: email
    review: required
    variants:
      - {key: a, subject: A, body: One, weight: 3}
      - {key: b, subject: B, body: Two}
"""


def explain(world: World, send_id: int = 1) -> dict[str, Any]:
    with world.database.reading() as tx:
        return explain_send(tx, send_id)


def lines(world: World, about: str, send_id: int = 1) -> str:
    return " ".join(next(part["lines"] for part in explain(world, send_id)["tree"] if part["about"] == about))


def rules(world: World, send_id: int = 1) -> set[str]:
    return {one["rule"] for one in explain(world, send_id)["held_by"]}


def waiting(world: World, source: str = TWO_STEPS) -> None:
    """One mail that is planned, due and not sent yet."""
    world.load(source.replace("kind: email\n    subject", "kind: email\n    review: required\n    subject"))
    world.enrol(world.people(1))
    world.tick()
    with world.database.transaction() as tx:
        approve(tx, 1, actor="user:1")


def change(world: World, act: Callable[[Tx], object]) -> None:
    with world.database.transaction() as tx:
        act(tx)


@pytest.mark.parametrize("state", SEND_STATES)
def test_a_mail_in_any_state_yields_the_full_tree(small: World, state: str) -> None:
    waiting(small)
    change(small, lambda tx: tx.session.get_one(Send, 1).__setattr__("state", state))
    found = explain(small)
    assert [part["about"] for part in found["tree"]] == QUESTIONS
    assert all(part["lines"] and all(part["lines"]) for part in found["tree"])
    assert found["why"] == [line for part in found["tree"] for line in part["lines"]]
    assert bool(found["held_by"]) == (state != "sent")
    assert all(one["sentence"] and one["remedy"] for one in found["held_by"])


def test_every_mail_of_a_living_world_yields_the_full_tree(world: World) -> None:
    world.load(BRANCHES)
    people = world.people(4)
    change(world, lambda tx: tx.session.add(ContactTag(contact_id=people[0], tag="vip")))
    world.enrol(people)
    world.tick()
    world.answer(world.mails_to("creator1@people.example")[0], "Sounds good, tell me more.")
    world.bounce(world.mails_to("creator2@people.example")[0], "5.1.1", "550 5.1.1 no such user")
    for _ in range(12):
        world.days(1)
        world.tick()
        for send in world.sends():
            found = explain(world, send.id)
            assert [part["about"] for part in found["tree"]] == QUESTIONS
            assert bool(found["held_by"]) == (send.state != "sent")
    assert {send.step_key for send in world.sends()} == {"pitch", "gift", "last"}


def test_a_follow_up_names_the_mail_it_waited_from_and_the_ways_taken(small: World) -> None:
    small.load(BRANCHES)
    people = small.people(1)
    change(small, lambda tx: tx.session.add(ContactTag(contact_id=people[0], tag="vip")))
    small.enrol(people)
    for _ in range(5):
        small.tick()
        small.days(1)
    gift = next(send.id for send in small.sends() if send.step_key == "gift")
    assert "Step gift (4 of 5) of spring, version 1." in lines(small, "sent", gift)
    assert "big: then, for" in lines(small, "sent", gift)
    now = lines(small, "now", gift)
    assert "Waits 1 day from when step pitch left on 23 November 2026, 09:00 (Europe/Dublin)." in now
    assert "wanted on 26 November 2026, 09:00 (Europe/Dublin)" in now
    assert "Left on 26 November 2026" in now


def test_shifts_windows_and_zones_are_told(small: World) -> None:
    small.load(OFFICE.replace("holidays: none", "holidays: recipient-country"))
    small.clock.jump(small.clock.now() + timedelta(days=4, hours=9))  # Friday evening
    small.enrol(small.people(1, zone="Asia/Tokyo", country="JP"))
    small.days(2.5)
    small.tick()
    now = lines(small, "now")
    assert "outside the sending window" in now
    assert "Mon, Tue, Wed, Thu, Fri from 09:00 to 16:30, on the clock of Asia/Tokyo, taken from the contact" in now
    assert "Planned for 30 November 2026, 09:00 (Asia/Tokyo)" in now


def test_what_held_it_and_when_is_told_afterwards(small: World) -> None:
    small.load(TWO_STEPS.replace("steps:", "per_day: 1\nsteps:"))
    small.enrol(small.people(2))
    small.tick()
    small.days(1.1)
    small.tick()
    late = lines(small, "now", 2)
    assert "Held back on 23 November 2026, 09:00 (Europe/Dublin): The limit of 1 mails in 24 hours" in late
    assert "Left on 24 November 2026" in late
    assert "Held back" not in lines(small, "now", 1)


def test_texts_hands_and_overrides_are_told(small: World) -> None:
    small.load(VARIANTS)
    change(small, lambda tx: add_user(tx, "ada@pastel.test", role="outreach", name="Ada Marsh"))
    people = small.people(1)
    with small.database.transaction() as tx:
        enrol(tx, get_sequence(tx, "spring"), people, actor="user:1", user_id=1, override="They asked for it")
    small.tick()
    with small.database.transaction() as tx:
        edit(tx, 1, "Dear you", "My own words.", links=small.engine.links)
        approve(tx, 1, actor="user:1")
    small.tick()
    assert "Ada Marsh put this person into the sequence" in lines(small, "sent")
    assert "against a rule of the team, for this reason: They asked for it" in lines(small, "sent")
    chosen = small.send().variant
    assert f"Text {chosen}, drawn with weight {3 if chosen == 'a' else 1} of 4." in lines(small, "variant")
    assert "Edited by hand" in lines(small, "variant")
    assert lines(small, "approval") == "Approved by Ada Marsh."


def test_a_pool_a_named_and_a_chosen_mailbox_read_differently(small: World) -> None:
    assert waiting(small) is None
    assert "which the sequence names" in lines(small, "mailbox")
    change(small, lambda tx: small.add_mailbox(tx, "leo@pastel.test"))
    for name, line, words in (
        ("pool", "mailbox: [mia@pastel.test, leo@pastel.test]", "of the 2 mailboxes the sequence names"),
        ("open", "", "chosen when this person was put into the sequence"),
    ):
        small.load(TWO_STEPS.replace("mailbox: mia@pastel.test", line).replace("name: spring", f"name: {name}"))
        with small.database.transaction() as tx:
            set_team_rules(tx, {"recent_days": None, "cold_days": None, "active_elsewhere": False})
            enrol(tx, get_sequence(tx, name), [1], actor="cli", mailbox=None if line else MIA)
        small.tick()
        assert words in lines(small, "mailbox", len(small.sends()))


def test_mail_by_hand_explains_itself_too(small: World) -> None:
    small.load()
    small.enrol(small.people(1))
    small.tick()
    small.answer(small.mails_to("creator0@people.example")[0], "Tell me more.")
    small.tick()
    with small.database.transaction() as tx:
        send = queue_answer(tx, small.messages()[-1].thread_id or 0, "Gladly.", request_key="k", actor="user:9")
    found = explain(small, send.id)
    assert [part["about"] for part in found["tree"]] == QUESTIONS
    assert rules(small, send.id) == {"due"}


def _row(name: str, **values: object) -> Callable[[Tx], object]:
    kind = {"send": Send, "run": Enrolment, "contact": Contact}[name]
    return lambda tx: [setattr(tx.session.get_one(kind, 1), key, value) for key, value in values.items()]


def _mailbox(**values: object) -> Callable[[Tx], object]:
    return lambda tx: [setattr(get_mailbox(tx, MIA), key, value) for key, value in values.items()]


def _bad_address(tx: Tx) -> None:
    tx.session.scalars(select(ContactAddress)).one().mailable = "bad"


def _leave(tx: Tx) -> None:
    """Let who owns the mailbox be away, with sequences that wait."""
    owner = add_user(tx, "ruben@pastel.test", role="outreach", name="Ruben")
    get_mailbox(tx, MIA).owner_id = owner.id
    today = tx.now.date()
    plan_leave(tx, owner.id, Plan(first=today, last=today + DAY, mode="pause"), actor="user:1")


HINDRANCES: dict[str, tuple[Callable[[World], Callable[[Tx], object]], str]] = {
    "suppressed": (lambda w: lambda tx: suppress(tx, "creator0@people.example", reason="manual", source="x", actor="x"),
                   "lifted"),
    "sequence_paused": (lambda w: lambda tx: pause_sequence(tx, get_sequence(tx, "spring")), "resume the sequence"),
    "mailbox_paused": (lambda w: lambda tx: pause_mailbox(tx, get_mailbox(tx, MIA).id, "refused"), "mailboxes resume"),
    "bounce": (lambda w: _bad_address, "address that takes mail"),
    "due": (lambda w: _row("send", due_at=w.clock.now() + timedelta(days=1)), "by itself"),
    "fence": (lambda w: _row("send", due_at=w.clock.now() + timedelta(minutes=2), reason=f"{UNREAD}: no"),
              "mailboxes check"),
    "auto_reply": (lambda w: _row("run", state="held", reason="auto_reply", hold_until=w.clock.now() + DAY), "itself"),
    "erased": (lambda w: _row("contact", erased_at=w.clock.now()), "never"),
    "expired": (lambda w: _row("send", expires_at=w.clock.now() - timedelta(days=1)), "again"),
    "daily_cap": (lambda w: _mailbox(daily_cap=0), "higher daily limit"),
    "limit": (lambda w: lambda tx: set_workspace_limit(tx, "workspace", 0), "higher limit"),
    "contact_budget": (lambda w: lambda tx: set_team_rules(tx, {"budget": 0}), "higher budget"),
    "on_leave": (lambda w: _leave, "leave ends earlier"),
    "stage": (lambda w: lambda tx: move_stage(tx, 1, get_brand(tx, None).id, "Active", actor="x"), "stop_on"),
}  # fmt: skip
STAGED = TWO_STEPS.replace("steps:", 'stop_on: [reply, bounce, opt_out, "stage:Active"]\nsteps:')


@pytest.mark.parametrize("rule", HINDRANCES)
def test_each_rule_that_holds_a_mail_is_named_with_what_would_change_it(small: World, rule: str) -> None:
    act, remedy = HINDRANCES[rule]
    waiting(small, STAGED)
    assert rules(small) == {"turn"}
    change(small, act(small))
    (found,) = explain(small)["held_by"]
    assert found["rule"] == rule
    assert remedy in found["remedy"]


def test_all_rules_that_hold_a_mail_are_named_at_once(small: World) -> None:
    waiting(small, STAGED.replace("steps:", "per_day: 0\nnew_per_day: 0\nsteps:"))
    together = [name for name in HINDRANCES if name != "fence"]
    for name in together:
        change(small, HINDRANCES[name][0](small))
    for name in ("sending_domain", "recipient_domain"):
        change(small, lambda tx, name=name: set_workspace_limit(tx, name, 0))
    held = explain(small)["held_by"]
    assert {one["rule"] for one in held} == set(together)
    assert sorted(one["sentence"] for one in held if one["rule"] == "limit") == [
        "The daily limit of mail from pastel.test is 0.",
        "The daily limit of mail to people.example is 0.",
        "The daily limit of new contacts of this sequence is 0.",
        "The daily limit of the workspace is 0.",
        "The daily limit of this sequence is 0.",
    ]


def test_what_an_answer_cancelled_says_so(small: World) -> None:
    small.load(TWO_STEPS.replace("wait: 3 business days", "wait: 3 business days\n    review: required"))
    small.enrol(small.people(1))
    small.tick()
    small.tick()
    small.days(1)
    small.answer(small.mails_to("creator0@people.example")[0], "Tell me more.")
    small.tick()
    (cancelled,) = [send.id for send in small.sends() if send.state == "cancelled"]
    (found,) = explain(small, cancelled)["held_by"]
    assert (found["rule"], found["sentence"]) == ("cancelled", "They answered.")


def test_a_draft_names_its_gaps(small: World) -> None:
    text = TWO_STEPS.replace("we make markers", "{{ contact.personal_line }} We make markers")
    small.load(text.replace("kind: email\n    subject", "kind: email\n    review: required\n    subject"))
    small.enrol(small.people(1))
    small.tick()
    (found,) = explain(small)["held_by"]
    assert (found["rule"], found["gaps"]) == ("review", ("contact.personal_line",))
    assert "Fill in" in found["remedy"]


def test_a_rule_without_a_remedy_of_its_own_still_has_one() -> None:
    assert "again" in remedy_for("something_new", send_id=1, mailbox=MIA)
    assert remedy_for("unknown", send_id=7, mailbox=MIA).count("7") == 1
