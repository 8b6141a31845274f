"""Answers that race with follow-ups: they arrive at a random step around the reading that stands before each."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert

from crm.models import Contact, ContactAddress, Message, MessageId, Relationship, Thread, TimelineEntry
from kit.tx import Tx
from sequences.models import Enrolment, Send, SendBody
from sequences.sending.dispatch import drain_mailbox
from sequences.tick import sweep
from web.simulation.books import Taken
from web.simulation.people import answer
from web.simulation.wall_time import Place
from web.simulation.work import run_as
from web.simulation.world import World

BOX = "ines@quay.test"
# A Wednesday in Berlin, in the window of the sequence `winter`, whose second step is a follow-up.
BEGINS = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
GROUP = 10
APART = timedelta(minutes=3)
FIRST_ID = 1000
STEPS = 110


@dataclass(slots=True)
class Races:
    """How the races of some worlds ended. `windows` are virtual seconds from the beginning of a poll to the dot."""

    ends: Counter[str] = field(default_factory=Counter)
    windows: list[float] = field(default_factory=list)


def race(seed: int, count: int, races: Races) -> None:
    """Let `count` people answer around their follow-ups; a follow-up after a readable answer is a broken rule."""
    world, rng = World(seed, BEGINS), Random(f"races {seed}")
    try:
        with world.people.transaction() as tx:
            _people(tx, world, count)
        for number in range(FIRST_ID, FIRST_ID + count):
            world.auditor.books.places[number] = Place(zone=None, country="DE")
        world.auditor.follow()
        for begin in range(0, count, GROUP):
            _race_group(world, rng, range(FIRST_ID + begin, FIRST_ID + min(begin + GROUP, count)))
        _note_ends(world, races)
    finally:
        world.close()


def _race_group(world: World, rng: Random, people: range) -> None:
    """Let the follow-ups of a group fall due, and every one of them answer while they are handed over."""
    world.clock.jump(BEGINS + APART * ((people.start - FIRST_ID) // GROUP + 1))
    firsts = {send.contact_id: send for send in world.auditor.books.sends.values() if send.step == 0}
    for contact_id in people:
        send = firsts[contact_id]
        taken = Taken(send=send, at=BEGINS, claimed_at=BEGINS, sending_at=BEGINS)
        world.armed.append((rng.randrange(1, STEPS), _answering(world, taken, rng)))
    process, engine = world.workers[rng.randrange(2)]
    run_as(world, process, lambda: (sweep(engine), drain_mailbox(engine, world.box_ids[BOX])))
    world.fire_armed()
    world.auditor.follow()


def _answering(world: World, taken: Taken, rng: Random) -> Callable[[], None]:
    kind = rng.choice(("reply", "reply", "reply in junk", "reply without thread", "opt-out"))
    return lambda: answer(world, kind, taken, rng)


def _note_ends(world: World, races: Races) -> None:
    """Tell how each race ended: stopped in time, or how the answer came too late."""
    left = {one.send.contact_id: one for one in world.auditor.books.taken if one.send.step == 1}
    address = world.auditor.company.boxes[world.box_ids[BOX]].address
    polls = sorted((poll.at for process, _ in world.workers for poll in process.polls.get(address, [])))
    for letter in world.auditor.books.letters:
        taken = left.get(letter.concerns or 0)
        if taken is None:
            races.ends["no follow-up left"] += 1
            continue
        began = max(at for at in polls if at <= taken.sending_at)
        races.windows.append((taken.at - began).total_seconds())
        in_between = began.replace(microsecond=0) <= letter.at <= taken.at
        races.ends["answered in the remaining window" if in_between else "answered after it had left"] += 1


def _people(tx: Tx, world: World, count: int) -> None:
    """Insert people who got the first mail two days ago, in bulk: the race is about the second."""
    box, sent_at = world.box_ids[BOX], BEGINS - timedelta(days=2)
    rows: dict[Any, list[dict[str, Any]]] = {}
    for n in range(FIRST_ID, FIRST_ID + count):
        email, rfc_id = f"racer{n}@race{n}.example", f"first.{n}@quay.test"
        due = BEGINS + APART * ((n - FIRST_ID) // GROUP + 1)
        add = {
            Contact: {"id": n, "name": f"Racer{n}", "first_name": f"Racer{n}", "country": "DE", "created_at": sent_at},
            ContactAddress: {"contact_id": n, "email": email, "created_at": sent_at},
            Relationship: {
                "contact_id": n,
                "brand_id": 1,
                "stage_id": 3,
                "stage_since": sent_at,
                "created_at": sent_at,
            },
            Thread: {
                "id": n,
                "mailbox_id": box,
                "contact_id": n,
                "brand_id": 1,
                "subject": "Paper",
                "last_at": sent_at,
                "last_out_at": sent_at,
            },
            Enrolment: {
                "id": n,
                "sequence_id": 3,
                "version_id": 3,
                "contact_id": n,
                "mailbox_id": box,
                "email": email,
                "next_step": 1,
                "next_at": due,
                "last_sent_at": sent_at,
                "thread_id": n,
                "actor": "user:1",
                "created_at": sent_at - timedelta(days=1),
            },
            TimelineEntry: {
                "contact_id": n,
                "at": sent_at,
                "kind": "enrolled",
                "actor": "user:1",
                "summary": "Added to winter",
                "data": {"enrolment": n},
            },
            Send: {
                "id": n,
                "enrolment_id": n,
                "step_key": "hello",
                "sequence_id": 3,
                "contact_id": n,
                "brand_id": 1,
                "mailbox_id": box,
                "thread_id": n,
                "email": email,
                "domain": f"race{n}.example",
                "subject": "Paper",
                "state": "sent",
                "rfc_id": rfc_id,
                "planned_at": sent_at,
                "due_at": sent_at,
                "sent_at": sent_at,
                "settled_at": sent_at,
                "copy_filed_at": sent_at,
                "created_at": sent_at,
            },
            SendBody: {"send_id": n, "text": "We make paper."},
            Message: {
                "id": n,
                "mailbox_id": box,
                "thread_id": n,
                "contact_id": n,
                "direction": "out",
                "kind": "sent",
                "dedupe": rfc_id,
                "rfc_id": rfc_id,
                "at": sent_at,
                "facts": {"send": n},
            },
            MessageId: {"message_id": n, "rfc_id": rfc_id},
        }
        for model, values in add.items():
            rows.setdefault(model, []).append(values)
    for model, values in rows.items():
        tx.session.execute(insert(model), values)
