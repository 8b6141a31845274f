"""Pure: a filter of people as a query string: what the contacts page has in its address, and commands take."""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlencode

from crm.basis import with_basis
from crm.people import PeopleFilter
from crm.scoring import PARTS, read_weights
from kit.errors import InvalidError, say
from sequences.insight.membership import in_sequence
from web import forms

RANGES = ("size", "views", "er", "posted", "rate", "fit")
LISTS = ("platform", "country", "language", "reach", "tag", "stage", "turn", "owner", "upkeep")
NAMES = ("q", "topic", *LISTS, *RANGES, "sequence", "basis")
# What changes how people are shown, not who is.
ORDER = ("sort", "weights")
# What says where on the page somebody is; a saved view has none of it.
PLACES = ("page", "view", "as", "lane")


def fold_ranges(query: Mapping[str, str]) -> dict[str, str]:
    """Return a query with `size_from` and `size_to` folded into `size`, weights into one, without what is empty."""
    folded = dict(query)
    for name in RANGES:
        low, high = folded.pop(f"{name}_from", ""), folded.pop(f"{name}_to", "")
        if low or high:
            folded[name] = forms.join_range(low, high)
    given = {part.name: folded.pop(f"w_{part.name}", "") for part in PARTS}
    if any(given.values()):
        folded["weights"] = ",".join(f"{name}:{number}" for name, number in given.items() if number)
    return {name: value for name, value in folded.items() if value}


def fold_lists(pairs: Iterable[tuple[str, list[str]]]) -> dict[str, str]:
    """Return a query with one value a name: boxes that were ticked become a list, of others the first counts."""
    return fold_ranges(
        {name: ",".join(filter(None, values)) if name in LISTS else values[0] for name, values in pairs}
    )  # fmt: skip


def read_filter(query: Mapping[str, str], *, user_id: int | None = None) -> PeopleFilter:
    """Return what a query asks for; engagement is given in per cent. `user_id` is who `owner=me` means."""
    low, high = forms.read_range(query.get("er", ""))
    lists = {name: forms.read_list(query.get(name, "")) for name in LISTS}
    spans = {name: forms.read_range(query.get(name, "")) for name in RANGES if name != "er"}
    also = in_sequence(query.get("sequence", "")), with_basis(query.get("basis", ""))
    return PeopleFilter(
        q=query.get("q", ""),
        topic=query.get("topic", ""),
        platforms=lists["platform"],
        er=(low / 100 if low is not None else None, high / 100 if high is not None else None),
        countries=lists["country"],
        languages=lists["language"],
        tags=lists["tag"],
        stages=lists["stage"],
        turns=lists["turn"],
        upkeep=lists["upkeep"],
        reach=lists["reach"],
        owners=_read_owners(lists["owner"], user_id),
        also=tuple(one for one in also if one is not None),
        weights=read_weights(query.get("weights", "")),
        sort=query.get("sort", "name"),
        **spans,
    )


def read_query_text(text: str) -> dict[str, str]:
    """Return a query string, or an address that has one, by name."""
    return fold_ranges(dict(parse_qsl(text.strip().rpartition("?")[2], keep_blank_values=True)))


def write_query(query: Mapping[str, str]) -> str:
    """Return a query as a saved view keeps it: without where on the page somebody was."""
    return urlencode({name: value for name, value in query.items() if name not in PLACES})


def read_filter_text(text: str) -> PeopleFilter:
    """Return what a query string such as tag=beauty&country=DE asks for.

    Raises InvalidError for a name the contacts page does not know: a slip must not mean everybody.
    """
    query = read_query_text(text)
    unknown = sorted(set(query) - {*NAMES, *ORDER, *PLACES})
    names = ", ".join(NAMES)
    if unknown:
        raise InvalidError(say("There is no filter '%(name)s'; there are %(names)s.", name=unknown[0], names=names))
    if not set(query) & set(NAMES):
        raise InvalidError(
            say(
                "This filter asks for nobody in particular. Write, for example, tag=beauty&country=DE; there are "
                "%(names)s.",
                names=names,
            )
        )
    return read_filter(query)


def is_filtered(query: Mapping[str, str]) -> bool:
    """Return whether a query asks for some people and not for everybody."""
    return any(query.get(name) for name in NAMES)


def _read_owners(words: tuple[str, ...], user_id: int | None) -> tuple[int, ...]:
    """Return numbers of colleagues, 0 for nobody; who cannot be read owns nothing."""
    meanings = {"none": 0, "me": user_id if user_id is not None else -1}
    numbers = [meanings[word] if word in meanings else (forms.read_int(word) or -1) for word in words]
    return tuple(numbers)
