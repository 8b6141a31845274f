"""Every page over SQLite and PostgreSQL alike: the same rows, the same words."""

from pathlib import Path

from argon2 import PasswordHasher

from kit.clock import FixedClock
from kit.config import load_settings
from tests.web.cast import seed_cast
from tests.web.conftest import sign_in
from tests.web.test_pages import PATHS
from web.app import create_app
from web.wiring import open_house

SAID = {
    "/today": "6 people are waiting on you",
    "/inbox": "Draft 2, and one thing about the handle",
    "/review": "missing: personal line",
    "/contacts": "Kwesi Danquah-Mills",
    "/contacts/1": "Waiting on you",
    "/sequences/1": "3 waiting",
    "/contacts?q=ima&size=20k..500k&sort=-size": "Imani Oduya",
}


def test_every_page(database_url: str, tmp_path: Path, clock: FixedClock) -> None:
    settings = load_settings({"RAPPORT_HOME": str(tmp_path), "RAPPORT_DATABASE_URL": database_url})
    house = open_house(settings, clock=clock)
    house.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    seed_cast(house)
    ada = sign_in(create_app(house), house, "ada@brackenware.example")
    for path in PATHS:
        assert SAID.get(path, "<h1") in ada.get(path), path
    house.database.engine.dispose()
