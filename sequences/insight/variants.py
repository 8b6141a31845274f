"""Use cases: the texts of a step beside each other: whom each one reached, who answered it, and what that proves."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from sqlalchemy import Result, and_, literal, or_, select, union_all

from crm.models import Message
from kit.errors import say
from kit.tx import Tx
from sequences.insight.experiments import Outcome, Verdict, Winner, judge, sample_needed
from sequences.insight.wilson import wilson
from sequences.models import Enrolment, Send, Sequence, SequenceVersion
from sequences.versions.authoring import get_version, steps_of
from sequences.versions.sequence_file import Step

# An outcome is final after a week, answered or not: without that the younger text would always look worse.
SETTLES_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCount:
    """One text: contacts it reached without a bounce, those who answered it, and the 95 % interval of the rate."""

    key: str
    weight: int
    contacts: int
    replies: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """The texts of one step. `fresh` mails are too young for the verdict; `one_look` is the sample per text."""

    step: str
    texts: tuple[TextCount, ...]
    verdict: Verdict
    sentence: str
    fresh: int
    one_look: int

    @property
    def kind(self) -> str:
        """The verdict in one word: winner or none."""
        return "winner" if isinstance(self.verdict, Winner) else "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mail:
    at: datetime
    variant: str
    weights: Mapping[str, int]
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Texts:
    """The texts of a step in one version: weight and sources by key."""

    weights: Mapping[str, int]
    sources: Mapping[str, tuple[str | None, str]]

    def named_as_in(self, newest: "_Texts") -> dict[str, str]:
        """Return the newest version's key of every text that it still has, by the key here."""
        names: dict[str, str] = {}
        for key, source in self.sources.items():
            same = [other for other, text in newest.sources.items() if text == source]
            if key in same or len(same) == 1:
                names[key] = key if key in same else same[0]
        return names


def list_experiments(tx: Tx, sequence: Sequence, newest: SequenceVersion | None = None) -> list[Experiment]:
    """Return an experiment for every mail of the newest version that has more than one text."""
    newest = newest or get_version(tx, sequence)
    steps = [step for step in steps_of(newest) if step.kind == "email" and len(step.variants) > 1]
    if not steps:
        return []
    versions = [newest]
    if sequence.version > 1:
        query = select(SequenceVersion).where(SequenceVersion.sequence_id == sequence.id)
        versions = list(tx.session.scalars(query))
    mails = _mails(
        tx, sequence, {step.key: {one.number: _texts_of(one, step.key) for one in versions} for step in steps}
    )
    return [_compare(tx, step, mails[step.key]) for step in steps]


def _compare(tx: Tx, step: Step, mails: list[_Mail]) -> Experiment:
    final = [mail for mail in mails if mail.at + SETTLES_AFTER <= tx.now]
    weights = {text.key: text.weight for text in step.variants}
    verdict = judge([Outcome(mail.variant, _in_time(mail), mail.weights) for mail in final], weights)
    counts = tuple(_count(key, weight, mails) for key, weight in weights.items())
    return Experiment(
        step=step.key,
        texts=counts,
        verdict=verdict,
        sentence=say_verdict(verdict, counts),
        fresh=len(mails) - len(final),
        one_look=_one_look(verdict, sum(1 for weight in weights.values() if weight)),
    )


def _texts_of(version: SequenceVersion, step_key: str) -> _Texts:
    """Texts are compared as they are written, not by version: the same words keep their counts."""
    step = next((step for step in steps_of(version) if step.key == step_key), None)
    texts = step.texts() if step else ()
    return _Texts(
        {text.key: text.weight for text in texts},
        {text.key: (text.subject, version.bodies.get(text.body, text.body)) for text in texts},
    )


def _mails(tx: Tx, sequence: Sequence, steps: Mapping[str, Mapping[int, _Texts]]) -> dict[str, list[_Mail]]:
    """Return the first mail of each step to every contact that did not bounce, in the order of sending."""
    rows = tx.session.execute(
        select(Send.step_key, Send.contact_id, Send.sent_at, Send.variant, Send.explanation, SequenceVersion.number)
        .join(Enrolment, Enrolment.id == Send.enrolment_id)
        .join(SequenceVersion, SequenceVersion.id == Enrolment.version_id)
        .where(Send.sequence_id == sequence.id, Send.step_key.in_(steps), Send.state == "sent")
        .where(Send.sent_at.is_not(None), Send.bounced_at.is_(None), Send.hard_bounced_at.is_(None))
        .order_by(Send.sent_at, Send.id)
    )
    draws = {
        key: {number: _draw(one, texts[sequence.version]) for number, one in texts.items()}
        for key, texts in steps.items()
    }
    talks = _talks(tx, sequence, list(steps))
    mails: dict[str, dict[int, _Mail]] = {key: {} for key in steps}
    for key, contact_id, at, variant, explanation, enrolled in rows:
        # A run may have moved to another version since: the text is that of the version it was planned with.
        names, weights = draws[key].get(explanation.get("version", enrolled), ({}, {}))
        if variant in names and contact_id not in mails[key]:
            answered_at = talks.answer_to(contact_id, at)
            mails[key][contact_id] = _Mail(at=at, variant=names[variant], weights=weights, answered_at=answered_at)
    return {key: list(by_contact.values()) for key, by_contact in mails.items()}


