"""Countries, languages and zones are read as people write them, and refused under the field when nobody knows them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from crm.models import Contact, Handle
from crm.zones import find_zone, zone_of
from sequences.models import Enrolment
from tests.web.cast import Cast
from tests.web.conftest import Person
from tests.web.test_refused_forms import field_of
from web.wiring import House


def person(house: House, number: int) -> Contact:
    with house.database.reading() as tx:
        return tx.session.get_one(Contact, number)


def add(ada: Person, house: House, **fields: str) -> Contact:
    place = ada.post("/contacts", **{"name": "Ane Holm", "email": "ane@holm.example", **fields})
    found = re.search(r"/contacts/(\d+)", place)
    assert found
    return person(house, int(found[1]))


@pytest.mark.parametrize(
    ("country", "language", "codes"),
    [("Denmark", "Danish", ("DK", "da")), ("dänemark", "DA", ("DK", "da")), ("de", "Deutsch", ("DE", "de"))],
)
def test_names_and_codes_are_read_when_somebody_is_added(
    ada: Person, cast: Cast, house: House, country: str, language: str, codes: tuple[str, str]
) -> None:
    contact = add(ada, house, country=country, language=language, zone="copenhagen")
    assert (contact.country, contact.language, contact.zone) == (*codes, "Europe/Copenhagen")


@pytest.mark.parametrize("name", ["country", "language", "zone"])
def test_what_nobody_knows_is_refused_under_its_field(ada: Person, cast: Cast, house: House, name: str) -> None:
    page = ada.post("/contacts", status=422, name="Ane Holm", email="ane@holm.example", **{name: "Atlantis"})
    assert "Atlantis is no" in field_of(page, name)
    assert 'value="ane@holm.example"' in page
    seen = re.search(r'name="seen" value="(\w+)"', ada.get("/contacts/1/edit"))
    assert seen
    page = ada.post("/contacts/1/facts", status=422, seen=seen[1], city="Skagen", **{name: "Atlantis"})
    assert "Atlantis is no" in field_of(page, name)
    assert 'value="Skagen"' in page
    assert person(house, 1).city != "Skagen"


def test_names_are_read_on_edit_and_what_was_there_stays(ada: Person, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        tx.session.get_one(Contact, 1).zone = "Copenhagen"  # as earlier versions took it
    seen = re.search(r'name="seen" value="(\w+)"', ada.get("/contacts/1/edit"))
    assert seen
    ada.post("/contacts/1/facts", seen=seen[1], country="Denmark", language="danish", zone="Copenhagen")
    contact = person(house, 1)
    assert (contact.country, contact.language, contact.zone) == ("DK", "da", "Copenhagen")


def test_an_account_is_enough_and_a_link_says_its_platform(ada: Person, cast: Cast, house: House) -> None:
    contact = add(ada, house, email="", handle="https://www.youtube.com/@AneHolm")
    with house.database.reading() as tx:
        handle = tx.session.query(Handle).filter_by(contact_id=contact.id).one()
    assert (handle.platform, handle.username) == ("youtube", "aneholm")
    page = ada.post("/contacts", status=422, name="Bo", handle="@bo")
    assert "choose the platform too" in field_of(page, "handle")
    assert "an email address or an account" in field_of(ada.post("/contacts", status=422, name="Bo"), "email")


def test_who_is_there_already_is_a_link_away(ada: Person, cast: Cast, house: House) -> None:
    contact = add(ada, house)
    page = ada.post("/contacts", status=409, name="Ane again", email="ane@holm.example", topic="Pans")
    assert "already belongs" in field_of(page, "email")
    assert f'href="/contacts/{contact.id}">Open their page</a>' in page
    assert 'value="Pans"' in page


def test_a_clock_is_their_own_or_guessed_and_none_where_it_cannot_be_read(
    ada: Person, cast: Cast, house: House
) -> None:
    def look(zone: str | None, country: str | None, city: str = "") -> str:
        with house.database.transaction() as tx:
            contact = tx.session.get_one(Contact, 1)
            contact.zone, contact.country, contact.city = zone, country, city
        return ada.get("/contacts/1")

    assert "in Copenhagen" in look("Europe/Copenhagen", "DE")
    guessed = look(None, "IE", "Galway")
    assert re.search(r"\d\d:\d\d in <bdi>Galway</bdi> \(guessed\)", guessed)
    assert "in <bdi>Ireland</bdi> (guessed)" in look("nonsense", "IE")
    assert "(guessed)" not in look("Copenhagen", None)
    assert "in Copenhagen" not in look("Copenhagen", None), "a zone nobody knows has no clock"


def test_dates_of_a_sequence_are_told_on_both_clocks(ada: Person, cast: Cast, house: House) -> None:
    dorte, place = cast.contacts["Dorte Fjeldgaard"], f"/sequences/{cast.sequence}"
    with house.database.transaction() as tx:
        for run in tx.session.scalars(select(Enrolment)):
            own = run.contact_id == dorte
            run.next_at = datetime(2026, 11, 24, 9, 10, tzinfo=UTC) + timedelta(days=0 if own else 2)
        tx.session.get_one(Contact, dorte).zone = "America/Toronto"
    their = "04:10 in Toronto"
    assert re.search(
        rf"the first from <time.*?>.*?10:10</time> \(<span[^>]*>{their}</span>\)", ada.get(f"{place}/launch")
    )
    people = ada.get(f"{place}/people")
    assert their in people[people.index(f'href="/contacts/{dorte}"') :].split("</tr>")[0]
    preview = ada.get(f"{place}/steps/1?preview={dorte}")
    assert re.search(rf"Next step <time.*?10:10</time>, <span[^>]*>{their}<", preview)
    # A guess says so; who has no clock has no second time.
    with house.database.transaction() as tx:
        tx.session.get_one(Contact, dorte).zone = None
    for path in ("/launch", "/people", f"/steps/1?preview={dorte}"):
        assert "10:10 in <bdi>Denmark</bdi> (guessed)" in ada.get(place + path)
    with house.database.transaction() as tx:
        tx.session.get_one(Contact, dorte).country = None
    assert not re.search(r"the first from <time[^>]*>[^<]*</time> \(", ada.get(f"{place}/launch"))


def test_a_zone_is_found_by_its_name_or_by_its_only_place() -> None:
    assert find_zone("Copenhagen") == find_zone("europe/copenhagen") == "Europe/Copenhagen"
    assert find_zone("new york") == "America/New_York"
    assert find_zone("utc") == "UTC"
    assert find_zone("Louisville") is None, "there are two of that name"
    assert find_zone("") is find_zone("Galway") is None
    assert zone_of("x", "zz") is None
