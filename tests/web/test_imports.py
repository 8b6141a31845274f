"""The import page: a file is looked at first, columns are chosen by hand, people come in, and are taken back."""

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from crm.jobs import get_job, list_files
from crm.models import Contact, ContactTag, Job
from sequences.jobs.runner import run_jobs
from sequences.privacy.erasure import erase_contact
from tests.web.cast import Cast
from tests.web.conftest import CSRF, Person, sign_in
from web.wiring import House, make_engine_of

FILE = (
    "creator_name;email;ig_handle;subs;ER%;country;vibe\n"
    "Sunniva Elgaard;sunniva@elgaard.example;@sunniva.elgaard;47.2K;8,2;DK;dry humour\n"
    "Imani O;imani@smallkitchen.example;@rashid.bakri;132,000;5,7;Atlantis;family table\n"
    ";broken;;;;;\n"
)


def _send(person: Person, content: bytes | str, name: str = "november.csv", status: int = 303) -> str:
    token = CSRF.search(person.get("/settings/you"))
    assert token
    raw = content if isinstance(content, bytes) else content.encode()
    data = {"csrf_token": token[1], "file": (io.BytesIO(raw), name)}
    answer = person.client.post("/contacts/import", data=data, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # the client's own copy of a large body
    assert answer.status_code == status, answer.text[:2000]
    return answer.location or answer.text


def _work(house: House) -> None:
    run_jobs(make_engine_of(house))


def test_a_file_is_looked_at_imported_and_taken_back(ada: Person, cast: Cast, house: House) -> None:
    place = _send(ada, FILE)
    page = ada.get(place)
    assert "<strong>3 rows, 7 columns.</strong>" in page
    assert "1 person is new." in page
    assert "1 row needs a look and will be left out." in page
    assert "“47.2K” read as 47,200" in page
    assert "“8,2” read as 8.2 %" in page
    assert "1 not recognised, left empty" in page
    assert "“broken” is no email address" in page
    assert f'href="/contacts/{cast.contacts["Imani Oduya"]}" dir="auto">Imani Oduya' in page
    job_place = ada.post(f"{place}/job", tag="nov list", basis="business", c6="tags")
    assert "0 of 3" in ada.get(job_place)
    assert ada.post(f"{place}/job", status=409), "it began already"
    _work(house)
    page = ada.get(job_place)
    assert "Finished: 3 of 3." in page
    with house.database.reading() as tx:
        sunniva = tx.session.scalars(select(Contact).where(Contact.name == "Sunniva Elgaard")).one()
        assert sunniva.basis == "Legitimate interest, public business address"
        tags = set(tx.session.scalars(select(ContactTag.tag).where(ContactTag.contact_id == sunniva.id)))
        assert tags == {"nov list", "dry humour"}
    left = ada.client.get(f"{job_place}/left-out")
    assert left.headers["Content-Disposition"].startswith("attachment")
    assert "“broken” is no email address" in left.text
    undo = re.search(r'action="(/changes/\d+/undo)"', page)
    assert undo
    assert ada.post(undo[1], place=job_place) == job_place
    assert "Taken back by Ada Marsh" in ada.get(job_place)
    with house.database.reading() as tx:
        assert not tx.session.scalars(select(Contact).where(Contact.name == "Sunniva Elgaard")).all()


def test_columns_are_chosen_by_hand_and_the_page_reads_again(ada: Person, house: House) -> None:
    place = _send(ada, "x;y\nSunniva Elgaard;Aarhus\nRashid Bakri;Amman\n")
    ada.post(f"{place}/mapping", c0="name", c1="city", tag="kept", basis="asked")
    page = ada.get(place, part=True)
    assert "2 people are new." in page
    assert 'value="kept"' in page
    assert '<option value="asked" selected>' in page
    assert "There is no field" in ada.post(f"{place}/mapping", status=422, c0="nonsense")


@pytest.mark.parametrize(("text", "people"), [
    ("sunniva@elgaard.example\nRashid Bakri <rashid@bakri.example>; tom@marker.example", 3),
    ("sunniva@elgaard.example, rashid@bakri.example", 2),
    ("Name\tEmail\nSunniva\tsunniva@elgaard.example\n", 1),
])  # fmt: skip
def test_addresses_and_lines_are_pasted(ada: Person, house: House, text: str, people: int) -> None:
    place = ada.post("/contacts/import", text=text)
    assert f"Import {people} pe" in ada.get(place)
    job = ada.post(f"{place}/job", basis="unknown")
    _work(house)
    with house.database.reading() as tx:
        assert get_job(tx, int(job.rpartition("/")[2])).result["counts"]["created"] == people


@pytest.mark.parametrize(("content", "sentence"), [
    (b"", "The file is empty"), (b"PK\x03\x04xlsx", ""), (b"\0\0\0\0", ""),
    ("This is a letter, with words, not a table of anything at all.\n" * 3, "running text"),
])  # fmt: skip
def test_what_is_no_table_is_refused_with_a_sentence(ada: Person, house: House, content: bytes, sentence: str) -> None:
    page = _send(ada, content, status=422)
    assert sentence in page
    assert 'role="alert"' in page
    with house.database.reading() as tx:
        assert not tx.session.scalars(select(Job).where(Job.state == "draft")).all()


def test_nothing_given_says_so(ada: Person) -> None:
    assert "Choose a file, or paste some lines." in ada.post("/contacts/import", status=422, text=" ")


def test_hostile_names_and_cells_are_only_text(ada: Person) -> None:
    cells = '<script>alert(1)</script>,"=HYPERLINK(""http://x"")",\x00\x1b[31m'
    place = _send(ada, f"Name,Email,Notes\n{cells}\n<b>M</b>,m@list.example,x\n", "../../<img src=x>\x00.csv")
    page = ada.get(place)
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "\x00" not in page


def test_too_large_a_file_is_refused_and_other_posts_stay_small(ada: Person) -> None:
    assert "too large" in _send(ada, b"a" * 20_000_001, status=413)
    _send(ada, b"Name,Email\n" + b"x" * 3_000_000 + b",m@list.example\n")
    answer = ada.client.post("/contacts/1/notes", data={"text": "x" * 2_100_000})
    assert answer.status_code == 413


def test_a_file_belongs_to_whoever_sent_it_and_cancelling_forgets_it(
    app: Flask, ada: Person, cast: Cast, house: House
) -> None:
    place = _send(ada, FILE)
    ruben = sign_in(app, house, "ruben@brackenware.example")
    ruben.get(place, status=403)
    ruben.post(f"{place}/job", status=403)
    yuki = sign_in(app, house, "yuki@brackenware.example")
    yuki.post("/contacts/import", status=403, text="a@b.example")
    ada.post(f"{place}/cancellation")
    ada.get(place, status=404)
    with house.database.reading() as tx:
        assert list_files(tx, int(place.rpartition("/")[2])) == frozenset()


def test_the_sample_file_reads_as_it_says(ada: Person) -> None:
    sample = ada.client.get("/contacts/import/sample")
    assert sample.headers["Content-Type"] == "text/csv; charset=utf-8"
    page = ada.get(_send(ada, sample.data, "sample.csv"))
    assert "2 people are new." in page
    assert "need a look" not in page


def test_contacts_of_a_filter_are_exported_to_whoever_asked(app: Flask, ada: Person, cast: Cast, house: House) -> None:
    place = ada.post("/contacts/export", query="/contacts?q=imani")
    _work(house)
    assert f'href="{place}/result"' in ada.get(place)
    rows = ada.client.get(f"{place}/result").text.splitlines()
    assert len(rows) == 2
    assert rows[1].startswith("Imani Oduya,")
    ruben = sign_in(app, house, "ruben@brackenware.example")
    assert ruben.client.get(f"{place}/result").status_code == 403
    both = f"{cast.contacts['Imani Oduya']},{cast.contacts['Tomek Wilczak']}"
    place = ada.post("/contacts/export", id=both)
    assert "0 of 2" in ada.get(place)
    assert "Nobody matches" in ada.post("/contacts/export", status=422, query="q=nobody-at-all")
    sign_in(app, house, "yuki@brackenware.example").post("/contacts/export", status=403)


def test_the_page_asks_few_questions(ada: Person, queries: list[str]) -> None:
    place = _send(ada, FILE)
    queries.clear()
    ada.get(place)
    assert len(queries) <= 10


def test_a_long_file_is_judged_by_its_first_rows(ada: Person, tmp_path: Path) -> None:
    lines = "".join(f"P{n},p{n}@list.example\n" for n in range(2_500))
    page = ada.get(_send(ada, f"Name,Email\n{lines}"))
    assert "2,500 rows, 2 columns." in page
    assert "Of the first 2,000:" in page
    assert "Import 2500 rows" in page


def test_a_file_of_another_program_is_known_by_its_columns(ada: Person, house: House) -> None:
    file = (
        "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lifecycle Stage,Country/Region\n"
        "901,Sunniva,Elgaard,sunniva@elgaard.example,+45 12 34 56 78,Ada Marsh,Lead,Denmark\n"
    )
    place = _send(ada, file, "hubspot.csv")
    assert "Read as a file of HubSpot, by the names of its columns." in ada.get(place)
    ada.post(f"{place}/job", basis="asked")
    _work(house)
    with house.database.reading() as tx:
        [person] = tx.session.scalars(select(Contact).where(Contact.last_name == "Elgaard"))
        assert (person.first_name, person.country, person.fields) == ("Sunniva", "DK", {})
        assert (person.basis_since, person.basis_source) == (tx.now.date(), "hubspot.csv")
    assert "Read as a file of" not in ada.get(_send(ada, FILE))


def test_a_file_that_is_looked_at_goes_with_the_person_it_names(ada: Person, cast: Cast, house: House) -> None:
    place = _send(ada, FILE)
    with house.database.transaction() as tx:
        erase_contact(tx, cast.contacts["Imani Oduya"], reason="asked", actor="user:1")
    _work(house)
    ada.get(place, status=404)
    place = _send(ada, FILE)
    assert "This person was erased and stays so." in ada.get(place)


FAULTY = (
    "Name;Email;Instagram;City\n"
    "Sunniva Elgaard;sunniva@elgaard.example;@sunniva.elgaard;Aarhus\n"
    "Rashid Bakri;rashid at bakri;;Amman\n"
    ";;;Leeds\n"
    "Tom;tom@marker.example;;York;one;too;many\n"
)


def test_a_row_is_put_right_on_the_page_and_comes_in(ada: Person, cast: Cast, house: House) -> None:
    before = _people(house)
    place = _send(ada, FAULTY)
    page = ada.get(place)
    assert "3 rows need a look and will be left out." in page
    assert 'name="fix-3-1"' in page
    assert 'value="rashid at bakri"' in page
    # What is typed elsewhere on the page is kept, and a wrong correction is told like a wrong file.
    ada.post(f"{place}/mapping", **{"fix-3-1": "still wrong", "fix-4-0": "Nobody <b>Known</b>", "tag": "kept"})
    page = ada.get(place)
    assert "2 rows need a look and will be left out." in page
    assert 'value="still wrong"' in page
    assert 'value="kept"' in page
    assert "Nobody &lt;b&gt;Known&lt;/b&gt; · Leeds" in page
    ada.post(f"{place}/mapping", **{"fix-3-1": "rashid@bakri.example"})
    assert "1 row needs a look and will be left out." in ada.get(place)
    # One of them is to be as in the file after all; the last one is put right in the very click that imports.
    ada.post(f"{place}/mapping", as_in_file="4")
    assert "2 rows need a look and will be left out." in ada.get(place)
    job = ada.post(f"{place}/job", **{"fix-5-1": "thomas@marker.example"})
    _work(house)
    page = ada.get(job)
    with house.database.reading() as tx:
        done = get_job(tx, int(job.rpartition("/")[2]))
        assert [done.result["counts"][verdict] for verdict in ("created", "rejected")] == [3, 1]
        assert done.data["corrections"] == {}
    assert _people(house) - before == {"Sunniva Elgaard", "Rashid Bakri", "Tom"}
    assert ";;;Leeds" not in ada.client.get(f"{job}/left-out").text
    undo = re.search(r'action="(/changes/\d+/undo)"', page)
    assert undo
    ada.post(undo[1])
    assert _people(house) == before


def test_sixty_faulty_rows_are_put_right_twenty_by_twenty(ada: Person, house: House) -> None:
    lines = "".join(f"Creator {n};creator {n} at list;\n" for n in range(60))
    good = "".join(f"Known {n};known{n}@list.example;\n" for n in range(60))
    place = _send(ada, f"Name;Email;Instagram\n{lines}{good}")
    page = ada.get(place)
    assert (_shown(page), "1 to 20 of 60" in page) == (list(range(2, 22)), True)
    # Turning the page keeps what was typed; whoever is put right leaves, and those that were shown stay in sight.
    second = ada.post(f"{place}/mapping", **{"fix-2-1": "creator0@list.example", "rows": "2", "turn": "22"})
    assert second == f"{place}?rows=22#rows"
    page = ada.get(second)
    assert (_shown(page), "20 to 39 of 59" in page) == (list(range(22, 42)), True)
    here = ada.post(f"{place}/mapping", **{"fix-30-1": "creator28@list.example", "rows": "22"})
    assert _shown(ada.get(here)) == [*range(22, 30), *range(31, 43)]
    # Behind the last one are the last ones, and there the way on ends.
    page = ada.get(f"{place}?rows=9999")
    assert (_shown(page), "Next rows" in page) == (list(range(44, 62)), False)
    job = ada.post(f"{place}/job", **{"fix-61-1": "creator59@list.example"})
    _work(house)
    ada.get(job)
    assert {"Creator 0", "Creator 28", "Creator 59"} <= _people(house)
    assert "Creator 1" not in _people(house)


def _shown(page: str) -> list[int]:
    return [int(line) for line in re.findall(r'name="fix-(\d+)-1"', page)]


def test_columns_are_mapped_as_the_last_time_and_can_be_read_afresh(ada: Person, cast: Cast, house: House) -> None:
    file = "who;reach;where\nSunniva Elgaard;47.2K;Aarhus\n"
    place = _send(ada, file)
    ada.post(f"{place}/mapping", c0="name", c1="tiktok.followers", c2="notes")
    ada.post(f"{place}/job")
    _work(house)
    # The same columns, in another order and in capitals: mapped as they were, and said so.
    again = _send(ada, "WHERE;who;Reach\nAmman;Rashid Bakri;132K\n", "later.csv")
    page = ada.get(again)
    assert re.search(r"Mapped as on .+ by <bdi>Ada Marsh</bdi>\.", page)
    assert _fields(page) == ["notes", "name", "tiktok.followers"]
    # What is changed then holds, for this file and the next.
    ada.post(f"{again}/mapping", c0="city")
    ada.post(f"{again}/job")
    _work(house)
    third = _send(ada, file, "third.csv")
    assert _fields(ada.get(third)) == ["name", "tiktok.followers", "city"]
    ada.post(f"{third}/mapping", afresh="1")
    page = ada.get(third)
    assert "Mapped as on" not in page
    assert _fields(page) != ["name", "tiktok.followers", "city"]
    assert "Mapped as on" not in ada.get(_send(ada, "who;reach\nTom;3\n", "other.csv"))


def test_an_import_taken_back_teaches_nothing(ada: Person, cast: Cast, house: House) -> None:
    file = "who;reach;where\nSunniva Elgaard;47.2K;Aarhus\n"
    place = _send(ada, file)
    ada.post(f"{place}/mapping", c0="name", c2="notes")
    job = ada.post(f"{place}/job")
    _work(house)
    undo = re.search(r'action="(/changes/\d+/undo)"', ada.get(job))
    assert undo
    ada.post(undo[1])
    assert "Mapped as on" not in ada.get(_send(ada, file))


def _people(house: House) -> set[str]:
    with house.database.reading() as tx:
        return set(tx.session.scalars(select(Contact.name).where(Contact.erased_at.is_(None))))


def _fields(page: str) -> list[str]:
    """Return what the columns of a page become."""
    return [
        found[1]
        for select_ in page.split('<select class="select" id="c')[1:]
        if (found := re.search(r'value="([^"]+)" selected', select_.split("</select>")[0]))
    ]
