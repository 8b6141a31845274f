"""Use cases: many runs go on at once after their mails have left: each gets its next date, or reaches its end."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update

from crm.models import Contact, Mailbox
from crm.timeline import record_entries
from kit.errors import say
from kit.tx import Tx
from sequences.course.hours import hours_at
from sequences.course.onward import Onward, go_onward
from sequences.course.runs import OPEN
from sequences.course.schedule import Hours
from sequences.models import Enrolment
from sequences.models import Sequence as SequenceRow
from sequences.versions.documents import read_documents

Change = dict[str, Any]


class _Run(NamedTuple):
    id: int
    state: str
    next_step: int
    facts: dict[str, Any]
    version_id: int
    mailbox_id: int
    contact_id: int
    zone: str | None
    country: str | None
    sequence: str
    brand_id: int


class _Clocks:
    """The texts and hours of a batch of runs, each read once."""

    def __init__(self, tx: Tx, runs: Sequence[_Run]) -> None:
        self._tx = tx
        self._documents = read_documents(tx, {run.version_id for run in runs})
        self._hours: dict[tuple[int, int, str | None, str | None], Hours] = {}

    def go_onward(self, run: _Run, begin: datetime) -> Onward:
        """Return how a run goes on after a mail that left at `begin`."""
        document = self._documents[run.version_id]
        key = (run.version_id, run.mailbox_id, run.zone, run.country)
        if key not in self._hours:
            mailbox = self._tx.session.get_one(Mailbox, run.mailbox_id)
            self._hours[key] = hours_at(self._tx, document, run.zone, run.country, mailbox)
        return go_onward(document, run.next_step, begin, self._hours[key], now=self._tx.now)


def advance_runs(tx: Tx, done: Mapping[int, tuple[datetime, int]]) -> None:
    """Let runs go on after a mail of theirs left; `done` has the instant and the conversation by run."""
    if not done:
        return
    runs = _read_runs(tx, done)
    clocks = _Clocks(tx, runs)
    changes: dict[int, list[Change]] = {number: [] for number in range(len(_WRITES))}
    entries: list[Change] = []
    for run in runs:
        at, thread_id = done[run.id]
        change: Change = {"key": run.id, "last_sent_at": at, "thread_id": thread_id}
        if run.state not in OPEN:
            changes[_NOTED].append(change)
            continue
        own = run.facts.get("anchor")
        begin = max(at, datetime.fromisoformat(own)) if own else at
        ahead = clocks.go_onward(run, begin)
        change["next_at"] = ahead.next_at
        if ahead.next_at is None:
            changes[_ENDED].append(change | {"next_step": ahead.position, "ended_at": tx.now})
            entries.append(_end(run))
        elif ahead.position != run.next_step:
            facts = {**run.facts, "anchor": ahead.anchor.isoformat()}
            changes[_MOVED].append(change | {"next_step": ahead.position, "facts": facts})
        else:
            changes[_WENT_ON].append(change)
    for number, query in enumerate(_WRITES):
        if changes[number]:
            tx.run_many(query, changes[number])
    record_entries(tx, entries)


def _read_runs(tx: Tx, done: Mapping[int, object]) -> list[_Run]:
    return [_Run._make(row) for row in tx.run(_READ, {"run_ids": list(done)})]


def _end(run: _Run) -> Change:
    return {
        "contact_id": run.contact_id,
        "kind": "sequence_finished",
        "summary": say("Reached the end of: %(sequence)s", sequence=run.sequence),
        "actor": "system",
        "brand_id": run.brand_id,
        "data": {"sequence": run.sequence, "enrolment": run.id, "reason": ""},
    }


_READ = (
    select(
        Enrolment.id,
        Enrolment.state,
        Enrolment.next_step,
        Enrolment.facts,
        Enrolment.version_id,
        Enrolment.mailbox_id,
        Enrolment.contact_id,
        Contact.zone,
        Contact.country,
        SequenceRow.name,
        SequenceRow.brand_id,
    )
    .join(Contact, Contact.id == Enrolment.contact_id)
    .join(SequenceRow, SequenceRow.id == Enrolment.sequence_id)
    .where(Enrolment.id.in_(bindparam("run_ids", expanding=True)))
)
_OF_KEY = update(Enrolment).where(Enrolment.id == bindparam("key"))
_SENT: Change = {name: bindparam(name) for name in ("last_sent_at", "thread_id")}
_AHEAD = {**_SENT, "next_at": bindparam("next_at")}
_STEP = {**_AHEAD, "next_step": bindparam("next_step")}
_WRITES = (
    _OF_KEY.values(**_SENT),
    _OF_KEY.values(**_AHEAD),
    _OF_KEY.values(**_STEP, facts=bindparam("facts")),
    _OF_KEY.values(**_STEP, state="finished", reason="finished", ended_at=bindparam("ended_at")),
)
_NOTED, _WENT_ON, _MOVED, _ENDED = range(len(_WRITES))
