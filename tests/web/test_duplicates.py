"""Known twice: pairs with their evidence, comparing, merging and its way back, as pages."""

import json

import pytest
from sqlalchemy import select

from crm.contacts import create_contact, list_addresses
from crm.models import Change, Contact, ContactMerge, ContactPair, Feedback, Handle, Thread, TimelineEntry
from crm.suppressions import suppress
from sequences.models import Enrolment
from tests.web.cast import Cast
from tests.web.conftest import Person
from tests.web.test_sending_commands import run
from web.wiring import House

MOST_QUERIES = 15


@pytest.fixture
def twin(house: House, cast: Cast) -> int:
    """Imani Oduya again, from somewhere else, at the same domain."""
    with house.database.transaction() as tx:
        other = create_contact(
            tx, name="Oduya, Imani", emails=["imani+films@smallkitchen.example"], actor="user:1", city="Toronto",
            topic="Films",
        )  # fmt: skip
        return other.id


def test_a_pair_is_shown_with_what_speaks_for_it(ada: Person, cast: Cast, twin: int, queries: list[str]) -> None:
    queries.clear()
    page = ada.get("/contacts/duplicates")
    assert len(queries) <= MOST_QUERIES
    assert "Mail to imani@smallkitchen.example and to imani+films@smallkitchen.example arrives in one mailbox." in page
    assert "The same name: Imani Oduya." in page
    assert "1 pair may be one person." in page
    assert "Perhaps the same person as" in ada.get(f"/contacts/{twin}")
    assert f"/contacts/{cast.contacts['Imani Oduya']}/merge?with={twin}" in page


def test_two_people_is_remembered_and_taken_back(ada: Person, house: House, cast: Cast, twin: int) -> None:
    imani = cast.contacts["Imani Oduya"]
    ada.post(f"/contacts/pairs/{imani}-{twin}/parting")
    assert "Nobody seems to be known twice" in ada.get("/contacts/duplicates")
    ada.post(f"/contacts/{twin}/facts", name="Imani Oduya", seen=_seen(ada, twin))
    with house.database.reading() as tx:
        assert tx.session.get_one(ContactPair, (imani, twin)).state == "apart"
    with house.database.reading() as tx:
        change = max(tx.session.scalars(select(TimelineEntry.id)))
        assert change
    page = ada.get("/settings/data/changes")
    assert "Two people: Imani Oduya and Oduya, Imani" in page


def test_side_by_side_merged_and_back(ada: Person, house: House, cast: Cast, twin: int, queries: list[str]) -> None:
    imani = cast.contacts["Imani Oduya"]
    queries.clear()
    page = ada.get(f"/contacts/{twin}/merge?with={imani}")
    assert len(queries) <= MOST_QUERIES + 12
    assert "becomes part of" in page
    assert 'name="topic" value="absorbed"' in page
    assert "Country: <bdi>CA</bdi>" in page
    place = ada.post(f"/contacts/{twin}/merger", **{"with": imani, "name": "absorbed", "topic": "survivor",
                                                    "address": "imani@smallkitchen.example"})  # fmt: skip
    assert place == f"/contacts/{twin}-imani-oduya"
    with house.database.reading() as tx:
        one = tx.session.get_one(Contact, twin)
        assert (one.name, one.topic, one.country, one.city) == ("Imani Oduya", "Films", "CA", "Toronto")
        assert [row.email for row in list_addresses(tx, twin)] == [
            "imani@smallkitchen.example", "imani+films@smallkitchen.example",
        ]  # fmt: skip
        for model in (Thread, Handle):
            assert set(tx.session.scalars(select(model.contact_id).where(model.contact_id.in_((imani, twin))))) == {
                twin
            }
    assert ada.client.get(f"/contacts/{imani}").location == f"/contacts/{twin}"
    merged = ada.get(f"/contacts/{twin}")
    assert "Two contacts were merged here" in merged
    with house.database.reading() as tx:
        change = tx.session.scalars(select(ContactMerge.change_id)).one()
    assert "was merged into" in ada.get(f"/contacts/merges/{change}")
    ada.post(f"/changes/{change}/undo", back=f"/contacts/merges/{change}")
    assert "Draft 2 is up" in ada.get(f"/contacts/{imani}")
    page = ada.get(f"/contacts/merges/{change}")
    assert "Taken back" in page
    assert ada.get("/contacts/duplicates").count("Compare and merge") == 1


