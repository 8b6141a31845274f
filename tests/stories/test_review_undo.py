"""Decisions of the review taken back: never once a mail was begun, never twice, and a run goes on where it was."""

import threading
from datetime import timedelta

import pytest

from crm.changes import Undone, undo_change
from crm.models import Change, TimelineEntry
from kit.errors import ConflictError
from sequences.models import SendBody
from sequences.reviewing.drafts import list_drafts
from sequences.reviewing.review import approve, edit, put_off, skip_draft, take_out
from sequences.reviewing.undoing import note_approvals
from tests.stories.test_review import REVIEWED, draft_of, ready
from tests.stories.world import World
from web.undo import REVERSERS

ADA = "user:1"
HELD_S = 10


def say_yes(world: World, *send_ids: int) -> int:
    with world.database.transaction() as tx:
        sends = [approve(tx, number, actor=ADA, undo_s=HELD_S) for number in send_ids]
        change = note_approvals(tx, sends, actor=ADA, place="/review")
        assert change is not None
        return change.id


def take_back(world: World, change_id: int) -> Undone:
    with world.database.transaction() as tx:
        return undo_change(tx, change_id, actor=ADA, reversers=REVERSERS)


def queue_of(world: World) -> list[int]:
    with world.database.reading() as tx:
        return [row.send_id for row in list_drafts(tx)]


def last_change(world: World) -> int:
    with world.database.reading() as tx:
        return max(change.id for change in tx.session.query(Change))


def test_an_approved_pitch_waits_and_can_be_taken_back_and_changed(world: World) -> None:
    ready(world, 1)
    before = world.send().due_at
    change = say_yes(world, 1)
    assert world.tick().sent == 0
    assert take_back(world, change).undone == 1
    send = world.send()
    assert (send.state, send.approved_by, send.due_at) == ("draft", "", before)
    world.clock.advance(timedelta(hours=1))
    assert world.tick().sent == 0
    with pytest.raises(ConflictError, match="already"):
        take_back(world, change)
    with world.database.transaction() as tx:
        edit(tx, 1, "Another", "Another word.", links=world.engine.links)
    say_yes(world, 1)
    world.clock.advance(timedelta(seconds=HELD_S))
    assert world.tick().sent == 1
    assert [mail["Subject"] for mail in world.mails_to("creator0@people.example")] == ["Another"]


def test_what_was_written_for_a_claim_that_was_given_back_is_written_anew(world: World) -> None:
    ready(world, 1)
    change = say_yes(world, 1)
    with world.database.transaction() as tx:
        tx.session.get_one(SendBody, 1).raw = b"signed already"
    assert take_back(world, change).undone == 1
    with world.database.reading() as tx:
        assert tx.session.get_one(SendBody, 1).raw is None


@pytest.mark.parametrize("state", ["claimed", "sending", "unknown", "sent", "tried"])
def test_what_somebody_began_to_hand_over_stays_approved(world: World, state: str) -> None:
    ready(world, 2)
    change = say_yes(world, 1, 2)
    with world.database.transaction() as tx:
        send = tx.session.get_one(type(world.send()), 1)
        send.state, send.attempts = ("scheduled", 1) if state == "tried" else (state, 0)
    undone = take_back(world, change)
    assert (undone.undone, undone.left) == (1, 1)
    with world.database.reading() as tx:
        states = [tx.session.get_one(type(send), number).state for number in (1, 2)]
    assert states == ["scheduled" if state == "tried" else state, "draft"]


def test_undo_in_the_middle_of_handing_over_takes_nothing_back(world: World) -> None:
    ready(world, 1)
    change = say_yes(world, 1)
    world.clock.advance(timedelta(seconds=HELD_S))
    told: list[Undone] = []
    world.server.before_recipient = lambda: told.append(take_back(world, change))
    assert world.tick().sent == 1
    assert (told[0].undone, told[0].left) == (0, 1)
    assert world.send().state == "sent"
    assert len(world.mails_to("creator0@people.example")) == 1


def test_of_undo_and_the_dispatcher_at_once_the_first_wins_and_nothing_leaves_twice(world: World) -> None:
    ready(world, 1)
    change = say_yes(world, 1)
    world.clock.advance(timedelta(seconds=HELD_S))
    held = threading.Event()

    def dispatch() -> None:
        held.wait(10)
        world.tick()

    thread = threading.Thread(target=dispatch)
    thread.start()
    with world.database.transaction() as tx:
        undo_change(tx, change, actor=ADA, reversers=REVERSERS)
        held.set()
        # The dispatcher skips the row, or waits for the whole of this: both must end alike.
        thread.join(0.3)
    thread.join(10)
    assert world.send().state == "draft"
    assert world.mails_to("creator0@people.example") == []


def test_skipping_for_now_puts_a_pitch_last_and_changes_no_date(world: World) -> None:
    ready(world, 3)
    due = draft_of(world, 1).due_at
    with world.database.transaction() as tx:
        put_off(tx, 1)
    assert queue_of(world) == [2, 3, 1]
    with world.database.transaction() as tx:
        put_off(tx, 2)
    assert queue_of(world) == [3, 1, 2]
    assert draft_of(world, 1).due_at == due
    with world.database.transaction() as tx:
        assert approve(tx, 1, actor=ADA).due_at == max(due, tx.now)


def test_a_step_left_out_comes_back_where_it_was(world: World) -> None:
    ready(world, 1)
    run = world.runs()[0]
    before = (run.state, run.next_step, run.next_at, run.last_sent_at)
    with world.database.transaction() as tx:
        skip_draft(tx, 1, actor=ADA)
    assert queue_of(world) == []
    assert take_back(world, last_change(world)).undone == 1
    run = world.runs()[0]
    assert (run.state, run.next_step, run.next_at, run.last_sent_at) == before
    assert queue_of(world) == [1]
    with world.database.reading() as tx:
        said = [entry.summary for entry in tx.session.query(TimelineEntry) if entry.kind == "step_skipped"]
    assert said == ["Left out: pitch", "Not left out after all: pitch"]
    with world.database.transaction() as tx:
        approve(tx, 1, actor=ADA)
    assert world.tick().sent == 1


def test_the_last_step_left_out_ends_the_run_and_comes_back(world: World) -> None:
    ready(world, 1, REVIEWED.partition("  - key: nudge")[0])
    with world.database.transaction() as tx:
        skip_draft(tx, 1, actor=ADA)
    assert world.runs()[0].state == "finished"
    assert take_back(world, last_change(world)).undone == 1
    assert (world.runs()[0].state, world.runs()[0].ended_at) == ("active", None)


def test_a_step_left_out_stays_out_once_the_run_went_on(world: World) -> None:
    ready(world, 1)
    with world.database.transaction() as tx:
        skip_draft(tx, 1, actor=ADA)
    change = last_change(world)
    world.days(9)
    world.tick()
    undone = take_back(world, change)
    assert (undone.undone, undone.left) == (0, 1)
    assert queue_of(world) == []


def test_somebody_taken_out_in_review_is_put_back_with_their_pitch(world: World) -> None:
    ready(world, 1)
    with world.database.transaction() as tx:
        change = take_out(tx, 1, actor=ADA).id
    assert (world.runs()[0].state, queue_of(world)) == ("stopped", [])
    assert take_back(world, change).undone == 1
    assert (world.runs()[0].state, queue_of(world)) == ("active", [1])
