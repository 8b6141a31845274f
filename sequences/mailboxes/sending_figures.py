"""Use cases: counting what mailboxes sent and got back: five queries over indexes, whatever their number."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import distinct, func, select, text

from crm.models import Message, Suppression, Thread
from crm.models.thread import COMPLAINT, REPLY
from crm.together import Together
from kit.tx import Tx
from mailer.families import Family, family_of
from sequences.mailboxes.sending_rules import Figures
from sequences.models import FIRST_MAIL, LEFT, Send, Sequence
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
    """Count from ix_sends_left and ix_sends_first; rows are read of what met a dead address only."""
    now, mail = tx.now, func.count()
    ours = Send.mailbox_id.in_(boxes), Send.sent_at > now - _MONTH
    log = select(
        Send.mailbox_id,
        mail.filter(Send.sent_at > now - DAY).label("last_day"),
        mail.filter(Send.sent_at > now - _WEEK).label("week"),
        mail.label("month"),
        mail.filter(Send.sent_at > now - _WEEK - DAY, Send.sent_at <= now - DAY).label("week_before"),
        mail.filter(Send.bounced_at.is_not(None)).label("bounces"),
        mail.filter(Send.sent_at > now - COUNTED_FOR).label("sent_14"),
    ).where(text(LEFT), *ours)
    hard = select(
        Send.mailbox_id,
        mail.filter(Send.sent_at > now - _MONTH).label("hard"),
        mail.filter(Send.sent_at > now - _MONTH, Send.hard_bounced_at > now - COUNTED_FOR).label("hard_14"),
    ).where(Send.mailbox_id.in_(boxes), Send.hard_bounced_at.is_not(None))
    first = (
        select(
            Send.mailbox_id, mail.label("first_mails"), mail.filter(Thread.last_in_at > Send.sent_at).label("answered")
        )
        .outerjoin(Thread, Thread.id == Send.thread_id)
        .where(text(FIRST_MAIL), *ours, Send.sent_at <= now - _WEEK)
    )
    questions = [query.group_by(Send.mailbox_id) for query in (log, hard, first)]
    for query, rows in zip(questions, Together(*questions).ask(tx), strict=True):
        names = query.selected_columns.keys()[1:]
        for box, *numbers in rows:
            counts[box].update(dict(zip(names, numbers, strict=True)))


def _count_messages(tx: Tx, boxes: Collection[int], counts: Mapping[int, Counter[str]]) -> None:
    """Count from the indexes of replies and complaints."""
    recent = Message.mailbox_id.in_(boxes), Message.at > tx.now - _MONTH
    count = select(Message.mailbox_id, func.count()).where(*recent).group_by(Message.mailbox_id)
    replies, complaints = Together(
        count.where(text(REPLY), Message.complaint.is_(False)), count.where(text(COMPLAINT))
    ).ask(tx)
    for name, rows in (("replies", replies), ("complaints", complaints)):
        for box, number in rows:
            counts[box].update({name: number})


def _count_opt_outs(tx: Tx, boxes: Collection[int], counts: Mapping[int, Counter[str]]) -> None:
    """Count people who asked for no more mail, by link or by mail, with the mailbox that had written to them."""
    since = tx.now - _MONTH
    gone = select(Suppression.contact_id).where(Suppression.reason == "opt_out", Suppression.since > since)
    rows = tx.session.execute(
        select(Send.mailbox_id, func.count(distinct(Send.contact_id)))
        # Few asked for no more: their mails are looked up by the person, not by the mailbox.
        .where(Send.contact_id.in_(gone))
        .where(func.coalesce(Send.mailbox_id, 0).in_(boxes), func.coalesce(Send.sent_at, since) > since)
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
