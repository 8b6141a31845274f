"""Use cases: every rule that stands between a mail and its leaving, until when, and what would change that (C9).

The gate names the first rule that forbids; here each fact it named is set aside in turn, and the gate is asked again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from crm.models import Mailbox
from kit.errors import say
from kit.tx import Tx
from sequences.insight.remedies import remedy_for
from sequences.models import Send
from sequences.sending.docket import Case, read_docket
from sequences.sending.gate import Gate, judge_stops
from sequences.sending.limits import SharedLimits, read_pace
from sequences.sending.outbox import UNREAD
from sequences.sending.pace import Pace
from sequences.sending.stop_rules import Clear, Hold, Stop
from sequences.sending.throttle import Later
from sequences.team.rules import TeamRules, decide_at_send
from sequences.team.team_settings import read_team_book
from sequences.team.touches import TeamKey, read_team_facts

_ENDED = ("failed", "cancelled")
_Verdict = Clear | Stop | Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """One rule that holds a mail: what it says, until when (None: until somebody acts), and what would change it."""

    rule: str
    sentence: str
    until: datetime | None = None
    remedy: str = ""
    gaps: tuple[str, ...] = ()


def list_obstacles(tx: Tx, send: Send, mailbox: Mailbox) -> list[Obstacle]:
    """Return every rule that holds a mail now; for one that ended without leaving, why it never will."""
    if send.state == "sent":
        return []
    found = list(_by_state(send))
    if send.state in ("draft", "scheduled", "claimed"):
        case = read_docket(tx, [send.id])[0]
        found += [*_stops(case, mailbox, tx.now), *_dates(tx, send, case, mailbox), *_team(tx, case, mailbox)]
    found = [_with_remedy(one, send, mailbox) for one in found]
    if send.state == "scheduled" and not found:
        turn = Obstacle(
            rule="turn", sentence=say("No rule holds it: it is its turn in %(address)s.", address=mailbox.address)
        )
        found = [_with_remedy(turn, send, mailbox)]
    return found


def _by_state(send: Send) -> Iterator[Obstacle]:
    if send.state == "draft":
        gaps = tuple(send.explanation.get("gaps") or ())
        sentence = say("It waits for a person's yes.")
        if gaps:
            sentence = say("It waits for a person's yes. Missing: %(gaps)s.", gaps=", ".join(gaps))
        yield Obstacle(rule="review", sentence=sentence, gaps=gaps)
    elif send.state in ("claimed", "sending"):
        yield Obstacle(
            rule="under_way", sentence=say("It is being handed over at this moment."), until=send.lease_until
        )
    elif send.state == "unknown":
        yield Obstacle(rule="unknown", sentence=send.reason or say("Nobody knows whether it arrived."))
    elif send.state in _ENDED:
        yield Obstacle(rule=send.state, sentence=send.reason or say("It will not be sent."))


def _stops(case: Case, mailbox: Mailbox, now: datetime) -> Iterator[Obstacle]:
    """Yield every stop and hold: after each one, the gate is asked as if that fact were not so."""
    judged: Mailbox = mailbox
    for _ in range(len(_CLEARED) + 2):
        verdict = judge_stops(case, judged, now)
        if isinstance(verdict, Clear):
            return
        yield Obstacle(rule=verdict.reason, sentence=verdict.sentence, until=getattr(verdict, "until", None))
        if verdict.reason == "mailbox_paused":
            judged = Mailbox(address=mailbox.address)
            continue
        following = _set_aside(case, verdict, judged, now)
        if following is None:
            return
        case = following


def _set_aside(case: Case, verdict: _Verdict, mailbox: Mailbox, now: datetime) -> Case | None:
    """Return the case without the one fact that gave this verdict."""
    for clear in _CLEARED:
        cleared = clear(case)
        if judge_stops(cleared, mailbox, now) != verdict:
            return cleared
    return None


_CLEARED: tuple[Callable[[Case], Case], ...] = (
    lambda case: replace(case, entry=case.entry._replace(contact_erased_at=None)),
    lambda case: replace(case, suppression=None),
    lambda case: replace(case, entry=case.entry._replace(run_state="active", run_reason="", hold_until=None)),
    lambda case: replace(case, replied_at=None),
    lambda case: replace(case, entry=case.entry._replace(mailable=None)),
    lambda case: replace(case, entry=case.entry._replace(stage=None)),
    lambda case: replace(case, entry=case.entry._replace(sequence_state="live")),
    lambda case: replace(case, entry=case.entry._replace(back_at=None)),
    lambda case: replace(case, entry=case.entry._replace(expires_at=None)),
)


def _dates(tx: Tx, send: Send, case: Case, mailbox: Mailbox) -> Iterator[Obstacle]:
    """Yield what a later instant will change by itself: date, window, breakers, pace, limits."""
    if send.due_at > tx.now:
        rule = "fence" if send.reason.startswith(UNREAD) else "due"
        yield Obstacle(rule=rule, sentence=send.reason or say("Its date has not come yet."), until=send.due_at)
    pace = read_pace(tx, mailbox)
    gate = Gate(tx, mailbox, [case], pace=pace, lock=False, team=False)
    for rule, later in (
        ("window", gate.check_window(case)),
        ("breaker", gate.check_breakers(case)),
        *_pace(pace, case, tx.now),
        *(("limit", later) for later in SharedLimits(tx, mailbox, [case], lock=False).check_all(case)),
    ):
        if isinstance(later, Later):
            yield Obstacle(rule=rule, sentence=later.reason, until=later.at)


def _pace(pace: Pace, case: Case, now: datetime) -> Iterator[tuple[str, object]]:
    by_hand = case.document is None
    capped = pace.limit.check(now) if pace.limit else None
    yield "daily_cap", capped
    if not capped:
        yield "gap", pace.check(now, by_hand=by_hand)
    if case.is_first and not capped:
        yield "reserve", pace.check_first(now)


def _team(tx: Tx, case: Case, mailbox: Mailbox) -> Iterator[Obstacle]:
    """Yield every rule of the team that forbids it, each asked by itself."""
    entry = case.entry
    if entry.enrolment_id is None or entry.brand_id is None:
        return
    key = TeamKey(entry.contact_id, entry.brand_id, entry.enrolment_id, entry.user_id, mailbox.owner_id)
    facts = read_team_facts(tx, [key])[key]
    for rules in _one_by_one(read_team_book(tx).of(entry.brand_id)):
        verdict = decide_at_send(facts, rules, tx.now, is_first=case.is_first)
        if not isinstance(verdict, Clear):
            yield Obstacle(rule=verdict.reason, sentence=verdict.sentence, until=getattr(verdict, "until", None))


def _one_by_one(rules: TeamRules) -> Iterator[TeamRules]:
    none = replace(rules, recent_days=None, cold_days=None, budget=None, owned=False, active_elsewhere=False)
    for name in ("recent_days", "cold_days", "owned", "active_elsewhere", "budget"):
        yield replace(none, **{name: getattr(rules, name)})


def _with_remedy(one: Obstacle, send: Send, mailbox: Mailbox) -> Obstacle:
    return replace(one, remedy=remedy_for(one.rule, send_id=send.id, mailbox=mailbox.address, gaps=one.gaps))