def _draw(texts: _Texts, newest: _Texts) -> tuple[dict[str, str], dict[str, int]]:
    """Return the newest version's key of each text that it still has, and what these were drawn with, by that key."""
    names = texts.named_as_in(newest)
    return names, {names[key]: weight for key, weight in texts.weights.items() if key in names}


@dataclass(frozen=True, slots=True)
class _Talks:
    """When we wrote to each contact, by any sequence or by hand, and when they answered."""

    out: Mapping[int, list[datetime]]
    came: Mapping[int, list[datetime]]

    def answer_to(self, contact_id: int, at: datetime) -> datetime | None:
        """Return the first answer to the mail sent at an instant, if that was the last mail before it."""
        came = self.came.get(contact_id, [])
        answer = next(iter(came[bisect_left(came, at) :]), None)
        if answer is None:
            return None
        sent = self.out[contact_id]
        return answer if sent[bisect_right(sent, answer) - 1] == at else None


def _talks(tx: Tx, sequence: Sequence, step_keys: list[str]) -> _Talks:
    reached = select(Send.contact_id).where(Send.sequence_id == sequence.id, Send.step_key.in_(step_keys))
    ours = select(Send.contact_id, Send.sent_at, literal("out")).where(
        Send.state == "sent", Send.sent_at.is_not(None), Send.contact_id.in_(reached)
    )
    by_hand = and_(Message.direction == "out", Message.kind == "manual")
    replies = and_(Message.direction == "in", Message.kind == "reply")
    others = select(Message.contact_id, Message.at, Message.direction).where(
        Message.contact_id.in_(reached), or_(by_hand, replies)
    )
    out: dict[int, list[datetime]] = {}
    came: dict[int, list[datetime]] = {}
    rows: Result[int, datetime, str] = tx.session.execute(union_all(ours, others))
    for contact_id, at, direction in sorted(rows, key=itemgetter(1)):
        (came if direction == "in" else out).setdefault(contact_id, []).append(at)
    return _Talks(out, came)


def _in_time(mail: _Mail) -> bool:
    return mail.answered_at is not None and mail.answered_at < mail.at + SETTLES_AFTER


def _count(key: str, weight: int, mails: list[_Mail]) -> TextCount:
    mine = [mail for mail in mails if mail.variant == key]
    replies = sum(mail.answered_at is not None for mail in mine)
    low, high = wilson(replies, len(mine))
    return TextCount(key=key, weight=weight, contacts=len(mine), replies=replies, low=low, high=high)


def _one_look(verdict: Verdict, drawn: int) -> int:
    if isinstance(verdict, Winner) or verdict.why == "not_drawn":
        return 0
    return sample_needed(verdict.base, verdict.base + verdict.difference, pairs=drawn * (drawn - 1) // 2)


def say_verdict(verdict: Verdict, counts: tuple[TextCount, ...]) -> str:
    """Return a verdict in plain words, the counts first."""
    figures = _figures(counts)
    if isinstance(verdict, Winner):
        return say(
            "%(words)s Text %(variant)s earns more replies. Looking again does not change that.",
            words=figures,
            variant=verdict.variant,
        )
    more, points = _about(max(1, verdict.needed - verdict.so_far)), _points(verdict.difference)
    if verdict.why == "not_drawn":
        return say("%(words)s Only one text is in use, so nothing is compared.", words=figures)
    if verdict.why == "small":
        return say(
            "%(words)s No verdict: a difference of %(points)s points would most likely have shown by now.",
            words=figures,
            points=points,
        )
    if not any(one.contacts for one in counts):
        rates = say(
            "%(points)s%% from %(better)s%%",
            points=_points(verdict.base),
            better=_points(verdict.base + verdict.difference),
        )
        return say(
            "Nothing to compare yet. A verdict needs about %(more)s contacts to tell %(rates)s.", more=more, rates=rates
        )
    return say(
        "%(words)s No verdict yet: about %(more)s more would be needed to tell a difference of %(points)s points.",
        words=figures,
        more=more,
        points=points,
    )


def _figures(counts: tuple[TextCount, ...]) -> str:
    first, *others = counts
    rest = [say("%(num)s of %(all)s", num=one.replies, all=one.contacts) for one in others]
    against = rest[0]
    for one in rest[1:-1]:
        against = say("%(words)s, %(last)s", words=against, last=one)
    if rest[1:]:
        against = say("%(words)s and %(last)s", words=against, last=rest[-1])
    if first.replies == 1:
        return say("1 reply of %(all)s against %(words)s.", all=first.contacts, words=against)
    return say("%(num)s replies of %(all)s against %(words)s.", num=first.replies, all=first.contacts, words=against)


def _points(share: float) -> str:
    return f"{share * 100:.2g}"


def _about(number: int) -> str:
    """Round up to two figures: more would claim too much."""
    unit = 10 ** max(0, len(str(number)) - 2)
    return f"{-(-number // unit) * unit:,}"
