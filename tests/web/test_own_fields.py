"""Own fields wherever people are: on the person, in forms, in filters, and taken back."""

import re

import pytest

from crm.field_values import set_values
from crm.fields import create_field, retire_field
from crm.models import Contact
from tests.web.cast import Cast
from tests.web.conftest import Person, sign_in
from web.wiring import House

NAME = re.compile(r'<a class="name clip"[^>]*>([^<]+)</a>')
FIELDS = (
    ("Pan size", "number", ()), ("Hob", "choice", ("gas", "induction")), ("Fee", "money", ()),
    ("First met", "date", ()), ("Agency", "text", ()), ("Kit list", "url", ()), ("Vegan", "yes_no", ()),
)  # fmt: skip


@pytest.fixture
def own(cast: Cast, house: House) -> dict[str, int]:
    """Seven fields, one of each kind, by key."""
    with house.database.transaction() as tx:
        made = [create_field(tx, label, kind, choices=choices, actor="system") for label, kind, choices in FIELDS]
        return {field.key: field.id for field in made}


def test_a_value_is_filled_changed_and_taken_back(ada: Person, own: dict[str, int], house: House) -> None:
    page = ada.get("/contacts/1")
    assert "Fill in" in page
    ada.post("/contacts/1/fields", **{"own.pan_size": "26,5", "own.vegan": "yes", "own.first_met": "2026-03-04"})
    page = ada.get("/contacts/1")
    undo = re.search(r'action="(/changes/\d+/undo)"', page)
    assert undo
    assert ">26.5</span>" in page
    assert '<time datetime="2026-03-04">4 Mar 2026</time>' in page
    assert "Pan size: 26.5" in page
    ada.post(undo[1])
    with house.database.reading() as tx:
        assert tx.session.get_one(Contact, 1).fields == {}
    assert "Pan size emptied" in ada.get("/contacts/1")


def test_taking_back_leaves_what_somebody_changed_since(ada: Person, own: dict[str, int], house: House) -> None:
    ada.post("/contacts/1/fields", **{"own.hob": "gas", "own.agency": "Hawk"})
    first = re.search(r'action="(/changes/\d+/undo)"', ada.get("/contacts/1"))
    assert first
    ada.post("/contacts/1/fields", **{"own.hob": "induction"})
    ada.post(first[1])
    with house.database.reading() as tx:
        assert tx.session.get_one(Contact, 1).fields == {"hob": "induction"}


def test_what_a_field_cannot_be_is_said_and_stays_in_the_form(ada: Person, own: dict[str, int]) -> None:
    page = ada.post("/contacts/1/fields", status=422, **{"own.fee": "a lot", "own.agency": "Hawk"})
    assert "Fee is an amount with its currency" in page
    assert 'value="a lot"' in page
    assert 'value="Hawk"' in page
    ada.post("/contacts/1/fields", status=404, **{"own.nothing": "x"})


def test_who_is_slower_is_told(ada: Person, own: dict[str, int], house: House) -> None:
    ada.post("/contacts/1/fields", **{"own.agency": "Hawk", "seen.agency": ""})
    page = ada.post("/contacts/1/fields", status=409, **{"own.agency": "Wren", "seen.agency": ""})
    assert "Somebody changed this person meanwhile" in page
    assert 'value="Wren"' in page
    with house.database.reading() as tx:
        assert tx.session.get_one(Contact, 1).fields == {"agency": "Hawk"}


def test_a_new_person_has_them_at_once(ada: Person, own: dict[str, int], house: House) -> None:
    assert "Kit list" in ada.get("/contacts/new")
    fields = {"name": "Wanda Pell", "email": "wanda@pell.example", "own.kit_list": "pans", "own.vegan": "no"}
    page = ada.post("/contacts", status=422, **fields)
    assert "Kit list is a web address" in page
    assert 'value="wanda@pell.example"' in page
    place = ada.post("/contacts", **{**fields, "own.kit_list": "https://pell.example/kit"})
    page = ada.get(place)
    assert 'href="https://pell.example/kit"' in page
    assert "Vegan: no" in page


