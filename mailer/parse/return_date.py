"""Pure: the stated day of return in an out-of-office answer, found without guessing."""

import re
from datetime import date, datetime, timedelta

from mailer.parse.return_words import AWAY, BACK, BACK_AFTER, JOINED, MONTHS, UNTIL, UNTIL_AFTER

MONTH_OF = {word: number for number, words in MONTHS.items() for word in words.split()}
_NAMES = "|".join(sorted(MONTH_OF, key=len, reverse=True))
_YEAR = r"(?:,?\s{1,2}(?:de |del |do )?(?P<y>20\d\d))?"
_DAY_FIRST = re.compile(
    rf"(?<![\d./])(?<!\d-)(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|e|º|ª|\.|:e|:a)?\s{{0,2}}(?:of |de |d[’']|den |i |ב)?"
    rf"(?P<m>{_NAMES})\b\.?{_YEAR}",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"\b(?P<m>{_NAMES})\.?\s{{1,2}}(?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.]\d){_YEAR}",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(rf"\b(?P<y>20\d\d)\.?\s(?P<m>{_NAMES})\s(?P<d>\d{{1,2}})(?!\d)", re.IGNORECASE)
_ISO = re.compile(r"(?<!\d)(?P<y>20\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)")
_CJK = re.compile(
    r"(?:(?P<y>20\d\d)\s?[年년]\s?)?(?<!\d)(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일号號](?:\s?[（(][月火水木金土日][)）])?"
)
_DOTTED = re.compile(r"(?<![\d.])(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.(?:\s?(?P<y>20\d\d|\d\d(?![\d:.])))?(?!\d)")
_SLASHED = re.compile(r"(?<![\d/-])(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>20\d\d|\d\d)(?![\d/-])")

_CUE = re.compile(
    rf"(?<!\w)(?:(?P<back>{'|'.join(BACK)})|(?P<until>{'|'.join(UNTIL)}))(?!\w)|(?P<joined>{JOINED})\s?$", re.IGNORECASE
)
_SPELT, _WRITTEN_ON = BACK_AFTER
_AFTER_BACK = re.compile(
    rf"^[^.!?。;,\d]{{0,25}}(?<!\w)(?:{_SPELT})(?!\w)|^[^.!?。、\d]{{0,12}}(?:{_WRITTEN_ON})", re.IGNORECASE
)
_AFTER_UNTIL = re.compile(
    rf"^[^.!?\d]{{0,14}}(?<!\w)(?:{UNTIL_AFTER[0]})(?!\w)|^\s?(?:{UNTIL_AFTER[1]})", re.IGNORECASE
)
_RANGE = re.compile(
    r"(?:\bto\b|-|–|—|bis|\bau\b|\bal\b|\ba\b|\bt/m\b|\btot\b|\btil\b|\btill\b|\bdo\b|\bthrough\b|"
    r"\band\b)\s*(?:the |zum |le |el |den |o )?(?:\w+,? )?$",
    re.IGNORECASE,
)
_LEAVE = re.compile(rf"(?<!\w)(?:{AWAY})", re.IGNORECASE)
_DECEMBER = 12
_AFTER = 60  # characters between the cue word and its date
_HORIZON = timedelta(days=540)  # a return later than this is a slip of the pen
_REMEMBERED = timedelta(days=60)  # a date without year that long ago means this year, not the next


def find_return_date(text: str, *, received_at: datetime) -> date | None:
    """Return the last day or the day of return that the text states, on or after the day of receipt, or None.

    A date needs a cue ("back on", "until", "bis zum", "de retour le", "まで") beside it, or to end a range of absence.
    Dates such as 3/4 are ambiguous and ignored, unless one part exceeds 12.
    """
    flat = re.sub(r"\s+", " ", text[:6_000])
    today = received_at.date()
    by_kind: dict[str, list[date]] = {"back": [], "until": [], "range": []}
    end_of_last = 0
    for start, end, day in find_dates(flat, today):
        kind = _cue_at(flat, end_of_last, start, end)
        end_of_last = end
        if kind and today <= day <= today + _HORIZON:
            by_kind[kind].append(day)
    for kind in ("back", "until", "range"):
        if by_kind[kind]:
            return by_kind[kind][0] if kind != "range" else max(by_kind[kind])
    return None


def _cue_at(flat: str, last: int, start: int, end: int) -> str | None:
    """Return what stands beside a date: a cue of return, of an end, or the middle of a range of absence."""
    after = flat[end : end + _AFTER]
    if _AFTER_UNTIL.match(after):
        return "until"
    window = flat[max(last, start - _AFTER) : start]
    sentence = re.split(r"(?<=[^\W\d]{3})[.!?] (?=[^\W\d_a-z])|[。！]", window)[-1]
    cues = list(_CUE.finditer(sentence))
    if any(cue["back"] for cue in cues) or _AFTER_BACK.match(after):
        return "back"
    if cues:
        return "until"
    if _RANGE.search(window) and _LEAVE.search(flat[max(0, start - 200) : start + 120]):
        return "range"
    return None


def find_dates(flat: str, today: date) -> list[tuple[int, int, date]]:
    """Return (start, end, day) of every date written out; date.min for one that does not exist or is ambiguous."""
    found: list[tuple[int, int, date]] = []
    for pattern in (_ISO, _CJK, _YEAR_FIRST, _DAY_FIRST, _MONTH_FIRST, _DOTTED):
        for hit in pattern.finditer(flat):
            month = hit["m"].lower().rstrip(".")
            number = int(month) if month.isdigit() else MONTH_OF[month]
            found.append((hit.start(), hit.end(), _resolve(hit["y"], number, int(hit["d"]), today)))
    for hit in _SLASHED.finditer(flat):
        first, second = int(hit["a"]), int(hit["b"])
        day, month_number = (first, second) if first > _DECEMBER else (second, first)
        plain = max(first, second) > _DECEMBER or first == second
        found.append((hit.start(), hit.end(), _resolve(hit["y"], month_number, day, today) if plain else date.min))
    return sorted(found)


def _resolve(year: str | None, month: int, day: int, today: date) -> date:
    """Return the date, or date.min when there is none; without a year the next one that is not long past."""
    try:
        if year:
            return date(int(year[-2:]) + 2000, month, day)
        guess = date(today.year, month, day)
        return guess if guess >= today - _REMEMBERED else date(today.year + 1, month, day)
    except ValueError:
        return date.min
