"""No page asks the database more than fifteen questions, those of the shell included, however many people there are."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from crm.contacts import create_contact
from crm.models import Brand, Relationship, Stage
from kit.clock import FixedClock
from kit.tx import Tx
from tests.web.cast import Cast
from tests.web.test_looking_changes_nothing import EXAMPLES, _come_in, _Demo
from web.app import create_app
from web.wiring import House

MOST = 15


class Asked:
    """Counts what pages ask."""

    def __init__(self, house: House, client: FlaskClient) -> None:
        self._client = client
        self._statements: list[str] = []
        event.listen(house.database.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            self._statements.append(statement)

    def count(self, path: str) -> int:
        self._statements.clear()
        with self._client.get(path) as answer:
            answer.get_data()
            assert answer.status_code < 500, path
        return len(self._statements)


@pytest.fixture
def visit(full_house: tuple[House, Cast], clock: FixedClock) -> Iterator[tuple[House, Asked, list[str]]]:
    house, _ = full_house
    session, words = _come_in(house)
    client = create_app(house, demo=_Demo(house, session)).test_client()
    client.set_cookie("rapport_session", session)
    return house, Asked(house, client), [path.format_map(words) for _, paths in EXAMPLES.values() for path in paths]


def test_no_page_asks_more_than_fifteen_questions(visit: tuple[House, Asked, list[str]]) -> None:
    house, asked, paths = visit
    found = {path: asked.count(path) for path in paths}
    assert {path: count for path, count in found.items() if count > MOST} == {}
    assert max(found.values()) > MOST - 5, "nothing was counted"
    with house.database.transaction() as tx:
        _add_people(tx)
    again = {path: asked.count(path) for path in paths}
    assert {path: count for path, count in again.items() if count > found[path]} == {}


def _add_people(tx: Tx) -> None:
    """Add more people than a page shows, all of whom fit what the examples ask for."""
    brand = tx.session.scalars(select(Brand.id)).first() or 0
    stage = tx.session.scalars(select(Stage.id).where(Stage.name == "Shortlisted")).one()
    for number in range(60):
        emails = [f"imani{number}@more.example"]
        contact = create_contact(tx, name=f"Imani Number {number}", emails=emails, actor="cli")
        place = Relationship(contact_id=contact.id, brand_id=brand, stage_id=stage, stage_since=tx.now)
        place.created_at = tx.now
        tx.session.add(place)
