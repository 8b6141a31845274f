"""Pure: how the values of one column look: what is filled, what cannot be read, and how figures are read."""

from collections.abc import Callable, Sequence

from crm.csv_files import (
    Conventions,
    country_code,
    language_code,
    parse_day,
    parse_money,
    parse_number,
    parse_percent,
)
from crm.csv_files.draft import Draft
from crm.csv_files.fields import IGNORE
from crm.csv_files.numbers import Mark, is_blank
from kit.errors import say

Look = tuple[str, str]
Reader = Callable[[str], str | None]
_COUNTS = frozenset({"followers", "posts", "avg_views", "avg_likes", "avg_comments", "score"})


def look_at(name: str, field: str, values: Sequence[str], conventions: Conventions) -> Look:
    """Return a sentence about a column, and its tone: good, warn or muted."""
    filled = [value for value in values if not is_blank(value)]
    if field == IGNORE:
        return say("Not read"), "muted"
    if not filled:
        return say("Empty"), "muted"
    if field == "email":
        return _emails(filled)
    read = _reader(name, field, conventions)
    if read is None:
        return say("%(count)s filled", count=len(filled)), "good"
    unread = sum(1 for value in filled if read(value) is None)
    if unread:
        return say("%(count)s not recognised, left empty", count=unread), "warn"
    telling = next((value for value in filled if not value.isdigit()), filled[0])
    return say("“%(cell)s” read as %(value)s", cell=telling[:30], value=read(telling)), "good"


def _emails(values: Sequence[str]) -> Look:
    broken = 0
    for value in values:
        draft = Draft(platform=None, warnings=[])
        draft.add_emails(value)
        broken += bool(draft.bad_emails) and not draft.emails
    if broken:
        return say("%(fine)s fine, %(broken)s broken", fine=len(values) - broken, broken=broken), "warn"
    return say("%(count)s filled", count=len(values)), "good"


def _reader(name: str, field: str, conventions: Conventions) -> Reader | None:
    """Return how a field's text is read, or None for a field that takes any text."""
    decimal = conventions.decimals.get(name)
    if field in _COUNTS:
        return lambda text: _plain(parse_number(text, decimal=decimal))
    if field == "engagement_rate":
        percent = name not in conventions.fractions
        return lambda text: _percent(parse_percent(text, decimal=decimal, bare_is_percent=percent))
    if field == "price":
        return lambda text: _money(text, decimal)
    if field == "last_post_on":
        return lambda text: _text(parse_day(text, day_first=conventions.day_first))
    return {"country": country_code, "language": language_code}.get(field)


def _plain(number: float | None) -> str | None:
    if number is None:
        return None
    return f"{number:,.0f}" if number == round(number) else f"{number:,.2f}"


def _percent(rate: float | None) -> str | None:
    return None if rate is None else f"{rate * 100:.2f}".rstrip("0").rstrip(".") + " %"


def _money(text: str, decimal: Mark | None) -> str | None:
    found = parse_money(text, decimal=decimal)
    return None if found is None else " ".join(filter(None, (f"{found[0]:,}", found[1])))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
