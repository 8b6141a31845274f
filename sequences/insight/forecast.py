"""Use cases: the forecast: every mail a sequence will send, from which mailbox and when, and what moved it.

It is the engine itself on a copy of the data (rehearsal.py); nothing is written to the real database.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select, update

from crm.models import Contact, Mailbox
from crm.zones import read_zone
from kit.db import Instant
from kit.errors import RefusedError, say
from kit.tx import Tx
from sequences.course.enrolments import Verdict, enrol
from sequences.engine import Engine
from sequences.insight.rehearsal import ACTOR, Waited, rehearse
from sequences.insight.scene import copy_scene
from sequences.models import Attempt, Enrolment, Send
from sequences.models import Sequence as SequenceRow
from sequences.versions.authoring import get_sequence

MOST_PEOPLE = 5000
_AT_ONCE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMail:
    """One mail that will leave at `at`; its schedule alone said `planned_at`, and `shifts` is what moved it."""

    contact_id: int
    contact: str
    email: str
    sequence: str
    step: str
    variant: str
    mailbox: str
    at: datetime
    planned_at: datetime
    is_follow_up: bool
    shifts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """Somebody who will not get all mails, by which rule, in words."""

    contact_id: int
    contact: str
    email: str
    rule: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLoad:
    """What one mailbox sends on one day of its own clock, of all sequences.

    `late` mails were due a day before, and a limit held them.
    """

    mailbox: str
    day: date
    mails: int
    first_mails: int
    of_this: int
    late: int
    cap: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What will happen until `until` if nobody answers and nothing bounces."""

    sequence: str
    began_at: datetime
    until: datetime
    mails: tuple[PlannedMail, ...]
    blocked: tuple[Blocked, ...]
    loads: tuple[DayLoad, ...]
    holidays: tuple[str, ...]

    @property
    def clashes(self) -> tuple[DayLoad, ...]:
        """The days on which a mailbox could not keep up."""
        return tuple(load for load in self.loads if load.late)

    @property
    def ends_at(self) -> datetime | None:
        """When the last mail leaves."""
        return max((mail.at for mail in self.mails), default=None)


@dataclass(frozen=True, slots=True)
class _Past:
    """What had left, and which runs had ended, before the rehearsal began."""

    sends: frozenset[int]
    runs: frozenset[int]


_LEFT = Send.sent_at >= bindparam("began", type_=Instant())
_SENT = select(Send).where(_LEFT).order_by(Send.sent_at, Send.id)


def make_forecast(
    engine: Engine,
    name: str,
    contact_ids: Collection[int] = (),
    *,
    days: int = 60,
    mailbox: str | None = None,
    user_id: int | None = None,
) -> Forecast:
    """Return what a sequence will send to those in it, and to `contact_ids` as if they were enrolled now."""
    if engine.make_stage is None:
        raise RefusedError(say("This program was started without a stage for rehearsals."))
    if len(contact_ids) > MOST_PEOPLE:
        raise RefusedError(
            say("A forecast covers %(most_people)s people at most; choose fewer.", most_people=MOST_PEOPLE)
        )
    with engine.database.reading() as source:
        now = source.now
        sequence_id = get_sequence(source, name).id
        stage, clock = engine.make_stage(now)
        with stage.database.transaction() as target:
            copy_scene(source, target, contact_ids, sequence_id=sequence_id)
    try:
        with stage.database.transaction() as tx:
            past = _Past(
                # Of what had left long before, none can be taken for what leaves in the rehearsal.
                sends=frozenset(tx.session.scalars(select(Send.id).where(_LEFT), {"began": now})),
                runs=frozenset(tx.session.scalars(select(Enrolment.id).where(Enrolment.ended_at.is_not(None)))),
            )
            verdicts = _open(tx, sequence_id, contact_ids, mailbox, user_id)
        until = now + timedelta(days=days)
        waits = list(rehearse(stage, clock, until=until))
        with stage.database.reading() as tx:
            left = tx.session.scalars(_SENT, {"began": now})
            sent = [send for send in left if send.id not in past.sends]
            mails = [_mail(tx, send, waits) for send in sent if send.sequence_id == sequence_id]
            return Forecast(
                sequence=name,
                began_at=now,
                until=until,
                mails=tuple(mails),
                blocked=(*_refused(verdicts), *_halted(tx, sequence_id, past)),
                loads=_loads(tx, sent, waits, sequence_id, now),
                holidays=tuple(
                    sorted({shift for mail in mails for shift in mail.shifts if shift.startswith("holiday")})
                ),
            )
    finally:
        stage.database.engine.dispose()


