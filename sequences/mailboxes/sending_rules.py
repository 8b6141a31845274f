"""Pure: the thresholds of large receivers, and our own, as rules over counts of our own sending log.

Sources: Google, Email sender guidelines (5,000 a day to personal accounts, counted for the primary domain and for
good; spam below 0.10 %, never 0.30 %; SPF, DKIM, DMARC, one click, PTR, TLS); Yahoo Sender Hub, Sender requirements
(the same without a number for bulk); Microsoft, Outlook's requirements for high-volume senders, in force since 5 May
2025 (more than 5,000 a day from a domain: SPF, DKIM and DMARC must pass, else 550 5.7.515). The rest are rules of thumb
of our own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kit.errors import Sentence, say
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
_CHECK_WORDS: dict[str, str] = {"spf": "SPF", "dkim": "DKIM", "dmarc": "DMARC", "alignment": say("alignment"),
                "one_click": say("one click"), "ptr": say("reverse name")}  # fmt: skip


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
        sentence = say(
            "%(count)s of %(bulk_line)s mails in 24 hours to personal accounts there.",
            count=f"{count:,}",
            bulk_line=f"{BULK_LINE:,}",
        )
        if count < NEAR * BULK_LINE:
            state: RuleState = "ok"
            todo = ""
        elif troubled:
            state = "broken" if count >= BULK_LINE else "near"
            todo = say("Mend first: %(troubled)s.", troubled=_list(troubled))
        else:
            state = "unclear" if unknown else ("near" if count < BULK_LINE else "ok")
            todo = (
                say("Make sure of: %(unknown)s.", unknown=_list(unknown))
                if unknown
                else say("Everything that is asked for is there.")
            )
        yield Rule(code=f"bulk_{family}", state=state, title=say("Bulk at %(name)s", name=name), sentence=sentence,
                   reason=_BULK_REASONS[family], todo=todo)  # fmt: skip


_BULK_REASONS: dict[Family, str] = {
    "google": say(
        "From there on a domain is a bulk sender, for good: SPF, DKIM, DMARC, one click, reverse names and TLS."
    ),
    "yahoo": say("Yahoo asks the same of bulk senders and names no number; Google's is taken here."),
    "microsoft": say("Beyond it mail without SPF, DKIM and DMARC is refused (550 5.7.515), since May 2025."),
}


def _complaints(figures: Figures) -> Rule:
    share = figures.complaints / figures.month if figures.month else 0.0
    state: RuleState = "ok"
    todo = ""
    if figures.complaints:
        state = "broken" if share >= SPAM_LIMIT else "near"
        todo = say("Look at each of them: who was it, how did you find them, what did the mail say?")
    elif not figures.month:
        state = "unclear"
    sentence = say(
        "%(count)s on %(month)s mails in 30 days (%(share)s).",
        count=_count(figures.complaints, *_COMPLAINTS),
        month=f"{figures.month:,}",
        share=f"{share:.2%}",
    )
    reason = say(
        "Google and Yahoo want less than 0.1 % and never 0.3 %: one in 333. Only "
        "complaints that feedback loops send us are known; Google sends none, so look at Postmaster Tools as well."
    )
    return Rule(code="complaints", state=state, title=say("Complaints"), sentence=sentence, reason=reason, todo=todo)


def _bounces(figures: Figures) -> Rule:
    rate = figures.breaker
    states: dict[Level, RuleState] = {Level.FINE: "ok", Level.WARN: "near"}
    state = states.get(rate.level, "broken")
    todo = "" if state == "ok" else say("Check the addresses before more mail leaves; old lists are the usual cause.")
    sentence = say(
        "%(hard)s of %(count)s met a dead address in 14 days (%(share)s).",
        hard=rate.hard,
        count=_count(rate.sent, *_MAILS),
        share=f"{rate.share:.1%}",
    )
    if not rate.hard:
        sentence = say("No mail met a dead address in 14 days.")
    reason = say("We warn at 2 %, stop first mails at 3 % and everything at 5 %, from 50 mails on.")
    return Rule(code="bounces", state=state, title=say("Dead addresses"), sentence=sentence, reason=reason, todo=todo)


def _opt_outs(figures: Figures) -> Rule:
    share = figures.opt_outs / figures.month if figures.month else 0.0
    enough = figures.month >= LEAST_FOR_SHARE
    state: RuleState = "ok"
    if enough and share >= OPT_OUT_LIMIT:
        state = "broken" if share >= 2 * OPT_OUT_LIMIT else "near"
    todo = (
        "" if state == "ok" else say("Write to fewer people, whom the offer fits better, and send one reminder less.")
    )
    sentence = say(
        "%(count)s asked for no more mail, in 30 days (%(share)s).",
        count=_count(figures.opt_outs, *_PEOPLE),
        share=f"{share:.1%}",
    )
    reason = say(
        "More than 0.5 %% say that the wrong people are written to. Counted from %(least_for_share)s mails on.",
        least_for_share=LEAST_FOR_SHARE,
    )
    return Rule(code="opt_outs", state=state, title=say("Opt-outs"), sentence=sentence, reason=reason, todo=todo)


def _jump(figures: Figures) -> Rule:
    usual = figures.week_before / 7
    limit = max(JUMP * usual, usual + JUMP_FLOOR)
    state: RuleState = "ok"
    if figures.last_day > limit:
        state = "broken" if figures.last_day > 2 * limit else "near"
    todo = "" if state == "ok" else say("Spread the mails over more days; the ramp of the mailbox does it by itself.")
    sentence = say(
        "%(last_day)s in 24 hours; %(usual)s a day in the week before.",
        last_day=f"{figures.last_day:,}",
        usual=f"{usual:.0f}",
    )
    reason = say("Receivers distrust a sender who suddenly writes twice as much as before.")
    return Rule(code="jump", state=state, title=say("Even volume"), sentence=sentence, reason=reason, todo=todo)


def _one_text(figures: Figures) -> Rule:
    share = figures.top_text / figures.week if figures.week else 0.0
    is_much = figures.week >= ONE_TEXT_FLOOR and share >= ONE_TEXT_SHARE
    sentence = say(
        "%(share)s of %(count)s in seven days have the same text.",
        share=f"{share:.0%}",
        count=_count(figures.week, *_MAILS),
    )
    if figures.top_name:
        sentence = say("%(sentence)s Most of all: %(top_name)s.", sentence=sentence, top_name=figures.top_name)
    todo = say("Give the step a second text, or more that is only theirs.") if is_much else ""
    reason = say("Filters group mail that is alike and judge it together: one complaint then weighs on all.")
    return Rule(code="one_text", state="near" if is_much else "ok", title=say("One text"), sentence=sentence,
                reason=reason, todo=todo)  # fmt: skip


def _answers(figures: Figures) -> Rule:
    share = figures.answered / figures.first_mails if figures.first_mails else 0.0
    enough = figures.first_mails >= LEAST_FOR_SHARE
    is_low = enough and share < LEAST_REPLIES
    state: RuleState = "near" if is_low else ("ok" if enough else "unclear")
    sentence = say(
        "%(answered)s of %(count)s got an answer (%(share)s).",
        answered=figures.answered,
        count=_count(figures.first_mails, *_FIRST_MAILS),
        share=f"{share:.1%}",
    )
    if not figures.first_mails:
        sentence = say("No first mail is a week old yet.")
    todo = (
        say("Look whether mail lands in spam: write to addresses of your own at several providers.") if is_low else ""
    )
    reason = say(
        "Below 2 %% the mail is probably not seen, or goes to the wrong people. First "
        "mails of the last 30 days that are a week old; a share means something from %(least_for_share)s on.",
        least_for_share=LEAST_FOR_SHARE,
    )
    return Rule(code="answers", state=state, title=say("Answers"), sentence=sentence, reason=reason, todo=todo)


def _list(names: Sequence[str]) -> str:
    found = names[0]
    for one in names[1:]:
        found = say("%(words)s, %(last)s", words=found, last=one)
    return found


def _count(number: int, one: Sentence, many: Sentence) -> str:
    return say((one if number == 1 else many).msgid, num=f"{number:,}")


_MAILS = (say("%(num)s mail"), say("%(num)s mails"))
_FIRST_MAILS = (say("%(num)s first mail"), say("%(num)s first mails"))
_COMPLAINTS = (say("%(num)s complaint"), say("%(num)s complaints"))
_PEOPLE = (say("%(num)s person"), say("%(num)s people"))
