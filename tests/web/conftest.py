"""A house with its pages, on a SQLite file of its own and a clock that stands still."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from crm import users
from kit.clock import FixedClock
from kit.config import load_settings
from tests.conftest import MONDAY
from tests.web.cast import Cast, seed_cast
from web.app import make_rooms, move_in
from web.wiring import House, open_house

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Path, Cast]:
    """The company of the mock in a database file, made once and copied by each test that wants it."""
    folder = tmp_path_factory.mktemp("seeded")
    house = _open(folder, sqlite_template, FixedClock(MONDAY))
    cast = seed_cast(house)
    house.database.engine.dispose()
    return folder / "rapport.sqlite3", cast


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path, clock: FixedClock) -> Iterator[House]:
    """An installation: empty, or with the company in it when the test asks for `cast`."""
    source = request.getfixturevalue("seeded")[0] if "cast" in request.fixturenames else sqlite_template
    house = _open(tmp_path, source, clock)
    yield house
    house.database.engine.dispose()


@pytest.fixture
def full_house(database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[tuple[House, Cast]]:
    """The company of the mock on a database of either kind."""
    house = _open_at(tmp_path, clock, RAPPORT_DATABASE_URL=database_url)
    yield house, seed_cast(house)
    house.database.engine.dispose()


def _open(folder: Path, source: Path, clock: FixedClock) -> House:
    shutil.copy(source, folder / "rapport.sqlite3")
    return _open_at(folder, clock)


def _open_at(folder: Path, clock: FixedClock, **environment: str) -> House:
    own = {"RAPPORT_HOME": str(folder), "RAPPORT_SECRET_KEY": "a key for tests only"}
    house = open_house(load_settings(own | environment), clock=clock)
    house.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return house


@pytest.fixture(scope="session")
def rooms() -> Flask:
    """The pages, made once: routes and templates are the same for every test."""
    return make_rooms()


@pytest.fixture
def app(house: House, rooms: Flask) -> Flask:
    """The pages with this test's house moved in."""
    move_in(rooms, house)
    return rooms


@pytest.fixture
def cast(seeded: tuple[Path, Cast]) -> Cast:
    """The company of the mock: Ada Marsh signs in, and people have written."""
    return seeded[1]


class Person:
    """Somebody at a browser: follows forms as a browser would, with the token of the session."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._tokens: dict[str, str] = {}

    def get(self, path: str, *, status: int = 200, part: bool = False) -> str:
        answer = self.client.get(path, headers={"HX-Request": "true"} if part else {})
        assert answer.status_code == status, (answer.status_code, answer.text[:2000])
        return answer.text

    def post(self, path: str, *, status: int = 303, came_from: str = "", **fields: Any) -> str:
        """Post a form; return where it leads, or the page when it leads nowhere."""
        headers = {"Referer": f"http://localhost{came_from}"} if came_from else {}
        answer = self.client.post(path, data={"csrf_token": self._token(), **fields}, headers=headers)
        answer.request.environ["wsgi.input"].close()  # the client's own copy of a large body
        assert answer.status_code == status, (answer.status_code, answer.text[:2000])
        return answer.location or answer.text

    def _token(self) -> str:
        """Return what every form of this session carries; read from a page once, as long as the session lasts."""
        session = self.client.get_cookie("rapport_session")
        assert session
        if session.value not in self._tokens:
            token = CSRF.search(self.client.get("/settings/you").text)
            assert token
            self._tokens[session.value] = token[1]
        return self._tokens[session.value]


def sign_in(app: Flask, house: House, email: str) -> Person:
    client = app.test_client()
    with house.database.transaction() as tx:
        token = users.open_session(tx, users.get_user_by_email(tx, email))
    client.set_cookie("rapport_session", token)
    return Person(client)


@pytest.fixture
def ada(app: Flask, house: House, cast: Cast) -> Person:
    return sign_in(app, house, "ada@brackenware.example")


@pytest.fixture
def queries(house: House) -> Iterator[list[str]]:
    """Every statement sent to the database, transactions left out."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(house.database.engine, "before_cursor_execute", note)
