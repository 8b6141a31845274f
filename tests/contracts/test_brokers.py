"""The bell rings alike in this process and through Redis: a hint reaches an actor, and one fault hurts nobody else."""

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import dramatiq
import pytest
from dramatiq.worker import Worker

from kit.errors import InvalidError
from sequences.actors import _declare
from sequences.broker import LocalBroker, make_broker


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("redis-server")
    assert program
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        threading.Event().wait(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(10)


@pytest.fixture(params=["local", pytest.param("redis", marks=pytest.mark.server("redis"))])
def broker(request: pytest.FixtureRequest) -> Iterator[dramatiq.Broker]:
    url = None if request.param == "local" else request.getfixturevalue("redis_url")
    broker = make_broker(url)
    yield broker
    broker.close()
    if request.param == "redis":
        # The broker's client keeps its pool open until it is collected.
        broker.client.connection_pool.disconnect()


def test_a_hint_reaches_the_actor_and_a_fault_hurts_nobody_else(broker: dramatiq.Broker) -> None:
    seen: list[int] = []
    enough = threading.Event()

    def work(mailbox_id: int) -> None:
        seen.append(mailbox_id)
        if mailbox_id == 3:
            enough.set()
        if mailbox_id == 2:
            raise ValueError("this one is broken")

    actor = _declare(broker, "drain", "send", work)
    worker = Worker(broker, worker_threads=1, worker_timeout=100)
    worker.start()
    for mailbox_id in (1, 2, 3):
        actor.send(mailbox_id)
    assert enough.wait(10)
    worker.stop()
    assert seen == [1, 2, 3]


def test_equal_hints_wait_as_one_and_are_heard_again_once_work_began() -> None:
    broker = LocalBroker()
    seen: list[int] = []
    actor = _declare(broker, "poll", "sync", seen.append)
    for _ in range(5):
        actor.send(7)
    worker = Worker(broker, worker_threads=1, worker_timeout=50)
    worker.start()
    broker.join("sync", timeout=5000)
    actor.send(7)
    broker.join("sync", timeout=5000)
    worker.stop()
    assert seen == [7, 7]
    assert not broker.dead_letters


def test_a_delayed_hint_is_refused() -> None:
    broker = LocalBroker()
    actor = _declare(broker, "drain", "send", print)
    with pytest.raises(ValueError, match="never delayed"):
        actor.send_with_options(args=(1,), delay=1000)


def test_an_unknown_broker_is_refused() -> None:
    with pytest.raises(InvalidError, match="redis"):
        make_broker("kafka://127.0.0.1")
