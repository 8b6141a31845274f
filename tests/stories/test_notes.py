"""Notes changed by two at once, merged people's notes, and what erasing leaves of a note that was removed."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select

from crm.changes import undo_change
from crm.models import Change, TimelineEntry
from crm.notes import edit_note, mark_note, remove_note
from crm.timeline import add_note
from kit.errors import ConflictError, NotFoundError
from kit.tx import Tx
from sequences.jobs.runner import run_jobs
from sequences.merging.merge import merge_contacts
from sequences.privacy.erasure import erase_contact
from tests.stories.at_once import two_at_once
from tests.stories.world import World
from web.undo import REVERSERS

ADA, BEN = "user:1", "user:2"
T = TypeVar("T")


def later(world: World, deed: Callable[[Tx], T]) -> T:
    world.clock.advance(timedelta(minutes=1))
    with world.database.transaction() as tx:
        return deed(tx)


def note_on(world: World, person: int, text: str = "Likes gas.") -> int:
    def write(tx: Tx) -> int:
        note = add_note(tx, person, text, actor=ADA)
        tx.session.flush()
        return note.id

    return later(world, write)


def undo(world: World, change: Change) -> tuple[int, str]:
    undone = later(world, lambda tx: undo_change(tx, change.id, actor=ADA, reversers=REVERSERS))
    return undone.undone, str(undone.why)


def texts(world: World, person: int) -> list[str]:
    with world.database.reading() as tx:
        query = select(TimelineEntry.summary).where(
            TimelineEntry.contact_id == person, TimelineEntry.kind.in_(("note", "dm"))
        )
        return list(tx.session.scalars(query.order_by(TimelineEntry.at)))


def test_of_two_edits_at_once_the_second_is_told(world: World) -> None:
    (person,) = world.people(1)
    note, seen = note_on(world, person), mark_note("Likes gas.")
    raised = two_at_once(
        world.database,
        lambda tx: edit_note(tx, note, "Likes coal.", seen=seen, actor=ADA),
        lambda tx: edit_note(tx, note, "Likes wood.", seen=seen, actor=BEN),
    )
    assert raised == [None, ConflictError]
    assert texts(world, person) == ["Likes coal."]


def test_an_edit_of_a_note_that_goes_meanwhile_is_told(world: World) -> None:
    (person,) = world.people(1)
    note, seen = note_on(world, person), mark_note("Likes gas.")
    raised = two_at_once(
        world.database,
        lambda tx: remove_note(tx, note, actor=ADA),
        lambda tx: edit_note(tx, note, "Likes wood.", seen=seen, actor=BEN),
    )
    assert raised == [None, NotFoundError]
    assert texts(world, person) == []


def test_taking_an_edit_back_spares_who_has_the_number_now(world: World) -> None:
    one, two = world.people(2)
    note = note_on(world, one)
    edited = later(world, lambda tx: edit_note(tx, note, "Same.", seen=mark_note("Likes gas."), actor=ADA))
    removed = later(world, lambda tx: remove_note(tx, note, actor=ADA))
    assert edited is not None
    note_on(world, two, "Same.")
    assert undo(world, edited)[0] == 0
    assert undo(world, removed)[0] == 1
    assert (texts(world, one), texts(world, two)) == (["Same."], ["Same."])


def test_a_note_comes_back_to_whom_its_person_lives_on_in(world: World) -> None:
    one, two = world.people(2)
    note = note_on(world, two)
    removed = later(world, lambda tx: remove_note(tx, note, actor=ADA))
    later(world, lambda tx: merge_contacts(tx, one, two, actor=ADA))
    assert undo(world, removed)[0] == 1
    assert texts(world, one) == ["Likes gas."]


def test_nothing_of_a_removed_note_outlives_its_person(world: World) -> None:
    one, two = world.people(2)
    first, second = note_on(world, one), note_on(world, two)
    removed = later(world, lambda tx: remove_note(tx, first, actor=ADA))
    edited = later(world, lambda tx: edit_note(tx, second, "B", seen=mark_note("Likes gas."), actor=ADA))
    assert edited is not None
    later(world, lambda tx: merge_contacts(tx, one, two, actor=ADA))
    later(world, lambda tx: erase_contact(tx, one, reason="asked", actor=ADA))
    run_jobs(world.engine)
    with world.database.reading() as tx:
        assert all("gas" not in str(tx.session.get_one(Change, change.id).data) for change in (removed, edited))
