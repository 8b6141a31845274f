"""Pure: a file of feedback: which column is what, and one row as a note or the reason why it is none."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from crm.csv_files.days import guess_day_first, parse_day
from crm.csv_files.numbers import parse_number
from kit.errors import InvalidError, say
from mailer.addresses import normalise_email

_NAMES = {
    "quote": (
        "quote",
        "feedback",
        "comment",
        "comments",
        "text",
        "message",
        "words",
        "review",
        "note",
        "what they said",
    ),
    "kind": ("kind", "type", "category", "sentiment"),
    "product": ("product", "about", "item"),
    "theme": ("theme", "topic", "tag"),
    "email": ("email", "e mail", "mail", "email address", "address"),
    "name": ("name", "creator", "author", "from", "handle", "username", "who"),
    "audience": ("audience", "from audience", "is audience", "audience too"),
    "reach": ("reach", "followers", "audience size"),
    "heard": ("heard", "where", "source", "channel", "place", "heard at"),
    "day": ("date", "day", "when", "created", "created at", "said at", "said on"),
}
_KINDS = {
    "problem": ("problem", "bug", "complaint", "issue", "negative", "issues", "problems"),
    "idea": ("idea", "suggestion", "request", "wish", "neutral", "ideas", "question", ""),
    "praise": ("praise", "positive", "compliment", "love", "thanks"),
}
_YES = frozenset({"yes", "true", "1", "y", "x", "audience", "viewer"})
_NO = frozenset({"", "no", "false", "0", "n", "creator"})
_MOST_WORDS, _MOST = 5_000, 2_000_000_000
SAMPLE = (
    ("quote", "kind", "product", "theme", "email", "name", "audience", "reach", "heard", "date"),
    ("The handle gets hot on induction.", "problem", "", "Handle heat", "imani@smallkitchen.example", "Imani", "no",
     "184000", "Video, 3:10", "2026-11-02"),
    ("Half my comments ask for a lid.", "idea", "", "", "", "Comments", "yes", "", "Comments", "2026-11-09"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One note as a file has it."""

    quote: str
    kind: str
    product: str = ""
    theme: str = ""
    email: str = ""
    name: str = ""
    from_audience: bool = False
    reach: int | None = None
    heard: str = ""
    at: datetime | None = None


def find_columns(header: Sequence[str]) -> dict[str, int]:
    """Return where each field stands; refuse a file without the words themselves."""
    found: dict[str, int] = {}
    plain = [re.sub(r"[^a-z]+", " ", name.casefold()).strip() for name in header]
    for field, names in _NAMES.items():
        at = next((plain.index(name) for name in names if name in plain), None)
        if at is not None and at not in found.values():
            found[field] = at
    if "quote" not in found:
        raise InvalidError(
            say("No column holds the words. Name it “quote”; the others may be kind, product, theme, email, date.")
        )
    return found


def reads_day_first(columns: Mapping[str, int], sample: Sequence[Sequence[str]]) -> bool | None:
    """Return whether days come before months in this file."""
    at = columns.get("day")
    return None if at is None else guess_day_first(row[at] for row in sample if len(row) > at)


def read_line(columns: Mapping[str, int], cells: Sequence[str], now: datetime, *, day_first: bool | None) -> Line | str:
    """Return the note of a row, or why it is none."""
    given = {field: cells[at].replace("\x00", "").strip() if at < len(cells) else "" for field, at in columns.items()}
    quote = given["quote"]
    kind = next((kind for kind, words in _KINDS.items() if given.get("kind", "").casefold() in words), "")
    email = normalise_email(given["email"]) if given.get("email") else ""
    audience = given.get("audience", "").casefold()
    reach = parse_number(given["reach"]) if given.get("reach") else None
    at = _instant(given.get("day", ""), day_first=day_first)
    faults = (
        (not quote, say("The row has no words.")),
        (len(quote) > _MOST_WORDS, say("The words are too long: 5,000 characters fit.")),
        (not kind, say("The kind is none of problem, idea and praise.")),
        (email is None, say("The email address is broken.")),
        (audience not in _YES | _NO, say("The column audience holds neither yes nor no.")),
        (bool(given.get("reach")) and (reach is None or not 0 <= reach <= _MOST), say("The reach is no number.")),
        (bool(given.get("day")) and at is None, say("The day cannot be read. Write it as 2026-11-24.")),
        (at is not None and at > now, say("The day lies in the future.")),
    )
    fault = next((sentence for is_so, sentence in faults if is_so), None)
    if fault is not None:
        return fault
    return Line(
        quote=quote, kind=kind, product=given.get("product", "")[:120], theme=given.get("theme", "")[:200],
        email=email or "", name=given.get("name", "")[:200], from_audience=audience in _YES,
        reach=None if reach is None else int(reach), heard=given.get("heard", "")[:60], at=at,
    )  # fmt: skip


def _instant(text: str, *, day_first: bool | None) -> datetime | None:
    if not text:
        return None
    iso = re.match(r"\d{4}-\d{2}-\d{2}", text)
    day = parse_day(iso[0] if iso else text, day_first=day_first)
    return datetime.combine(day, time(), UTC) if day else None
