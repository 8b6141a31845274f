"""Own fields in files: a column finds or makes its field, cells are checked, all is taken back, and comes out again."""

import csv
import io
import re

from flask import Flask
from sqlalchemy import select

from crm import users
from crm.fields import create_field, known_fields
from crm.models import Contact, User
from tests.web.cast import Cast
from tests.web.conftest import Person, sign_in
from tests.web.test_imports import _send, _work
from web.pages import selection
from web.wiring import House

FILE = (
    "Name;Email;Pan size;Met on;Shoe;Fee;Fans of\n"
    "Sunniva Elgaard;sunniva@elgaard.example;26,5;4.3.2026;42;450 €;cast iron\n"
    "Imani O;imani@smallkitchen.example;huge;2026-03-05;38;USD 1,200;\n"
    "Rashid Bakri;rashid@bakri.example;1.200;nonsense;;;carbon\n"
)


def _fields(house: House, contact: str) -> dict[str, str]:
    with house.database.reading() as tx:
        return dict(tx.session.scalars(select(Contact.fields).where(Contact.name == contact)).one())


def _admin(app: Flask, house: House) -> Person:
    with house.database.transaction() as tx:
        users.add_user(tx, "ida@brackenware.example", role="admin", name="Ida")
    return sign_in(app, house, "ida@brackenware.example")


def test_columns_find_their_fields(ada: Person, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        for label, kind in (("Pan size", "number"), ("Met on", "date"), ("Fee", "money")):
            create_field(tx, label, kind, actor="system")
    place = _send(ada, FILE)
    page = ada.get(place)
    assert '<option value="own:pan_size" selected>Pan size</option>' in page
    assert "1 not recognised, left empty" in page
    assert "new:number" not in page, "only who may set rules makes fields"
    job = ada.post(f"{place}/job", basis="business", c5="own:fee")
    _work(house)
    assert _fields(house, "Sunniva Elgaard") == {"pan_size": "26.5", "met_on": "2026-03-04", "fee": "450.00 EUR"}
    assert _fields(house, "Imani Oduya") == {"met_on": "2026-03-05", "fee": "1200.00 USD"}
    assert "pan_size" in _fields(house, "Rashid Bakri")
    assert "met on" in ada.get(f"/contacts/{cast.contacts['Imani Oduya']}")
    undo = re.search(r'action="(/changes/\d+/undo)"', ada.get(job))
    assert undo
    ada.post(undo[1])
    assert _fields(house, "Imani Oduya") == {}


def test_what_is_known_is_not_overwritten(ada: Person, house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        create_field(tx, "Pan size", "number", actor="system")
        tx.session.get_one(Contact, cast.contacts["Imani Oduya"]).fields = {"pan_size": "30"}
    place = _send(ada, "Name;Email;Pan size\nImani O;imani@smallkitchen.example;26\n")
    ada.post(f"{place}/job", basis="business")
    _work(house)
    assert _fields(house, "Imani Oduya") == {"pan_size": "30"}


def test_a_column_makes_a_field(app: Flask, cast: Cast, house: House) -> None:
    ida = _admin(app, house)
    place = _send(ida, FILE)
    page = ida.get(place)
    assert '<option value="new:number">New field: number (its values look like it)</option>' in page
    ida.post(f"{place}/mapping", c4="new:number", basis="business")
    page = ida.get(place)
    assert '<option value="own:shoe" selected>Shoe</option>' in page
    ida.post(f"{place}/mapping", c6="own:shoe", status=303)
    ida.post(f"{place}/job", basis="business", c4="own:shoe", c6="new:text")
    _work(house)
    with house.database.reading() as tx:
        assert {key: field.kind for key, field in known_fields(tx).items()} == {"shoe": "number", "fans_of": "text"}
    assert _fields(house, "Sunniva Elgaard")["fans_of"] == "cast iron"


def test_who_may_not_make_fields_and_names_nobody_knows(ada: Person, house: House, cast: Cast) -> None:
    place = _send(ada, FILE)
    ada.post(f"{place}/mapping", c4="new:number", status=403)
    assert "There is no own field own:shoe" in ada.post(f"{place}/mapping", c4="own:shoe", status=422)


def test_they_come_out_again(ada: Person, house: House, cast: Cast, monkeypatch: object) -> None:
    with house.database.transaction() as tx:
        create_field(tx, "Pan size", "number", actor="system")
        tx.session.get_one(Contact, cast.contacts["Imani Oduya"]).fields = {"pan_size": "30", "notes": "x"}
    direct = ada.post("/contacts/export.csv", all="1", query="field.pan_size=20..", status=200)
    place = ada.post("/contacts/export", query="where=field.pan_size:20..")
    _work(house)
    for content in (direct, ada.get(f"{place}/result")):
        rows = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))
        assert [(row["name"], row["Pan size"]) for row in rows] == [("Imani Oduya", "30")]


def test_many_people_are_exported_by_a_job(ada: Person, house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        owner = tx.session.scalar(select(User.id).limit(1))
        tx.session.add_all(
            Contact(name=f"Zed {n}", created_at=tx.now, search_text=f"zed {n}", owner_id=owner)
            for n in range(selection.EXPORT_AT_ONCE + 1)
        )
    place = ada.post("/contacts/export.csv", all="1", query="owner=me")
    assert "0 of 2001" in ada.get(place) or "0 of 2,001" in ada.get(place)
