"""What undoing once left behind: each of these was wrong."""

from datetime import timedelta

from sqlalchemy import select

from crm import changes, person_edits, pipeline, stage_undo
from crm.changes import record_change
from crm.contacts import add_address, create_contact, get_contact
from crm.import_change import KIND as IMPORT
from crm.imports import run_import
from crm.models import Change, Contact, ContactTag, Relationship, Suppression, Task
from crm.suppressions import find_personal_suppression, suppress
from kit.tx import Database
from sequences.bulk import deeds
from sequences.bulk.act import Order
from sequences.course import leaving
from sequences.course.enrolments import enrol
from sequences.merging.merge import merge_contacts
from sequences.models import Enrolment, Send
from sequences.privacy.erasure import erase_contact
from sequences.versions.published import get_sequence
from tests.stories.world import World
from web.undo import REVERSERS

ADA = "user:1"


def undo(database: Database, change_id: int) -> changes.Undone:
    with database.transaction() as tx:
        return changes.undo_change(tx, change_id, actor=ADA, reversers=REVERSERS)


def do(database: Database, act: str, ids: list[int], value: str) -> int:
    with database.transaction() as tx:
        change, _ = deeds.do_now(tx, act, ids, Order(value=value, brand_id=1, user_id=None), actor=ADA)
    assert change is not None
    return change.id


def test_undoing_do_not_contact_is_no_leave_to_write(small: World) -> None:
    """A lifted row would have said that somebody allowed mail to an address which an opt-out covers (C10)."""
    person = small.people(1)[0]
    with small.database.transaction() as tx:
        suppress(tx, "creator0@people.example", reason="opt_out", source="a mail", actor="contact")
        add_address(tx, get_contact(tx, person), "later@people.example", source="by hand")
    undo(small.database, do(small.database, "suppress", [person], ""))
    with small.database.reading() as tx:
        assert find_personal_suppression(tx, person, "later@people.example") is not None
        assert [row.target for row in tx.session.scalars(select(Suppression))] == ["creator0@people.example"]


def test_undoing_do_not_contact_lets_runs_go_on(small: World) -> None:
    people = small.people(2)
    small.load()
    small.enrol(people)
    small.tick()
    before = [(run.state, run.next_step, run.next_at) for run in small.runs()]
    change = do(small.database, "suppress", people, "")
    assert {run.state for run in small.runs()} == {"stopped"}
    assert undo(small.database, change).why == ""
    assert [(run.state, run.next_step, run.next_at) for run in small.runs()] == before
    for _ in range(5):
        small.days(2)
        small.tick()
    assert [len(small.mails_to(f"creator{n}@people.example")) for n in range(2)] == [2, 2]


def test_adding_people_taken_back_leaves_nothing(small: World) -> None:
    people = small.people(2)
    small.load()
    change = do(small.database, "enrol", people, str(small.sequence_id()))
    assert undo(small.database, change).undone == 2
    with small.database.reading() as tx:
        for model in (Enrolment, Send, Task, Relationship):
            assert tx.session.scalars(select(model)).all() == []
    assert [one.enrolled for one in small.enrol(people)] == [True, True]


def test_what_was_sent_is_said_and_kept(small: World) -> None:
    people = small.people(2)
    small.load()
    change = do(small.database, "enrol", people[:1], str(small.sequence_id()))
    small.tick()
    undone = undo(small.database, change)
    assert undone.why == "Written to meanwhile: 1. What was sent stays sent."
    assert [(run.state, run.reason) for run in small.runs()] == [("stopped", "taken_back")]
    assert [send.state for send in small.sends()] == ["sent"]


def test_put_in_by_mistake_and_written_to_stays_in(small: World) -> None:
    people = small.people(1)
    small.load()
    with small.database.transaction() as tx:
        sequence = get_sequence(tx, "spring")
        enrol(tx, sequence, people, actor=ADA)
        change = leaving.note_added(tx, sequence, count=1, actor=ADA)
    assert change is not None
    small.tick()
    undone = undo(small.database, change.id)
    assert (undone.undone, undone.left) == (0, 1)
    assert [run.state for run in small.runs()] == ["active"]


