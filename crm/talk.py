"""Use cases: a conversation as it is read: its mails, the newest with their words, and what they propose."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ColumnExpressionArgument, String, and_, case, func, literal, select, tuple_

from crm.models import Message, MessageBody, Proposal
from kit.db import Instant
from kit.errors import NotFoundError, say
from kit.tx import Tx

# What is shown of one mail; the whole of it is one look away.
LONGEST = 5_000
_BLANKS = " \t\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail. `words` are what was newly written, None for an earlier mail that is folded away.

    `has_more` says that the mail holds more than these words, such as what it quotes; `has_layout`, that it came laid
    out as well.
    """

    message: Message
    words: str | None
    has_more: bool
    has_layout: bool


def read_talk(
    tx: Tx, thread_id: int, newest: int, *, before: int | None = None
) -> tuple[list[Mail], dict[int, list[Proposal]]]:
    """Return a conversation's mails, oldest first, the `newest` with their words; and what each proposes, decided too.

    With `before`, only what came before that mail; refused when it is none of this conversation. The words are most of
    what a long conversation weighs, and each mail quotes those before it: so only what is shown is read.
    """
    inside = [Message.thread_id == thread_id]
    if before is not None:
        inside.append(tuple_(Message.at, Message.id) < _place(tx, thread_id, before))
    last = select(Message.id).where(*inside).order_by(Message.at.desc(), Message.id.desc())
    words = case((MessageBody.new_text != "", MessageBody.new_text), else_=MessageBody.text)
    query = (
        select(
            Message,
            Proposal,
            func.substr(words, 1, LONGEST, type_=String).label("words"),
            (_stripped(MessageBody.text) != _stripped(func.substr(words, 1, LONGEST))).label("has_more"),
            (func.coalesce(MessageBody.html, "") != "").label("has_layout"),
        )
        .outerjoin(MessageBody, and_(MessageBody.message_id == Message.id, Message.id.in_(last.limit(newest))))
        .outerjoin(Proposal, Proposal.message_id == Message.id)
        .where(*inside)
        .order_by(Message.at, Message.id, Proposal.number)
    )
    mails: dict[int, Mail] = {}
    proposed: dict[int, list[Proposal]] = {}
    for message, proposal, shown, has_more, has_layout in tx.session.execute(query):
        if message.id not in mails:
            mails[message.id] = Mail(message=message, words=shown, has_more=bool(has_more), has_layout=bool(has_layout))
        if proposal is not None:
            proposed.setdefault(message.id, []).append(proposal)
    return list(mails.values()), proposed


def _place(tx: Tx, thread_id: int, message_id: int) -> ColumnElement[Any]:
    """Return where a mail stands in the order of its conversation."""
    message = tx.session.get(Message, message_id)
    if message is None or message.thread_id != thread_id:
        raise NotFoundError(say("There is no such mail."))
    return tuple_(literal(message.at, Instant()), literal(message.id))


def _stripped(text: ColumnExpressionArgument[str]) -> ColumnElement[str]:
    return func.ltrim(func.rtrim(text, _BLANKS), _BLANKS)
