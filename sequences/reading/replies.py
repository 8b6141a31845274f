"""Use cases: what an answer says: the guess, and the person's correction, which is kept."""

from crm.corrections import record_correction
from crm.models import Message, MessageBody
from crm.timeline import record_entry
from kit.errors import InvalidError, NotFoundError, say
from kit.tx import Tx
from mailer.parse.says.features import marks_of
from mailer.types import MailKind, ReplyKind
from sequences.course.runs import stop_runs
from sequences.reading.opt_outs import record_opt_out
from sequences.sending.stop_rules import Incoming, Stop, decide_effect


def correct_kind(tx: Tx, message_id: int, kind: str, *, actor: str) -> Message:
    """Set what an answer says; `opt_out` also stops all mail to the contact."""
    message = tx.session.get(Message, message_id)
    if message is None or message.direction != "in" or message.contact_id is None:
        raise NotFoundError(say("There is no such answer."))
    if kind == "opt_out":
        message.opt_out = True
        record_opt_out(tx, message.contact_id, source=say("marked by hand"))
        kind = ReplyKind.NO.value
    if kind not in set(ReplyKind):
        raise InvalidError(say("An answer is one of: %(list)s.", list=", ".join(ReplyKind)))
    before = message.reply_kind
    if before == kind and message.reply_kind_by == actor:
        return message
    body = tx.session.get(MessageBody, message.id)
    marks = len(marks_of(body.new_text)) if body else 0
    record_correction(tx, message, kind, marks=marks, actor=actor)
    message.reply_kind, message.reply_kind_by = kind, actor
    record_entry(
        tx,
        message.contact_id,
        "reply_kind",
        say("Answer marked as %(what)s", what=kind.replace("_", " ")),
        actor=actor,
        message_id=message.id,
        data={"from": before, "to": kind, "guessed": message.guessed_kind, "confidence": message.reply_confidence},
    )
    if kind == ReplyKind.NO:
        _end_runs(tx, message, actor=actor)
    return message


def _end_runs(tx: Tx, message: Message, *, actor: str) -> None:
    """End what a "no" would have ended had it been read so at once: also where a machine's word only held the run."""
    mail = Incoming(kind=MailKind.REPLY, reply_kind=ReplyKind.NO)
    match decide_effect(mail, message.at):
        case Stop() as stop:
            # What began after the mail was not meant by it.
            stop_runs(tx, message.contact_id or 0, stop, actor=actor, word=stop.reason, begun_by=message.at)
        case _:
            pass