def _open(
    tx: Tx, sequence_id: int, contact_ids: Collection[int], mailbox: str | None, user_id: int | None
) -> list[Verdict]:
    """Begin the rehearsal: the sequence runs, and what somebody is sending at this moment counts as waiting."""
    sequence = tx.session.get_one(SequenceRow, sequence_id)
    sequence.state, sequence.paused_at = "live", None
    tx.session.execute(update(Send).where(Send.state == "claimed").values(state="scheduled", lease_owner=None))
    if not contact_ids:
        return []
    return enrol(tx, sequence, contact_ids, actor=ACTOR, mailbox=mailbox, user_id=user_id)


def _mail(tx: Tx, send: Send, waits: Sequence[Waited]) -> PlannedMail:
    at = send.sent_at or send.due_at
    return PlannedMail(
        contact_id=send.contact_id,
        contact=tx.session.get_one(Contact, send.contact_id).name,
        email=send.email,
        sequence=tx.session.get_one(SequenceRow, send.sequence_id).name,
        step=send.step_key or "",
        variant=send.variant,
        mailbox=tx.session.get_one(Mailbox, send.mailbox_id).address,
        at=at,
        planned_at=send.planned_at,
        is_follow_up=send.is_follow_up,
        shifts=(*send.explanation.get("shifts", ()), *_held_up(tx, send, at, waits)),
    )


def _held_up(tx: Tx, send: Send, at: datetime, waits: Sequence[Waited]) -> list[str]:
    """Return why a mail left later than its schedule said."""
    begin = max(send.planned_at, send.created_at)
    if at <= begin + _AT_ONCE:
        return []
    held = tx.session.scalars(
        select(Attempt.text).where(Attempt.send_id == send.id, Attempt.outcome == "held").order_by(Attempt.id)
    )
    boxes = (
        wait.reason for wait in waits if wait.mailbox_id == send.mailbox_id and begin <= wait.begin < wait.until <= at
    )
    return list(dict.fromkeys((*held, *boxes)))


def _refused(verdicts: Sequence[Verdict]) -> list[Blocked]:
    return [
        Blocked(contact_id=one.contact_id, contact=one.name, email=one.email, rule=one.rule, sentence=one.sentence)
        for one in verdicts
        if not one.enrolled
    ]


def _halted(tx: Tx, sequence_id: int, past: _Past) -> list[Blocked]:
    """Return whose run came to a stop, or waits for something that no clock brings."""
    runs = tx.session.execute(
        select(Enrolment, Contact.name)
        .join(Contact, Contact.id == Enrolment.contact_id)
        .where(Enrolment.sequence_id == sequence_id, Enrolment.ended_at.is_(None) | (Enrolment.state == "stopped"))
        .order_by(Enrolment.id)
    )
    found = []
    for run, name in runs:
        send = tx.session.scalars(
            select(Send).where(Send.enrolment_id == run.id).order_by(Send.id.desc()).limit(1)
        ).first()
        gaps = send.explanation.get("gaps") if send and send.state == "draft" else None
        if gaps:
            found.append(
                _blocked(run, name, "gaps", say("Waits for a person: %(gaps)s is missing.", gaps=", ".join(gaps)))
            )
        elif run.state == "stopped" and run.id not in past.runs:
            found.append(_blocked(run, name, run.reason, send.reason if send else ""))
        elif run.state == "held":
            found.append(_blocked(run, name, run.reason, say("This run is held.")))
        elif send and send.state == "unknown":
            found.append(
                _blocked(run, name, "unknown", say("Nobody knows whether the last mail arrived: decide first."))
            )
    return found


def _blocked(run: Enrolment, name: str, rule: str, sentence: str) -> Blocked:
    return Blocked(contact_id=run.contact_id, contact=name, email=run.email, rule=rule, sentence=sentence)


def _loads(
    tx: Tx, sent: Sequence[Send], waits: Sequence[Waited], sequence_id: int, began_at: datetime
) -> tuple[DayLoad, ...]:
    boxes = {box.id: box for box in tx.session.scalars(select(Mailbox))}
    counts: dict[tuple[int, date], Counter[str]] = {}
    for send in sent:
        zone = read_zone(boxes[send.mailbox_id].zone)
        day = (send.sent_at or send.due_at).astimezone(zone).date()
        count = counts.setdefault((send.mailbox_id, day), Counter())
        count["mails"] += 1
        count["first"] += not send.is_follow_up
        count["this"] += send.sequence_id == sequence_id
        count["late"] += max(send.planned_at, send.created_at, began_at).astimezone(zone).date() < day and any(
            "limit of" in reason or "keeps room" in reason
            for reason in _held_up(tx, send, send.sent_at or began_at, waits)
        )
    return tuple(
        DayLoad(
            mailbox=boxes[number].address,
            day=day,
            mails=count["mails"],
            first_mails=count["first"],
            of_this=count["this"],
            late=count["late"],
            cap=boxes[number].daily_cap,
        )
        for (number, day), count in sorted(counts.items(), key=lambda item: (item[0][1], boxes[item[0][0]].address))
    )
