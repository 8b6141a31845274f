"""Use cases: the report of a sequence, read from what left and what came back. Nine queries, whatever its size.

Of many mails this takes seconds: pages ask `outcome_kept` first.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from crm.models import Contact, Mailbox, Message, Relationship, Stage, Task
from crm.zones import is_zone, read_zone, zone_of_country
from kit.tx import Tx
from sequences.insight.outcome_sweep import Run
from sequences.insight.touches_report import Answer, Cell, Row, Touch, credit, group, heat
from sequences.insight.variants import Experiment, list_experiments
from sequences.models import Enrolment, Send, Sequence, SequenceVersion
from sequences.versions.published import get_version, steps_of

AGREED = "Agreed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything the report shows. `kinds`: what first answers were taken for; `agreed` is None without that stage.

    `as_of` is when it was counted, if that was not now.
    """

    since: datetime | None
    first_at: datetime | None
    enrolled: int
    delivered: int
    bounced: int
    replied: int
    interested: int
    agreed: int | None
    auto_replies: int
    opted_out: int
    rows: tuple[Row, ...]
    steps: tuple[Row, ...]
    heat: tuple[tuple[Cell, ...], ...]
    kinds: tuple[tuple[str, int], ...]
    experiments: tuple[Experiment, ...]
    titles: dict[str, str]
    as_of: datetime | None = None


def read_outcome(tx: Tx, sequence: Sequence, *, since: datetime | None, by: str) -> Outcome:
    """Return what came of a sequence since an instant, grouped as asked for."""
    version = get_version(tx, sequence)
    steps = steps_of(version)
    order = [step.key for step in steps]
    touches = list_touches(tx, sequence, since)
    answers, auto = list_answers(tx, sequence)
    credited = credit(touches, answers)
    runs = list_runs(tx, sequence, since)
    opted_out = frozenset(run.contact_id for run in runs if run.opted_out)
    agreed = list_agreed(tx, sequence)
    people = frozenset(touch.contact_id for touch in touches)
    lost = frozenset(touch.contact_id for touch in touches if touch.bounced)
    known = frozenset() if agreed is None else agreed
    rows, texts = (
        group(touches, credited, name, order=order, agreed=known, opted_out=opted_out) for name in (by, "variant")
    )
    kinds = Counter(answer.kind or "other" for _, answer in credited.values())
    week = heat([touch for touch in touches if touch.mailbox], credited)
    return Outcome(
        since=since, first_at=min((touch.at for touch in touches), default=None),
        enrolled=len({run.contact_id for run in runs}),
        delivered=len(people - lost), bounced=len(lost), replied=len(credited), interested=kinds["interested"],
        agreed=None if agreed is None else len(known & set(credited)), auto_replies=auto,
        opted_out=len(opted_out & people), rows=tuple(rows),
        steps=tuple(texts),
        heat=tuple(map(tuple, week)), kinds=order_kinds(kinds),
        experiments=tuple(list_experiments(tx, sequence, version)),
        titles={step.key: step.title for step in steps if step.title},
    )  # fmt: skip


