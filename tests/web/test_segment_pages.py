"""Segments on the pages: the address, the form without script, chips, what cannot be read, saved views."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from crm.contacts import create_contact
from crm.field_values import set_values
from crm.fields import create_field
from tests.web.cast import Cast
from tests.web.conftest import Person
from web.wiring import House

NAME = re.compile(r'<a class="name clip"[^>]*>([^<]+)</a>')


def _found(ada: Person, query: str) -> set[str]:
    return {name.split()[0] for name in NAME.findall(ada.get(f"/contacts?{query}"))}


@pytest.mark.parametrize(("where", "names"), [
    ("stage:Shortlisted or country:GH", {"Niamh", "Efua", "Dorte", "Kwesi"}),
    ("not platform:youtube", {"Layan", "Sofía", "Efua"}),
    ("stage:Shortlisted and not (language:da or platform:instagram)", {"Niamh"}),
    ("turn:you and (country:JO or country:UY) and not size:200k..", {"Layan"}),
    ("sequence:any and platform:youtube", {"Niamh", "Dorte"}),
    ("not contacted:..30 and not contacted:never", {"Hanne"}),
    ("contacted:never", {"Niamh", "Efua", "Dorte"}),
    ('topic:"tre retter"', {"Dorte"}),
    ("(((((((((tag:one-pan)))))))))", set()),
    ("colour:red", set()),
])  # fmt: skip
def test_who_is_found(ada: Person, where: str, names: set[str]) -> None:
    assert _found(ada, f"where={where.replace(' ', '+')}") == names


def test_plain_filters_and_a_segment_both_hold(ada: Person) -> None:
    assert _found(ada, "stage=Shortlisted&where=not+language:en") == {"Dorte"}


def test_each_part_is_a_chip_that_leaves_the_others(ada: Person) -> None:
    page = unescape(ada.get("/contacts?tag=one-pan&where=stage:Talking+and+not+country:JO+and+(turn:you+or+fit:90..)"))
    assert 'Not: Country <b dir="auto">Jordan</b>' in page
    assert "Turn yours or Fit over 90" in page
    assert 'href="/contacts?tag=one-pan&where=stage%3ATalking+and+%28turn%3Ayou+or+fit%3A90..%29"' in page


def test_what_cannot_be_read_shows_nobody_and_says_why(ada: Person) -> None:
    page = ada.get("/contacts?where=(tag:one-pan")
    assert "A bracket in this segment is never closed" in page
    assert NAME.findall(page) == []
    assert "changed as text" in ada.get("/contacts?where=(tag:one-pan&build=1")


@pytest.mark.parametrize("where", ["size:20k..abc", "size:abc..500k", "not er:3..x", "tag:one-pan or posted:..soon"])
def test_half_a_range_in_a_segment_shows_nobody_and_says_why(ada: Person, where: str) -> None:
    page = ada.get(f"/contacts?where={where.replace(' ', '+')}")
    assert "is no range I can read. Write it like 20k..500k." in page
    assert NAME.findall(page) == []


def _form(page: str) -> dict[str, str]:
    """Return the form's fields as a browser would send them."""
    part = page[page.index('class="builder"') : page.index("Write it as text")]
    fields: dict[str, str] = {}
    for name, body in re.findall(r'<select[^>]*name="(s\.[^"]+)"[^>]*>(.*?)</select>', part, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected>', body) or re.search(r'<option value="([^"]*)"', body)
        fields[name] = chosen[1] if chosen else ""
    for tag in re.findall(r"<input[^>]*>", part):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and ("checkbox" not in tag or " checked" in tag):
            fields[name[1]] = unescape(value[1])
    return fields


def _send(ada: Person, fields: dict[str, str]) -> str:
    answer = ada.client.get("/contacts", query_string=fields)
    assert answer.status_code == 302
    return str(answer.location)


def test_the_form_builds_a_segment_without_script(ada: Person) -> None:
    fields = _form(ada.get("/contacts?tag=one-pan&build=1"))
    place = _send(ada, {**fields, "s.1.1.name": "stage", "s.1.1.value": "Talking, Pitched", "build": "1"})
    assert parse_qs(urlsplit(place).query)["where"] == ['stage:"Talking, Pitched"']
    fields = _form(ada.get(place))
    assert fields["s.1.1.value"] == "Talking, Pitched"
    fields |= {
        "s.1.2.name": "country",
        "s.1.2.value": "JO",
        "s.1.2.not": "1",
        "s.2.1.name": "turn",
        "s.2.1.value": "you",
    }
    place = _send(ada, {**fields, "s.join": "any"})
    query = parse_qs(urlsplit(place).query)
    assert query == {"tag": ["one-pan"], "where": ['stage:"Talking, Pitched" and not country:JO or turn:you']}
    again = _form(ada.get(place + "&build=1"))
    assert _send(ada, again).partition("where=")[2] == place.partition("where=")[2]


