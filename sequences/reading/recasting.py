"""Use cases: an answer was a machine's, or the other way round: what the mail did is taken back or done, undoably."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from crm.changes import Undone, record_change
from crm.contacts import lock_contacts
from crm.inbound import recount_inbound
from crm.models import Change, Message, Relationship, Thread, TimelineEntry
from crm.pipeline import Standing, move_many_by_rule, undo_move
from crm.stages import HUMAN_REPLY
from kit.errors import ConflictError, say
from kit.tx import Tx
from mailer.types import MailKind
from sequences.course.run_marks import Mark, read_marks, restore_marks
from sequences.course.runs import hold_runs, stop_runs
from sequences.models import Enrolment
from sequences.reading.away import back_after
from sequences.reading.resuming import answered_runs, resume_run, runs_ended_by
from sequences.sending.stop_rules import Hold, Incoming, Stop, decide_effect

KIND = "mail.recast"
_REPLY, _MACHINE = MailKind.REPLY.value, MailKind.AUTO_REPLY.value


def to_auto_reply(tx: Tx, message: Message, until: date | None, *, actor: str) -> Change:
    """Take a mail for a machine's: the turn is what it was, what it ended goes on, held as by any automatic reply."""
    before, people = _read(message), _people(tx, message)
    message.kind, message.reply_kind, message.reply_kind_by = _MACHINE, None, actor
    stated = {"until": until.isoformat() if until else None, "permanent": False}
    message.facts = {**message.facts, "auto_reply": stated}
    recount_inbound(tx, message)
    if before["kind"] == _REPLY:
        _move_back(tx, message, actor=actor)
        for run in runs_ended_by(tx, message, people):
            resume_run(tx, run, actor=actor)
    _hold(tx, message, actor=actor)
    return _keep(tx, message, before, [], actor)


def to_answer(tx: Tx, message: Message, *, actor: str) -> Change:
    """Take a mail for a person's: it is our turn, and what began before it ends."""
    before, people = _read(message), _people(tx, message)
    marks = [mark for found in read_marks(tx, people).values() for mark in found]
    message.kind = _REPLY
    _end(tx, message, people, actor=actor)
    return _keep(tx, message, before, marks, actor)


def reverse_recast(tx: Tx, change: Change, actor: str) -> Undone:
    """Take a mail for what it was taken before, unless somebody has said something else since."""
    data = change.data
    message = tx.session.get(Message, data["message"])
    if message is None or message.contact_id is None or _read(message)["kind"] != data["after"]["kind"]:
        return Undone(change=change, undone=0, left=1, why=say("It was marked anew since."))
    people = _people(tx, message)
    before = data["before"]
    message.kind, message.reply_kind, message.reply_kind_by = before["kind"], before["reply_kind"], before["by"]
    rest = {name: fact for name, fact in message.facts.items() if name != "auto_reply"}
    message.facts = rest | ({"auto_reply": before["auto_reply"]} if before["auto_reply"] else {})
    if message.kind == _REPLY:
        _end(tx, message, people, actor=actor)
    else:
        recount_inbound(tx, message)
        _restore(tx, data["marks"], since=change.at, actor=actor)
        if message.kind == _MACHINE:
            _hold(tx, message, actor=actor)
    return Undone(change=change, undone=1)


def _end(tx: Tx, message: Message, people: Iterable[int], *, actor: str) -> None:
    recount_inbound(tx, message)
    stop = decide_effect(Incoming(kind=MailKind.REPLY), message.at)
    for contact_id in people:
        if isinstance(stop, Stop):
            # What began after the mail was not meant by it.
            stop_runs(tx, contact_id, stop, actor=actor, word="reply", begun_by=message.at)
    thread = tx.session.get(Thread, message.thread_id) if message.thread_id else None
    if thread is not None and thread.brand_id is not None:
        columns = (Relationship.id, Relationship.contact_id, Relationship.brand_id, Relationship.stage_id)
        query = select(*columns).where(
            Relationship.contact_id == message.contact_id, Relationship.brand_id == thread.brand_id
        )
        standing = {row[0]: Standing(row[1], row[2], row[3]) for row in tx.session.execute(query)}
        move_many_by_rule(tx, standing, HUMAN_REPLY, cause="they answered")


def _hold(tx: Tx, message: Message, *, actor: str) -> None:
    """Hold their runs as the engine does; a date said by a person also replaces the one of before."""
    contact_id, stated = message.contact_id or 0, message.facts.get("auto_reply", {}).get("until")
    back = back_after(tx, contact_id, date.fromisoformat(stated)) if stated else None
    hold = decide_effect(Incoming(kind=MailKind.AUTO_REPLY, back_on=back), message.at)
    if not isinstance(hold, Hold):
        return
    held = select(Enrolment).where(
        Enrolment.contact_id == contact_id, Enrolment.state == "held", Enrolment.reason == hold.reason
    )
    for run in tx.session.scalars(held):
        run.hold_until = hold.until
    hold_runs(tx, contact_id, hold, actor=actor)


def _restore(tx: Tx, marks: list[Mark], *, since: datetime, actor: str) -> None:
    """Let runs stand as before the mail was called an answer, but none whose person has answered otherwise."""
    answered = answered_runs(tx, [mark["run"] for mark in marks])
    ours = [mark for mark in marks if mark["run"] not in answered]
    restore_marks(tx, ours, reason="reply", since=since, actor=actor)


def _move_back(tx: Tx, message: Message, *, actor: str) -> None:
    """Take back the move that the mail made by rule, where no other move came after."""
    heard = select(TimelineEntry.at).where(TimelineEntry.message_id == message.id, TimelineEntry.kind == _REPLY)
    moves = select(TimelineEntry.id).where(
        TimelineEntry.contact_id == message.contact_id, TimelineEntry.kind == "stage",
        TimelineEntry.actor == f"rule:{HUMAN_REPLY}", TimelineEntry.at.in_(heard),
    )  # fmt: skip
    for entry_id in tx.session.scalars(moves).all():
        try:
            undo_move(tx, entry_id, actor=actor)
        except ConflictError:
            continue


def _people(tx: Tx, message: Message) -> list[int]:
    """Return who is meant by a mail: whose it is, and those whom we had written to when they answered for them."""
    others = select(TimelineEntry.contact_id).where(
        TimelineEntry.message_id == message.id, TimelineEntry.kind == "answered_by_other"
    )
    people = list(dict.fromkeys([message.contact_id or 0, *tx.session.scalars(others)]))
    lock_contacts(tx, people)
    return people


def _read(message: Message) -> dict[str, Any]:
    known = {"kind": message.kind, "reply_kind": message.reply_kind, "by": message.reply_kind_by}
    return known | {"auto_reply": message.facts.get("auto_reply")}


def _keep(tx: Tx, message: Message, before: dict[str, Any], marks: list[Mark], actor: str) -> Change:
    words = (
        say("Marked as an automatic reply: %(subject)s", subject=message.subject)
        if message.kind == _MACHINE
        else say("Marked as an answer: %(subject)s", subject=message.subject)
    )
    data: dict[str, Any] = {"message": message.id, "before": before, "after": _read(message), "marks": marks}
    if message.thread_id:
        data["place"] = f"/inbox/{message.thread_id}"
    tx.session.flush()
    return record_change(tx, KIND, actor=actor, summary=words, data=data)
