"""Pure: posts as somebody pastes them: one a line, with its day, its views, its link, and the brand it was made for.

2026-11-20  96k  https://video.example/a1
2026-11-12  1.2M  8100 likes  Oat & Co
"""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from kit.errors import InvalidError, say

MOST = 100
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)?[kKmM]?")
_UNITS = {"k": 1_000.0, "m": 1_000_000.0}
_INTERACTIONS = ("likes", "interactions", "reactions")
_SIGNS = " \t,;|"
_MAX_BRAND, _MAX_URL = 120, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLine:
    """One post: when, how often seen, how often answered to, where, and who paid."""

    posted_on: date
    views: float | None = None
    interactions: float | None = None
    url: str = ""
    sponsor: str = ""


def read_posts(text: str, today: date) -> list[PostLine]:
    """Return the posts of a text. Raises InvalidError naming the line that cannot be read; nothing is half taken."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise InvalidError(
            say("Write at least one post: its day, its views, and its link if there is one."), field="lines"
        )
    if len(lines) > MOST:
        raise InvalidError(say("Keep at most %(most)s posts at once.", most=MOST), field="lines")
    return [_read(number, line, today) for number, line in lines]


def _read(number: int, line: str, today: date) -> PostLine:
    found = _DAY.search(line)
    day = _day(found) if found else None
    if found is None or day is None:
        raise InvalidError(
            say("Line %(number)s has no day. Write it like 2026-11-20 96k.", number=number), field="lines"
        )
    if day > today:
        raise InvalidError(say("Line %(number)s has a day that is still to come.", number=number), field="lines")
    words = _split(line[: found.start()] + " " + line[found.end() :])
    url = next((word for word in words if word.startswith(("https://", "http://"))), "")
    if len(url) > _MAX_URL or (url and not urlsplit(url).hostname):
        raise InvalidError(say("The link on line %(number)s cannot be read.", number=number), field="lines")
    rest, views, interactions = _figures([word for word in words if word != url])
    return PostLine(
        posted_on=day, views=views, interactions=interactions, url=url, sponsor=" ".join(rest)[:_MAX_BRAND].strip()
    )


def _figures(words: list[str]) -> tuple[list[str], float | None, float | None]:
    """Return the words that are no figure, the views, and the likes: the figure before that word."""
    rest: list[str] = []
    views: float | None = None
    interactions: float | None = None
    at = 0
    while at < len(words):
        figure, after = _figure(words[at]), words[at + 1].lower() if at + 1 < len(words) else ""
        if figure is not None and interactions is None and after in _INTERACTIONS:
            interactions, at = figure, at + 2
        elif figure is not None and views is None:
            views, at = figure, at + (2 if after == "views" else 1)
        else:
            rest.append(words[at])
            at += 1
    return rest, views, interactions


def _split(line: str) -> list[str]:
    return [word for word in (part.strip(_SIGNS) for part in line.split()) if word]


def _figure(word: str) -> float | None:
    if not _FIGURE.fullmatch(word):
        return None
    unit = _UNITS.get(word[-1].lower(), 1.0)
    return float((word[:-1] if unit > 1 else word).replace(",", ".")) * unit


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
