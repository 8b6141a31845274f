"""IDLE in bad weather: the watcher only rings, never hangs, never spins, and leaves what it must not watch."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crm.mailboxes import pause_mailbox
from crm.models import Mailbox
from kit.clock import FixedClock
from kit.tx import Database
from mailer.transport import NetworkTransport
from sequences.hints import NoHints
from sequences.reading.watcher import LEASE_S, SLICE, Watcher
from tests.stories.world import World
from tests.weather.bad_imap import HANG_UP, STALL, BadImap, Gust, bad_imap


class Bell(NoHints):
    def __init__(self) -> None:
        self.polled: list[int] = []
        self.rung = threading.Event()

    def poll(self, mailbox_id: int) -> None:
        self.polled.append(mailbox_id)
        self.rung.set()


@pytest.fixture
def server() -> Iterator[BadImap]:
    with bad_imap("IMAP4rev1 IDLE") as server:
        yield server


@pytest.fixture
def watched(server: BadImap, sqlite_database: Database, clock: FixedClock, tmp_path: Path) -> World:
    world = World(sqlite_database, clock, tmp_path)
    world.engine.transport = NetworkTransport(timeout_s=0.5)
    with world.database.transaction() as tx:
        tx.session.scalars(select(Mailbox)).one().imap_url = f"imap+plain://127.0.0.1:{server.port}"
    assert world.poll().errors == []
    server.logins = 0
    return world


@contextmanager
def watching(world: World, bell: Bell | None = None, **settings: timedelta) -> Iterator[Watcher]:
    watcher = Watcher(world.engine, bell or Bell(), look_every=timedelta(0), **settings)
    stop = threading.Event()
    thread = threading.Thread(target=watcher.run, args=(stop,), kwargs={"tick_s": 0.02})
    thread.start()
    try:
        yield watcher
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive(), "it can be stopped at any time"


def until(condition: Callable[[], object]) -> bool:
    pause = threading.Event()
    return any(condition() or pause.wait(0.02) for _ in range(500))


def push(line: bytes, *, together: bool = False) -> Gust:
    return Gust("IDLE", lambda tag, answer: [answer + line] if together else [answer, line])


@pytest.mark.parametrize("together", [False, True])
def test_what_the_server_tells_rings_the_bell(server: BadImap, watched: World, together: bool) -> None:
    server.gusts = [push(b"* 1 EXISTS\r\n", together=together)]
    bell = Bell()
    with watching(watched, bell) as watcher:
        assert until(lambda: len(bell.polled) >= 2), "once on beginning, once because of the news"
        assert until(lambda: watcher.watched == [watched.mailbox_id]), "and it goes on waiting"
    assert server.logins == 1


def test_a_slice_is_within_what_servers_and_the_lease_allow() -> None:
    assert timedelta(minutes=9) >= SLICE
    assert SLICE.total_seconds() * 2 < LEASE_S


def test_a_slice_ends_and_the_next_begins_over_the_same_connection(server: BadImap, watched: World) -> None:
    with watching(watched, slice_for=timedelta(minutes=5)) as watcher:
        assert until(lambda: watcher.watched)
        before = server.heard.count(b"DONE\r\n")
        begun = sum(b"IDLE" in line for line in server.heard)
        watched.clock.advance(timedelta(minutes=6))
        assert until(lambda: sum(b"IDLE" in line for line in server.heard) > begun)
    assert before == 0
    assert server.logins == 1


@pytest.mark.parametrize(
    "gust",
    [
        Gust("DONE", lambda tag, answer: [STALL], 1000),
        Gust("IDLE", lambda tag, answer: [answer, HANG_UP], 1000),
        Gust("IDLE", lambda tag, answer: [tag + b" NO not today\r\n"], 1000),
        Gust("IDLE", lambda tag, answer: [answer, b"* 1 EX", STALL], 1000),
        Gust("IDLE", lambda tag, answer: [answer, b"* BYE idle for too long\r\n", HANG_UP], 1000),
    ],
    ids=["never answers DONE", "hangs up", "refuses", "half a line", "says BYE"],
)
def test_a_server_that_idles_badly_is_left_to_the_poll(server: BadImap, watched: World, gust: Gust) -> None:
    server.gusts = [gust, *([push(b"* 1 EXISTS\r\n")] if gust.at == "DONE" else [])]
    with watching(watched) as watcher:
        assert until(lambda: server.logins >= 1)
        watched.clock.advance(timedelta(minutes=6))  # a slice is over: DONE is said
        assert until(lambda: not watcher.watched)
        threading.Event().wait(0.2)
        for _ in range(60):
            watched.clock.advance(timedelta(minutes=1))
            threading.Event().wait(0.03)
    assert 1 <= server.logins <= 6, "an hour's sign-ins; the poll needs the others"


def test_without_idle_nothing_is_watched(sqlite_database: Database, clock: FixedClock, tmp_path: Path) -> None:
    world = World(sqlite_database, clock, tmp_path)
    world.poll()
    logins = len(world.server.logins)
    with watching(world) as watcher:
        assert until(lambda: len(world.server.logins) > logins)
        threading.Event().wait(0.1)
        assert watcher.watched == []
    assert len(world.server.logins) == logins + 1


def test_one_of_two_watches(server: BadImap, watched: World) -> None:
    with watching(watched) as one:
        assert until(lambda: one.watched)
        with watching(watched) as other:
            threading.Event().wait(0.2)
            assert other.watched == []
    assert server.logins == 1


def test_a_paused_mailbox_and_one_that_cannot_be_read_are_not_watched(server: BadImap, watched: World) -> None:
    with watching(watched) as watcher:
        assert until(lambda: watcher.watched)
        with watched.database.transaction() as tx:
            pause_mailbox(tx, watched.mailbox_id, "Paused by hand.")
        assert until(lambda: not watcher.watched)
