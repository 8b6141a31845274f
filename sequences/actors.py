"""Wire: the actors: each takes one id, re-reads everything, and is harmless when run 0, 1 or 3 times (A1).

This is the one edge with a broad `except`: a fault is logged, and the next sweep tries again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import dramatiq

from sequences.engine import Engine
from sequences.jobs.runner import run_job
from sequences.reading.intake import poll_mailbox
from sequences.sending.dispatch import drain_mailbox

log = logging.getLogger(__name__)


@dataclass(slots=True)
class BrokerHints:
    """Rings through a broker."""

    drain_actor: dramatiq.Actor[[int], None]
    poll_actor: dramatiq.Actor[[int], None]
    work_actor: dramatiq.Actor[[int], None]

    def drain(self, mailbox_id: int) -> None:
        """Let a worker look whether this mailbox has something to send."""
        self.drain_actor.send(mailbox_id)

    def poll(self, mailbox_id: int) -> None:
        """Let a worker read this mailbox."""
        self.poll_actor.send(mailbox_id)

    def work(self, job_id: int) -> None:
        """Let a worker go on with this job."""
        self.work_actor.send(job_id)


def declare_actors(broker: dramatiq.Broker, engine: Engine) -> BrokerHints:
    """Declare the actors of this process on its broker."""
    hints = BrokerHints(
        drain_actor=_declare(broker, "drain", "send", lambda mailbox_id: drain_mailbox(engine, mailbox_id)),
        poll_actor=_declare(broker, "poll", "sync", lambda mailbox_id: poll_mailbox(engine, mailbox_id)),
        work_actor=_declare(broker, "work", "jobs", lambda job_id: _work(engine, hints, job_id)),
    )
    return hints


def _work(engine: Engine, hints: BrokerHints, job_id: int) -> None:
    """Do some chunks, and ring again for the rest: mail has its turn in between, and stopping waits for few."""
    if run_job(engine, job_id):
        hints.work(job_id)


def _declare(
    broker: dramatiq.Broker, name: str, queue: str, work: Callable[[int], object]
) -> dramatiq.Actor[[int], None]:
    def run(number: int) -> None:
        try:
            work(number)
        except Exception:
            log.exception("actor_failed", extra={"actor": name, "id": number})

    return dramatiq.actor(broker=broker, actor_name=name, queue_name=queue)(run)
