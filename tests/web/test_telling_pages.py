"""The pages of telling: what was done, letters to read, sending them, and who may."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from crm.feedback import log_feedback
from crm.models import Contact, Thread
from crm.suppressions import suppress
from sequences.models import Send
from sequences.tell_models import ThemeTell
from tests.web.cast import Cast
from tests.web.conftest import Person, sign_in
from web.wiring import House

NAMES = ("Imani Oduya", "Tomek Wilczak", "Layan Qasimi", "Sofía Arrieta", "Hanne Vosk")


@pytest.fixture
def theme(house: House, cast: Cast) -> int:
    """A theme that five people raised."""
    with house.database.transaction() as tx:
        for name in NAMES:
            note = log_feedback(tx, f"{name} burnt a finger.", kind="problem", actor="user:1", brand_id=cast.brand,
                                contact_id=cast.contacts[name], theme="Hot handle")  # fmt: skip
        assert note.theme_id
        return note.theme_id


def _out(ada: Person, theme: int) -> str:
    ada.post(f"/feedback/themes/{theme}/out", did="The handle is hollow now.", out_on="2026-11-20")
    return f"/feedback/themes/{theme}"


def test_out_write_read_send_and_take_back(ada: Person, theme: int, house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        suppress(tx, "hanne@slowpan.example", reason="opt_out", source="said so", actor="user:1")
    place = _out(ada, theme)
    assert "Tell 5" in ada.get(place)
    assert "Tell 5" in ada.get("/feedback")
    assert ada.post(f"{place}/letters") == f"{place}/telling"
    page = ada.get(f"{place}/telling")
    assert "4 letters to read." in page
    assert "must not be contacted" in page
    assert "Send 4 letters" in page
    number = re.search(r'id="letter-(\d+)"', page)
    assert number
    letter = f"{place}/letters/{number[1]}"
    ada.post(f"{letter}/text", subject="Cool", text="Hi, it is cool now.")
    assert "Hi, it is cool now." in ada.get(f"{place}/telling")
    ada.post(f"{letter}/removal")
    assert "Left out by hand." in ada.get(f"{place}/telling")
    ada.post(f"{letter}/override", why="", status=422)
    ada.post(f"{letter}/override", why="she called", status=303)
    ada.post(f"{place}/sends")
    page = ada.get(f"{place}/telling")
    assert "4 letters leave in 10 seconds." in page
    assert "0 of 5 told" in page
    undo = re.search(r'action="(/changes/\d+/undo)"', page)
    assert undo
    assert ada.post(undo[1]) == f"{place}/telling"
    assert "Send 4 letters" in ada.get(f"{place}/telling")


def test_one_letter_is_sent_as_it_stands_in_its_form(ada: Person, theme: int) -> None:
    place = _out(ada, theme)
    ada.post(f"{place}/letters")
    number = re.search(r'id="letter-(\d+)"', ada.get(f"{place}/telling"))
    assert number
    ada.post(f"{place}/sends", only=number[1], subject="Cool", text="In my own words.")
    page = ada.get(f"{place}/telling")
    assert "1 letter leaves in 10 seconds." in page
    assert "In my own words." not in page
    assert "Send 4 letters" in page


def test_a_brand_team_reads_and_does_not_send(app: Flask, house: House, ada: Person, theme: int) -> None:
    place = _out(ada, theme)
    ada.post(f"{place}/letters")
    yuki = sign_in(app, house, "yuki@brackenware.example")
    page = yuki.get(f"{place}/telling")
    assert "Send 5 letters" not in page
    yuki.post(f"{place}/sends", status=403)
    yuki.post(f"{place}/letters", status=403)


def test_without_what_was_done_nothing_is_written(ada: Person, theme: int) -> None:
    place = f"/feedback/themes/{theme}"
    ada.post(f"{place}/letters", status=409)
    ada.post(f"{place}/state", state="out")
    ada.post(f"{place}/letters", status=422)
    ada.post(f"{place}/out", did="x", out_on="soon", status=422)


def test_splitting_and_the_trend(ada: Person, theme: int) -> None:
    page = ada.get(f"/feedback/themes/{theme}")
    assert 'class="chart trend"' in page
    assert "Nov 2026" in page
    notes = re.findall(r'name="note" value="(\d+)"', page)
    assert len(notes) == 5
    place = ada.post(f"/feedback/themes/{theme}/splitting", note=notes[:2], name="Lid knob")
    assert "2 notes, 2 creators" in ada.get(place)
    ada.post(f"/feedback/themes/{theme}/splitting", name="Lid", status=422)
    ada.post(f"/feedback/themes/{theme}/splitting", note=notes[2:3], name="Hot handle", status=422)
    assert "3 notes, 3 creators" in ada.get(f"/feedback/themes/{theme}")


def test_the_navigation_counts_new_notes(ada: Person, cast: Cast) -> None:
    assert 'id="count-feedback" hidden' in ada.get("/today")
    ada.post("/feedback", quote="Too heavy.", kind="problem", contact_id="1")
    assert "1 note without a theme" in ada.get("/today")


def test_pages_cost_few_queries_and_no_more_with_more_people(
    ada: Person, theme: int, house: House, cast: Cast, queries: list[str]
) -> None:
    place = _out(ada, theme)
    ada.post(f"{place}/letters")

    def look(path: str) -> int:
        ada.get(path)
        queries.clear()
        ada.get(path)
        return len(queries)

    paths = (f"{place}/telling", place, "/feedback", "/feedback?tab=notes")
    before = [look(path) for path in paths]
    with house.database.transaction() as tx:
        for name in ("Niamh Kerrisk", "Efua Mintah-Boyle", "Dorte Fjeldgaard", "Callum Strachan"):
            log_feedback(tx, "Too hot.", kind="problem", actor="user:1", brand_id=cast.brand,
                         contact_id=cast.contacts[name], theme="Hot handle")  # fmt: skip
    ada.post(f"{place}/letters")
    assert [look(path) for path in paths] == before
    assert max(before) <= 15, before


def test_who_was_told_is_listed_with_what_came_of_it(ada: Person, theme: int, house: House, cast: Cast) -> None:
    assert "Nobody has been told yet" in ada.get("/feedback?tab=told")
    _out(ada, theme)
    with house.database.transaction() as tx:
        thread = tx.session.scalars(select(Thread).where(Thread.last_in_at.is_not(None)).limit(1)).one()
        for name, minutes in zip(NAMES[:3], (30, 20, 10), strict=True):
            rfc = f"<{name.split()[0]}@y.example>"
            send = Send(contact_id=cast.contacts[name], mailbox_id=thread.mailbox_id, email="x@y.example", state="sent",
                        request_key=f"tell:{name}", rfc_id=rfc, planned_at=tx.now, due_at=tx.now,
                        step=0, created_at=tx.now)  # fmt: skip
            if name == NAMES[0]:
                send.thread_id, thread.last_in_at = thread.id, tx.now
            if name == NAMES[1]:
                send.bounced_at = tx.now
            tx.session.add(send)
            tx.session.flush()
            at = tx.now - timedelta(minutes=minutes)
            tx.session.add(ThemeTell(theme_id=theme, contact_id=cast.contacts[name], state="told", send_id=send.id,
                                     told_at=at, created_at=at, actor="user:1"))  # fmt: skip
    page = ada.get("/feedback?tab=told")
    assert re.findall(r'show=feedback"><b dir="auto">([^<]+)', page) == list(reversed(NAMES[:3]))
    rows = dict(zip(reversed(NAMES[:3]), page.split('<li class="row top g4">')[1:], strict=True))
    assert ("wrote back" in rows[NAMES[0]], "came back" in rows[NAMES[1]]) == (True, True)
    assert not {"wrote back", "came back"} & {word for word in ("wrote back", "came back") if word in rows[NAMES[2]]}
    assert f'href="/inbox/{thread.id}"' in rows[NAMES[0]]
    assert 'Told creators <span class="count">2</span>' in page  # what came back told nobody
    assert "Nobody has been told yet" in ada.get("/feedback?tab=told&product=1")


def test_the_words_round_a_letter_are_changed_by_language(ada: Person, theme: int, house: House, cast: Cast) -> None:
    place = _out(ada, theme)
    assert 'href="/feedback/words"' in ada.get(f"{place}/telling")
    assert "On {{ day }} you told us:" in ada.get("/feedback/words")
    page = ada.get("/feedback/words?language=de")
    assert "Hallo {{ name }}," in page
    with house.database.transaction() as tx:
        tx.session.get_one(Contact, cast.contacts["Hanne Vosk"]).language = "de"
    assert ada.post("/feedback/words", language="de", hello="Servus {{ name }},") == "/feedback/words?language=de"
    page = ada.get("/feedback/words?language=de")
    assert "Servus {{ name }}," in page
    assert "Empty: “Hallo {{ name }},”" in page
    undo = re.search(r'action="(/changes/\d+/undo)"', page)
    assert undo
    ada.post(f"{place}/letters")
    assert "Servus Hanne," in ada.get(f"{place}/telling")
    ada.post(undo[1])
    ada.post(f"{place}/letters")
    assert "Hallo Hanne," in ada.get(f"{place}/telling")
    assert "Hi Imani," in ada.get(f"{place}/telling")


def test_words_that_would_spoil_a_letter_are_asked_for_again(ada: Person, app: Flask, house: House) -> None:
    page = ada.post("/feedback/words", status=422, language="da", hello="Hej {{ name }},", came_from="/feedback/words")
    assert "there is no built-in text in this language" in page
    assert "Hej {{ name }}," in page
    ada.post("/feedback/words", status=422, language="Klingonese", hello="Hej")
    assert 'value="da"' in ada.get("/feedback/words?language=Danish")
    assert 'value="en"' in ada.get("/feedback/words?language=Klingonese")
    brand = sign_in(app, house, "yuki@brackenware.example")
    assert "disabled" in brand.get("/feedback/words")
    brand.post("/feedback/words", status=403, language="de", hello="Hej")
