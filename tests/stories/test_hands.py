"""What people do: review drafts, answer, take back, correct."""

import pytest
from sqlalchemy import select

from crm.models import TimelineEntry
from crm.pipeline import move_stage, stage_name, undo_move
from crm.suppressions import suppress
from kit.errors import ConflictError, InvalidError, RefusedError
from sequences.course.enrolments import enrol
from sequences.reading.replies import correct_kind
from sequences.reviewing.review import approve, edit, list_drafts, save_personal_line, take_out
from sequences.sending.answers import cancel_answer, queue_answer
from sequences.versions.authoring import get_sequence
from tests.stories.world import TWO_STEPS, World

REVIEWED = TWO_STEPS.replace("    kind: email\n", "    kind: email\n    review: required\n", 1)
REVIEWED = REVIEWED.replace("we make markers.", "{{ contact.personal_line }}")


def text_of(world: World, number: int = -1) -> str:
    part = world.mails_to("creator0@people.example")[number].get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def talk(world: World) -> int:
    """Let one pitch be answered; return the conversation."""
    world.load()
    world.enrol(world.people(1))
    world.tick()
    world.answer(world.mails_to("creator0@people.example")[0], "Tell me more?")
    world.tick()
    return world.messages()[-1].thread_id or 0


def queue(world: World, thread_id: int, text: str, key: str = "key-1") -> int:
    with world.database.transaction() as tx:
        return queue_answer(tx, thread_id, text, request_key=key, actor="user:1").id


def test_a_draft_leaves_only_after_a_yes_and_only_when_complete(small: World) -> None:
    small.load(REVIEWED)
    small.enrol(small.people(1))
    assert small.tick().sent == 0
    with small.database.transaction() as tx, pytest.raises(InvalidError, match="Still missing"):
        approve(tx, 1, actor="user:1")
    with small.database.transaction() as tx:
        assert save_personal_line(tx, 1, "Your {{ braces }} film was fun.", links=small.engine.links).gaps == ()
        approve(tx, 1, actor="user:1")
    with small.database.transaction() as tx, pytest.raises(ConflictError):
        approve(tx, 1, actor="user:2")
    assert small.tick().sent == 1
    assert "Your {{ braces }} film was fun." in text_of(small)
    assert small.send().approved_by == "user:1"


def test_a_draft_edited_by_hand_says_what_was_written(small: World) -> None:
    small.load(REVIEWED)
    small.enrol(small.people(1))
    small.tick()
    with small.database.transaction() as tx:
        edit(tx, 1, "Only for you", "Dear {{ contact.first_name }}, a word.", links=small.engine.links)
        approve(tx, 1, actor="user:1")
    small.tick()
    assert small.mails_to("creator0@people.example")[0]["Subject"] == "Only for you"
    assert "Dear Creator0, a word." in text_of(small)


def test_a_stop_at_approval_cancels_and_a_person_can_be_taken_out(small: World) -> None:
    small.load(REVIEWED)
    small.enrol(small.people(2))
    small.tick()
    with small.database.transaction() as tx:
        suppress(tx, "creator0@people.example", reason="manual", source="by hand", actor="user:1")
        assert approve(tx, 1, actor="user:1").state == "cancelled"
        take_out(tx, 2, actor="user:1")
        assert list_drafts(tx) == []
    with small.database.transaction() as tx, pytest.raises(RefusedError):
        approve(tx, 2, actor="user:1")
    assert {run.state for run in small.runs()} == {"stopped"}
    small.days(9)
    assert small.tick().sent == 0


@pytest.mark.parametrize(
    "text",
    [
        "We pay {50%} [see below].",
        "{{ contact.name }} {% if x %} {# note #}",
        "1 < 2 & 3 > 2, snake_case_name, 5 * 4 * 3",
        "[name] and [first name] stay",
    ],
)
def test_an_answer_leaves_as_it_was_typed(small: World, text: str) -> None:
    thread_id = talk(small)
    queue(small, thread_id, text)
    small.days(0.01)
    assert small.tick().sent == 1
    assert text in text_of(small)
    mail = small.mails_to("creator0@people.example")[-1]
    assert mail["In-Reply-To"].strip("<>") == small.messages()[1].rfc_id
    assert mail["List-Unsubscribe"] is None


def test_the_same_request_queues_once_and_may_be_taken_back(small: World) -> None:
    thread_id = talk(small)
    first = queue(small, thread_id, "Hello")
    assert queue(small, thread_id, "Hello") == first
    assert small.tick().sent == 0  # the moment in which it can be taken back
    with small.database.transaction() as tx:
        cancel_answer(tx, first)
    small.days(1)
    assert small.tick().sent == 0
    second = queue(small, thread_id, "Hello again", "key-2")
    small.days(0.01)
    assert small.tick().sent == 1
    with small.database.transaction() as tx, pytest.raises(ConflictError):
        cancel_answer(tx, second)


def test_a_worker_that_claimed_an_answer_first_wins(world: World) -> None:
    thread_id = talk(world)
    send_id = queue(world, thread_id, "Hello")
    world.days(0.01)
    refused = []

    def take_back() -> None:
        with world.database.transaction() as tx:
            try:
                cancel_answer(tx, send_id)
            except ConflictError as error:
                refused.append(str(error))

    world.server.before_recipient = take_back
    assert world.tick().sent == 1
    assert refused == ["It has left already."]
    assert world.send(-1).state == "sent"


