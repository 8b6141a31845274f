"""What the pages say, how many questions they ask of the database, and that looking changes nothing."""

import re
from pathlib import Path

import pytest
from flask import Flask

from crm import contacts, users
from tests.conftest import dump_sqlite
from tests.web.cast import Cast
from tests.web.conftest import Person, sign_in
from web.app import create_app
from web.demo.story import Story
from web.wiring import House

PATHS = (
    "/today", "/inbox", "/inbox?turn=you&kind=question&mailbox=1", "/inbox?turn=snoozed", "/inbox/1", "/review",
    "/review/1", "/contacts", "/contacts?q=ima&size=20k..500k&sort=-size", "/contacts/new", "/contacts/1",
    "/contacts/1-x?show=notes",
    "/sequences", "/sequences/1", "/sequences/1-x?state=active", "/search", "/search?q=ima", "/settings/you",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_at_most_fifteen_questions_a_page(ada: Person, queries: list[str], path: str) -> None:
    ada.get(path)
    assert 0 < len(queries) <= 15, len(queries)


@pytest.mark.parametrize("path", PATHS)
def test_the_number_of_questions_does_not_grow_with_the_rows(
    ada: Person, cast: Cast, house: House, queries: list[str], path: str
) -> None:
    ada.get(path)
    before = len(queries)
    with house.database.transaction() as tx:
        for number in range(30):
            contacts.create_contact(tx, name=f"Person {number}", emails=[f"p{number}@many.example"], actor="system")
    queries.clear()
    ada.get(path)
    assert len(queries) <= before


def test_looking_writes_nothing(ada: Person, house: House) -> None:
    path = Path(house.settings.home) / "rapport.sqlite3"
    before = dump_sqlite(path)
    for page in PATHS:
        ada.get(page)
        ada.get(page, part=True)
    assert dump_sqlite(path) == before


def test_today_says_it_in_a_sentence(ada: Person) -> None:
    page = ada.get("/today")
    assert "6 people are waiting on you" in page
    assert "Review 3 pitches" in page
    assert "Ship Lid No. 2 to Kwesi" in page
    assert "caravan hob" in page
    assert "Hanne Vosk" in page
    assert "Monday 23 November, 10:00" in page


def test_today_s_live_part_comes_alone_with_the_counts(ada: Person) -> None:
    part = ada.get("/today", part=True)
    assert part.lstrip().startswith('<div id="today-now"')
    assert 'id="count-inbox" hx-swap-oob="true"' in part
    assert "<html" not in part


def test_the_inbox_puts_the_longest_wait_on_top(ada: Person) -> None:
    names = re.findall(r'class="from clip" dir="auto">([^<]+)<', ada.get("/inbox"))
    assert names == ["Hanne Vosk", "Imani Oduya", "Tomek Wilczak", "Layan Qasimi", "Sofía Arrieta", "Callum Strachan",
                     "Kwesi Danquah-Mills"]  # fmt: skip


@pytest.mark.parametrize(("query", "names"), [
    ("turn=them", {"Kwesi Danquah-Mills"}),
    ("kind=counter_offer", {"Tomek Wilczak"}),
    ("turn=you&kind=interested", {"Sofía Arrieta"}),
    ("mailbox=99", set()),
    ("turn=nonsense", set()),
])  # fmt: skip
def test_the_inbox_filters(ada: Person, query: str, names: set[str]) -> None:
    assert set(re.findall(r'class="from clip" dir="auto">([^<]+)<', ada.get(f"/inbox?{query}"))) == names


def test_a_conversation_shows_plain_words_only(ada: Person, cast: Cast) -> None:
    page = ada.get(f"/inbox/{cast.threads['Imani Oduya']}")
    assert "the handle gets properly hot" in page
    assert "alert(1)" not in page
    assert "Show 14 earlier messages" in page
    assert "guessed from" in page
    assert "04:00 in Toronto" in page


def test_names_and_words_of_strangers_are_never_markup(ada: Person, house: House) -> None:
    with house.database.transaction() as tx:
        contact = contacts.create_contact(
            tx, name="<b>Eve</b>", emails=["eve@x.example"], actor="contact", topic='"><img src=x>'
        )
    for path in (f"/contacts/{contact.id}", "/contacts?sort=-added", "/search?q=x.example"):
        page = ada.get(path)
        assert "&lt;b&gt;Eve" in page
        assert "<b>Eve" not in page
        assert "<img src=x" not in page


def test_a_person_s_page_tells_the_whole_story(ada: Person, cast: Cast) -> None:
    page = ada.get(f"/contacts/{cast.contacts['Imani Oduya']}-imani-oduya")
    for words in ("Waiting on you", "for 16 hours", "portable induction plate", "by <bdi>Yuki Lindholm</bdi>", "Active",
                  "Answered after 2 days", "€1,800", "184k", "7.1%", "Yes, replied"):  # fmt: skip
        assert words in page, words


@pytest.mark.parametrize(("show", "seen", "hidden"), [
    ("messages", "price card", "portable induction plate"),
    ("notes", "portable induction plate", "sponsor line out loud"),
    ("feedback", "Nothing of this kind yet", "portable induction plate"),
])  # fmt: skip
def test_the_timeline_filters(ada: Person, cast: Cast, show: str, seen: str, hidden: str) -> None:
    page = ada.get(f"/contacts/{cast.contacts['Imani Oduya']}?show={show}")
    assert seen in page
    assert hidden not in page


def test_a_sequence_shows_its_steps_numbers_and_people(ada: Person, cast: Cast) -> None:
    page = ada.get(f"/sequences/{cast.sequence}")
    for words in (
        "First touch",
        "Gentle nudge",
        "4 working days, if no reply",
        "3 waiting",
    ):
        assert words in page, words
    assert "Niamh Kerrisk" in ada.get(f"/sequences/{cast.sequence}/people")
    assert "Nobody here" in ada.get(f"/sequences/{cast.sequence}/people?state=stopped")


@pytest.mark.parametrize("path", ["/inbox/999", "/contacts/999", "/sequences/999", "/nothing"])
def test_what_is_not_there_is_a_404_with_a_sentence(ada: Person, path: str) -> None:
    assert "There is n" in ada.get(path, status=404)


@pytest.mark.parametrize("path", ["/today", "/inbox", "/contacts", "/review", "/sequences"])
def test_an_empty_house_teaches(app: Flask, house: House, path: str) -> None:
    with house.database.transaction() as tx:
        users.add_user(tx, "ada@brackenware.example", role="admin")
    page = sign_in(app, house, "ada@brackenware.example").get(path)
    assert "yet" in page or "Nothing waits" in page


def test_the_demo_s_bar_is_only_in_a_demo(ada: Person, house: House, cast: Cast) -> None:
    class Demo:
        skipped = 0

        def now(self) -> object:
            return house.clock.now()

        def skip(self) -> None:
            # The real one lets the engine write, which on SQLite waits for whoever writes: not for this request.
            with house.database.transaction() as tx:
                users.add_user(tx, f"{self.skipped}@brackenware.example", role="brand")
            self.skipped += 1

        def story(self) -> Story:
            return Story(stage="pitch", name="Dorte", place="/review")

    demo = Demo()
    visitor = sign_in(create_app(house, demo=demo), house, "ada@brackenware.example")
    page = visitor.get("/contacts")
    assert "Nothing leaves this machine" in page
    assert "Send your first pitch." in page
    assert visitor.post("/demo/skip", back="/contacts") == "/contacts"
    assert demo.skipped == 1
    assert "Nothing leaves this machine" not in ada.get("/contacts")
    assert ada.client.post("/demo/skip").status_code in {403, 404}
