"""Follow-ups and answers race on a real Dovecot: who answered before the mailbox was read is never reminded.

`RAPPORT_REAL_RACES` says how many. What is left, from the start of the reading to the final dot, is printed.
"""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import select

from crm.models import Message
from kit.config import load_settings
from sequences.engine import Engine
from sequences.insight.listing import list_sends
from sequences.models import Enrolment, Send
from sequences.reading.intake import poll_mailbox
from sequences.sending.dispatch import drain_mailbox
from sequences.tick import sweep
from tests.acceptance.conftest import MIA, MakeProgram
from tests.acceptance.race_track import Racer, Track, WatchedTransport
from tests.acceptance.recorder import Recorder
from tests.servers import Dovecot, make_certificate, start_dovecot
from web.wiring import make_engine_of, open_house

RACES = int(os.environ.get("RAPPORT_REAL_RACES", "20"))
_BATCH = 5


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with TemporaryDirectory(prefix="rapport-races-") as name:
        folder = Path(name)
        server = start_dovecot(folder, {MIA: "secret"}, make_certificate(folder))
        yield server
        server.stop()


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    recorder.start()
    yield recorder
    recorder.stop()


@pytest.mark.simulation  # make sim runs it with a greater number
@pytest.mark.server("dovecot")
def test_who_answered_before_the_reading_is_not_reminded(
    make_program: MakeProgram, dovecot: Dovecot, recorder: Recorder
) -> None:
    program, rng = make_program(), Random(RACES)
    program.connect(
        MIA, smtp=f"smtp+plain://127.0.0.1:{recorder.port}", imap=f"imap+plain://127.0.0.1:{dovecot.imap_port}"
    )
    program.launch([f"creator{n:03}@creator.test" for n in range(RACES)], MIA, wait="1 second")
    transport = WatchedTransport()
    house = open_house(load_settings(program.env()), transport=transport)
    engine = make_engine_of(house)
    sweep(engine)
    assert drain_mailbox(engine, 1).sent == RACES
    threading.Event().wait(1.1)
    assert sweep(engine).planned == RACES
    track = Track(_line_up(engine), _sizes(rng), dovecot, MIA, engine, rng)
    transport.track = track
    track.set_size()
    drain_mailbox(engine, 1)
    transport.track = None
    track.finish()
    assert poll_mailbox(engine, 1).error == ""
    _judge(engine, track, recorder)
    house.database.engine.dispose()


def _line_up(engine: Engine) -> list[Racer]:
    """Return who waits for a follow-up, in the order in which they are to leave."""
    with engine.database.reading() as tx:
        pitches = {send["email"]: str(send["message_id"]) for send in list_sends(tx, state="sent")}
        waiting = tx.session.scalars(select(Send).where(Send.state == "scheduled").order_by(Send.due_at, Send.id))
        return [Racer(send.email, pitches[send.email]) for send in waiting]


def _sizes(rng: Random) -> list[int]:
    """Return how many mails each reading serves: one for half of the people, up to five for the others."""
    sizes = [1] * (RACES // 2)
    while sum(sizes) < RACES:
        sizes.append(min(_BATCH, RACES - sum(sizes)))
    rng.shuffle(sizes)
    return sizes


def _judge(engine: Engine, track: Track, recorder: Recorder) -> None:
    with engine.database.reading() as tx:
        steps = {str(send["message_id"]).strip("<> "): send["step"] for send in list_sends(tx)}
        answers = list(tx.session.scalars(select(Message).where(Message.kind == "reply")))
        ends = Counter(tx.session.scalars(select(Enrolment.reason)))
    dots = {one.recipient: one.at for one in recorder.taken if steps[one.message_id] == "nudge"}
    assert len(track.polls) == len(track.sizes), "a follow-up left without a reading of its own, or one was read twice"
    results: Counter[str] = Counter()
    windows: dict[bool, list[float]] = {True: [], False: []}
    for racer in track.racers:
        dot = dots.get(racer.email)
        was_before = racer.answered_at < racer.polled_at
        results["before" if was_before else "later, left" if dot else "later, stopped"] += 1
        if dot is None:
            continue
        last_poll = max(at for at in track.polls if at < dot)
        assert last_poll == racer.polled_at, racer
        assert racer.answered_at >= last_poll, f"{racer} was reminded {dot - racer.answered_at:.3f} s after answering"
        windows[racer.size == 1].append(dot - last_poll)
    print(f"{RACES} real races: {dict(results)}.")
    print(_measure("alone", windows[True]), _measure("in a group", windows[False]))
    assert results["before"] >= RACES / 10
    assert results["later, left"] > 0
    # Every answer is filed once and ends the run of its person, whichever way the race went.
    assert len(answers) == len({answer.contact_id for answer in answers}) == RACES
    assert ends == {"reply": RACES}
    assert len(dots) == RACES - results["before"] - results["later, stopped"]


def _measure(name: str, windows: list[float]) -> str:
    if not windows:
        return f"Nothing left {name}."
    milliseconds = [1000 * one for one in windows]
    return (
        f"From the start of the reading to the final dot, {name}: median {median(milliseconds):.0f} ms, "
        f"most {max(milliseconds):.0f} ms."
    )