def test_an_emptied_form_asks_for_everyone(ada: Person) -> None:
    assert _send(ada, {"s.1.1.name": "tag", "s.1.1.value": "", "where": "tag:x", "view": "1"}) == "/contacts"


def test_a_segment_is_kept_as_a_view_and_counted(ada: Person) -> None:
    assert 'hx-get="/views' not in ada.get("/contacts")
    ada.post("/views", name="Not yet", query="where=not+stage:Talking&tag=one-pan&build=1")
    assert _found(ada, "view=1") == _found(ada, "where=not+stage:Talking")
    page = ada.get("/contacts?view=1")
    assert "Keep the changed filters" not in page
    assert 'hx-get="/views?home=%2Fcontacts&amp;view=1&amp;all="' in page
    tabs = ada.get("/views?home=/contacts&view=1", part=True)
    assert "<html" not in tabs
    assert 'aria-current="page"><span dir="auto">Not yet</span> <span class="num faint t12">7</span>' in tabs
    assert "hx-get" not in tabs
    assert "7 people" in ada.get("/views")
    ada.post("/views", status=422, name="Long", query="q=" + "x" * 6_100)


def test_counting_stops_at_a_bound_and_asks_once(ada: Person, house: House, queries: list[str]) -> None:
    for number in range(15):
        ada.post("/views", name=f"View {number:02}", query=f"where=not+stage:Talking&size=..{number + 1}m")
    queries.clear()
    page = ada.get("/views")
    assert len(queries) <= 8
    assert page.count("people</span>") == 12


def test_own_fields_are_filters(ada: Person, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        create_field(tx, "Pan size", "number", actor="system")
        create_field(tx, "Hob", "choice", choices=("gas", "induction"), actor="system")
        for name, size, hob in (("Imani Oduya", "26", "gas"), ("Tomek Wilczak", "32", "induction")):
            set_values(tx, cast.contacts[name], {"pan_size": size, "hob": hob}, actor="system")
    assert _found(ada, "field.pan_size=..28") == {"Imani"}
    assert _found(ada, "field.pan_size_from=30&field.pan_size_to=") == {"Tomek"}
    assert _found(ada, "field.hob=gas&field.hob=induction") == {"Imani", "Tomek"}
    assert _found(ada, "where=field.hob:any+and+not+field.pan_size:30..") == {"Imani"}
    for half in ("20..x", "x..30", "20..30..40", "..x"):
        assert _found(ada, f"field.pan_size={half}") == set()
    page = ada.get("/contacts?field.pan_size=20..30&where=not+field.hob:induction")
    assert 'Pan size <b dir="auto">20 to 30</b>' in page
    assert 'Not: Hob <b dir="auto">induction</b>' in page
    assert 'name="field.pan_size_from" value="20"' in page
    ada.post("/views", name="Pans", query="field.pan_size=20..30")
    assert _found(ada, "view=1") == {"Imani"}


@pytest.mark.parametrize("path", [
    "/contacts?where=field.pan_size:1..+or+not+(stage:Talking+and+fit:1..)&build=1&field.pan_size=1..",
    "/pipeline?where=not+(stage:Talking+and+fit:1..)&build=1",
])  # fmt: skip
def test_questions_stay_bounded(ada: Person, house: House, queries: list[str], path: str) -> None:
    with house.database.transaction() as tx:
        create_field(tx, "Pan size", "number", actor="system")
        for number in range(30):
            row = create_contact(tx, name=f"Zed {number}", actor="system")
            set_values(tx, row.id, {"pan_size": "3"}, actor="system")
    queries.clear()
    ada.get(path)
    assert len(queries) <= 15, queries


def test_tags_are_suggested(ada: Person, cast: Cast) -> None:
    ada.post("/contacts/1/tags", tag="Slow <cooking>")
    part = ada.get("/tags", part=True)
    assert '<option value="one-pan"></option><option value="Slow &lt;cooking&gt;"></option>' in part
    assert "10 people" in ada.get("/tags")
    for path in ("/contacts", "/contacts/1", "/contacts/selection?id=1&act=tag"):
        assert 'list="tags-known"' in ada.get(path)


def test_the_thumb_bar_marks_the_pipeline(ada: Person) -> None:
    bar = ada.get("/pipeline").partition('class="tabbar"')[2].partition("</nav>")[0]
    assert re.findall(r'href="([^"]+)"[^>]*aria-current="page"', bar) == ["/pipeline"]
