"""Use cases: what happened in a conversation since somebody began to answer: the conflict notice before a send."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm.models import Message, MessageBody, Thread, User
from kit.tx import Tx
from sequences.models import Send, SendBody

_SEEN = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that happened meanwhile: `ours` is a colleague's answer, else the person wrote again."""

    who: str
    at: datetime
    text: str
    ours: bool


def state_of(mails: Sequence[Message], leaving: Sequence[tuple[Send, str]]) -> str:
    """Return a conversation's state as a form carries it: the newest mail and the newest answer by hand."""
    sent = [int(message.facts.get("send") or 0) for message in mails]
    queued = [send.id for send, _ in leaving]
    return f"{max((message.id for message in mails), default=0)}.{max((*sent, *queued), default=0)}"


def list_news(tx: Tx, thread_id: int, seen: str, *, actor: str, lock: bool = False) -> list[News]:
    """Return what others did since `seen`, oldest first; with `lock`, nobody else answers until this Tx ends."""
    found = _SEEN.fullmatch(seen)
    if found is None:
        return []
    if lock:
        tx.session.execute(select(Thread.id).where(Thread.id == thread_id).with_for_update())
    newest, queued = int(found[1]), int(found[2])
    news = [*_mails(tx, thread_id, newest), *_queued(tx, thread_id, queued, actor)]
    return sorted(news, key=lambda one: one.at)


def _mails(tx: Tx, thread_id: int, newest: int) -> list[News]:
    query = (
        select(Message, MessageBody.new_text)
        .join(MessageBody, MessageBody.message_id == Message.id)
        .where(Message.thread_id == thread_id, Message.id > newest, Message.kind.in_(("reply", "sent", "manual")))
        .order_by(Message.id)
        .limit(5)
    )
    rows = tx.session.execute(query).all()
    known = {
        send.id
        for send in tx.session.scalars(
            select(Send).where(
                Send.id.in_([row[0].facts.get("send") for row in rows if row[0].facts.get("send")]),
                Send.request_key.is_not(None),
            )
        )
    }
    return [
        News(who=one.sender_name or one.sender, at=one.at, text=text, ours=one.direction == "out")
        for one, text in rows
        # An answer of ours is told while it is on its way already, and one's own is no news.
        if one.facts.get("send") not in known
    ]


def _queued(tx: Tx, thread_id: int, queued: int, actor: str) -> list[News]:
    query = (
        select(Send, SendBody.source)
        .join(SendBody, SendBody.send_id == Send.id)
        .where(
            Send.thread_id == thread_id,
            Send.id > queued,
            Send.request_key.is_not(None),
            Send.state != "cancelled",
            Send.approved_by != actor,
        )
        .order_by(Send.id)
        .limit(5)
    )
    rows = tx.session.execute(query).all()
    ids = [int(send.approved_by[5:]) for send, _ in rows if send.approved_by.startswith("user:")]
    names = {user.id: user.name or user.email for user in tx.session.scalars(select(User).where(User.id.in_(ids)))}
    return [
        News(
            who=names.get(int(send.approved_by[5:]), "") if send.approved_by.startswith("user:") else "",
            at=send.created_at,
            text=source,
            ours=True,
        )
        for send, source in rows
    ]
