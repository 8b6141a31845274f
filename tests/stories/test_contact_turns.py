"""Whose turn it is with a person: the same in a row, on the board, in the filter and in the numbers beside it."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select, update

from crm import lane_picks
from crm.board import read_board
from crm.contact_turns import ContactTurn, decide_contact_turn, list_contact_threads, list_dues
from crm.inbox_beside import read_beside
from crm.models import Contact, Task, Thread
from crm.people import list_people
from crm.people_filter import PeopleFilter
from crm.people_found import count_each
from crm.tasks import create_task
from crm.turns import Turn
from kit.tx import Tx
from sequences.models import Send
from tests.stories.crowd import draw_person, found_company
from tests.stories.world import World

# So many that every way there is has been drawn, and so few that somebody of each kind is among them.
PEOPLE, FEW = 40, 12


@pytest.fixture
def crowd(world: World) -> World:
    return _draw(world, PEOPLE)


@pytest.fixture
def few(world: World) -> World:
    return _draw(world, FEW)


def _draw(world: World, people: int) -> World:
    """People at random: some with conversations, tasks on many days and pitches in every state."""
    found_company(world)
    rng = Random(11)
    with world.database.transaction() as tx:
        for number in range(people):
            draw_person(tx, rng, number)
        tx.session.flush()
        for task in tx.session.scalars(select(Task)):
            task.due_on = rng.choice((None, *(tx.now.date() + timedelta(days=days) for days in (-9, 0, 1, 30))))
        for thread in tx.session.scalars(select(Thread)):
            thread.snoozed_until = rng.choice((None, None, tx.now + timedelta(days=2)))
            thread.done_at = rng.choice((None, None, tx.now))
        for send in tx.session.scalars(select(Send)):
            send.state = rng.choice((send.state, "draft"))
            send.created_at = tx.now - timedelta(days=rng.randrange(20))
    return world


def _turns(tx: Tx) -> dict[int, ContactTurn]:
    ids = list(tx.session.scalars(select(Contact.id)))
    threads, dues = list_contact_threads(tx, ids), list_dues(tx, ids)
    return {number: decide_contact_turn(threads[number], dues[number], tx.now) for number in ids}


def test_the_filter_finds_whom_the_row_shows(crowd: World) -> None:
    with crowd.database.reading() as tx:
        turns = _turns(tx)
        kinds = {number: turn.kind for number, turn in turns.items()}
        causes = {(turn.kind, bool(turn.thread), turn.due and turn.due.kind) for turn in turns.values()}
        for kind in Turn:
            wanted = PeopleFilter(turns=(kind.value,))
            found = list_people(tx, wanted, brand_id=1)
            expected = {number for number, one in kinds.items() if one is kind}
            assert {row.contact.id for row in found.rows} == expected
            assert {row.turn.kind for row in found.rows} == {kind}
            assert count_each(tx, [wanted], brand_id=1) == [len(expected)]
    # Every way there is has been drawn.
    assert causes == {
        (Turn.YOU, True, None), (Turn.YOU, False, "task"), (Turn.YOU, False, "pitch"), (Turn.THEM, True, None),
        (Turn.RESTING, False, None),
    }  # fmt: skip


def test_the_board_shows_first_who_waits_on_us(crowd: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many stand in a lane: long ones are walked by an index, short ones sorted."""
    order = [Turn.YOU, Turn.THEM, Turn.RESTING]
    for walk in (1, 1_000):
        monkeypatch.setattr(lane_picks, "WALK", walk)
        with crowd.database.reading() as tx:
            turns = _turns(tx)
            for lane in read_board(tx, PeopleFilter(), brand_id=1).lanes:
                shown = [card.turn.kind for card in lane.cards]
                assert shown == sorted(shown, key=order.index)
                assert shown == [turns[card.contact.id].kind for card in lane.cards]
                assert len(lane.cards) == min(lane.count, lane_picks.CARDS)


def test_a_task_is_ours_from_its_day_until_it_is_done(world: World) -> None:
    with world.database.transaction() as tx:
        contact = Contact(name="Imani Oduya", search_text="imani oduya", created_at=tx.now)
        tx.session.add(contact)
        tx.session.flush()
        task = create_task(tx, "Answer on draft 2", actor="user:1", contact_id=contact.id)
        for due_on, kind in (
            (None, Turn.RESTING),
            (tx.now.date() + timedelta(days=1), Turn.RESTING),
            (tx.now.date(), Turn.YOU),
            (tx.now.date() - timedelta(days=3), Turn.YOU),
        ):
            task.due_on = due_on
            tx.session.flush()
            turn = _turns(tx)[contact.id]
            assert turn.kind is kind
            assert read_beside(tx, contact.id, 1).dues == ((turn.due,) if turn.due else ())
        assert turn.due
        assert (turn.due.title, turn.since and turn.since.date()) == ("Answer on draft 2", task.due_on)
        task.done_at = tx.now
        tx.session.flush()
        assert _turns(tx)[contact.id] == ContactTurn()


def test_an_answer_we_owe_comes_first_and_a_snooze_puts_off_no_task(few: World) -> None:
    with few.database.transaction() as tx:
        chosen = next(number for number, turn in _turns(tx).items() if turn.thread and turn.kind is Turn.YOU)
        create_task(tx, "Send the parcel", actor="user:1", contact_id=chosen, due_on=tx.now.date())
        tx.session.flush()
        assert _turns(tx)[chosen].thread
        later = tx.now + timedelta(days=2)
        tx.session.execute(update(Thread).where(Thread.contact_id == chosen).values(snoozed_until=later))
        tx.session.expire_all()
        turn = _turns(tx)[chosen]
        assert (turn.kind, turn.thread) == (Turn.YOU, None)
        assert turn.due


def test_approving_the_last_pitch_makes_it_their_turn_or_none(few: World) -> None:
    with few.database.transaction() as tx:
        chosen = next(number for number, turn in _turns(tx).items() if turn.due and turn.due.kind == "pitch")
        tx.session.execute(update(Send).where(Send.contact_id == chosen).values(state="scheduled"))
        tx.session.execute(update(Task).where(Task.contact_id == chosen).values(done_at=tx.now))
        tx.session.expire_all()
        assert _turns(tx)[chosen].kind is not Turn.YOU
