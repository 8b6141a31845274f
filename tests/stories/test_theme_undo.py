"""Themes undone, and worked on by two at once: no note is lost in a theme that rests or is gone."""

import pytest
from sqlalchemy import select

from crm.changes import Undone, undo_change
from crm.feedback import log_feedback
from crm.models import Change, Feedback, Theme
from crm.theme_split import split_theme
from crm.themes import assign_note, edit_theme, ensure_theme, find_theme, get_theme, merge_themes
from kit.errors import ConflictError
from kit.tx import Database, Tx
from tests.stories.at_once import two_at_once
from tests.stories.world import World
from web.undo import REVERSERS

ADA, BEN = "user:1", "user:2"


def keep(tx: Tx, words: str, theme: str) -> Feedback:
    return log_feedback(tx, words, kind="problem", actor=ADA, contact_id=1, brand_id=1, theme=theme)


def begin(tx: Tx, name: str) -> int:
    return ensure_theme(tx, name, actor=ADA, brand_id=1).id


def undo(database: Database, change: Change | None) -> Undone:
    assert change is not None
    with database.transaction() as tx:
        return undo_change(tx, change.id, actor=ADA, reversers=REVERSERS)


def test_a_split_undone_for_nothing_leaves_the_theme_it_began(world: World) -> None:
    world.people(1)
    with world.database.transaction() as tx:
        note = keep(tx, "one", "A")
        keep(tx, "two", "A")
        old = begin(tx, "A")
    with world.database.transaction() as tx:
        split = split_theme(tx, old, [note.id], "S", actor=ADA)
    with world.database.transaction() as tx:
        moved = assign_note(tx, note.id, get_theme(tx, old), actor=ADA)
    assert (undo(world.database, split).undone, undo(world.database, moved).undone) == (0, 1)
    with world.database.reading() as tx:
        assert get_theme(tx, tx.session.get_one(Feedback, note.id).theme_id or 0).name == "S"


def test_a_split_undone_leaves_a_theme_that_a_later_change_leads_back_to(world: World) -> None:
    world.people(1)
    with world.database.transaction() as tx:
        notes = [keep(tx, words, "A").id for words in ("one", "two", "three")]
        old = begin(tx, "A")
    with world.database.transaction() as tx:
        split = split_theme(tx, old, notes[:2], "S", actor=ADA)
    with world.database.transaction() as tx:
        moved = assign_note(tx, notes[0], get_theme(tx, old), actor=ADA)
    assert undo(world.database, split).undone == 1
    assert undo(world.database, moved).undone == 1


def test_a_note_put_back_goes_where_its_theme_went(world: World) -> None:
    world.people(1)
    with world.database.transaction() as tx:
        note = keep(tx, "one", "A")
        first, second, third = (begin(tx, name) for name in "ABC")
    with world.database.transaction() as tx:
        moved = assign_note(tx, note.id, get_theme(tx, second), actor=ADA)
    with world.database.transaction() as tx:
        merge_themes(tx, first, third, actor=ADA)
    assert undo(world.database, moved).undone == 1
    with world.database.reading() as tx:
        assert tx.session.get_one(Feedback, note.id).theme_id == third


def test_a_name_that_was_taken_is_not_taken_back(world: World) -> None:
    with world.database.transaction() as tx:
        change = edit_theme(tx, begin(tx, "A"), actor=ADA, name="B")
    with world.database.transaction() as tx:
        begin(tx, "A")
    assert (undo(world.database, change).undone, undo(world.database, change).left) == (0, 1)
    with world.database.reading() as tx:
        assert sorted(tx.session.scalars(select(Theme.key))) == ["a", "b"]


def test_a_merge_whose_name_was_taken_stays(world: World) -> None:
    with world.database.transaction() as tx:
        first, second = begin(tx, "A"), begin(tx, "B")
        merged = merge_themes(tx, first, second, actor=ADA)
    with world.database.transaction() as tx:
        edit_theme(tx, second, actor=ADA, name="A")
    assert undo(world.database, merged).undone == 0


def test_a_circle_that_was_kept_before_ends(world: World) -> None:
    with world.database.transaction() as tx:
        first, second = get_theme(tx, begin(tx, "A")), get_theme(tx, begin(tx, "B"))
        first.merged_into_id, second.merged_into_id = second.id, first.id
    with world.database.reading() as tx:
        assert find_theme(tx, "A", 1) is not None


def test_merging_each_into_the_other_at_once_merges_once(world: World) -> None:
    with world.database.transaction() as tx:
        first, second = begin(tx, "A"), begin(tx, "B")
    raised = two_at_once(
        world.database,
        lambda tx: merge_themes(tx, first, second, actor=ADA),
        lambda tx: merge_themes(tx, second, first, actor=BEN),
    )
    assert raised == [None, ConflictError]
    with world.database.reading() as tx:
        found = find_theme(tx, "A", 1)
        assert found is not None
        assert found.id == second


@pytest.mark.parametrize("brand_id", [1, None])
def test_a_theme_begun_by_two_at_once_is_one(world: World, brand_id: int | None) -> None:
    def deed(tx: Tx) -> None:
        ensure_theme(tx, "New", actor=ADA, brand_id=brand_id)

    assert two_at_once(world.database, deed, deed) == [None, None]
    with world.database.reading() as tx:
        assert tx.session.scalars(select(Theme.name)).all() == ["New"]
