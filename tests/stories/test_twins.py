"""Who may be known twice is found when somebody is added or changed, never by a name alone, and "two people" holds."""

from pathlib import Path

from sqlalchemy import delete, select

from crm import person_edits
from crm.addresses import add_by_hand
from crm.contacts import create_contact, get_contact
from crm.handles import Account, add_handle
from crm.models import Contact, ContactKey, ContactPair
from crm.twin_list import count_twins, keep_apart, list_twins, read_twin, start_look, twin_columns
from crm.twins import MOST_SHARING, refresh_twins
from kit.tx import Database
from sequences.jobs.runner import run_jobs
from tests.stories.world import World
from tests.unit.crm.importing import bring, write

ADA = "user:1"


def person(database: Database, name: str, *emails: str, **facts: str) -> int:
    with database.transaction() as tx:
        return create_contact(tx, name=name, emails=emails, actor=ADA, **facts).id


def pairs(database: Database) -> dict[tuple[int, int], list[str]]:
    with database.reading() as tx:
        found = tx.session.scalars(select(ContactPair).where(ContactPair.state == "open"))
        return {(row.low_id, row.high_id): [line[0] for line in row.evidence] for row in found}


def test_found_when_somebody_is_added(database: Database) -> None:
    one = person(database, "Imani Oduya", "imani@gmail.com")
    other = person(database, "I. Oduya", "i.mani+work@googlemail.com")
    person(database, "Somebody Else", "else@gmail.com")
    assert pairs(database) == {(one, other): ["mail"]}
    with database.reading() as tx:
        twin, merge_id = read_twin(tx.session.execute(select(*twin_columns(other))).one())
        assert twin == (one, "Imani Oduya", [["mail", "imani@gmail.com", "i.mani+work@googlemail.com"]])
        assert merge_id is None


def test_found_and_gone_when_somebody_is_changed(database: Database) -> None:
    one, other = person(database, "Imani Oduya", city="Leeds", country="GB"), person(database, "Nobody Yet")
    with database.transaction() as tx:
        seen = person_edits.mark_of(get_contact(tx, other))
        facts = {"name": "Oduya Imani", "city": "Leeds", "country": "gb"}
        person_edits.edit_facts(tx, other, facts, seen=seen, actor=ADA)
    assert pairs(database) == {(one, other): ["name", "city"]}
    with database.transaction() as tx:
        seen = person_edits.mark_of(get_contact(tx, one))
        person_edits.edit_facts(tx, one, {"city": "York"}, seen=seen, actor=ADA)
    assert pairs(database) == {}


def test_accounts_and_addresses_by_hand_count(database: Database) -> None:
    one, other = person(database, "One Person"), person(database, "Other Person")
    with database.transaction() as tx:
        add_handle(tx, one, Account(platform="instagram", username="imani.cooks"), actor=ADA)
        add_handle(
            tx, other, Account(platform="website", username="site", url="https://instagram.com/Imani.Cooks"), actor=ADA
        )
        add_by_hand(tx, one, "one@kettle.example", actor=ADA)
        add_by_hand(tx, other, "one+b@kettle.example", actor=ADA)
    assert pairs(database) == {(one, other): ["mail", "handle"]}


def test_a_name_alone_says_nothing_and_a_common_one_less(database: Database) -> None:
    for number in range(MOST_SHARING + 1):
        person(database, "John Smith", f"john{number}@smith.example")
    assert len(pairs(database)) == MOST_SHARING * (MOST_SHARING - 1) // 2
    with database.transaction() as tx:
        refresh_twins(tx, tx.session.scalars(select(Contact.id)).all())
    # More than eight share the name by now: it belongs to none of them.
    assert pairs(database) == {}


def test_two_people_is_remembered(database: Database) -> None:
    one = person(database, "Imani Oduya", "imani@gmail.com")
    other = person(database, "Imani Oduya", "imani+b@gmail.com")
    with database.transaction() as tx:
        keep_apart(tx, other, one, actor=ADA)
        refresh_twins(tx, [one, other])
        assert count_twins(tx) == 0
    with database.transaction() as tx:
        add_by_hand(tx, other, "imani+c@gmail.com", actor=ADA)
    assert pairs(database) == {}


def test_everybody_is_looked_through_as_long_work(world: World) -> None:
    one = person(world.database, "Imani Oduya", "imani@gmail.com")
    other = person(world.database, "I. Oduya", "imani+b@gmail.com")
    with world.database.transaction() as tx:
        # As after an upgrade: nobody has keys.
        tx.session.execute(delete(ContactKey))
        tx.session.execute(delete(ContactPair))
    with world.database.transaction() as tx:
        assert list_twins(tx).unseen
        assert start_look(tx, actor=ADA).id == start_look(tx, actor=ADA).id
    run_jobs(world.engine)
    assert pairs(world.database) == {(one, other): ["mail"]}
    with world.database.reading() as tx:
        assert not list_twins(tx).unseen


def test_a_file_proposes_whom_it_knows_under_another_address(database: Database, tmp_path: Path) -> None:
    known = person(database, "Imani Oduya", "imani@gmail.com")
    result = bring(database, write(tmp_path, "Name,Email\nImani,i.mani@gmail.com\nTom,tom@marker.example\n"))
    assert result.counts["created"] == 2
    with database.reading() as tx:
        assert count_twins(tx, import_id=result.import_id) == 1
        assert [row.low.id for row in list_twins(tx).rows] == [known]
