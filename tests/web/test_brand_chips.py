"""With several brands a list says which one it shows; with one nothing is said."""

import pytest

from crm import brands
from tests.web.cast import Cast
from tests.web.conftest import Person
from web.wiring import House

CHIP = '<span class="chip" dir="auto"><span class="vh">Brand: </span>Brackenware</span>'


@pytest.mark.parametrize("place", ["/contacts", "/pipeline", "/feedback"])
def test_a_list_names_its_brand_where_there_are_two(ada: Person, cast: Cast, house: House, place: str) -> None:
    assert CHIP not in ada.get(place)
    with house.database.transaction() as tx:
        brands.create_brand(tx, "Second & Co", postal_address="Havnegade 14, Aarhus")
    assert CHIP in ada.get(place)


def test_the_list_of_sequences_names_the_brand_of_each(ada: Person, cast: Cast, house: House) -> None:
    label = '<span class="chip" dir="auto">Brackenware</span>'
    assert label not in ada.get("/sequences")
    with house.database.transaction() as tx:
        brands.create_brand(tx, "Second & Co", postal_address="Havnegade 14, Aarhus")
    assert label in ada.get("/sequences")
