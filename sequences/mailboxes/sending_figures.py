"""Use cases: counting what mailboxes sent and got back: five queries over indexes, whatever their number."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, distinct, func, select

from crm.models import Message, Suppression, Thread
from kit.tx import Tx
from mailer.families import Family, family_of
from sequences.mailboxes.sending_rules import Figures
from sequences.models import Send, Sequence
from sequences.sending.breaker import COUNTED_FOR, BounceRate
from sequences.sending.throttle import DAY

_WEEK, _MONTH = 7 * DAY, 30 * DAY
_COUNTS = ("last_day", "week", "month", "week_before", "bounces", "hard", "first_mails", "answered", "sent_14",
           "hard_14", "complaints", "replies", "opt_outs")  # fmt: skip


@dataclass(slots=True)
class FigureBook:
    """The counts of several mailboxes, kept apart so that they can be added up as asked."""

    counts: Mapping[int, Counter[str]]
    families: Mapping[int, Counter[Family]]
    texts: Mapping[int, Counter[str]] = field(default_factory=dict)

    def of(self, boxes: Collection[int], *, breaker: BounceRate | None = None) -> Figures:
        """Add up some mailboxes; `breaker` is how their circuit breaker counts, if it is asked otherwise."""
        counts, families, texts = Counter[str](), Counter[Family](), Counter[str]()
        for box in boxes:
            counts += self.counts.get(box, Counter())
            families += self.families.get(box, Counter())
            texts += self.texts.get(box, Counter())
        top = texts.most_common(1)
        shown: dict[str, Any] = {name: counts[name] for name in _COUNTS if not name.endswith("_14")}
        return Figures(
            **shown,
            top_text=top[0][1] if top else 0,
            top_name=top[0][0] if top else "",
            families=families,
            breaker=breaker or BounceRate(sent=counts["sent_14"], hard=counts["hard_14"]),
        )


def read_figures(tx: Tx, boxes: Collection[int], *, whole: bool = True) -> FigureBook:
    """Count what these mailboxes sent and got back in the last 30 days; unless `whole`, not to whom nor which texts."""
    counts: dict[int, Counter[str]] = {box: Counter() for box in boxes}
    _count_sends(tx, boxes, counts)
    _count_messages(tx, boxes, counts)
    _count_opt_outs(tx, boxes, counts)
    if not whole:
        return FigureBook(counts=counts, families={})
    return FigureBook(counts=counts, families=_count_families(tx, boxes), texts=_count_texts(tx, boxes))


def _count_sends(tx: Tx, boxes: Collection[int], counts: Mapping[int, Counter[str]]) -> None:
    """Count from ix_sends_log."""
    now, mail = tx.now, func.count(Send.id)
    is_first = and_(Send.is_follow_up.is_(False), Send.sequence_id.is_not(None), Send.sent_at <= now - _WEEK)
    rows = tx.session.execute(
        select(
            Send.mailbox_id,
            mail.filter(Send.sent_at > now - DAY),
            mail.filter(Send.sent_at > now - _WEEK),
            mail,
            mail.filter(Send.sent_at > now - _WEEK - DAY, Send.sent_at <= now - DAY),
            mail.filter(Send.bounced_at.is_not(None)),
            mail.filter(Send.hard_bounced_at.is_not(None)),
            mail.filter(is_first),
            mail.filter(is_first, Thread.last_in_at > Send.sent_at),
            mail.filter(Send.sent_at > now - COUNTED_FOR),
            mail.filter(Send.hard_bounced_at > now - COUNTED_FOR),
        )
        .outerjoin(Thread, Thread.id == Send.thread_id)
        .where(Send.mailbox_id.in_(boxes), Send.sent_at > now - _MONTH)
        .group_by(Send.mailbox_id)
    )
    for box, *numbers in rows:
        counts[box].update(dict(zip(_COUNTS[:10], numbers, strict=True)))


def _count_messages(tx: Tx, boxes: Collection[int], counts: Mapping[int, Counter[str]]) -> None:
    """Count from ix_messages_mailbox_at."""
    came = func.count(Message.id)
    rows = tx.session.execute(
        select(
            Message.mailbox_id,
            came.filter(Message.complaint.is_(True)),
            came.filter(Message.kind == "reply", Message.complaint.is_(False)),
        )
        .where(Message.mailbox_id.in_(boxes), Message.at > tx.now - _MONTH, Message.direction == "in")
        .group_by(Message.mailbox_id)
    )
    for box, complaints, replies in rows:
        counts[box].update(complaints=complaints, replies=replies)


def _count_opt_outs(tx: Tx, boxes: Collection[int], counts: Mapping[int, Counter[str]]) -> None:
    """Count people who asked for no more mail, by link or by mail, with the mailbox that had written to them."""
    since = tx.now - _MONTH
    rows = tx.session.execute(
        select(Send.mailbox_id, func.count(distinct(Suppression.contact_id)))
        .join(Suppression, Suppression.contact_id == Send.contact_id)
        .where(Suppression.reason == "opt_out", Suppression.since > since)
        .where(Send.mailbox_id.in_(boxes), Send.sent_at > since)
        .group_by(Send.mailbox_id)
    )
    for box, people in rows:
        counts[box].update(opt_outs=people)


def _count_families(tx: Tx, boxes: Collection[int]) -> dict[int, Counter[Family]]:
    rows = tx.session.execute(
        select(Send.mailbox_id, Send.domain, func.count(Send.id))
        .where(Send.mailbox_id.in_(boxes), Send.sent_at > tx.now - DAY)
        .group_by(Send.mailbox_id, Send.domain)
    )
    found: dict[int, Counter[Family]] = {box: Counter() for box in boxes}
    for box, domain, count in rows:
        family = family_of(domain)
        if family:
            found[box][family] += count
    return found


def _count_texts(tx: Tx, boxes: Collection[int]) -> dict[int, Counter[str]]:
    rows = tx.session.execute(
        select(Send.mailbox_id, Sequence.name, Send.step_key, Send.variant, func.count(Send.id))
        .join(Sequence, Sequence.id == Send.sequence_id)
        .where(Send.mailbox_id.in_(boxes), Send.sent_at > tx.now - _WEEK)
        .group_by(Send.mailbox_id, Sequence.name, Send.step_key, Send.variant)
    )
    found: dict[int, Counter[str]] = {box: Counter() for box in boxes}
    for box, name, step, variant, count in rows:
        found[box][f"{name}, {step}{f', variant {variant}' if variant else ''}"] += count
    return found
