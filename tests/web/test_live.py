"""Open pages hear that something happened, in a bounded number of streams."""

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
    answers = iter([1, 1, 2])
    newsroom = Newsroom(lambda: next(answers), look_every_s=0)
    told = newsroom.tell()
    assert next(told).startswith("retry:")
    assert next(told).startswith(":")
    assert next(told).startswith("event: news")
    newsroom.close()
    assert list(told) == []


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
