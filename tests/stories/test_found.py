"""What the simulation found and nobody has mended yet: each of these turns into a plain test with its mend."""

import pytest
from sqlalchemy import func, select

from crm.models import Quarantined
from tests.stories.world import MIA, World

# Half a character: no database takes it, so the letter is set aside.
DAMAGED = (
    "From: a@people.example\nTo: mia@pastel.test\nSubject: Hello\nMessage-ID: <damaged@people.example>\n"
    "Content-Type: text/plain; charset=utf-7\n\nHalf a character: +2AA-\n"
)


def set_aside(world: World) -> int:
    with world.database.reading() as tx:
        return tx.session.scalar(select(func.count(Quarantined.id))) or 0


@pytest.mark.xfail(strict=True, reason="B2, B5, B6: the quarantine does not know what it holds already")
@pytest.mark.parametrize("again", ["another UIDVALIDITY", "another folder"])
def test_a_damaged_letter_is_set_aside_once(small: World, again: str) -> None:
    small.deliver(DAMAGED)
    small.poll()
    assert set_aside(small) == 1
    if again == "another folder":
        small.deliver(DAMAGED, folder="Junk")
    else:
        small.server.folder(MIA).renumber()
    small.poll()
    assert set_aside(small) == 1
