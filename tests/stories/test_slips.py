"""A filter that cannot be read never means everybody; capital letters of any language are found, on both databases."""

import pytest

from crm.contacts import create_contact
from crm.field_filter import field_condition
from crm.fields import create_field
from crm.models import Contact
from crm.people import PeopleFilter
from crm.people_found import find_people_ids
from kit.errors import InvalidError
from kit.tx import Database
from web.people_query import read_chosen, read_filter_text


@pytest.fixture
def people(database: Database) -> list[int]:
    with database.transaction() as tx:
        create_field(tx, "Town", "text", actor="system")
        create_field(tx, "Fee", "money", actor="system")
        both = [create_contact(tx, name=name, emails=[], actor="system") for name in ("Åsa", "Zoë")]
        both[0].topic, both[0].basis, both[0].fields = (
            "ÉCLAIRS",
            "ÄLTERE Absprache",
            {"town": "MÜNCHEN", "fee": "5 EUR"},
        )
        return [contact.id for contact in both]


@pytest.mark.parametrize("text", [
    "reach=fax", "where=reach:fax", "where=stage:Talking or reach:fax", "field.town=,", "where=field.town:%2C",
    "q=%CC%81", "where=q:%CC%81", "field.fee=%2C EUR",
])  # fmt: skip
def test_what_nobody_can_have_finds_nobody(database: Database, people: list[int], text: str) -> None:
    with database.reading() as tx:
        assert find_people_ids(tx, read_filter_text(text), brand_id=None) == []


@pytest.mark.parametrize("text", [
    "size=abc", "size=20kk..", "contacted=lately", "fit=high", "rate=100 EUR", "tag=,", "q=+", "tag=beauty&size=abc",
    "size=20k..abc", "posted=..soon", "where=size:20k..abc", "where=not size:abc..500k",
])  # fmt: skip
def test_what_asks_for_nothing_is_refused_where_something_is_done(text: str) -> None:
    with pytest.raises(InvalidError, match=r"asks for nothing in particular|no range I can read"):
        read_filter_text(text)


def test_a_segment_that_cannot_be_read_is_refused_where_something_is_done() -> None:
    with pytest.raises(InvalidError):
        read_chosen({"where": "(tag:a"})
    assert read_chosen({}) == PeopleFilter()


@pytest.mark.parametrize("text", [
    "field.town=MÜNCHEN", "field.town=münchen", "topic=Éclairs", "topic=éclairs", "basis=ältere", "basis=ÄLTERE",
    "field.fee=4..6 eur", "field.fee=EUR",
])  # fmt: skip
def test_capitals_of_any_language_are_found(database: Database, people: list[int], text: str) -> None:
    with database.reading() as tx:
        assert find_people_ids(tx, read_filter_text(text), brand_id=None) == people[:1]


def test_a_long_text_is_no_money(database: Database, people: list[int]) -> None:
    with database.reading() as tx:
        assert str(field_condition(tx, "fee", "1" + " " * 200_000 + "!")) == "false"
        found = tx.session.query(Contact.id).where(field_condition(tx, "fee", "5" + " " * 2_000 + "EUR"))
        assert [row.id for row in found] == people[:1]
