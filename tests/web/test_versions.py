"""The versions of a sequence on their page: what changed, who is reached, move, take back; and the plan of going on."""

from sqlalchemy import select

from sequences.models import Enrolment, Send
from sequences.versions.authoring import get_sequence, import_sequence, pause_sequence, read_draft
from tests.web.cast import SEQUENCE, Cast
from tests.web.conftest import Person
from web.wiring import House

NAME = "Everyday Carbon, first touch"


def publish(house: House, source: str) -> None:
    path = house.settings.home / "changed.yaml"
    path.write_text(source, encoding="utf-8")
    with house.database.transaction() as tx:
        import_sequence(tx, read_draft(path, {}), actor="user:1", note="Shorter <b>waits</b>")


def versions_of(house: House) -> list[int]:
    with house.database.reading() as tx:
        return list(tx.session.scalars(select(Enrolment.version_id).order_by(Enrolment.id)))


def test_the_first_version_has_nothing_before_it(ada: Person, cast: Cast) -> None:
    said = ada.get(f"/sequences/{cast.sequence}/versions")
    assert "It is the first one." in said
    assert "Everybody who is in it follows version 1 already." in said
    assert "Take back" not in said


def test_a_move_is_shown_made_and_taken_back(ada: Person, house: House, cast: Cast, queries: list[str]) -> None:
    publish(
        house, SEQUENCE.replace("goes from hob to oven", "moves from hob to oven").replace("4 business", "2 business")
    )
    place = f"/sequences/{cast.sequence}/versions"
    queries.clear()
    said = ada.get(place)
    assert not [one for one in queries if not one.startswith("SELECT")]
    assert "What version 2 changed since version 1" in said
    assert "moves from hob to oven" in said
    assert "4 business days" in said
    assert "Shorter &lt;b&gt;waits&lt;/b&gt;" in said
    assert "3 people can move to version 2." in said
    assert "The mail first-touch is written anew." in said
    before = versions_of(house)
    assert ada.post(f"{place}/moves", number="2") == f"{place}?to=2"
    assert versions_of(house) != before
    assert "3 people moved to version 2." in ada.get(place)
    assert "Take back for 3 people" in ada.get(place)
    ada.post(f"{place}/last-move/undoing")
    assert versions_of(house) == before
    assert "taken back" in ada.get(place)
    ada.post(f"{place}/restoring", number="1")
    assert "Version 1 again." in ada.get(place)


def test_refusals_and_strange_numbers(ada: Person, cast: Cast) -> None:
    place = f"/sequences/{cast.sequence}/versions"
    assert "no version 9" in ada.get(f"{place}?to=9", status=404)
    ada.get(f"{place}?to=x&from=0.5")
    ada.get("/sequences/99/versions", status=404)
    ada.post(f"{place}/last-move/undoing", status=409)
    ada.post(f"{place}/moves", status=409, number="1")
    ada.post(f"{place}/moves", status=422, number="many")
    ada.get(f"/sequences/{cast.sequence}/pause", status=409)


def test_going_on_is_shown_before_it_is_done(ada: Person, house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        for send in tx.session.scalars(select(Send).where(Send.state == "draft")):
            send.state = "scheduled"
        pause_sequence(tx, get_sequence(tx, NAME))
    assert f'href="/sequences/{cast.sequence}/pause"' in ada.get(f"/sequences/{cast.sequence}")
    said = ada.get(f"/sequences/{cast.sequence}/pause")
    assert "3 people go on, the first" in said
    assert "in 24 hours leave from <bdi>ada@brackenware.example</bdi>" in said or "has no daily limit" in said
    ada.post(f"/sequences/{cast.sequence}/pause/lift")
    ada.get(f"/sequences/{cast.sequence}/pause", status=409)
