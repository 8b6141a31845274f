"""Use cases: the limits that a mail counts against, read from the log of sent mail (A10).

Per mailbox: cap, ramp, gap, and a reserve for follow-ups. Across mailboxes: workspace, sending domain, recipient's
domain, sequence. What is unknown counts everywhere: it may have left.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, select, true

from crm.models import Mailbox
from crm.together import Rows, Together
from crm.zones import read_zone
from kit.db import Instant
from kit.errors import say
from kit.tx import Tx
from mailer.addresses import domain_of
from sequences.models import Enrolment, Send
from sequences.models import Sequence as SequenceRow
from sequences.sending.docket import Case
from sequences.sending.pace import RESERVE_SHARE, Pace
from sequences.sending.throttle import DAY, Later, Limit, SendingDay, draw_gap, ramped_cap
from sequences.sending.workspace_limits import (
    WorkspaceLimits,
    is_free_mail,
    lock_workspace_limits,
    read_workspace_limits,
)

RAMP_MEMORY = 90 * DAY
LOOK_AGAIN = DAY / 24

# Written into the statement: a bound parameter would hide from the planner that a partial index fits.
_IS_UNCLEAR = Send.state.in_((literal_column("'sending'"), literal_column("'unknown'")))


def read_pace(tx: Tx, mailbox: Mailbox) -> Pace:
    """Return what a mailbox may send now, from its log."""
    cap = _cap_now(tx, mailbox)
    return _make_pace(tx, mailbox, cap, _recent_of_box(tx, mailbox.id, _newest(cap)))


def read_paces(
    tx: Tx, mailboxes: Sequence[Mailbox], beside: Sequence[Select[*tuple[Any, ...]]] = ()
) -> tuple[list[Pace], list[Rows]]:
    """Return the same for several mailboxes, and the answers to other questions `beside`, in one query."""
    caps = [_cap_now(tx, mailbox) for mailbox in mailboxes]
    since = tx.now - DAY
    asked = [
        part
        for mailbox, cap in zip(mailboxes, caps, strict=True)
        for part in _recent_parts(Send.mailbox_id == mailbox.id, since, _newest(cap))
    ]
    found = Together(*asked, *beside).ask(tx)
    paces = [
        _make_pace(tx, mailbox, cap, _newest_of(found[2 * n : 2 * n + 2], _newest(cap)))
        for n, (mailbox, cap) in enumerate(zip(mailboxes, caps, strict=True))
    ]
    return paces, found[len(asked) :]


def _cap_now(tx: Tx, mailbox: Mailbox) -> int | None:
    return ramped_cap(mailbox.daily_cap, past_days(tx, mailbox)) if mailbox.ramp else mailbox.daily_cap


def _newest(cap: int | None) -> int:
    return 1 if cap is None else max(cap, 1)


def _make_pace(tx: Tx, mailbox: Mailbox, cap: int | None, recent: list[datetime]) -> Pace:
    gap_until = None
    if recent and mailbox.gap_max_s:
        gap = draw_gap(mailbox.gap_min_s, mailbox.gap_max_s, mailbox_id=mailbox.id, after=recent[-1])
        gap_until = recent[-1] + gap * (DAY / DAY.total_seconds())
    return Pace(
        address=mailbox.address,
        limit=None if cap is None else Limit(mailbox.address, cap, recent),
        gap_until=gap_until,
        reserve=lambda: _follow_ups_soon(tx, mailbox.id, at_most=int((cap or 0) * RESERVE_SHARE)),
    )


class SharedLimits:
    """What several mailboxes count against together, for the sends of one batch."""

    def __init__(self, tx: Tx, mailbox: Mailbox, cases: Sequence[Case], *, lock: bool) -> None:
        self._now = tx.now
        self._new: dict[int, Limit] = {}
        self._daily: dict[int, Limit] = {}
        self._domains: dict[str, Limit] = {}
        self._all: list[Limit] = []
        limits = read_workspace_limits(tx)
        if lock:
            _lock(tx, limits, cases)
        self._read_sequences(tx, cases)
        self._read_workspace(tx, limits, mailbox, cases)

    def check(self, case: Case) -> Later | None:
        """Return when a send may leave, if one of its limits is reached."""
        return next(iter(self.check_all(case)), None)

    def check_all(self, case: Case) -> list[Later]:
        """Return every limit that is reached: what explains a mail."""
        return [later for limit in self._of(case) if (later := limit.check(self._now))]

    def take(self, case: Case) -> None:
        """Count a send that is about to leave."""
        for limit in self._of(case):
            limit.take(self._now)

    def _of(self, case: Case) -> list[Limit]:
        entry = case.entry
        found = list(self._all)
        if entry.domain in self._domains:
            found.append(self._domains[entry.domain])
        if entry.sequence_id in self._daily:
            found.append(self._daily[entry.sequence_id])
        if entry.sequence_id in self._new and not entry.is_follow_up:
            found.append(self._new[entry.sequence_id])
        return found

    def _read_sequences(self, tx: Tx, cases: Sequence[Case]) -> None:
        for case in cases:
            number, document = case.entry.sequence_id, case.document
            if number is None or document is None:
                continue
            if document.new_limit is not None and number not in self._new and not case.entry.is_follow_up:
                is_new = (Send.sequence_id == number) & Send.is_follow_up.is_(False)
                recent = _recent(tx, document.new_limit, is_new)
                self._new[number] = Limit(say("new contacts of this sequence"), document.new_limit, recent)
            if document.day_limit is not None and number not in self._daily:
                recent = _recent(tx, document.day_limit, Send.sequence_id == number)
                self._daily[number] = Limit(say("this sequence"), document.day_limit, recent)

    def _read_workspace(self, tx: Tx, limits: WorkspaceLimits, mailbox: Mailbox, cases: Sequence[Case]) -> None:
        if limits.workspace is not None:
            self._all.append(Limit(say("the workspace"), limits.workspace, _recent(tx, limits.workspace, true())))
        if limits.sending_domain is not None:
            domain = domain_of(mailbox.address)
            boxes = select(Mailbox.id).where(Mailbox.address.endswith(f"@{domain}", autoescape=True))
            recent = _recent(tx, limits.sending_domain, Send.mailbox_id.in_(boxes))
            self._all.append(Limit(say("mail from %(domain)s", domain=domain), limits.sending_domain, recent))
        if limits.recipient_domain is not None:
            for domain in {case.entry.domain for case in cases if not is_free_mail(case.entry.domain)}:
                recent = _recent(tx, limits.recipient_domain, Send.domain == domain)
                self._domains[domain] = Limit(say("mail to %(domain)s", domain=domain), limits.recipient_domain, recent)


def _lock(tx: Tx, limits: WorkspaceLimits, cases: Sequence[Case]) -> None:
    """Let nobody else count at the same time; SQLite has one writer anyway. Always in the same order."""
    if limits.is_set:
        lock_workspace_limits(tx)
    numbers = {
        case.entry.sequence_id
        for case in cases
        if case.document and (case.document.new_limit is not None or case.document.day_limit is not None)
    }
    if numbers:
        query = select(SequenceRow.id).where(SequenceRow.id.in_(numbers)).order_by(SequenceRow.id)
        tx.session.execute(query.with_for_update()).all()


def _recent(tx: Tx, newest: int, which: ColumnElement[bool]) -> list[datetime]:
    """Return the newest instants of the last 24 h at which such a mail left or may have left, ascending."""
    return _newest_of(Together(*_recent_parts(which, tx.now - DAY, newest)).ask(tx), newest) if newest else []


def _recent_parts(which: ColumnElement[bool], since: datetime, newest: int) -> tuple[Select[datetime | None], ...]:
    sent = select(Send.sent_at).where(which, Send.sent_at > since).order_by(Send.sent_at.desc()).limit(newest)
    return sent, select(Send.claimed_at).where(which, _IS_UNCLEAR, Send.claimed_at > since)


def _newest_of(found: Sequence[Rows], newest: int) -> list[datetime]:
    return sorted(row[0] for rows in found for row in rows if row[0])[-newest:]


def _recent_of_box(tx: Tx, mailbox_id: int, newest: int) -> list[datetime]:
    """Return the same for one mailbox, which is asked before every mail."""
    values = {"box": mailbox_id, "since": tx.now - DAY, "newest": newest}
    return _newest_of(_OF_BOX.ask(tx, values), newest)


def _follow_ups_soon(tx: Tx, mailbox_id: int, *, at_most: int) -> int:
    """Return how many follow-ups of a mailbox come due within 24 h, counted up to `at_most`."""
    soon = tx.now + DAY
    planned = (
        select(Enrolment.id)
        .join(SequenceRow, SequenceRow.id == Enrolment.sequence_id)
        .where(
            Enrolment.state == literal_column("'active'"),
            Enrolment.next_at.is_not(None),
            Enrolment.next_at <= soon,
            Enrolment.mailbox_id == mailbox_id,
            Enrolment.last_sent_at.is_not(None),
            SequenceRow.state == "live",
        )
        .limit(at_most)
    )
    waiting = (
        select(Send.id)
        .where(
            Send.mailbox_id == mailbox_id,
            Send.state == literal_column("'scheduled'"),
            Send.due_at <= soon,
            Send.is_follow_up,
        )
        .limit(at_most)
    )
    counts = [tx.session.scalar(select(func.count()).select_from(part.subquery())) or 0 for part in (planned, waiting)]
    return min(at_most, sum(counts))


def past_days(tx: Tx, mailbox: Mailbox) -> list[SendingDay]:
    """Return the mailbox's past sending days on its own clock, today left out (C3)."""
    zone = read_zone(mailbox.zone)
    today = tx.now.astimezone(zone).date()
    rows = tx.session.execute(
        select(Send.sent_at, Send.bounced_at).where(Send.mailbox_id == mailbox.id, Send.sent_at > tx.now - RAMP_MEMORY)
    ).all()
    sent: Counter[date] = Counter()
    bounced: Counter[date] = Counter()
    for sent_at, bounced_at in rows:
        if sent_at is None:
            continue
        day = sent_at.astimezone(zone).date()
        sent[day] += 1
        bounced[day] += bounced_at is not None
    return [SendingDay(sent=sent[day], bounced=bounced[day]) for day in sorted(sent) if day < today]


_SENT_OF_BOX = (
    select(Send.sent_at)
    .where(Send.mailbox_id == bindparam("box"), Send.sent_at > bindparam("since", type_=Instant()))
    .order_by(Send.sent_at.desc())
    .limit(bindparam("newest"))
)
_UNCLEAR_OF_BOX = select(Send.claimed_at).where(
    Send.mailbox_id == bindparam("box"), _IS_UNCLEAR, Send.claimed_at > bindparam("since", type_=Instant())
)
_OF_BOX = Together(_SENT_OF_BOX, _UNCLEAR_OF_BOX)
