"""What can be taken back no more loses what it would have put back; the line of who did what stays."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crm.changes import KEPT_FOR, record_change, undo_change
from crm.contacts import create_contact
from crm.models import Change, Contact
from crm.old_changes import empty_old_changes, keep_numbers
from crm.person_edits import EDIT, edit_facts, mark_of
from kit.errors import RefusedError, say
from sequences.jobs.runner import run_jobs
from sequences.merging.merge import merge_contacts
from sequences.merging.unmerge import reverse_merge
from sequences.privacy.erasure import erase_contact
from sequences.upkeep import keep_up
from tests.conftest import dump_sqlite
from tests.stories.world import World
from web.undo import REVERSERS


def _edited(world: World, city: str = "Quillonville") -> tuple[int, int]:
    with world.database.transaction() as tx:
        contact = create_contact(tx, name="Imani Oduya", emails=["imani@kettle.example"], actor="cli")
        contact.city = city
        tx.session.flush()
        change = edit_facts(tx, contact.id, {"city": "Leeds"}, seen=mark_of(contact), actor="user:1")
        assert change
        return contact.id, change.id


def _change(world: World, change_id: int) -> Change:
    with world.database.reading() as tx:
        return tx.session.get_one(Change, change_id)


def test_after_thirty_days_the_keeper_drops_what_was_before(world: World) -> None:
    contact_id, change_id = _edited(world)
    world.clock.advance(KEPT_FOR)
    keep_up(world.engine)
    assert "Quillonville" in str(_change(world, change_id).data)
    world.clock.advance(timedelta(seconds=1))
    keep_up(world.engine)
    change = _change(world, change_id)
    assert change.data == {"contact": contact_id}
    assert change.emptied
    assert (change.kind, change.actor) == (EDIT, "user:1")
    assert "Imani Oduya" in change.summary
    with world.database.transaction() as tx, pytest.raises(RefusedError, match="more than 30 days"):
        undo_change(tx, change_id, actor="user:1", reversers=REVERSERS)


def test_a_beat_takes_a_part_and_the_next_the_next(world: World) -> None:
    with world.database.transaction() as tx:
        for number in range(5):
            record_change(tx, EDIT, actor="cli", summary=say("Done"), data={"contact": number, "fields": {"city": []}})
    world.clock.advance(KEPT_FOR + timedelta(days=1))
    assert [empty_old_changes(world.database, most=2) for _ in range(4)] == [2, 2, 1, 0]
    with world.database.reading() as tx:
        assert [row.data for row in tx.session.scalars(select(Change).order_by(Change.id))] == [
            {"contact": number} for number in range(5)
        ]


def test_beats_with_nothing_old_write_nothing(small: World) -> None:
    _edited(small)
    small.clock.advance(KEPT_FOR + timedelta(days=1))
    small.tick()
    path = Path(str(small.database.engine.url.database))
    before = dump_sqlite(path)
    for _ in range(1_000):
        assert empty_old_changes(small.database) == 0
    small.tick()
    assert dump_sqlite(path) == before


def test_a_merge_keeps_its_way_back_until_it_was_gone(world: World) -> None:
    people = world.people(2)
    with world.database.transaction() as tx:
        merge_id = merge_contacts(tx, *people, actor="user:1").change.id
    world.clock.advance(KEPT_FOR + timedelta(days=1))
    assert empty_old_changes(world.database) == 0
    with world.database.transaction() as tx:
        undo_change(tx, merge_id, actor="user:1", reversers={"contact.merge": reverse_merge})
    assert empty_old_changes(world.database) == 1


def test_erasing_finds_by_its_numbers_what_was_emptied(world: World) -> None:
    contact_id, change_id = _edited(world)
    world.clock.advance(KEPT_FOR + timedelta(days=1))
    assert empty_old_changes(world.database) == 1
    with world.database.transaction() as tx:
        erase_contact(tx, contact_id, reason="asked", actor="user:1")
    while run_jobs(world.engine):
        pass
    change = _change(world, change_id)
    assert change.kind == "erased"
    assert "Imani" not in change.summary
    with world.database.reading() as tx:
        assert tx.session.get_one(Contact, contact_id).erased_at
    assert empty_old_changes(world.database) == 0


def test_only_numbers_and_instants_are_left() -> None:
    data = {
        "act": "tag", "traces": [[4, "Found", "Talking"], [5, None, "x"]], "instants": ["2026-11-24T09:00:00+00:00"],
        "contact": 7, "fields": {"city": ["Leeds", "York"]}, "note": "a word", "pair": [1, 2], "place": "/contacts/7",
        "threads": [[3, {"done_at": None}, {}], "x"],
    }  # fmt: skip
    assert keep_numbers(data) == {
        "traces": [4, 5], "instants": ["2026-11-24T09:00:00+00:00"], "contact": 7, "pair": [1, 2], "threads": [3],
    }  # fmt: skip
