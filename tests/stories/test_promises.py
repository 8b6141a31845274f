"""The promise ledger: read from what we write, decided by a person, owed by a day, and undone."""

from collections.abc import Callable
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from crm import promises
from crm.agenda import read_agenda
from crm.changes import undo_change
from crm.models import Change, Promise
from crm.promise_list import owed_by, read_ledger
from crm.timeline import list_entries
from crm.users import add_user
from kit.errors import ConflictError, InvalidError
from kit.tx import Tx
from sequences.reading.promising import propose_from_note
from sequences.sending.answers import queue_answer
from tests.stories.test_hands import talk
from tests.stories.world import MIA, World
from web.undo import REVERSERS

FRIDAY = date(2026, 11, 27)
WORDS = "Thanks! I'll send you the samples by Friday. Could you send the address by Friday?"


def user(world: World, name: str = "Ada") -> int:
    with world.database.transaction() as tx:
        return add_user(tx, f"{name}@pastel.test", role="outreach", name=name).id


def all_of(world: World) -> list[Promise]:
    with world.database.reading() as tx:
        return list(tx.session.query(Promise).order_by(Promise.id))


def act(world: World, deed: Callable[[Tx], Change | None]) -> Change:
    with world.database.transaction() as tx:
        change = deed(tx)
        assert change
        return change


def said(world: World, contact_id: int = 1) -> list[str]:
    with world.database.reading() as tx:
        return [entry.summary for entry in list_entries(tx, contact_id) if entry.kind == "promise"][::-1]


def noted(world: World) -> int:
    """Let a note promise something; return the promise."""
    user_id = user(world)
    contact_id = world.people(1)[0]
    with world.database.transaction() as tx:
        (row,) = propose_from_note(tx, contact_id, WORDS, user_id=user_id, zone="Europe/Dublin", brand_id=1)
        return row.id


def test_an_answer_by_hand_proposes_what_it_promises_and_a_sequence_nothing(small: World) -> None:
    user_id = user(small)
    thread_id = talk(small)
    with small.database.transaction() as tx:
        queue_answer(tx, thread_id, WORDS, request_key="key-1", actor=f"user:{user_id}")
    small.days(0.01)
    assert small.tick().sent == 1
    (row,) = all_of(small)
    assert (row.state, row.what, row.due_on) == ("proposed", "send you the samples", FRIDAY)
    assert (row.user_id, row.message_id, row.brand_id) == (user_id, small.messages()[-1].id, 1)
    assert said(small) == []  # nothing is so before somebody says yes


def test_a_mail_found_in_sent_proposes_for_whose_mailbox_it_is(small: World) -> None:
    user_id = user(small)
    with small.database.transaction() as tx:
        from crm.mailboxes import get_mailbox  # noqa: PLC0415

        get_mailbox(tx, MIA).owner_id = user_id
    talk(small)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = MIA, "creator0@people.example", "Muster"
    mail["Message-ID"] = "<by-hand@pastel.test>"
    mail.set_content("Hallo,\n\ndie Muster schicke ich dir bis Freitag.\n\nMia\n")
    small.server.deliver(MIA, mail.as_bytes(), small.clock.now(), "Sent")
    small.tick()
    (row,) = all_of(small)
    assert (row.what, row.due_on, row.user_id) == ("die Muster schicke dir", FRIDAY, user_id)


def test_the_same_promise_is_asked_once(small: World) -> None:
    noted(small)
    with small.database.transaction() as tx:
        assert propose_from_note(tx, 1, WORDS, user_id=None, zone="UTC", brand_id=1) == []


