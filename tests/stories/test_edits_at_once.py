"""What two write about one person at once: nothing is lost, whoever comes first."""

from pathlib import Path

from sqlalchemy import select

from crm.csv_files import open_table, read_row
from crm.field_values import set_values
from crm.fields import create_field
from crm.import_chunks import open_import, place_chunk
from crm.import_people import Directory
from crm.import_writes import Origin, write_chunk
from crm.imports import understand
from crm.models import Contact, ContactTag, TimelineEntry
from crm.person_edits import add_tag, edit_facts, mark_of
from kit.errors import ConflictError
from kit.tx import Tx
from sequences.bulk.act import Order
from sequences.bulk.deeds import do_now
from tests.stories.at_once import Deed, two_at_once
from tests.stories.world import World

ADA, BEN = "user:1", "user:2"


def reader(folder: Path) -> Deed:
    """Return the deed of bringing in a file that tops somebody up with a city, as one chunk."""
    path = folder / "list.csv"
    path.write_text("Name,Email,City,Notes\nCreator0 Example,creator0@people.example,Cork,From the list\n")

    def bring(tx: Tx) -> None:
        table = open_table(path)
        mapping, conventions = understand(table, {}, None, path.name)
        rows = [read_row(row, mapping, conventions) for row in table.rows()]
        number = open_import(tx, path.name, 1, mapping.columns, ADA)
        outcomes = place_chunk(tx, Directory(), rows, 1, lock=True)
        write_chunk(tx, Origin(import_id=number, filename=path.name, actor=ADA, brand_id=1), outcomes)

    return bring


def read(world: World, number: int) -> Contact:
    with world.database.reading() as tx:
        return tx.session.get_one(Contact, number)


def test_an_edit_that_was_first_stays_when_a_file_tops_the_person_up(world: World) -> None:
    (person,) = world.people(1)
    seen = mark_of(read(world, person))
    with world.database.transaction() as tx:
        create_field(tx, "Pan", "text", actor=ADA)

    def edit(tx: Tx) -> None:
        edit_facts(tx, person, {"name": "By hand", "topic": "knives"}, seen=seen, actor=BEN)
        set_values(tx, person, {"pan": "copper"}, actor=BEN)

    assert two_at_once(world.database, edit, reader(world.folder)) == [None, None]
    found = read(world, person)
    assert (found.name, found.topic, found.city) == ("By hand", "knives", "Cork")
    assert found.fields == {"pan": "copper", "notes": "From the list"}
    assert found.search_text.startswith("by hand cork knives")


def test_an_edit_that_comes_after_a_file_is_told(world: World) -> None:
    (person,) = world.people(1)
    seen = mark_of(read(world, person))

    def edit(tx: Tx) -> None:
        edit_facts(tx, person, {"city": "Galway"}, seen=seen, actor=BEN)

    assert two_at_once(world.database, reader(world.folder), edit) == [None, ConflictError]
    assert read(world, person).city == "Cork"


def test_two_edits_from_one_page_keep_the_first(world: World) -> None:
    (person,) = world.people(1)
    seen = mark_of(read(world, person))

    def edit(name: str) -> Deed:
        return lambda tx: edit_facts(tx, person, {"name": name}, seen=seen, actor=ADA)

    assert two_at_once(world.database, edit("First Writer"), edit("Second Writer")) == [None, ConflictError]
    assert read(world, person).name == "First Writer"


def test_two_own_fields_at_once_are_both_kept(world: World) -> None:
    (person,) = world.people(1)
    with world.database.transaction() as tx:
        create_field(tx, "Pan", "text", actor=ADA)
        create_field(tx, "Lid", "text", actor=ADA)
    raised = two_at_once(
        world.database,
        lambda tx: set_values(tx, person, {"pan": "one"}, actor=ADA),
        lambda tx: set_values(tx, person, {"lid": "two"}, actor=BEN),
    )
    assert raised == [None, None]
    assert read(world, person).fields == {"pan": "one", "lid": "two"}


def test_one_tag_put_on_by_two_at_once_is_there_once(world: World) -> None:
    (person,) = world.people(1)

    def tag(tx: Tx) -> None:
        add_tag(tx, person, "ink", actor=ADA)

    assert two_at_once(world.database, tag, tag) == [None, None]


def test_one_tag_put_on_a_selection_and_on_one_of_them_at_once_is_there_once(world: World) -> None:
    people = world.people(3)

    def tag_many(tx: Tx) -> None:
        do_now(tx, "tag", people, Order(value="ink", brand_id=1, user_id=None), actor=BEN)

    assert two_at_once(world.database, lambda tx: add_tag(tx, people[1], "ink", actor=ADA), tag_many) == [None, None]
    assert two_at_once(world.database, tag_many, tag_many) == [None, None]
    with world.database.reading() as tx:
        assert sorted(tx.session.scalars(select(ContactTag.contact_id))) == people
        summaries = select(TimelineEntry.contact_id).where(TimelineEntry.kind == "tag")
        assert sorted(tx.session.scalars(summaries)) == people
