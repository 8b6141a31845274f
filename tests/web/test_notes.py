"""Notes on a timeline in other words, taken away, and both taken back; by who may."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from crm.models import Change, Relationship, TimelineEntry
from crm.notes import mark_note
from crm.search_index import count_faults
from tests.web.cast import Cast
from tests.web.conftest import Person, sign_in
from web.wiring import House

NIAMH, WORDS = "Niamh Kerrisk", "Prefers gas to <induction>."


@pytest.fixture
def yuki(app: Flask, house: House, cast: Cast) -> Person:
    """Somebody who may read and write notes, and change nothing else."""
    return sign_in(app, house, "yuki@brackenware.example")


@pytest.fixture
def note(yuki: Person, cast: Cast, house: House) -> int:
    yuki.post(f"/contacts/{cast.contacts[NIAMH]}/notes", text=WORDS)
    return newest(house).id


def newest(house: House) -> TimelineEntry:
    with house.database.reading() as tx:
        return tx.session.scalars(select(TimelineEntry).order_by(TimelineEntry.id.desc()).limit(1)).one()


def read(house: House) -> list[str]:
    """Return what notes say, and hold the index of words against them."""
    with house.database.reading() as tx:
        assert count_faults(tx.session.connection()) == 0
        return list(tx.session.scalars(select(TimelineEntry.summary).where(TimelineEntry.kind.in_(("note", "dm")))))


def undo_of(page: str) -> str:
    found = re.search(r'action="(/changes/\d+/undo)"', page)
    assert found
    return found[1]


def test_whoever_wrote_a_note_says_it_in_other_words_and_back(
    yuki: Person, note: int, cast: Cast, house: House
) -> None:
    here = f"/contacts/{cast.contacts[NIAMH]}?show=notes"
    page = yuki.get(here)
    assert f'action="/notes/{note}/text"' in page
    assert f'value="{mark_note(WORDS)}"' in page
    assert "edited" not in page
    page = yuki.get(yuki.post(f"/notes/{note}/text", text=" Prefers gas.\r\nTwice. ", seen=mark_note(WORDS), back=here))
    assert re.search(r"edited\s+<time", page)
    assert "Prefers gas.\nTwice." in read(house)
    assert NIAMH in yuki.get("/search?q=twice")
    yuki.post(undo_of(page))
    assert WORDS in read(house)
    assert "edited" not in yuki.get(here)


def test_a_note_is_taken_away_and_put_back_where_it_stood(yuki: Person, note: int, cast: Cast, house: House) -> None:
    before = newest(house)
    page = yuki.get(yuki.post(f"/notes/{note}/removal", back=f"/contacts/{cast.contacts[NIAMH]}"))
    assert WORDS not in read(house)
    yuki.post(f"/notes/{note}/removal", status=404)
    yuki.post(f"/notes/{note}/text", text="Late", seen="", status=404)
    assert "Note on Niamh Kerrisk removed" in yuki.get("/settings/data/changes")
    yuki.post(undo_of(page))
    after = newest(house)
    assert (after.summary, after.at, after.actor, after.brand_id) == (WORDS, before.at, before.actor, before.brand_id)


def test_what_somebody_saved_meanwhile_is_not_overwritten(yuki: Person, note: int, cast: Cast, house: House) -> None:
    here, old = f"/contacts/{cast.contacts[NIAMH]}", mark_note(WORDS)
    yuki.post(f"/notes/{note}/text", text="Mine was first.", seen=old)
    page = yuki.post(f"/notes/{note}/text", text="And I came late.", seen=old, came_from=here, status=409)
    assert "Mine was first." in read(house)
    assert "Somebody changed this note meanwhile" in page
    # Their words stand on the timeline, one's own in the form, and its mark is theirs: saved again, it is meant.
    assert "And I came late.</textarea>" in page
    assert f'value="{mark_note("Mine was first.")}"' in page
    yuki.post(f"/notes/{note}/text", text="And I came late.", seen=mark_note("Mine was first."))
    with house.database.reading() as tx:
        edits = tx.session.scalars(select(Change.id).where(Change.kind == "note.text").order_by(Change.id)).all()
    assert len(edits) == 2
    yuki.post(f"/changes/{edits[0]}/undo")
    assert "And I came late." in read(house)


def test_somebody_elses_note_is_changed_by_who_leads_alone(
    yuki: Person, ada: Person, note: int, cast: Cast, house: House
) -> None:
    assert f"/notes/{note}/" not in ada.get(f"/contacts/{cast.contacts[NIAMH]}")
    ada.post(f"/notes/{note}/text", text="Other", seen=mark_note(WORDS), status=403)
    ada.post(f"/notes/{note}/removal", status=403)
    with house.database.transaction() as tx:
        tx.session.connection().exec_driver_sql("UPDATE users SET role = 'manager' WHERE email LIKE 'ada@%'")
    page = ada.get(ada.post(f"/notes/{note}/text", text="Other", seen=mark_note(WORDS)))
    assert "edited by <bdi>Ada Marsh</bdi>" in page
    # Who wrote it may have it back; a third colleague may not.
    place = undo_of(page)
    sign_in(yuki.client.application, house, "ruben@brackenware.example").post(place, status=403)
    yuki.post(place)
    assert WORDS in read(house)


def test_only_notes_are_changed(ada: Person, cast: Cast, house: House) -> None:
    with house.database.reading() as tx:
        move = tx.session.scalars(select(TimelineEntry.id).where(TimelineEntry.kind == "stage").limit(1)).one()
    ada.post(f"/notes/{move}/text", text="Other", seen="", status=404)
    ada.post(f"/notes/{move}/removal", status=404)
    ada.post("/notes/9999/removal", status=404)


def test_an_empty_note_is_refused(yuki: Person, note: int, house: House) -> None:
    yuki.post(f"/notes/{note}/text", text=" \r\n", seen=mark_note(WORDS), status=422)
    assert WORDS in read(house)


def test_a_message_that_is_removed_counts_as_a_talk_no_more(ada: Person, cast: Cast, house: House) -> None:
    def talked() -> object:
        with house.database.reading() as tx:
            return tx.session.scalar(select(Relationship.talked_at).where(Relationship.contact_id == imani))

    imani = cast.contacts["Imani Oduya"]
    before = talked()
    ada.post(f"/contacts/{imani}/notes", text="Sent a heart.", kind="dm", channel="Instagram")
    after = talked()
    assert before != after
    page = ada.get(ada.post(f"/notes/{newest(house).id}/removal"))
    assert talked() == before
    ada.post(undo_of(page))
    assert (talked(), newest(house).data) == (after, {"channel": "Instagram"})


def test_a_note_beside_a_conversation_says_that_it_was_edited(yuki: Person, cast: Cast) -> None:
    thread = cast.threads["Imani Oduya"]
    assert "edited" not in yuki.get(f"/inbox/{thread}")
    page = yuki.get(f"/contacts/{cast.contacts['Imani Oduya']}")
    place = re.search(r'action="(/notes/\d+)/text"', page)
    assert place
    words = "She tests on a portable induction plate, 2 kW."
    yuki.post(f"{place[1]}/text", text="She tests on gas.", seen=mark_note(words))
    page = yuki.get(f"/inbox/{thread}")
    assert "She tests on gas." in page
    assert re.search(r"edited\s+<time", page)
