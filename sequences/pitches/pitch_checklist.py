"""Pure: reads a finished draft and guesses which of a good pitch's seven points it makes.

Cues are a few English words and shapes (a date, an amount): the answer is a hint to the writer and never stops a mail.
"""

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from kit.errors import say

_WORDS_PER_MINUTE = 220
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_AMOUNT = (
    r"[€£$]\s?\d[\d,.]*|\b(?:EUR|GBP|USD|CHF|DKK|SEK|NOK|PLN|CAD|AUD)\s?\d[\d,.]*"
    r"|\b\d[\d,.]*\s?(?:€|£|(?:EUR|GBP|USD|CHF|DKK|SEK|NOK|PLN|euros?|pounds|dollars|kroner)\b)"
)


class CheckState(StrEnum):
    """Whether a point seems to be made."""

    OK = "ok"
    TODO = "todo"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem:
    """One of the seven points. `sentence` says what was seen or what to add; it is a guess and says so."""

    key: str
    title: str
    state: CheckState
    sentence: str


@dataclass(frozen=True, slots=True)
class _Point:
    key: str
    title: str
    cues: re.Pattern[str]
    advice: str


def _point(key: str, title: str, cues: str, advice: str) -> _Point:
    return _Point(key, title, re.compile(cues, re.IGNORECASE), advice)


_POINTS = (
    _point(
        "product",
        say("Product"),
        r"\b(?:what it is|our (?:new )?\w+|we (?:make|sell|build|publish|brew|design|offer|have made)|the product)\b",
        say("Say in a few plain words what the product is."),
    ),
    _point(
        "difference",
        say("Difference"),
        r"\b(?:differ(?:s|ent|ence|ently)?|unlike|instead of|no other|the only|rather than|apart from other)\b",
        say("Say how it differs from what people can already buy."),
    ),
    _point(
        "audience",
        say("Why their audience cares"),
        r"\byour (?:audience|viewers|readers|followers|subscribers|listeners|community|people|comments)\b",
        say("Say why their audience will care, in their audience's words."),
    ),
    _point(
        "timeline",
        say("Timeline"),
        rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}\b|\b{_MONTH}\s\d{{1,2}}\b|\b\d{{4}}-\d{{2}}-\d{{2}}\b"
        rf"|\b(?:in|by|early|mid|late|end of)[ -](?:january|february|march|april|may|june|july|august|september"
        r"|october|november|december)\b|\b(?:in|within|next)\s(?:\w+\s)?(?:weeks?|months?)\b",
        say("Name a date: when it should be live, or when you need an answer."),
    ),
    _point(
        "budget",
        say("Budget"),
        rf"{_AMOUNT}|\bper (?:video|post|reel|story)\b",
        say("Name what you can pay, with its currency."),
    ),
    _point(
        "idea",
        say("Idea or brief"),
        r"\b(?:the idea|an idea|our idea|idea:|brief|proposal|we (?:picture|imagine)|sponsor(?:ed|ship)?)\b",
        say("Offer one idea, or attach a short brief."),
    ),
    _point(
        "proof",
        say("Proof that you have seen their work"),
        r"\byour (?:\w+[ -]){0,2}(?:video|videos|post|posts|reel|reels|stor(?:y|ies)|episode|stream|recipe|review"
        r"|series|clip|clips|newsletter|photos?|tutorial|channel|piece)\b"
        r"|\bI (?:saw|watched|read|loved|liked|enjoyed|tried)\b|\bwhen you\b|\bwhere you\b",
        say("Name something of theirs that you saw, and what you liked about it."),
    ),
)


def pitch_checklist(subject: str, text: str) -> tuple[ChecklistItem, ...]:
    """Guess which of the seven points the rendered subject and text make; always seven, in the order of the guide."""
    draft = f"{subject}\n{text}"
    return tuple(_judge(point, point.cues.search(draft)) for point in _POINTS)


def _judge(point: _Point, found: re.Match[str] | None) -> ChecklistItem:
    if found is None:
        return ChecklistItem(
            key=point.key,
            title=point.title,
            state=CheckState.TODO,
            sentence=say("Not seen, as far as we can guess. %(advice)s", advice=point.advice),
        )
    words = " ".join(found[0].split())
    return ChecklistItem(
        key=point.key,
        title=point.title,
        state=CheckState.OK,
        sentence=say("Probably there: we guess from “%(words)s”.", words=words),
    )


def word_count(text: str) -> int:
    """Count words, links as one each."""
    return len(re.findall(r"https?://\S+|\w+(?:['’-]\w+)*", text))


def reading_seconds(text: str) -> int:
    """Estimate how long a person reads, in whole seconds at 220 words a minute."""
    return math.ceil(word_count(text) * 60 / _WORDS_PER_MINUTE)
