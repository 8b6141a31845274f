"""No page weighs more than 60 kB with its style and scripts, however full its lists are."""

from sqlalchemy import update

from benchmarks.many_lists import fill_lists
from benchmarks.page_times import keep, pages, write
from crm.models import User
from tests.web.cast import Cast
from tests.web.test_looking_changes_nothing import BOSS, _come_in
from tests.web.weight import Scales
from web.app import create_app
from web.wiring import House

MOST = 60_000
PEOPLE = 300


def test_no_page_weighs_more_than_sixty_kilobytes(house: House, cast: Cast) -> None:
    session, _words = _come_in(house)
    write(house, PEOPLE)
    fill_lists(house.database, house.clock.now())
    keep(house)
    client = create_app(house).test_client()
    client.set_cookie("rapport_session", session)
    scales = Scales(client)
    found = {path: weight for path in sorted(pages()) if (weight := scales.weigh(path)) is not None}
    assert {path: weight for path, weight in found.items() if weight > MOST} == {}
    heaviest = sorted(found, key=lambda path: found[path])[-12:]
    assert len(found) > 200
    assert found[heaviest[-1]] > MOST - 10_000, "nothing was weighed"
    with house.database.transaction() as tx:
        tx.session.execute(update(User).where(User.email == BOSS).values(language="de"))
    german = {path: scales.weigh(path) or 0 for path in heaviest}
    assert {path: weight for path, weight in german.items() if weight > MOST} == {}
