"""Open pages hear that something happened, in a bounded number of streams."""

import pytest
from flask import Flask

from crm.timeline import add_note
from tests.web.cast import Cast
from tests.web.conftest import Person
from web.newsroom import Newsroom
from web.wiring import House


def test_the_pulse_changes_with_what_happens(ada: Person, house: House, cast: Cast) -> None:
    before = ada.get("/live?once=1")
    assert before == ada.get("/live?once=1")
    with house.database.transaction() as tx:
        add_note(tx, 1, "Met at the fair.", actor="user:1")
    assert ada.get("/live?once=1") != before


def test_a_stream_tells_news_and_ends_when_the_house_closes() -> None:
    answers = iter(["1", "1", "2"])
    newsroom = Newsroom(lambda: next(answers), look_every_s=0)
    told = newsroom.tell("1")
    assert next(told).startswith("retry:")
    assert next(told).startswith(":")
    assert next(told) == "id: 2\nevent: news\ndata: .\n\n"
    newsroom.close()
    assert list(told) == []


def test_what_came_before_the_stream_opened_is_told_first() -> None:
    told = Newsroom(lambda: "2", look_every_s=0).tell("1")
    assert [next(told) for _ in range(3)] == ["retry: 1000\n\n", "id: 2\nevent: news\ndata: .\n\n", ": quiet\n\n"]


@pytest.mark.parametrize("again", [False, True])
def test_a_page_says_what_it_showed_and_who_comes_back_what_was_told(
    ada: Person, house: House, cast: Cast, *, again: bool
) -> None:
    seen = ada.get("/today").partition('data-pulse="')[2].partition('"')[0]
    assert f"data: {seen}\n" in ada.get("/live?once=1")
    with house.database.transaction() as tx:
        add_note(tx, 1, "Met at the fair.", actor="user:1")
    where, headers = ("/live", {"Last-Event-ID": seen}) if again else (f"/live?seen={seen}", {})
    with ada.client.get(where, headers=headers) as answer:
        told = answer.response
        assert next(iter(told)).startswith(b"retry:")
        assert b"event: news" in next(iter(told))


def test_who_finds_no_seat_polls(ada: Person, app: Flask) -> None:
    newsroom: Newsroom = app.extensions["newsroom"]
    seats = 0
    while newsroom.take_seat():
        seats += 1
    assert ada.client.get("/live").status_code == 204
    newsroom.leave()
    with ada.client.get("/live") as answer:
        assert answer.mimetype == "text/event-stream"
    assert newsroom.take_seat(), "the seat was given back when the window closed"
    assert seats == 24