def test_a_stage_taken_back_is_held_since_when_it_was(small: World) -> None:
    person = small.people(1)[0]
    with small.database.transaction() as tx:
        since = pipeline.ensure_relationship(tx, person, 1).stage_since
    small.days(5)
    with small.database.transaction() as tx:
        entry = pipeline.move_stage(tx, person, 1, "Talking", actor=ADA)
        assert entry is not None
        change = stage_undo.record_moves(tx, [entry], actor=ADA)
    assert change is not None
    small.days(1)
    undo(small.database, change.id)
    bulk = do(small.database, "stage", [person], "Agreed")
    small.days(1)
    undo(small.database, bulk)
    with small.database.reading() as tx:
        assert tx.session.scalars(select(Relationship)).one().stage_since == since


def test_a_relationship_that_a_move_opened_closes_with_it(small: World) -> None:
    people = small.people(2)
    with small.database.transaction() as tx:
        entry = pipeline.move_stage(tx, people[0], 1, "Found", actor=ADA)
        assert entry is not None
        assert entry.summary == "Opened at Found"
        change = stage_undo.record_moves(tx, [entry], actor=ADA)
    assert change is not None
    undo(small.database, change.id)
    undo(small.database, do(small.database, "stage", people, "Talking"))
    with small.database.reading() as tx:
        assert tx.session.scalars(select(Relationship)).all() == []


def test_a_first_name_that_is_not_the_first_word_comes_back(small: World) -> None:
    with small.database.transaction() as tx:
        contact = create_contact(tx, name="Dr Imani Oduya", actor=ADA)
        contact.first_name, contact.last_name = "Imani", "Oduya"
        number = contact.id
    with small.database.transaction() as tx:
        seen = person_edits.mark_of(get_contact(tx, number))
        change = person_edits.edit_facts(tx, number, {"name": "Tom Marker"}, seen=seen, actor=ADA)
    assert change is not None
    undo(small.database, change.id)
    with small.database.reading() as tx:
        contact = get_contact(tx, number)
        assert (contact.name, contact.first_name, contact.last_name) == ("Dr Imani Oduya", "Imani", "Oduya")


def test_a_tag_put_back_stands_in_its_place(small: World) -> None:
    people = small.people(2)
    for tag in ("alpha", "omega"):
        do(small.database, "tag", people, tag)
    with small.database.reading() as tx:
        before = list(tx.session.scalars(select(Contact.search_text).order_by(Contact.id)))
    undo(small.database, do(small.database, "untag", people, "alpha"))
    with small.database.reading() as tx:
        assert list(tx.session.scalars(select(Contact.search_text).order_by(Contact.id))) == before


def test_an_import_goes_back_whole_once_what_followed_was_taken_back(small: World) -> None:
    path = small.folder / "people.csv"
    path.write_text("Name,Email\nImani,imani@kettle.example\nTom,tom@marker.example\n")
    result = run_import(small.database, path, brand_name=None, overrides={}, platform=None, dry_run=False, actor=ADA)
    with small.database.transaction() as tx:
        data = {"import_id": result.import_id}
        whole = record_change(tx, IMPORT, actor=ADA, summary="Imported", data=data).id
    small.clock.advance(timedelta(minutes=1))
    tagged = do(small.database, "tag", [1, 2], "fair")
    small.clock.advance(timedelta(minutes=1))
    owned = do(small.database, "stage", [2], "Talking")
    small.clock.advance(timedelta(minutes=1))
    undo(small.database, tagged)
    small.clock.advance(timedelta(minutes=1))
    undone = undo(small.database, whole)
    # Tom was moved and nobody took that back: he stays.
    assert (undone.undone, undone.left) == (1, 1)
    with small.database.reading() as tx:
        assert list(tx.session.scalars(select(Contact.name))) == ["Tom"]
        assert tx.session.get_one(Change, owned).undone_at is None


def test_a_tag_goes_back_on_nobody_who_was_merged_away_or_erased(world: World) -> None:
    stays, absorbed, erased = world.people(3)
    do(world.database, "tag", [stays, absorbed, erased], "x")
    change = do(world.database, "untag", [stays, absorbed, erased], "x")
    with world.database.transaction() as tx:
        merge_contacts(tx, stays, absorbed, actor=ADA)
        erase_contact(tx, erased, reason="asked", actor=ADA)
    undone = undo(world.database, change)
    assert (undone.undone, undone.left) == (1, 2)
    with world.database.reading() as tx:
        assert tx.session.execute(select(ContactTag.contact_id, ContactTag.tag)).all() == [(stays, "x")]
        assert tx.session.get_one(Contact, absorbed).search_text == ""