def order_kinds(kinds: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Return what answers were taken for, the most frequent first."""
    return tuple(sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0])))


def list_touches(tx: Tx, sequence: Sequence, since: datetime | None = None) -> list[Touch]:
    """Return what reached people: mails that left, and steps that were done by hand."""
    return [*_mails(tx, sequence, since), *_tasks(tx, sequence, since)]


def _mails(tx: Tx, sequence: Sequence, since: datetime | None) -> list[Touch]:
    query = (
        select(
            Send.contact_id, Send.step_key, Send.variant, Mailbox.address, SequenceVersion.number, Send.sent_at,
            Send.bounced_at, Send.hard_bounced_at, Contact.zone, Contact.country,
        )
        .join(Contact, Contact.id == Send.contact_id)
        .join(Mailbox, Mailbox.id == Send.mailbox_id)
        .join(Enrolment, Enrolment.id == Send.enrolment_id)
        .join(SequenceVersion, SequenceVersion.id == Enrolment.version_id)
        .where(Send.sequence_id == sequence.id, Send.state == "sent", Send.sent_at.is_not(None))
    )  # fmt: skip
    if since:
        query = query.where(Send.sent_at >= since)
    return [
        Touch(
            contact_id=person, step=(step or "").partition("~")[0], variant=variant, mailbox=mailbox, version=number,
            at=at, zone=_zone(zone, country), bounced=bool(soft or hard),
        )
        for person, step, variant, mailbox, number, at, soft, hard, zone, country in tx.session.execute(query)
        if at is not None
    ]  # fmt: skip


def _tasks(tx: Tx, sequence: Sequence, since: datetime | None) -> list[Touch]:
    """Return steps done by hand; a direct message is a touch like a mail."""
    runs = select(Enrolment.contact_id).where(Enrolment.sequence_id == sequence.id)
    query = (
        select(Task.ref, Task.contact_id, Task.done_at, Contact.zone, Contact.country)
        .join(Contact, Contact.id == Task.contact_id)
        .where(Task.kind == "step", Task.ref.is_not(None), Task.done_at.is_not(None), Task.contact_id.in_(runs))
    )
    if since:
        query = query.where(Task.done_at >= since)
    rows = tx.session.execute(query).all()
    if not rows:
        return []
    found = select(Enrolment.id, SequenceVersion.number).join(
        SequenceVersion, SequenceVersion.id == Enrolment.version_id
    )
    numbers = {str(row[0]): row[1] for row in tx.session.execute(found.where(Enrolment.sequence_id == sequence.id))}
    touches = []
    for ref, person, at, zone, country in rows:
        _, run_id, key = (ref or "").split(":", 2)
        if run_id in numbers and person is not None and at is not None:
            touches.append(
                Touch(contact_id=person, step=key, variant="", mailbox="", version=numbers[run_id], at=at,
                      zone=_zone(zone, country))
            )  # fmt: skip
    return touches


def list_answers(tx: Tx, sequence: Sequence) -> tuple[list[Answer], int]:
    """Return the answers of people who were in the sequence, and how many automatic ones came."""
    begun = select(Enrolment.contact_id, func.min(Enrolment.created_at).label("at"))
    begun_at = begun.where(Enrolment.sequence_id == sequence.id).group_by(Enrolment.contact_id).subquery()
    query = (
        select(Message.contact_id, Message.at, Message.kind, Message.reply_kind)
        .join(begun_at, begun_at.c.contact_id == Message.contact_id)
        .where(Message.direction == "in", Message.kind.in_(("reply", "auto_reply")), Message.at >= begun_at.c.at)
        .order_by(Message.at, Message.id)
    )
    rows = tx.session.execute(query).all()
    answers = [
        Answer(contact_id=person, at=at, kind=reply_kind or "")
        for person, at, kind, reply_kind in rows
        if kind == "reply" and person is not None
    ]
    return answers, sum(row.kind == "auto_reply" for row in rows)


def list_runs(tx: Tx, sequence: Sequence, since: datetime | None = None) -> list[Run]:
    """Return who was put in."""
    query = select(Enrolment.contact_id, Enrolment.created_at, Enrolment.reason)
    query = query.where(Enrolment.sequence_id == sequence.id)
    if since:
        query = query.where(Enrolment.created_at >= since)
    return [
        Run(contact_id=person, at=at, opted_out=reason == "opt_out") for person, at, reason in tx.session.execute(query)
    ]


def list_agreed(tx: Tx, sequence: Sequence) -> frozenset[int] | None:
    """Return who stands at the stage named Agreed or beyond, with the brand; None when no stage is named so."""
    position = tx.session.scalar(select(Stage.position).where(Stage.name == AGREED))
    if position is None:
        return None
    inside = select(Enrolment.contact_id).where(Enrolment.sequence_id == sequence.id)
    query = (
        select(Relationship.contact_id)
        .join(Stage, Stage.id == Relationship.stage_id)
        .where(Relationship.brand_id == sequence.brand_id, Stage.position >= position)
        .where(Relationship.contact_id.in_(inside))
    )
    return frozenset(tx.session.scalars(query))


def _zone(zone: str | None, country: str | None) -> ZoneInfo:
    return read_zone((zone if is_zone(zone) else zone_of_country(country)) or "UTC")
