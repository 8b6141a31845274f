"""Every page over SQLite and PostgreSQL alike: the same rows, the same words."""

from tests.web.cast import Cast
from tests.web.conftest import sign_in
from tests.web.test_pages import PATHS
from web.app import create_app
from web.wiring import House

SAID = {
    "/today": "6 people are waiting on you",
    "/inbox": "Draft 2, and one thing about the handle",
    "/review": "missing: personal line",
    "/contacts": "Kwesi Danquah-Mills",
    "/contacts/1": "Waiting on you",
    "/sequences/1": "3 waiting",
    "/contacts?q=ima&size=20k..500k&sort=-size": "Imani Oduya",
}


def test_every_page(full_house: tuple[House, Cast]) -> None:
    house, _ = full_house
    ada = sign_in(create_app(house), house, "ada@brackenware.example")
    for path in PATHS:
        assert SAID.get(path, "<h1") in ada.get(path), path
