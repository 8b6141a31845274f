"""The board of themes shows those with most notes, and counts all there are: none is lost from sight for its age."""

import pytest

from crm import theme_board
from crm.brands import create_brand
from crm.feedback import log_feedback
from crm.theme_board import list_lanes
from crm.themes import STATES, ensure_theme
from kit.tx import Database


@pytest.fixture
def brand(database: Database) -> int:
    with database.transaction() as tx:
        number = create_brand(tx, "Brackenware", postal_address="1 Quay Street, Galway").id
        ensure_theme(tx, "Quiet", actor="user:1", brand_id=number)
        for theme, notes in (("Old and loud", 3), ("Lids", 1), ("Handles", 2), ("Boxes", 1)):
            for note in range(notes):
                log_feedback(tx, f"{theme} {note}", kind="idea", actor="user:1", brand_id=number, theme=theme)
    return number


def _names(lane: theme_board.ThemeLane) -> list[str]:
    return [card.theme.name for card in lane.cards]


def test_the_first_of_a_lane_are_those_most_spoken_of(
    database: Database, brand: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.reading() as tx:
        lanes = list_lanes(tx, brand_id=brand)
        assert _names(lanes["listening"]) == ["Old and loud", "Handles", "Lids", "Boxes", "Quiet"]
        assert {name: lane.count for name, lane in lanes.items()} == {
            name: 5 * (name == "listening") for name in STATES
        }
        monkeypatch.setattr(theme_board, "_LANE", 2)
        few = list_lanes(tx, brand_id=brand)["listening"]
        assert (_names(few), few.count) == (["Old and loud", "Handles"], 5)
        assert len(list_lanes(tx, brand_id=brand, state="listening")["listening"].cards) == 5
        assert list_lanes(tx, brand_id=brand + 1)["listening"].count == 0
