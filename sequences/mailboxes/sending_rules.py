"""Pure: the thresholds of large receivers, and our own, as rules over counts of our own sending log.

Sources: Google, Email sender guidelines (5,000 a day to personal accounts, counted for the primary domain and for
good; spam below 0.10 %, never 0.30 %; SPF, DKIM, DMARC, one click, PTR, TLS); Yahoo Sender Hub, Sender requirements
(the same without a number for bulk); Microsoft, Outlook's requirements for high-volume senders, in force since 5 May
2025 (more than 5,000 a day from a domain: SPF, DKIM and DMARC must pass, else 550 5.7.515). The rest are rules of thumb
of our own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mailer.families import FAMILY_NAMES, Family
from sequences.sending.breaker import BounceRate, Level

RuleState = Literal["ok", "near", "broken", "unclear"]

BULK_LINE = 5_000
NEAR = 0.8
SPAM_GOOD, SPAM_LIMIT = 0.001, 0.003
OPT_OUT_LIMIT = 0.005
JUMP, JUMP_FLOOR = 2.0, 20
LEAST_FOR_SHARE = 100
LEAST_REPLIES = 0.02
ONE_TEXT_SHARE, ONE_TEXT_FLOOR = 0.8, 200
_BULK_CHECKS = ("spf", "dkim", "dmarc", "alignment", "one_click", "ptr")
_MICROSOFT_CHECKS = ("spf", "dkim", "dmarc", "alignment")
_CHECK_WORDS = {"spf": "SPF", "dkim": "DKIM", "dmarc": "DMARC", "alignment": "alignment", "one_click": "one click",
                "ptr": "reverse name"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a mailbox, or all of a domain, sent and got back. `last_day` is any 24 hours up to now.

    `week_before` are the seven days before the last one. `first_mails` left a week ago or earlier, in 30 days;
    `answered` of them got an answer. `top_text` is the largest number of mails with one text in seven days.
    `families` count the last day's mails to personal accounts of the large receivers.
    """

    last_day: int = 0
    week: int = 0
    month: int = 0
    week_before: int = 0
    bounces: int = 0
    hard: int = 0
    complaints: int = 0
    opt_outs: int = 0
    replies: int = 0
    first_mails: int = 0
    answered: int = 0
    top_text: int = 0
    top_name: str = ""
    families: Mapping[Family, int] = field(default_factory=dict)
    breaker: BounceRate = field(default_factory=lambda: BounceRate(sent=0, hard=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule as it stands: what is counted, why it matters, and what to do; `todo` is empty while all is well."""

    code: str
    state: RuleState
    title: str
    sentence: str
    reason: str
    todo: str = ""


def judge_sending(figures: Figures, checks: Mapping[str, str]) -> tuple[Rule, ...]:
    """Apply all rules; `checks` are the states of the last look at DNS and sender, by name; empty for none."""
    return (
        *_bulk_rules(figures, checks),
        _complaints(figures),
        _bounces(figures),
        _opt_outs(figures),
        _jump(figures),
        _one_text(figures),
        _answers(figures),
    )


def _bulk_rules(figures: Figures, checks: Mapping[str, str]) -> Iterator[Rule]:
    for family, name in FAMILY_NAMES.items():
        count = figures.families.get(family, 0)
        wanted = _MICROSOFT_CHECKS if family == "microsoft" else _BULK_CHECKS
        troubled = [_CHECK_WORDS[one] for one in wanted if checks.get(one) in {"bad", "missing"}]
        unknown = [_CHECK_WORDS[one] for one in wanted if checks.get(one, "unclear") == "unclear"]
        sentence = f"{count:,} of {BULK_LINE:,} mails in 24 hours to personal accounts there."
        if count < NEAR * BULK_LINE:
            state: RuleState = "ok"
            todo = ""
        elif troubled:
            state = "broken" if count >= BULK_LINE else "near"
            todo = f"Mend first: {', '.join(troubled)}."
        else:
            state = "unclear" if unknown else ("near" if count < BULK_LINE else "ok")
            todo = f"Make sure of: {', '.join(unknown)}." if unknown else "Everything that is asked for is there."
        yield Rule(code=f"bulk_{family}", state=state, title=f"Bulk at {name}", sentence=sentence,
                   reason=_BULK_REASONS[family], todo=todo)  # fmt: skip


_BULK_REASONS: dict[Family, str] = {
    "google": "From there on a domain is a bulk sender, for good: SPF, DKIM, DMARC, one click, reverse names and TLS.",
    "yahoo": "Yahoo asks the same of bulk senders and names no number; Google's is taken here.",
    "microsoft": "Beyond it mail without SPF, DKIM and DMARC is refused (550 5.7.515), since May 2025.",
}


def _complaints(figures: Figures) -> Rule:
    share = figures.complaints / figures.month if figures.month else 0.0
    state: RuleState = "ok"
    todo = ""
    if figures.complaints:
        state = "broken" if share >= SPAM_LIMIT else "near"
        todo = "Look at each of them: who was it, how did you find them, what did the mail say?"
    elif not figures.month:
        state = "unclear"
    sentence = f"{_count(figures.complaints, 'complaint')} on {figures.month:,} mails in 30 days ({share:.2%})."
    reason = (
        "Google and Yahoo want less than 0.1 % and never 0.3 %: one in 333. Only complaints that feedback loops send us"
        " are known; Google sends none, so look at Postmaster Tools as well."
    )
    return Rule(code="complaints", state=state, title="Complaints", sentence=sentence, reason=reason, todo=todo)


def _bounces(figures: Figures) -> Rule:
    rate = figures.breaker
    states: dict[Level, RuleState] = {Level.FINE: "ok", Level.WARN: "near"}
    state = states.get(rate.level, "broken")
    todo = "" if state == "ok" else "Check the addresses before more mail leaves; old lists are the usual cause."
    sentence = f"{rate.hard} of {_count(rate.sent, 'mail')} met a dead address in 14 days ({rate.share:.1%})."
    if not rate.hard:
        sentence = "No mail met a dead address in 14 days."
    reason = "We warn at 2 %, stop first mails at 3 % and everything at 5 %, from 50 mails on."
    return Rule(code="bounces", state=state, title="Dead addresses", sentence=sentence, reason=reason, todo=todo)


def _opt_outs(figures: Figures) -> Rule:
    share = figures.opt_outs / figures.month if figures.month else 0.0
    enough = figures.month >= LEAST_FOR_SHARE
    state: RuleState = "ok"
    if enough and share >= OPT_OUT_LIMIT:
        state = "broken" if share >= 2 * OPT_OUT_LIMIT else "near"
    todo = "" if state == "ok" else "Write to fewer people, whom the offer fits better, and send one reminder less."
    sentence = f"{_count(figures.opt_outs, 'person', 'people')} asked for no more mail, in 30 days ({share:.1%})."
    reason = f"More than 0.5 % say that the wrong people are written to. Counted from {LEAST_FOR_SHARE} mails on."
    return Rule(code="opt_outs", state=state, title="Opt-outs", sentence=sentence, reason=reason, todo=todo)


def _jump(figures: Figures) -> Rule:
    usual = figures.week_before / 7
    limit = max(JUMP * usual, usual + JUMP_FLOOR)
    state: RuleState = "ok"
    if figures.last_day > limit:
        state = "broken" if figures.last_day > 2 * limit else "near"
    todo = "" if state == "ok" else "Spread the mails over more days; the ramp of the mailbox does it by itself."
    sentence = f"{figures.last_day:,} in 24 hours; {usual:.0f} a day in the week before."
    reason = "Receivers distrust a sender who suddenly writes twice as much as before."
    return Rule(code="jump", state=state, title="Even volume", sentence=sentence, reason=reason, todo=todo)


def _one_text(figures: Figures) -> Rule:
    share = figures.top_text / figures.week if figures.week else 0.0
    is_much = figures.week >= ONE_TEXT_FLOOR and share >= ONE_TEXT_SHARE
    sentence = f"{share:.0%} of {_count(figures.week, 'mail')} in seven days have the same text."
    if figures.top_name:
        sentence = f"{sentence} Most of all: {figures.top_name}."
    todo = "Give the step a second text, or more that is only theirs." if is_much else ""
    reason = "Filters group mail that is alike and judge it together: one complaint then weighs on all."
    return Rule(code="one_text", state="near" if is_much else "ok", title="One text", sentence=sentence,
                reason=reason, todo=todo)  # fmt: skip


def _answers(figures: Figures) -> Rule:
    share = figures.answered / figures.first_mails if figures.first_mails else 0.0
    enough = figures.first_mails >= LEAST_FOR_SHARE
    is_low = enough and share < LEAST_REPLIES
    state: RuleState = "near" if is_low else ("ok" if enough else "unclear")
    sentence = f"{figures.answered} of {_count(figures.first_mails, 'first mail')} got an answer ({share:.1%})."
    if not figures.first_mails:
        sentence = "No first mail is a week old yet."
    todo = "Look whether mail lands in spam: write to addresses of your own at several providers." if is_low else ""
    reason = (
        "Below 2 % the mail is probably not seen, or goes to the wrong people. First mails of the last 30 days that are"
        f" a week old; a share means something from {LEAST_FOR_SHARE} on."
    )
    return Rule(code="answers", state=state, title="Answers", sentence=sentence, reason=reason, todo=todo)


def _count(number: int, word: str, words: str = "") -> str:
    return f"{number:,} {word if number == 1 else words or word + 's'}"
