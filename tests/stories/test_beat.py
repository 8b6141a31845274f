"""The beat and the workers: what is due leaves by itself, hints lost or not."""

import threading
from datetime import timedelta
from itertools import pairwise
from random import Random

from dramatiq.worker import Worker

from kit.clock import SystemClock
from kit.tx import Database
from sequences.actors import declare_actors
from sequences.beat import beat_once, run_beat
from sequences.broker import make_broker
from sequences.hints import NoHints
from tests.stories.world import World


class Bell(NoHints):
    def __init__(self) -> None:
        self.drained: list[int] = []
        self.polled: list[int] = []

    def drain(self, mailbox_id: int) -> None:
        self.drained.append(mailbox_id)

    def poll(self, mailbox_id: int) -> None:
        self.polled.append(mailbox_id)


def test_a_beat_rings_only_for_what_is_due(small: World) -> None:
    bell = Bell()
    beat_once(small.engine, bell)
    assert (bell.drained, bell.polled) == ([], [1]), "never read, so it is time to read"

    small.tick()
    bell = Bell()
    beat_once(small.engine, bell)
    assert (bell.drained, bell.polled) == ([], [])

    small.load()
    small.enrol(small.people(1))
    small.clock.advance(timedelta(seconds=90))
    beat_once(small.engine, bell)
    assert (bell.drained, bell.polled) == ([1], [1])


def test_a_troubled_mailbox_is_tried_again_within_two_minutes_and_then_less_and_less_often(small: World) -> None:
    small.server.remove_folder("mia@pastel.test", "INBOX")
    tried: list[int] = []
    for second in range(0, 3600, 20):
        bell = Bell()
        beat_once(small.engine, bell)
        if bell.polled:
            tried.append(second)
            small.poll()
        small.clock.advance(timedelta(seconds=20))
    assert tried[1] <= 120
    assert len(tried) <= 10, "sign-ins an hour to a broken server"
    waits = [after - before for before, after in pairwise(tried)]
    assert waits == sorted(waits)
    small.server.add_folder("mia@pastel.test", "INBOX")
    small.clock.advance(timedelta(hours=1))
    assert small.poll().errors == []
    bell = Bell()
    small.clock.advance(timedelta(seconds=61))
    beat_once(small.engine, bell)
    assert bell.polled == [1], "a completed poll forgets them"


def test_everything_leaves_by_itself_while_beat_and_workers_run(world: World) -> None:
    # The machine's own clock: threads cannot be told to jump.
    clock = SystemClock()
    world.engine.clock = clock
    world.database = world.engine.database = Database(world.database.engine, clock, Random(2))
    broker = make_broker(None)
    hints = declare_actors(broker, world.engine)
    worker = Worker(broker, worker_threads=4, worker_timeout=50)
    worker.start()
    stop, arrived = threading.Event(), threading.Event()
    world.server._on_mail = lambda _taken: arrived.set() if len(world.server.outbox) == 5 else None
    beat = threading.Thread(target=run_beat, args=(world.engine, hints, stop), kwargs={"every_s": 0.05})
    beat.start()
    try:
        world.load()
        world.enrol(world.people(5))
        assert arrived.wait(20)
    finally:
        stop.set()
        beat.join()
        worker.stop()
    assert sorted(taken.recipient for taken in world.server.outbox) == [f"creator{n}@people.example" for n in range(5)]
    assert {send.state for send in world.sends()} == {"sent"}
