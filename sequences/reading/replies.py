"""Use cases: what an answer says: the guess, and the person's correction, which is kept."""

from datetime import date
from typing import NamedTuple

from crm.corrections import record_correction
from crm.models import Change, Message, MessageBody
from crm.timeline import record_entry
from kit.errors import InvalidError, NotFoundError, RefusedError, say
from kit.tx import Tx
from mailer.parse.return_date import find_return_date
from mailer.parse.says.features import marks_of
from mailer.types import MailKind, ReplyKind
from sequences.course.runs import stop_runs
from sequences.reading.opt_outs import record_opt_out
from sequences.reading.recasting import to_answer, to_auto_reply
from sequences.sending.stop_rules import Incoming, Stop, decide_effect

_MACHINE = MailKind.AUTO_REPLY.value


class Corrected(NamedTuple):
    """A mail as a person says it is, and the change to take back where it had been taken for something else."""

    message: Message
    change: Change | None


def correct_kind(tx: Tx, message_id: int, kind: str, *, actor: str, back_on: date | None = None) -> Corrected:
    """Set what an answer says; `opt_out` also stops all mail to the contact.

    `auto_reply` says that nobody answered: what the mail ended goes on after `back_on`, or after the day it states.
    """
    message = tx.session.get(Message, message_id)
    if message is None or message.direction != "in" or message.contact_id is None:
        raise NotFoundError(say("There is no such answer."))
    if kind == _MACHINE:
        return _call_machine(tx, message, back_on, actor=actor)
    if kind == "opt_out":
        message.opt_out = True
        record_opt_out(tx, message.contact_id, source=say("marked by hand"))
        kind = ReplyKind.NO.value
    if kind not in set(ReplyKind):
        raise InvalidError(say("An answer is one of: %(list)s.", list=", ".join(ReplyKind)))
    before = message.reply_kind
    if before == kind and message.reply_kind_by == actor and message.kind == MailKind.REPLY:
        return Corrected(message, None)
    change = to_answer(tx, message, actor=actor) if message.kind != MailKind.REPLY else None
    message.reply_kind, message.reply_kind_by = kind, actor
    _note(tx, message, before or "", kind, actor=actor)
    if kind == ReplyKind.NO:
        _end_runs(tx, message, actor=actor)
    return Corrected(message, change)


def _call_machine(tx: Tx, message: Message, back_on: date | None, *, actor: str) -> Corrected:
    if message.opt_out or message.complaint:
        raise RefusedError(say("They asked for no more mail. That holds, whoever wrote it."))
    kept = message.facts.get("auto_reply")
    if kept and message.kind == _MACHINE and back_on is None:
        return Corrected(message, None)
    before, until = message.reply_kind or message.kind, back_on or _stated_day(tx, message)
    change = to_auto_reply(tx, message, until, actor=actor)
    _note(tx, message, before, _MACHINE, actor=actor)
    return Corrected(message, change)


def _stated_day(tx: Tx, message: Message) -> date | None:
    body = tx.session.get(MessageBody, message.id)
    return find_return_date(f"{message.subject}.\n{body.new_text if body else ''}", received_at=message.at)


def _note(tx: Tx, message: Message, before: str, kind: str, *, actor: str) -> None:
    body = tx.session.get(MessageBody, message.id)
    marks = len(marks_of(body.new_text)) if body else 0
    record_correction(tx, message, before, kind, marks=marks, actor=actor)
    record_entry(
        tx,
        message.contact_id or 0,
        "reply_kind",
        say("Answer marked as %(what)s", what=kind.replace("_", " ")),
        actor=actor,
        message_id=message.id,
        data={"from": before, "to": kind, "guessed": message.guessed_kind, "confidence": message.reply_confidence},
    )


def _end_runs(tx: Tx, message: Message, *, actor: str) -> None:
    """End what a "no" would have ended had it been read so at once: also where a machine's word only held the run."""
    mail = Incoming(kind=MailKind.REPLY, reply_kind=ReplyKind.NO)
    match decide_effect(mail, message.at):
        case Stop() as stop:
            # What began after the mail was not meant by it.
            stop_runs(tx, message.contact_id or 0, stop, actor=actor, word=stop.reason, begun_by=message.at)
        case _:
            pass