def test_nobody_who_asked_for_silence_is_answered(small: World) -> None:
    thread_id = talk(small)
    queue(small, thread_id, "Hello")
    with small.database.transaction() as tx:
        suppress(tx, "creator0@people.example", reason="manual", source="by hand", actor="user:1")
    with small.database.transaction() as tx, pytest.raises(RefusedError):
        queue_answer(tx, thread_id, "Hello", request_key="key-9", actor="user:1")
    small.days(1)
    assert small.tick().sent == 0
    assert small.send(-1).state == "cancelled"


def test_what_an_answer_says_can_be_corrected(small: World) -> None:
    talk(small)
    message_id = small.messages()[-1].id
    with small.database.transaction() as tx:
        assert correct_kind(tx, message_id, "not_now", actor="user:1").message.reply_kind == "not_now"
        with pytest.raises(InvalidError):
            correct_kind(tx, message_id, "maybe", actor="user:1")
    assert small.suppressed() == set()
    with small.database.transaction() as tx:
        assert correct_kind(tx, message_id, "opt_out", actor="user:1").message.opt_out
    assert small.suppressed() == {"creator0@people.example"}


def away(world: World) -> int:
    """Let a pitch be answered by what was taken for a machine, and begin another run afterwards; return the mail."""
    world.load()
    world.load(TWO_STEPS.replace("name: spring", "name: autumn"))
    contact_ids = world.people(1)
    world.enrol(contact_ids)
    world.tick()
    headers = {"Auto-Submitted": "auto-replied"}
    world.answer(world.mails_to("creator0@people.example")[0], "I am not taking any offers.", headers=headers)
    world.tick()
    world.days(1)
    with world.database.transaction() as tx:
        enrol(tx, get_sequence(tx, "autumn"), contact_ids, actor="user:1", override="asked by them")
    return world.messages()[-1].id


def test_a_no_said_by_hand_ends_the_sequence_as_one_that_was_read(small: World) -> None:
    message_id = away(small)
    assert [(run.state, run.reason) for run in small.runs()] == [("held", "auto_reply"), ("active", "")]
    with small.database.transaction() as tx:
        correct_kind(tx, message_id, "question", actor="user:1")
    # An answer of any kind ends it; what began after the mail was not meant by it.
    assert [(run.state, run.reason) for run in small.runs()] == [("stopped", "reply"), ("active", "")]
    with small.database.transaction() as tx:
        correct_kind(tx, message_id, "no", actor="user:1")
    assert [(run.state, run.reason) for run in small.runs()] == [("stopped", "reply"), ("active", "")]
    small.days(30)
    small.tick()
    assert [send.step_key for send in small.sends() if send.sequence_id == 1 and send.state == "sent"] == ["pitch"]


def test_a_sequence_that_answers_do_not_end_goes_on_after_a_no(small: World) -> None:
    small.load(TWO_STEPS.replace("steps:", "stop_on: [bounce, opt_out]\nsteps:"))
    small.enrol(small.people(1))
    small.tick()
    small.answer(small.mails_to("creator0@people.example")[0], "Maybe.")
    small.tick()
    with small.database.transaction() as tx:
        correct_kind(tx, small.messages()[-1].id, "no", actor="user:1")
    assert small.runs()[0].state == "active"


def test_a_stage_move_can_be_taken_back_until_the_next_one(small: World) -> None:
    talk(small)
    with small.database.transaction() as tx:
        entry = tx.session.scalars(
            select(TimelineEntry).where(TimelineEntry.kind == "stage").order_by(TimelineEntry.id.desc())
        ).first()
        assert entry is not None
        undo_move(tx, entry.id, actor="user:1")
        assert stage_name(tx, 1, 1) == "Pitched"
        with pytest.raises(ConflictError):
            undo_move(tx, entry.id, actor="user:1")
        moved = move_stage(tx, 1, 1, "Agreed", actor="user:1")
        move_stage(tx, 1, 1, "Active", actor="user:1")
        assert moved is not None
        with pytest.raises(ConflictError):
            undo_move(tx, moved.id, actor="user:1")


def test_a_personal_line_may_come_with_the_review_of_an_earlier_step(world: World) -> None:
    people = world.people(1)
    world.load(
        """\
name: spring
brand: Pastel & Co
mailbox: mia@pastel.test
window: always
holidays: none
steps:
  - {key: pitch, kind: email, review: required, subject: Hello, body: "{{ contact.personal_line }} Shall we?"}
  - {key: nudge, kind: email, wait: 1 day, thread: same, body: "As I said: {{ contact.personal_line }}"}
"""
    )
    assert [verdict.sentence for verdict in world.enrol(people)] == [""]
    world.tick()
    with world.database.transaction() as tx:
        draft = list_drafts(tx)[0]
        assert draft.gaps == ("contact.personal_line",)
        save_personal_line(tx, draft.send_id, "The burnt pan was brave.", links=world.engine.links)
        approve(tx, draft.send_id, actor="user:1")
    world.tick()
    world.days(1.1)
    world.tick()
    texts = [mail.get_body(("plain",)).get_content() for mail in world.mails_to("creator0@people.example")]  # type: ignore[union-attr]
    assert [text.splitlines()[0] for text in texts] == [
        "The burnt pan was brave. Shall we?",
        "As I said: The burnt pan was brave.",
    ]
