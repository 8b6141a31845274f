"""Use cases: whether a mail may leave now: stops, window, limits, judged from one docket (A6)."""

from collections.abc import Sequence
from datetime import datetime

from crm.models import Mailbox
from kit.errors import say
from kit.tx import Tx
from sequences.course.hours import hours_at
from sequences.course.schedule import open_from
from sequences.models import Send
from sequences.sending.breaker import Level
from sequences.sending.breakers import read_breakers
from sequences.sending.docket import Case, read_docket
from sequences.sending.limits import LOOK_AGAIN, SharedLimits, read_pace
from sequences.sending.pace import Pace
from sequences.sending.stop_rules import Clear, Facts, Hold, Stop, decide_stop
from sequences.sending.throttle import Go, Later
from sequences.team.team_gate import TeamGate


class Gate:
    """The gate of one mailbox in one transaction: asks every rule of every case, in the order they are to leave.

    `lock` keeps others from counting against shared limits, and from deciding about the same people, until this
    transaction ends. `team` asks the rules of the team too.
    """

    def __init__(
        self,
        tx: Tx,
        mailbox: Mailbox,
        cases: Sequence[Case],
        *,
        pace: Pace | None = None,
        lock: bool = True,
        team: bool = True,
    ) -> None:
        self._now = tx.now
        self._mailbox = mailbox
        self._pace = pace
        self._limits = SharedLimits(tx, mailbox, cases, lock=lock)
        self._breakers = read_breakers(tx, mailbox, {case.entry.sequence_id for case in cases}, act=lock)
        self._team = TeamGate(tx, mailbox, cases, lock=lock) if team else None
        self._tx = tx
        self._opens: dict[tuple[int | None, str | None, str | None], datetime] = {}

    def judge(self, case: Case) -> Clear | Stop | Hold | Later:
        """Decide about one send; one that may leave counts against the limits of those after it."""
        verdict = judge_stops(case, self._mailbox, self._now)
        if not isinstance(verdict, Clear):
            return verdict
        later = self.check_window(case) or self.check_breakers(case) or self.check_limits(case)
        if later:
            return later
        verdict = self.judge_team(case)
        if not isinstance(verdict, Clear):
            return verdict
        if self._team:
            self._team.take(case, self._now)
        self._limits.take(case)
        if self._pace:
            self._pace.take(self._now)
        return verdict

    def judge_team(self, case: Case) -> Clear | Stop | Hold:
        """Decide by the rules of the team."""
        return self._team.judge(case, self._now) if self._team else Clear()

    def check_window(self, case: Case) -> Later | None:
        """Return when the window opens, if it is closed now. Mail written by hand leaves at any hour."""
        entry = case.entry
        if case.document is None:
            return None
        key = (entry.version_id, entry.contact_zone, entry.contact_country)
        if key not in self._opens:
            hours = hours_at(self._tx, case.document, entry.contact_zone, entry.contact_country, self._mailbox)
            self._opens[key] = open_from(self._now, hours)
        opens = self._opens[key]
        return Later(at=opens, reason=say("Outside the sending window.")) if opens > self._now else None

    def check_breakers(self, case: Case) -> Later | None:
        """Return when to look again, if too many bounces keep this mail from leaving; by hand everything may."""
        if not self._breakers or case.document is None:
            return None
        for of in (None, case.entry.sequence_id):
            level, words = self._breakers.get(of, (Level.FINE, ""))
            if level is Level.STOP_ALL or (level is Level.STOP_FIRST and case.is_first):
                return Later(at=self._now + LOOK_AGAIN, reason=words)
        return None

    def check_limits(self, case: Case) -> Later | None:
        """Return when a limit lets it go, if one is reached."""
        later = self._pace.check_first(self._now) if self._pace and case.is_first else None
        return later or self._limits.check(case)


def judge_stops(case: Case, mailbox: Mailbox | None, now: datetime) -> Clear | Stop | Hold:
    """Decide whether anything forbids this mail, whatever the hour."""
    entry, document = case.entry, case.document
    suppression = case.suppression
    replied_at = case.replied_at
    if replied_at and entry.run_began_at and replied_at < entry.run_began_at:
        replied_at = None
    return decide_stop(
        Facts(
            now=now,
            is_by_hand=document is None,
            is_erased=entry.contact_erased_at is not None,
            suppression=f"{suppression[0]} ({suppression[1]})" if suppression else None,
            mailbox_is_gone=mailbox is None,
            mailbox_pause=mailbox.pause_reason if mailbox and mailbox.paused_at else None,
            away=entry.away,
            expires_at=entry.expires_at,
            enrolment_state=entry.run_state or "active",
            enrolment_reason=entry.run_reason or "",
            hold_until=entry.hold_until,
            address_is_bad=entry.mailable == "bad",
            replied_at=replied_at,
            stage=entry.stage,
            stop_on=frozenset(document.stop_on) if document else frozenset(),
            sequence_state=entry.sequence_state or "live",
        )
    )


def check_stops(tx: Tx, send: Send) -> Clear | Stop | Hold:
    """Decide whether anything forbids one send, from what is true in this transaction."""
    case = read_docket(tx, [send.id])[0]
    return judge_stops(case, tx.session.get(Mailbox, send.mailbox_id), tx.now)


def check_window(tx: Tx, send: Send, mailbox: Mailbox) -> Later | None:
    """Return when window and limits let one send go, if not now."""
    cases = read_docket(tx, [send.id])
    gate = Gate(tx, mailbox, cases, pace=read_pace(tx, mailbox), lock=False)
    return gate.check_window(cases[0]) or gate.check_limits(cases[0])


def check_pace(tx: Tx, mailbox: Mailbox, *, by_hand: bool = False, is_first: bool = False) -> Go | Later:
    """Decide whether a mailbox may send one more now: cap, ramp, gap; for a first mail also the reserve."""
    pace = read_pace(tx, mailbox)
    verdict = pace.check(tx.now, by_hand=by_hand)
    if isinstance(verdict, Go) and is_first:
        return pace.check_first(tx.now) or verdict
    return verdict
