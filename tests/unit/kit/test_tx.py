"""The transaction: all or nothing, hooks only once the facts are safe, writers wait their turn."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Barrier

import pytest
from sqlalchemy import Table, func, insert, select, update

from kit.clock import FixedClock
from kit.db import make_engine
from kit.tx import Database, Tx


class OopsError(Exception):
    """Something went wrong in a block."""


def write(tx: Tx, notes: Table, text: str) -> None:
    tx.session.execute(insert(notes).values(text=text, at=tx.now))


def texts(database: Database, notes: Table) -> list[str]:
    with database.reading() as tx:
        return list(tx.session.scalars(select(notes.c.text).order_by(notes.c.id)))


def test_returning_commits(house: Database, notes: Table) -> None:
    with house.transaction() as tx:
        write(tx, notes, "kept")
    assert texts(house, notes) == ["kept"]


def test_raising_rolls_back_and_runs_no_hook(house: Database, notes: Table) -> None:
    ran: list[str] = []

    def fail() -> None:
        with house.transaction() as tx:
            tx.after_commit(lambda: ran.append("hook"))
            write(tx, notes, "lost")
            raise OopsError

    with pytest.raises(OopsError):
        fail()
    assert texts(house, notes) == []
    assert ran == []
    with house.transaction() as tx:
        write(tx, notes, "the next one is not blocked")


def test_hooks_run_in_order_after_the_commit_and_may_write_themselves(house: Database, notes: Table) -> None:
    seen: list[object] = []

    def look(name: str) -> None:
        seen.append((name, texts(house, notes)))

    def follow_up() -> None:
        with house.transaction() as tx:
            write(tx, notes, "second")

    with house.transaction() as tx:
        tx.after_commit(lambda: look("before"))
        tx.after_commit(follow_up)
        tx.after_commit(lambda: look("after"))
        write(tx, notes, "first")
        assert seen == []
    assert seen == [("before", ["first"]), ("after", ["first", "second"])]


def test_reading_keeps_nothing_and_does_not_wait_for_a_writer(house: Database, notes: Table) -> None:
    with house.transaction() as tx:
        write(tx, notes, "kept")
    with house.reading() as tx:
        write(tx, notes, "dropped")
    with house.transaction() as tx:
        write(tx, notes, "still open")
        assert texts(house, notes) == ["kept"]


def test_one_transaction_is_one_instant(house: Database) -> None:
    with house.transaction() as tx:
        begin = tx.now
        house.clock.sleep(60)
        assert tx.now == begin
    with house.transaction() as tx:
        assert tx.now > begin


def test_the_same_seed_deals_the_same_numbers_to_the_same_transactions(house: Database) -> None:
    def deal(seed: int) -> list[float]:
        numbers = []
        database = Database(house.engine, house.clock, Random(seed))
        for _ in range(3):
            with database.transaction() as tx:
                numbers += [tx.rng.random(), tx.rng.random()]
        return numbers

    assert deal(7) == deal(7)
    assert deal(7) != deal(8)
    assert len(set(deal(7))) == 6


@pytest.mark.parametrize("houses", [1, 4], ids=["one process", "as many processes"])
def test_writers_that_read_before_they_write_wait_and_lose_nothing(
    house: Database, notes: Table, tmp_path: Path, houses: int
) -> None:
    with house.transaction() as tx:
        tx.session.execute(insert(notes).values(id=1, text="0"))
    # A database object of its own has its own lock, as a process of its own would.
    engines = [make_engine(str(house.engine.url)) for _ in range(houses)]
    databases = [Database(engine, FixedClock(house.clock.now()), Random(n)) for n, engine in enumerate(engines)]
    start = Barrier(4)

    def count_up(worker: int) -> None:
        start.wait(timeout=10)
        for _ in range(15):
            with databases[worker % houses].transaction() as tx:
                count = int(tx.session.scalars(select(notes.c.text).where(notes.c.id == 1)).one())
                tx.session.execute(update(notes).where(notes.c.id == 1).values(text=str(count + 1)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_up, range(4)))
    with house.reading() as tx:
        assert tx.session.scalar(select(notes.c.text)) == "60"
        assert tx.session.scalar(select(func.count()).select_from(notes)) == 1
    for engine in engines:
        engine.dispose()
