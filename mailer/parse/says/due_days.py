"""Pure: the last day by which something promised is due, in English and German: by Friday, bis Ende der Woche."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from mailer.parse.return_date import MONTH_OF, find_dates
from mailer.parse.says.days import WEEKDAY_OF, next_weekday


class DueDay(NamedTuple):
    """A day and where in the text it is named, with the little words before it."""

    start: int
    end: int
    on: date


_FRIDAY, _DECEMBER = 4, 12
_HORIZON = timedelta(days=400)
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "einem": 1, "einer": 1, "ein": 1, "two": 2, "couple of": 2, "zwei": 2, "three": 3,
    "drei": 3, "four": 4, "vier": 4, "five": 5, "fünf": 5, "six": 6, "sechs": 6, "ten": 10, "zehn": 10,
}  # fmt: skip
_WORDS = [name for name in WEEKDAY_OF if name.endswith(("day", "tag", "mittwoch")) and len(name) > len("day")]
_WEEKDAYS = "|".join(sorted((*_WORDS, "sonnabend"), key=len, reverse=True))
_MONTHS = "|".join(sorted((name for name in MONTH_OF if len(name) > len("jan")), key=len, reverse=True))
_LEAD = re.compile(
    r"(?:\b(?:by|on|until|till|before|no later than|not later than|at the latest|at|this|the|for|"
    r"bis|spätestens|bis spätestens|nicht später als|am|an|zum|zu|noch|im|in|der|dem|den|diesen|diesem|"
    r"kommenden?|of|in der|vor)\s+){1,4}$"
)
_NEAR = re.compile(
    r"\b(?:(?P<over>(?:the )?day after tomorrow|übermorgen)|"
    r"(?P<next>tomorrow(?: (?:morning|afternoon|evening))?|"
    r"(?<!guten )morgen(?: (?:früh|vormittag|mittag|nachmittag|abend))?)|"
    r"(?P<today>today|tonight|this (?:morning|afternoon|evening)|end of (?:the |business )?day|eod|cob|"
    r"close of business|heute(?: (?:noch|abend|nachmittag|vormittag|mittag))?))\b"
)
_WEEKDAY = re.compile(
    rf"\b(?P<next>next |nächste[nr]? |nächste woche )?(?P<day>{_WEEKDAYS})(?P<part>abend|morgen|mittag|nachmittag)?\b"
    r"(?P<after> next week| nächste[rn]? woche| in a week)?"
)
_WEEK = re.compile(
    r"\b(?:(?P<this>(?:the )?end of (?:the|this) week|this week|ende (?:der|dieser) woche|diese[rn]? woche|"
    r"wochenende|the weekend)|"
    r"(?P<next>(?:the )?end of next week|(?:early |late )?next week|ende (?:der )?nächste[rn]? woche|"
    r"(?:anfang |ende )?nächste[rn]? woche|kommende[rn]? woche))\b"
)
_MONTH = re.compile(
    r"\b(?:(?P<this>(?:the )?end of (?:the|this) month|this month|ende des monats|ende dieses monats|monatsende|"
    r"diese[nm] monat)|"
    r"(?P<next>(?:the )?end of next month|next month|ende nächsten monats|nächste[nm] monat)|"
    rf"(?:in|by|im|bis|ende|end of|(?:the )?end of|mid|mitte|early|anfang) (?P<named>{_MONTHS}))\b(?! \d)"
)
_SPAN = re.compile(
    r"\b(?:in|within|innerhalb von|binnen|in den nächsten|in the next|over the next)(?: the next)? "
    rf"(?P<count>{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}|\d{{1,3}})(?: (?:working|business))? "
    r"(?:(?P<hours>hours?|stunden?)|(?P<days>days?|tage?n?|werktage?n?|arbeitstage?n?)|(?P<weeks>weeks?|wochen?))\b"
)
_DAY_OF_MONTH = re.compile(r"\b(?:the|am|bis|zum|dem|den) (?P<d>\d{1,2})(?:st|nd|rd|th|\.)(?!\s?\d)")


def find_due_days(text: str, today: date) -> list[DueDay]:
    """Return the days that a text names, in its order, all from `today` on.

    A week or a month means its last working day or its last day; "within 48 hours" the day on which they end.
    """
    small = text.lower()
    found = [*_written_out(text, today), *_near(small, today), *_wide(small, today)]
    chosen: list[DueDay] = []
    for one in sorted(found, key=lambda day: (day.start, -day.end)):
        if today <= one.on <= today + _HORIZON and not any(one.start < other.end for other in chosen):
            chosen.append(_with_lead(small, one))
    return chosen


def _with_lead(small: str, one: DueDay) -> DueDay:
    lead = _LEAD.search(small[max(0, one.start - 40) : one.start])
    return one._replace(start=one.start - len(lead[0])) if lead else one


def _written_out(text: str, today: date) -> Iterator[DueDay]:
    for start, end, day in find_dates(text, today):
        if day == date.min:
            continue
        # "Friday, 4 December": the name of the day belongs to it.
        named = re.search(rf"(?:{_WEEKDAYS}),?\s(?:the |den |dem )?$", text[max(0, start - 25) : start].lower())
        yield DueDay(start - len(named[0]) if named else start, end, day)


def _near(small: str, today: date) -> Iterator[DueDay]:
    for hit in _NEAR.finditer(small):
        yield DueDay(hit.start(), hit.end(), today + timedelta(days=2 if hit["over"] else 1 if hit["next"] else 0))
    for hit in _WEEKDAY.finditer(small):
        number = WEEKDAY_OF.get(hit["day"], WEEKDAY_OF["samstag"])
        is_next = bool(hit["after"] or (hit["next"] and "woche" in hit["next"]) or hit["next"])
        yield DueDay(hit.start(), hit.end(), next_weekday(number, today, next_week=is_next))


def _wide(small: str, today: date) -> Iterator[DueDay]:
    for hit in _WEEK.finditer(small):
        friday = today + timedelta(days=_FRIDAY - today.weekday() + (7 if hit["next"] else 0))
        yield DueDay(hit.start(), hit.end(), max(friday, today))
    for hit in _MONTH.finditer(small):
        yield DueDay(hit.start(), hit.end(), _month(hit, today))
    for hit in _SPAN.finditer(small):
        count = int(hit["count"]) if hit["count"].isdigit() else _NUMBERS[hit["count"]]
        days = -(-count // 24) if hit["hours"] else count * (7 if hit["weeks"] else 1)
        yield DueDay(hit.start(), hit.end(), today + timedelta(days=days))
    for hit in _DAY_OF_MONTH.finditer(small):
        day = _day_of_month(int(hit["d"]), today)
        if day:
            yield DueDay(hit.start("d"), hit.end(), day)


def _month(hit: re.Match[str], today: date) -> date:
    if hit["named"]:
        number = MONTH_OF[hit["named"]]
        return _last_of(today.year + (number < today.month), number)
    return _last_of(today.year, today.month + bool(hit["next"]))


def _last_of(year: int, month: int) -> date:
    """Return the last day of a month; month 13 is the next January."""
    years, at = divmod(month, _DECEMBER)
    return date(year + years, at + 1, 1) - timedelta(days=1)


def _day_of_month(number: int, today: date) -> date | None:
    for months in range(3):
        first = _last_of(today.year, today.month + months - 1) + timedelta(days=1)
        if number <= _last_of(first.year, first.month).day and number:
            day = first.replace(day=number)
            if day >= today:
                return day
    return None
