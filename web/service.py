"""Wire: the long-running parts in one process: web server, beat, workers; started together, stopped together."""

import fcntl
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from dramatiq.worker import Worker
from flask import Flask
from waitress.server import create_server
from waitress.trigger import trigger
from waitress.wasyncore import close_all

from kit.config import ensure_home
from kit.errors import ConflictError, RefusedError
from sequences.actors import declare_actors
from sequences.beat import run_beat
from sequences.broker import make_broker
from sequences.engine import Engine
from sequences.reading.watcher import run_watcher
from sequences.upkeep import run_keeper
from web.garbage import settle_garbage
from web.wiring import House, make_engine_of

WORKER_THREADS = 4
WEB_THREADS = 40  # 24 may be held by open streams, see web/newsroom.py


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the data folder: a second `up` on it is refused while this block runs."""
    ensure_home(home)
    with (home / "rapport.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise ConflictError(
                f"Rapport runs on {home} already (process {file.read().strip() or 'unknown'}). "
                "Stop it first, or choose another folder with RAPPORT_HOME."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextmanager
def working(house: House, *, threads: int = WORKER_THREADS) -> Iterator[Engine]:
    """Run workers while the block runs; on the way out they finish the mail in their hands."""
    engine = make_engine_of(house)
    broker = make_broker(house.settings.broker_url)
    house.hints = declare_actors(broker, engine)
    worker = Worker(broker, worker_threads=threads, worker_timeout=200)
    worker.start()
    try:
        yield engine
    finally:
        worker.stop(timeout=60_000)
        with suppress(NotImplementedError):
            broker.close()


@contextmanager
def beating(house: House, engine: Engine) -> Iterator[None]:
    """Run the beat, the watcher and the keeper while the block runs; of many beats, one watches each mailbox."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=run_beat, args=(engine, house.hints, stop), name="beat"),
        threading.Thread(target=run_watcher, args=(engine, house.hints, stop), name="watcher"),
        threading.Thread(target=run_keeper, args=(engine, stop), name="keeper"),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@contextmanager
def serving(app: Flask, host: str, port: int) -> Iterator[int]:
    """Answer requests while the block runs; yields the port that was taken (0 asks for a free one).

    Raises RefusedError when the port is not free.
    """
    sockets: dict[Any, Any] = {}
    try:
        server = create_server(app, map=sockets, host=host, port=port, threads=WEB_THREADS, ident="Rapport")
    except OSError as error:
        raise RefusedError(
            f"Port {port} on {host} cannot be used: {error.strerror}. Choose another with --port."
        ) from error
    bell = trigger(sockets)
    thread = threading.Thread(target=server.run, name="web", daemon=True)
    thread.start()
    try:
        yield _port_of(server, port)
    finally:
        app.extensions["newsroom"].close()
        # Answers in hand are finished before the sockets go away under them.
        server.task_dispatcher.shutdown(timeout=5)
        # The thread that waits for the sockets closes them: closed by another, they are an error to it.
        bell.pull_trigger(partial(close_all, sockets, ignore_all=True))
        thread.join(5)


def _port_of(server: object, asked: int) -> int:
    # A name such as "localhost" may stand for several sockets; then the port was asked for.
    return int(getattr(server, "effective_port", asked))


def expect_end() -> Callable[[], None]:
    """Take heed of being asked to stop, from here on; what is returned blocks until then.

    A byte in a pipe says it, written at once in whichever thread the system interrupts: Python's own handlers run in
    the main thread only, and that one, waiting here, would not wake for a signal which another thread took.
    """
    ended, asked = os.pipe()
    os.set_blocking(asked, False)
    signal.set_wakeup_fd(asked)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave_it_to_the_pipe)

    def wait() -> None:
        settle_garbage()
        os.read(ended, 1)

    return wait


def _leave_it_to_the_pipe(_signal: int, _frame: FrameType | None) -> None:
    """Keep Python from ending the process by itself."""
