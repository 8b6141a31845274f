"""Pure: may this person be written to, given what the rest of the team did? Rules, facts and the decision (C7).

Recently contacted, pitched cold again, owned by a teammate, too many touches, already in another sequence.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kit.errors import say
from sequences.pitches.pitch_value import format_date
from sequences.sending.stop_rules import Clear, Hold, Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRules:
    """What the team agreed on; None or False switches a rule off.

    `recent_days` lie between the last mail of another run and the first of this one, `cold_days` if that was for
    the same brand and got no answer. `budget` is how many touches fit into `budget_days`.
    """

    recent_days: int | None = 30
    cold_days: int | None = 100
    budget: int | None = 8
    budget_days: int = 30
    owned: bool = True
    active_elsewhere: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """What another run wrote to this person; `at` is its last mail, `who` sent it."""

    enrolment_id: int
    brand_id: int
    sequence: str
    who: str
    began_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """Another run that this person is in; `who` put them there."""

    enrolment_id: int
    sequence: str
    who: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One mail of a sequence, mail by hand, or message on another channel; `what` says which."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFacts:
    """What the team did with one person, seen from one run, or from one that is about to begin (`began_at` None).

    `past` newest first, `touches` oldest first, `runs` by number; the run itself is in `touches` only. `owner` is
    the teammate who looks after them, "" when that is nobody or oneself. `override` is the reason given for this run.
    """

    brand_id: int
    enrolment_id: int | None = None
    began_at: datetime | None = None
    override: str = ""
    past: tuple[PastRun, ...] = ()
    runs: tuple[OpenRun, ...] = ()
    touches: tuple[Touch, ...] = ()
    owner: str = ""
    last_reply_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Which rule stands against it, why in words, and from when on it no longer does (None: until somebody acts)."""

    rule: str
    sentence: str
    until: datetime | None = None


def decide_team(facts: TeamFacts, rules: TeamRules, now: datetime) -> Clear | Refusal:
    """Decide whether a run may begin."""
    return (
        _recently_contacted(facts, rules, now)
        or _cold_repitch(facts, rules, now)
        or _owned(facts, rules)
        or _over_budget(facts, rules, now)
        or _active_elsewhere(facts, rules)
        or Clear()
    )


def decide_at_send(facts: TeamFacts, rules: TeamRules, now: datetime, *, is_first: bool) -> Clear | Stop | Hold:
    """Decide whether a mail of a run may leave: a first one is stopped by what came up since, any waits for budget.

    Of two open runs the one with the smaller number goes on. An override holds for the whole run.
    """
    if facts.override:
        return Clear()
    if is_first and facts.began_at is not None:
        since = _since(facts, facts.began_at)
        refusal = (
            _recently_contacted(since, rules, now)
            or _cold_repitch(since, rules, now)
            or _owned(since, rules)
            or _active_elsewhere(since, rules)
        )
        if refusal:
            return Stop(reason=refusal.rule, sentence=refusal.sentence)
    over = _over_budget(facts, rules, now)
    return Hold(reason=over.rule, sentence=over.sentence, until=over.until) if over else Clear()


def with_touch(facts: TeamFacts, touch: Touch) -> TeamFacts:
    """Count one more touch: of two mails to one person in one batch, the second must know of the first."""
    return replace(facts, touches=(*facts.touches, touch))


def _since(facts: TeamFacts, began_at: datetime) -> TeamFacts:
    """Return the facts without what was there when the run began: that was judged then."""
    if not facts.past and not facts.runs:
        return facts
    number = facts.enrolment_id or 0
    return replace(
        facts,
        past=tuple(run for run in facts.past if run.at >= began_at),
        runs=tuple(run for run in facts.runs if run.enrolment_id < number),
    )


def _recently_contacted(facts: TeamFacts, rules: TeamRules, now: datetime) -> Refusal | None:
    if not rules.recent_days or not facts.past:
        return None
    last = facts.past[0]
    until = last.at + timedelta(days=rules.recent_days)
    if until <= now:
        return None
    # The same mail may block for longer as a cold one: say once when it is over.
    cold = _cold_repitch(facts, rules, now)
    until = max(until, cold.until) if cold and cold.until else until
    return Refusal(
        rule="recently_contacted",
        sentence=say("%(wrote)s; %(reply)s.", wrote=_wrote(last), reply=_reply(facts)),
        until=until,
    )


def _cold_repitch(facts: TeamFacts, rules: TeamRules, now: datetime) -> Refusal | None:
    last = next((run for run in facts.past if run.brand_id == facts.brand_id), None)
    if not rules.cold_days or last is None:
        return None
    until = last.at + timedelta(days=rules.cold_days)
    is_answered = facts.last_reply_at is not None and facts.last_reply_at >= last.began_at
    if until <= now or is_answered:
        return None
    return Refusal(
        rule="cold_repitch",
        sentence=say(
            "%(wrote)s for the same brand, without an answer; %(reply)s.", wrote=_wrote(last), reply=_reply(facts)
        ),
        until=until,
    )


def _owned(facts: TeamFacts, rules: TeamRules) -> Refusal | None:
    if not rules.owned or not facts.owner:
        return None
    sentence = say(
        "%(owner)s looks after them. %(last_words)s; %(reply)s.",
        owner=facts.owner,
        last_words=_last_words(facts),
        reply=_reply(facts),
    )
    return Refusal(rule="owned", sentence=sentence)


def _over_budget(facts: TeamFacts, rules: TeamRules, now: datetime) -> Refusal | None:
    if rules.budget is None:
        return None
    span = timedelta(days=rules.budget_days)
    recent = [touch for touch in facts.touches if touch.at > now - span]
    if len(recent) < rules.budget:
        return None
    # With a lowered budget, several touches must age out before there is room.
    until = recent[len(recent) - rules.budget].at + span if rules.budget > 0 else None
    sentence = say(
        "%(what)s in %(days)s days, and %(budget)s are allowed. %(last_words)s; %(reply)s.",
        what=say("1 message") if len(recent) == 1 else say("%(count)s messages", count=len(recent)),
        days=rules.budget_days,
        budget=rules.budget,
        last_words=_last_words(facts),
        reply=_reply(facts),
    )
    return Refusal(rule="contact_budget", sentence=sentence, until=until)


def _active_elsewhere(facts: TeamFacts, rules: TeamRules) -> Refusal | None:
    if not rules.active_elsewhere or not facts.runs:
        return None
    run = facts.runs[0]
    sentence = say(
        "%(who)s has them in %(sequence)s since %(day)s; %(reply)s.",
        who=run.who,
        sequence=run.sequence,
        day=format_date(run.since),
        reply=_reply(facts),
    )
    return Refusal(rule="active_elsewhere", sentence=sentence)


def _wrote(run: PastRun) -> str:
    return say("%(who)s wrote on %(day)s (%(sequence)s)", who=run.who, day=format_date(run.at), sequence=run.sequence)


def _last_words(facts: TeamFacts) -> str:
    mails: Iterable[Touch] = (Touch(at=run.at, who=run.who, what=run.sequence) for run in facts.past[:1])
    last = max((*mails, *facts.touches), key=lambda touch: touch.at, default=None)
    return (
        say(
            "%(who)s wrote on %(day)s (%(sequence)s)",
            who=last.who,
            day=format_date(last.at),
            sequence=last.what,
        )
        if last
        else say("Nobody wrote lately")
    )


def _reply(facts: TeamFacts) -> str:
    return (
        say("they last answered on %(day)s", day=format_date(facts.last_reply_at))
        if facts.last_reply_at
        else say("they never answered")
    )
