"""An answer that was a machine's, and a machine's mail that was an answer: put right by hand, with a way back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from crm.changes import undo_change
from crm.inbox import Turn, turn_of
from crm.models import Message, Relationship, Stage, Thread
from kit.errors import RefusedError
from sequences.reading.recasting import KIND, reverse_recast
from sequences.reading.replies import correct_kind
from tests.stories.world import TWO_STEPS, World

AWAY = "Thank you, I am travelling and shall read this when I am home."
REVIEWED = TWO_STEPS.replace("    wait: 3 business days\n", "    wait: 3 business days\n    review: required\n")


def answered(world: World, text: str = AWAY, source: str = TWO_STEPS, **more: dict[str, str]) -> int:
    """Let the first mail be answered; return the answer."""
    world.load(source)
    world.enrol(world.people(1))
    world.tick()
    world.answer(world.mails_to("creator0@people.example")[0], text, **more)  # type: ignore[arg-type]
    world.tick()
    return world.messages()[-1].id


def mark(world: World, message_id: int, kind: str, back_on: date | None = None) -> int:
    """Say what a mail is; return the change, or 0."""
    with world.database.transaction() as tx:
        change = correct_kind(tx, message_id, kind, actor="user:1", back_on=back_on).change
        return change.id if change else 0


def take_back(world: World, change_id: int) -> None:
    with world.database.transaction() as tx:
        undo_change(tx, change_id, actor="user:1", reversers={KIND: reverse_recast})


def turn(world: World) -> Turn:
    with world.database.reading() as tx:
        return turn_of(tx.session.scalars(select(Thread)).one(), tx.now)


def stands(world: World) -> tuple[str, str]:
    run = world.runs()[0]
    return run.state, run.reason


def stage(world: World) -> str:
    with world.database.reading() as tx:
        return tx.session.scalars(select(Stage.name).join(Relationship, Relationship.stage_id == Stage.id)).one()


def sent(world: World) -> list[str | None]:
    return [send.step_key for send in world.sends() if send.state == "sent"]


def test_an_answer_that_was_a_machines_lets_the_sequence_go_on_when_they_are_back(world: World) -> None:
    message_id = answered(world)
    assert (stands(world), turn(world), stage(world)) == (("stopped", "reply"), Turn.YOU, "Talking")
    back = (world.clock.now() + timedelta(days=20)).date()
    mark(world, message_id, "auto_reply", back)
    assert (stands(world), turn(world), stage(world)) == (("held", "auto_reply"), Turn.THEM, "Pitched")
    assert world.messages()[-1].facts["auto_reply"] == {"until": back.isoformat(), "permanent": False}
    until = world.runs()[0].hold_until
    assert until
    assert back < until.date() <= back + timedelta(days=4)
    world.days(19)
    world.tick()
    assert sent(world) == ["pitch"]
    world.days(6)
    world.tick()
    world.tick()
    assert sent(world) == ["pitch", "nudge"]


def test_the_day_they_state_is_kept_and_a_day_said_by_hand_replaces_it(world: World) -> None:
    stated = (world.clock.now() + timedelta(days=30)).date()
    message_id = answered(world, f"{AWAY} I am back on {stated:%d %B %Y}.")
    mark(world, message_id, "auto_reply")
    assert world.messages()[-1].facts["auto_reply"]["until"] == stated.isoformat()
    sooner = stated - timedelta(days=20)
    change = mark(world, message_id, "auto_reply", sooner)
    held = world.runs()[0].hold_until
    assert held
    assert held.date() < stated
    take_back(world, change)
    held = world.runs()[0].hold_until
    assert held
    assert held.date() > stated


def test_a_mail_that_waited_for_a_yes_waits_for_it_again(world: World) -> None:
    world.load(REVIEWED)
    world.enrol(world.people(1))
    world.tick()
    world.days(6)
    world.tick()
    assert [send.state for send in world.sends()] == ["sent", "draft"]
    world.answer(world.mails_to("creator0@people.example")[0], AWAY)
    world.tick()
    assert [send.state for send in world.sends()] == ["sent", "cancelled"]
    mark(world, world.messages()[-1].id, "auto_reply")
    assert [send.state for send in world.sends()] == ["sent", "draft"]
    world.days(30)
    world.tick()
    assert sent(world) == ["pitch"]


def test_nothing_leaves_after_a_real_answer(world: World) -> None:
    """Two mails came: taking one for a machine's leaves the other an answer."""
    message_id = answered(world)
    world.answer(world.mails_to("creator0@people.example")[0], "Yes, tell me more?")
    world.tick()
    mark(world, message_id, "auto_reply")
    assert (stands(world), turn(world)) == (("stopped", "reply"), Turn.YOU)
    world.days(40)
    world.tick()
    assert sent(world) == ["pitch"]


def test_taking_the_word_back_ends_the_run_again(world: World) -> None:
    message_id = answered(world)
    take_back(world, mark(world, message_id, "auto_reply"))
    assert (stands(world), turn(world), stage(world)) == (("stopped", "reply"), Turn.YOU, "Talking")
    assert world.messages()[-1].kind == "reply"
    world.days(40)
    world.tick()
    assert sent(world) == ["pitch"]


def test_a_machines_mail_that_was_an_answer_ends_the_sequence(world: World) -> None:
    message_id = answered(world, "Lovely, tell me more?", headers={"Auto-Submitted": "auto-replied"})
    assert (stands(world), turn(world)) == (("held", "auto_reply"), Turn.THEM)
    change = mark(world, message_id, "interested")
    assert (stands(world), turn(world), stage(world)) == (("stopped", "reply"), Turn.YOU, "Talking")
    assert world.messages()[-1].reply_kind == "interested"
    take_back(world, change)
    assert (stands(world), turn(world)) == (("held", "auto_reply"), Turn.THEM)
    mark(world, message_id, "question")
    world.days(40)
    world.tick()
    assert sent(world) == ["pitch"]


def test_undo_resumes_nobody_who_has_answered_since(world: World) -> None:
    message_id = answered(world, "Lovely, tell me more?", headers={"Auto-Submitted": "auto-replied"})
    change = mark(world, message_id, "interested")
    world.answer(world.mails_to("creator0@people.example")[0], "Are you there?")
    world.tick()
    take_back(world, change)
    assert stands(world) == ("stopped", "reply")
    world.days(40)
    world.tick()
    assert sent(world) == ["pitch"]


def test_a_wish_for_no_mail_stays_one(world: World) -> None:
    message_id = answered(world)
    mark(world, message_id, "opt_out")
    with world.database.transaction() as tx, pytest.raises(RefusedError):
        correct_kind(tx, message_id, "auto_reply", actor="user:1")
    with world.database.reading() as tx:
        assert tx.session.get_one(Message, message_id).kind == "reply"