def test_who_may_not_edit_sees_them_only(app: object, house: House, cast: Cast, own: dict[str, int]) -> None:
    yuki = sign_in(app, house, "yuki@brackenware.example")  # type: ignore[arg-type]
    assert "Fill in" not in yuki.get("/contacts/1")
    yuki.post("/contacts/1/fields", status=403, **{"own.agency": "Hawk"})


def test_a_retired_field_keeps_its_values_and_is_offered_no_more(
    ada: Person, own: dict[str, int], house: House
) -> None:
    ada.post("/contacts/1/fields", **{"own.agency": "Hawk"})
    with house.database.transaction() as tx:
        retire_field(tx, own["agency"], actor="system")
    page = ada.get("/contacts/1")
    assert "Hawk" in page
    assert 'name="own.agency"' not in page
    ada.post("/contacts/1/fields", status=422, **{"own.agency": "Wren"})


def test_questions_do_not_grow_with_fields(ada: Person, own: dict[str, int], queries: list[str]) -> None:
    for path in ("/contacts/1", "/contacts/1/edit", "/contacts/new", "/contacts?field.pan_size=20..&field.hob=gas"):
        queries.clear()
        ada.get(path)
        assert len(queries) <= 15, (path, len(queries), queries)


def test_a_pitch_names_them(ada: Person, cast: Cast, own: dict[str, int], house: House) -> None:
    page = ada.get("/sequences/1")
    assert "{{ contact.custom.pan_size }}" in page
    assert "{{ contact.custom.first_met | date }}" in page
    key = re.search(r'action="/sequences/1/steps/([^/"]+)/text"', page)
    assert key
    body = "Hi {{ contact.first_name }}, still the {{ contact.custom.pan_size }} cm pan, the {{ contact.custom.hobb }}?"
    ada.post(f"/sequences/1/steps/{key[1]}/text", body=body, subject="Hello", variant="a")
    niamh, efua = cast.contacts["Niamh Kerrisk"], cast.contacts["Efua Mintah-Boyle"]
    with house.database.transaction() as tx:
        set_values(tx, niamh, {"pan_size": "26"}, actor="system")
    shown = ada.get(f"/sequences/1/steps/1?preview={niamh}")
    assert "There is no field named hobb" in shown
    assert "still the 26 cm pan" in re.sub(r"<[^>]+>", "", shown)
    lacking = ada.get(f"/sequences/1/steps/1?preview={efua}")
    assert '<span class="merge missing">pan size</span>' in lacking


def test_the_composer_offers_what_is_known(ada: Person, own: dict[str, int]) -> None:
    ada.post("/contacts/1/fields", **{"own.agency": "Hawk and Heron"})
    assert "contact.custom.agency" in ada.get("/inbox/1")


def test_the_outreach_report_is_split_by_one(ada: Person, own: dict[str, int], queries: list[str]) -> None:
    queries.clear()
    page = ada.get("/reports/outreach?by=hob&from=2020-01-01")
    assert len(queries) <= 15
    assert "Reply rate by Hob" in page
    assert '<option value="hob" selected>Hob</option>' in page
    assert "pan_size" not in page, "too many values to split by"
    assert "Reply rate by Hob" in ada.get("/reports/outreach.csv?by=hob")
    assert "Reply rate by Hob" not in ada.get("/reports/outreach?by=nothing")
    assert 'name="by"' not in ada.get("/reports/feedback")


def test_a_template_lists_them_and_says_which_nobody_knows(ada: Person, own: dict[str, int]) -> None:
    page = ada.get("/templates/new")
    assert "{{ contact.custom.agency }}" in page
    text = {"kind": "template", "name": "Agency", "subject": "Hi", "body": "Hi {{ contact.custom.agenci }}"}
    page = ada.get(ada.post("/templates", **text))
    assert "There is no field named agenci" in page