def test_who_may_not_be_contacted_takes_the_other_along(ada: Person, house: House, cast: Cast) -> None:
    niamh, efua = cast.contacts["Niamh Kerrisk"], cast.contacts["Efua Mintah-Boyle"]
    with house.database.transaction() as tx:
        suppress(tx, "efua@efuaeats.example", reason="opt_out", source="a mail", actor="contact")
    page = ada.get(f"/contacts/{niamh}/merge?with={efua}")
    assert "one of the two runs ends there" in page
    assert "It will hold for every address of both" in page
    ada.post(f"/contacts/{niamh}/merger", **{"with": efua})
    with house.database.reading() as tx:
        runs = tx.session.scalars(select(Enrolment).where(Enrolment.contact_id == niamh)).all()
        assert {run.state for run in runs} == {"stopped"}
        assert len(runs) == 2
    assert "merged with efua@efuaeats.example" in ada.get(f"/contacts/{niamh}")


def test_whom_with_is_asked(ada: Person, cast: Cast) -> None:
    page = ada.get(f"/contacts/{cast.contacts['Imani Oduya']}/merge?q=tomek")
    assert "Tomek Wilczak" in page
    assert f"merge?with={cast.contacts['Tomek Wilczak']}" in page


def test_looking_through_everybody_is_long_work(ada: Person, house: House) -> None:
    place = ada.post("/contacts/duplicates/search")
    assert place.startswith("/jobs/")
    assert "Looking for people known twice" in ada.get(place)


def test_one_and_the_same_is_refused(ada: Person, cast: Cast) -> None:
    assert "This is one contact already." in ada.get("/contacts/1/merge?with=1", status=422)


def test_feedback_stays_with_who_said_it(ada: Person, house: House, cast: Cast) -> None:
    kwesi, hanne = cast.contacts["Kwesi Danquah-Mills"], cast.contacts["Hanne Vosk"]
    ada.post(f"/contacts/{hanne}/merger", **{"with": kwesi})
    with house.database.reading() as tx:
        assert set(tx.session.scalars(select(Feedback.contact_id))) == {hanne}


def _seen(ada: Person, contact_id: int) -> str:
    return ada.get(f"/contacts/{contact_id}/edit").split('name="seen" value="')[1].split('"')[0]


def test_commands_merge_and_unmerge(house: House, cast: Cast, twin: int) -> None:
    imani = cast.contacts["Imani Oduya"]
    found = json.loads(run(house, "contacts", "duplicates", "--look", "--json").stdout)
    assert found["total"] == 1
    assert (found["pairs"][0]["contacts"], found["pairs"][0]["evidence"][0][0]) == ([imani, twin], "mail")
    words = ("contacts", "merge", "imani@smallkitchen.example", str(twin), "--keep", "topic=absorbed", "--json")
    merged = json.loads(run(house, *words).stdout)
    assert (merged["survivor"], merged["absorbed"], merged["runs_stopped"]) == (imani, twin, 0)
    with house.database.reading() as tx:
        assert tx.session.get_one(Contact, imani).topic == "Films"
    back = json.loads(run(house, "contacts", "unmerge", str(merged["merge"]), "--json").stdout)
    assert (back["survivor"], back["absorbed"], back["changed"]) == (imani, twin, {})
    assert not any(back["since"]["stayed"].values())
    assert run(house, "contacts", "unmerge", str(merged["merge"])).exit_code
    assert run(house, "contacts", "merge", "imani@smallkitchen.example", "1", "--keep", "topic=both").exit_code


def test_people_added_by_command_can_be_taken_back(ada: Person, house: House, cast: Cast) -> None:
    result = run(house, "enrolments", "add", "Everyday Carbon, first touch", "--email", "callum@weekitchen.example",
                 "--override", "asked for it", "--json")  # fmt: skip
    assert json.loads(result.stdout)[0]["verdict"] == "enrolled"
    with house.database.reading() as tx:
        change = tx.session.scalars(select(Change.id).where(Change.kind == "sequence_added")).one()
    ada.post(f"/changes/{change}/undo")
    with house.database.reading() as tx:
        runs = select(Enrolment).where(Enrolment.contact_id == cast.contacts["Callum Strachan"])
        assert tx.session.scalars(runs).all() == []
