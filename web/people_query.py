"""Pure: a filter of people as a query string: what the contacts page has in its address, and commands take."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from crm.people import PeopleFilter
from kit.errors import InvalidError
from web import forms

RANGES = ("size", "views", "er")
NAMES = ("q", "topic", "platform", *RANGES, "country", "language", "tag", "stage", "turn", "reach")
_ORDER = ("sort", "page")


def fold_ranges(query: Mapping[str, str]) -> dict[str, str]:
    """Return a query with `size_from` and `size_to` folded into `size`, and without what is empty."""
    folded = dict(query)
    for name in RANGES:
        low, high = folded.pop(f"{name}_from", ""), folded.pop(f"{name}_to", "")
        if low or high:
            folded[name] = forms.join_range(low, high)
    return {name: value for name, value in folded.items() if value}


def read_filter(query: Mapping[str, str]) -> PeopleFilter:
    """Return what a query asks for; engagement is given in per cent."""
    low, high = forms.read_range(query.get("er", ""))
    return PeopleFilter(
        q=query.get("q", ""),
        topic=query.get("topic", ""),
        platforms=forms.read_list(query.get("platform", "")),
        size=forms.read_range(query.get("size", "")),
        views=forms.read_range(query.get("views", "")),
        er=(low / 100 if low is not None else None, high / 100 if high is not None else None),
        country=query.get("country", ""),
        language=query.get("language", ""),
        tag=query.get("tag", ""),
        stage=query.get("stage", ""),
        turn=query.get("turn", ""),
        reach="email" if "email" in forms.read_list(query.get("reach", "")) else "",
        sort=query.get("sort", "name"),
    )


def read_filter_text(text: str) -> PeopleFilter:
    """Return what a query string such as tag=beauty&country=DE asks for.

    Raises InvalidError for a name the contacts page does not know: a slip must not mean everybody.
    """
    query = fold_ranges(dict(parse_qsl(text.strip().rpartition("?")[2], keep_blank_values=True)))
    unknown = sorted(set(query) - {*NAMES, *_ORDER})
    if unknown:
        raise InvalidError(f"There is no filter {unknown[0]!r}; there are {', '.join(NAMES)}.")
    if not set(query) & set(NAMES):
        raise InvalidError(f"This filter asks for nobody in particular. Write, for example, tag=beauty&country=DE; "
                           f"there are {', '.join(NAMES)}.")  # fmt: skip
    return read_filter(query)
