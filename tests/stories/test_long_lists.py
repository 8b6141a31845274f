"""Long lists and boards walk indexes of figures that the beat keeps: they show what comparing all accounts would."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import insert, select

from crm import bests, lane_picks, people_order, today
from crm.bests import keep_bests
from crm.board import read_board
from crm.exchange import measure_answers
from crm.models import Brand, Contact, ContactTag, Handle, KeptFigures, Mailbox, Message, Relationship, Stage
from crm.people import list_people
from crm.people_filter import PeopleFilter
from kit.clock import FixedClock
from kit.tx import Database, Tx

SORTS = ("name", "-name", "added", *(sign + key for sign in ("", "-") for key in ("fit", "size", "views", "er", "rate",
                                                                                    "posted")))  # fmt: skip
FILTERS = (PeopleFilter(), PeopleFilter(tags=("a",)), PeopleFilter(fit=(40.0, None)), PeopleFilter(q="rosval"))
PEOPLE, MADE = 70, datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def brand(database: Database, clock: FixedClock) -> int:
    with database.transaction() as tx:
        brand = Brand(name="Brackenware", created_at=tx.now)
        stages = [Stage(name=name, position=place) for place, name in enumerate(("Found", "Pitched", "Talking"))]
        tx.session.add_all([brand, *stages])
        tx.session.flush()
        rng = Random(7)
        for number in range(1, PEOPLE + 1):
            _add(tx, rng, number, brand.id, [stage.id for stage in stages])
        number = brand.id
    clock.advance(timedelta(hours=1))
    return number


def _add(tx: Tx, rng: Random, number: int, brand_id: int, stages: list[int]) -> Contact:
    name = f"{rng.choice(('Imani', 'Ruben', 'Dorte'))} {rng.choice(('Oduya', 'Rosval'))}"
    erased = tx.now if number % 23 == 0 else None
    contact = Contact(name=name, search_text=name.lower(), created_at=tx.now, erased_at=erased)
    tx.session.add(contact)
    tx.session.flush()
    since = tx.now - timedelta(hours=number)
    place = {"contact_id": contact.id, "brand_id": brand_id, "stage_id": rng.choice(stages), "stage_since": since}
    tx.session.add(Relationship(**place, created_at=since))
    if rng.random() < 0.5:
        tx.session.add(ContactTag(contact_id=contact.id, tag="a"))
    for platform in rng.sample(("youtube", "tiktok", "x"), rng.randrange(4)):
        tx.session.add(_account(rng, contact.id, platform, retired=tx.now if rng.random() < 0.2 else None))
    return contact


def _account(rng: Random, contact_id: int, platform: str, *, retired: object) -> Handle:
    some = [rng.random() < 0.8 for _ in range(5)]
    return Handle(
        contact_id=contact_id, platform=platform, username=f"p{contact_id}", retired_at=retired,
        followers=float(rng.choice((1_000, 20_000, rng.randrange(200_000)))) if some[0] else None,
        avg_views=float(rng.randrange(9_000)) if some[1] else None,
        engagement_rate=rng.uniform(0, 0.1) if some[2] else None,
        price_amount=rng.randrange(100, 900) if some[3] else None,
        price_currency=rng.choice(("EUR", "DKK", None)) if some[3] else None,
        last_post_on=date(2026, 11, 1) - timedelta(days=rng.randrange(40)) if some[4] else None,
        created_at=MADE,
    )  # fmt: skip


def _lists(database: Database, brand_id: int, sorts: Sequence[str]) -> list[object]:
    """Return what lists and boards show: each order of everybody, and of those of one filter after the other."""
    found: list[object] = []
    with database.reading() as tx:
        for number, sort in enumerate(sorts):
            for wanted in (FILTERS[0], FILTERS[1 + number % (len(FILTERS) - 1)]):
                asked = PeopleFilter(q=wanted.q, tags=wanted.tags, fit=wanted.fit, sort=sort)
                pages = [list_people(tx, asked, brand_id=brand_id, page=number) for number in (1, 2)]
                board = read_board(tx, asked, brand_id=brand_id)
                lanes = [(lane.count, lane.money, [card.contact.id for card in lane.cards]) for lane in board.lanes]
                ids = [[row.contact.id for row in page.rows] for page in pages]
                found.append((wanted, sort, pages[0].total, ids, board.total, lanes))
    return found


@pytest.mark.parametrize(("walk", "sorts"), [(1, SORTS), (10_000, ("-name", "-fit", "posted"))])
def test_kept_figures_give_the_order_that_accounts_give(
    database: Database, brand: int, monkeypatch: pytest.MonkeyPatch, walk: int, sorts: Sequence[str]
) -> None:
    before = _lists(database, brand, sorts)
    monkeypatch.setattr(bests, "MANY", PEOPLE // 2)
    assert keep_bests(database)
    assert not keep_bests(database), "figures that are fresh are left alone"
    for module in (people_order, lane_picks):
        monkeypatch.setattr(module, "WALK", walk)
    assert _lists(database, brand, sorts) == before
    with database.reading() as tx:
        assert list_people(tx, PeopleFilter(sort="-fit"), brand_id=brand).as_of == tx.now
        assert list_people(tx, PeopleFilter(), brand_id=brand).as_of is None


def test_whoever_came_since_stands_last_and_nobody_is_missed(
    database: Database, brand: int, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bests, "MANY", PEOPLE // 2)
    for module in (people_order, lane_picks):
        monkeypatch.setattr(module, "WALK", 1)
    assert keep_bests(database)
    clock.advance(timedelta(minutes=3))
    with database.transaction() as tx:
        stages = list(tx.session.scalars(select(Stage.id).limit(1)))
        new = _add(tx, Random(1), 1, brand, stages)
        tx.session.add(_account(Random(2), new.id, "twitch", retired=None))
    for sort in ("-fit", "size"):
        with database.reading() as tx:
            pages = [list_people(tx, PeopleFilter(sort=sort), brand_id=brand, page=number) for number in (1, 2)]
            ids = [row.contact.id for page in pages for row in page.rows]
        assert (ids[-1], len(set(ids))) == (new.id, pages[0].total)
    clock.advance(timedelta(minutes=20))
    assert keep_bests(database)
    with database.reading() as tx:
        assert list_people(tx, PeopleFilter(sort="size"), brand_id=brand, page=2).rows[-1].contact.id != new.id


def test_figures_that_no_beat_looked_after_are_not_believed(
    database: Database, brand: int, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bests, "MANY", PEOPLE // 2)
    assert keep_bests(database)
    clock.advance(timedelta(hours=3))
    with database.reading() as tx:
        assert list_people(tx, PeopleFilter(sort="-fit"), brand_id=brand).as_of is None


def test_the_week_is_the_same_counted_and_kept(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as tx:
        mails = _write_mails(tx)
        counted = today.read_lately(tx, tx.now - timedelta(days=1), tx.now, strips_of=[1, 2])
        came = [at for who, direction, at in mails if direction == "in"]
        assert counted.week.replies == sum(at >= tx.now - timedelta(weeks=1) for at in came) > 0
        assert counted.week.before == len(came) - counted.week.replies > 0
        waits = [measure_answers([(way, at) for who, way, at in mails if who == one]).ours for one in range(1, 9)]
        known = sorted(wait for wait in waits if wait)
        assert counted.week.answers.ours == known[len(known) // 2]
        assert [at for _, at in counted.day] == sorted(at for *_, at in mails if at >= tx.now - timedelta(days=1))
    monkeypatch.setattr(today, "MANY", 10)
    with database.transaction() as tx:
        assert today.read_lately(tx, tx.now, tx.now, strips_of=[]).week == counted.week, "no beat has run yet"
    assert today.keep_answers(database)
    assert not today.keep_answers(database), "what is fresh is left alone"
    clock.advance(timedelta(minutes=1))
    with database.reading() as tx:
        week = today.read_lately(tx, tx.now, tx.now, strips_of=[]).week
        assert (week.as_of, week.answers) == (tx.now - timedelta(minutes=1), counted.week.answers)
        assert tx.session.scalars(select(KeptFigures.name)).all() == ["answers"]


def _write_mails(tx: Tx) -> list[tuple[int | None, str, object]]:
    box = Mailbox(
        address="ada@brackenware.example",
        smtp_url="",
        imap_url="",
        user="",
        secret="",
        window="always",
        created_at=tx.now,
    )
    tx.session.add_all([box, *(Contact(name=f"P{n}", created_at=tx.now) for n in range(1, 9))])
    tx.session.flush()
    rng, mails = Random(3), []
    for number in range(120):
        who = rng.choice((None, *range(1, 9)))
        way = rng.choice(("in", "out"))
        mails.append((who, way, tx.now - timedelta(minutes=rng.randrange(1, 60 * 24 * 14), seconds=number)))
    mails.sort(key=lambda mail: mail[2])
    rows = [
        {"mailbox_id": box.id, "contact_id": who, "direction": way, "kind": "reply" if way == "in" else "sent",
         "dedupe": f"m{n}", "at": at}
        for n, (who, way, at) in enumerate(mails)
    ]  # fmt: skip
    tx.session.execute(insert(Message), rows)
    return list(mails)
