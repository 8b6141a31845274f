"""Accounts in depth, over both databases: read in one query, scored as the list sorts, rates of imports."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event, select

from crm.account_book import read_accounts
from crm.contacts import create_contact
from crm.figures import Reading, add_reading, reverse_reading
from crm.fit import best_fit
from crm.handle_edits import make_main, retire
from crm.handles import Account, add_handle
from crm.import_undo import undo_import
from crm.models import Handle, HandlePost, HandleRate
from crm.people import PeopleFilter, list_people
from crm.people_around import read_people_around
from crm.post_lines import read_posts
from crm.posts import add_posts, reverse_posts
from crm.rates import NewRate, reverse_rate, set_rate
from crm.scoring import DEFAULTS, read_weights
from crm.stale_setting import set_stale_days
from kit.errors import NotFoundError
from kit.tx import Database, Tx
from tests.unit.crm.importing import bring, write
from tests.web.depth import deepen


@pytest.fixture
def imani(database: Database) -> int:
    with database.transaction() as tx:
        contact = create_contact(tx, name="Imani", emails=["imani@kitchen.example"], actor="user:1")
        account = Account(
            platform="youtube", username="imani", followers=180_000, avg_views=90_000, engagement_rate=0.07,
            price_amount=Decimal(1800), price_currency="EUR",
        )  # fmt: skip
        add_handle(tx, contact.id, account, actor="user:1")
        return contact.id


def test_all_accounts_are_read_in_one_query(database: Database, imani: int) -> None:
    asked: list[str] = []
    with database.transaction() as tx:
        deepen(tx, imani)
        set_stale_days(tx, 40, actor="user:1")
    with database.reading() as tx:
        event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        book = read_accounts(tx, imani, DEFAULTS)
    assert sum(one.startswith("SELECT") for one in asked) == 1
    main = book.accounts[0]
    assert (book.stale_days, [one.handle.platform for one in book.accounts]) == (40, ["youtube", "tiktok"])
    assert [one.at for one in main.readings] == sorted((one.at for one in main.readings), reverse=True)
    assert [(one.format, one.amount, one.said_by) for one in main.rates] == [
        ("video", Decimal("2800.00"), "her manager"), ("short", Decimal("900.00"), "her manager"),
    ]  # fmt: skip
    assert [one.cpm for one in main.rates] == [Decimal("29.17"), Decimal("9.38")]
    assert [(one.brand, one.seen_on) for one in book.sponsors] == [
        ("Oat & Co", date(2026, 11, 13)), ("Norr Knives", date(2026, 10, 30)),
    ]  # fmt: skip
    assert (main.views, main.spread, main.is_stale) == (96_000, "steady", False)


@pytest.mark.parametrize("weights", ["", "steady:5,engagement:0", "price:5,views:1"])
def test_the_list_sorts_by_the_score_that_the_page_shows(database: Database, imani: int, weights: str) -> None:
    with database.transaction() as tx:
        deepen(tx, imani)
        wanted = read_weights(weights)
        found = best_fit(wanted, tx.now.date())
        score = tx.session.execute(select(found.c.score).where(found.c.contact_id == imani)).scalar_one()
        best = read_accounts(tx, imani, wanted).best
        assert best is not None
        assert best.fit == int(score + 0.5)
        asked = PeopleFilter(weights=wanted, fit=(float(best.fit), float(best.fit)))
        (row,) = list_people(tx, asked, brand_id=None).rows
        assert (row.fit, row.spread) == (best.fit, "steady")


def test_who_is_known_least_fit_scores_one(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as tx:
        contact = create_contact(tx, name="Nobody", actor="user:1")
        account = Account(platform="x", username="nobody", followers=10, avg_views=0, engagement_rate=0)
        add_handle(tx, contact.id, account, actor="user:1")
        (row,) = list_people(tx, PeopleFilter(fit=(1, 1)), brand_id=None).rows
        assert row.fit == 1


def figures(tx: Tx, contact_id: int) -> list[object]:
    handle = tx.session.scalars(select(Handle).where(Handle.contact_id == contact_id)).first()
    assert handle is not None
    names = ("followers", "avg_views", "median_views", "views_spread", "post_gap_days", "last_post_on", "price_amount")
    counts = [tx.session.query(kind).count() for kind in (HandlePost, HandleRate)]
    return [*(getattr(handle, name) for name in names), *counts]


def test_every_step_back_ends_where_it_began(database: Database, imani: int) -> None:
    with database.transaction() as tx:
        before, number = figures(tx, imani), tx.session.scalars(select(Handle.id)).one()
        today = tx.now.date()
        reading = Reading(read_on=today, source="media kit", followers=1, avg_views=2)
        rate = NewRate(format="reel", amount=Decimal(5), currency="USD", said_on=today)
        done = [
            (reverse_reading, add_reading(tx, number, reading, actor="user:1")),
            (reverse_posts, add_posts(tx, number, read_posts("2026-11-01 5", today), source="", actor="user:1")),
            (reverse_rate, set_rate(tx, tx.session.get_one(Handle, number), rate, actor="user:1")),
        ]
        assert figures(tx, imani) != before
        for reverse, change in reversed(done):
            assert reverse(tx, change, "user:1").undone == 1
        assert figures(tx, imani) == before


def test_a_retired_account_counts_nowhere(database: Database, imani: int) -> None:
    with database.transaction() as tx:
        deepen(tx, imani)
        old, new = tx.session.scalars(select(Handle.id).order_by(Handle.id)).all()
        make_main(tx, new, actor="user:1")
        assert [one.handle.id for one in read_accounts(tx, imani, DEFAULTS).used] == [new, old]
        retire(tx, old, why="sold", actor="user:1")
        book = read_accounts(tx, imani, DEFAULTS)
        assert ([one.handle.id for one in book.used], book.best) == ([new], None)
        for asked in (
            PeopleFilter(size=(100_000, None)),
            PeopleFilter(fit=(1, None)),
            PeopleFilter(platforms=("youtube",)),
        ):
            assert list_people(tx, asked, brand_id=None).total == 0
        (row,) = list_people(tx, PeopleFilter(q="Imani", sort="-fit"), brand_id=None).rows
        assert (row.fit, [one.id for one in row.handles]) == (None, [new])


def test_people_around_are_found_or_refused(database: Database, imani: int) -> None:
    with database.transaction() as tx:
        deepen(tx, imani)
        around = read_people_around(tx, imani)
        assert [(tie.contact.name, tie.acts, tie.email) for tie in around.ties] == [
            ("Mira Holm", True, "mira@agency.example")
        ]
        other = read_people_around(tx, around.ties[0].contact.id)
        assert [(tie.contact.name, tie.acts) for tie in other.ties] == [("Imani", False)]
        with pytest.raises(NotFoundError):
            read_people_around(tx, 999)


def test_a_file_brings_rates_and_takes_them_back(database: Database, imani: int, tmp_path: Path) -> None:
    with database.transaction() as tx:
        contact = create_contact(tx, name="Ida", emails=["ida@papier.example"], actor="user:1")
        add_handle(tx, contact.id, Account(platform="instagram", username="ida"), actor="user:1")
    file = "Name,Email,Instagram,Price\nIda,ida@papier.example,@ida,€90\nTom,tom@marker.example,@tom,$50\n"
    result = bring(database, write(tmp_path, file))
    with database.transaction() as tx:
        known = {(one.said_by, one.format, str(one.amount), one.currency, one.said_on) for one in rates(tx)}
        today = tx.now.date()
        assert known == {
            ("by hand", "video", "1800.00", "EUR", today),
            ("creators.csv", "reel", "90.00", "EUR", today),
            ("creators.csv", "reel", "50.00", "USD", today),
        }
        undo_import(tx, result.import_id or 0, "user:1")
        assert [one.said_by for one in rates(tx)] == ["by hand"]


def test_a_file_of_dated_figures_becomes_readings_of_those_days(database: Database, imani: int, tmp_path: Path) -> None:
    file = (
        "Email,YouTube,Followers,Average views,Checked on\n"
        "imani@kitchen.example,@imani,170k,80k,2026-10-01\n"
        "imani@kitchen.example,@imani,160k,,2026-09-01\n"
        "ida@papier.example,@ida,10k,5k,2026-10-02\n"
    )
    result = bring(database, write(tmp_path, file))
    with database.transaction() as tx:
        handle = tx.session.scalars(select(Handle).where(Handle.contact_id == imani)).one()
        assert (handle.followers, handle.avg_views) == (180_000, 90_000), "what was read later holds"
        book = read_accounts(tx, imani, DEFAULTS)
        days = [(str(one.at.date()), one.followers, one.source) for one in book.accounts[0].readings]
        assert days[1:] == [("2026-10-01", 170_000, "creators.csv"), ("2026-09-01", 160_000, "creators.csv")]
        ida = tx.session.scalars(select(Handle).where(Handle.username == "ida")).one()
        assert (ida.followers, ida.avg_views) == (10_000, 5_000)
    again = bring(database, write(tmp_path, file))
    assert {row["verdict"] for row in again.rows} <= {"unchanged", "duplicate"}
    with database.transaction() as tx:
        undo_import(tx, result.import_id or 0, "user:1")
        assert len(read_accounts(tx, imani, DEFAULTS).accounts[0].readings) == 1


def rates(tx: Tx) -> list[HandleRate]:
    return list(tx.session.scalars(select(HandleRate).order_by(HandleRate.id)))