def test_from_a_yes_to_kept_each_step_stands_on_the_timeline_and_goes_back(world: World) -> None:
    number = noted(world)
    yes = act(world, lambda tx: promises.confirm_promise(tx, number, actor="user:1"))
    moved = act(world, lambda tx: promises.move_promise(tx, number, FRIDAY + timedelta(days=3), actor="user:1"))
    kept = act(world, lambda tx: promises.keep_promise(tx, number, actor="user:1"))
    assert said(world) == [
        "Promised: send you the samples",
        "Promise moved to 2026-11-30: send you the samples",
        "Promise kept: send you the samples",
    ]
    (row,) = all_of(world)
    assert (row.state, row.first_due_on, row.due_on, row.moves) == ("kept", FRIDAY, date(2026, 11, 30), 1)
    for change, state, moves in ((kept, "open", 1), (moved, "open", 0), (yes, "proposed", 0)):
        with world.database.transaction() as tx:
            assert undo_change(tx, change.id, actor="user:1", reversers=REVERSERS).undone == 1
        (row,) = all_of(world)
        assert (row.state, row.moves) == (state, moves)
    assert (row.due_on, row.decided_by) == (FRIDAY, "")


def test_what_was_changed_since_is_not_undone(small: World) -> None:
    number = noted(small)
    yes = act(small, lambda tx: promises.confirm_promise(tx, number, actor="user:1"))
    act(small, lambda tx: promises.break_promise(tx, number, actor="user:1"))
    with small.database.transaction() as tx:
        assert undo_change(tx, yes.id, actor="user:1", reversers=REVERSERS).left == 1
    assert all_of(small)[0].state == "broken"


@pytest.mark.parametrize("way", ["keep_promise", "break_promise", "confirm_promise"])
def test_a_dismissed_promise_becomes_nothing_else(small: World, way: str) -> None:
    number = noted(small)
    act(small, lambda tx: promises.dismiss_promise(tx, number, actor="user:1"))
    with small.database.transaction() as tx, pytest.raises(ConflictError):
        getattr(promises, way)(tx, number, actor="user:1")
    with small.database.transaction() as tx, pytest.raises(ConflictError):
        promises.move_promise(tx, number, FRIDAY, actor="user:1")


def test_what_is_owed_is_mine_and_nobody_s_the_most_overdue_first(small: World) -> None:
    mine, other = user(small), user(small, "Ruben")
    contact_id = small.people(1)[0]
    for what, day, user_id in (
        ("late", 20, mine), ("later", 26, None), ("theirs", 19, other), ("ahead", 29, mine), ("never", None, mine),
    ):  # fmt: skip
        due_on = date(2026, 11, day) if day else None
        act(small, lambda tx, what=what, due=due_on, who=user_id: promises.make_promise(
            tx, contact_id, what, due, user_id=who, brand_id=1, actor="user:1")[1])  # type: ignore[misc]  # fmt: skip
    with small.database.reading() as tx:
        owed = select(Promise.what).order_by(Promise.due_on)
        assert tx.session.scalars(owed.where(*owed_by([mine], FRIDAY))).all() == ["late", "later"]
        assert tx.session.scalars(owed.where(*owed_by([mine, other], FRIDAY))).all() == ["theirs", "late", "later"]
        ledger = read_ledger(tx, user_ids=None)
        assert [row.promise.what for row in ledger.open] == ["theirs", "late", "later", "ahead", "never"]
        assert len(read_agenda(tx, contact_id).open) == 5


def test_a_promise_of_one_s_own_can_be_taken_back(small: World) -> None:
    contact_id = small.people(1)[0]

    def make(tx: Tx) -> Change:
        row = promises.make_promise(tx, contact_id, "  a   pan ", None, user_id=None, brand_id=1, actor="user:1")
        return row[1]

    change = act(small, make)
    assert all_of(small)[0].what == "a pan"
    with small.database.transaction() as tx:
        assert undo_change(tx, change.id, actor="user:1", reversers=REVERSERS).undone == 1
    assert all_of(small)[0].state == "dismissed"
    with small.database.transaction() as tx, pytest.raises(InvalidError):
        promises.make_promise(tx, contact_id, "  ", None, user_id=None, brand_id=1, actor="user:1")
