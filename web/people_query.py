"""Pure: a filter of people as a query string: what the contacts page has in its address, and commands take."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from urllib.parse import parse_qs, urlencode

from crm.basis import with_basis
from crm.csv_files import country_code, language_code
from crm.people import PeopleFilter
from crm.scoring import PARTS, read_weights
from crm.segments import Node, list_terms, parse_segment
from kit.errors import InvalidError, say
from sequences.insight.membership import in_sequence
from web import forms

RANGES = ("size", "views", "er", "posted", "rate", "fit", "contacted")
LISTS = ("platform", "country", "language", "reach", "tag", "stage", "turn", "owner", "upkeep")
WHERE, OWN, NEVER = "where", "field.", "never"
NAMES = ("q", "topic", *LISTS, *RANGES, "sequence", "basis", WHERE)
# What changes how people are shown, not who is.
ORDER = ("sort", "weights")
# What says where on the page somebody is; a saved view has none of it.
PICKED = "picked"
PLACES = ("page", "view", "as", "lane", "build", PICKED)
_MOST = 300
# What stands for a code: who reads it, and what is said when nobody can.
_CODES: Mapping[str, tuple[Callable[[str], str | None], str]] = {
    "country": (country_code, say("%(value)s is no country I know. Write its name or its two letters.")),
    "language": (language_code, say("%(value)s is no language I know. Write its name or its two letters.")),
}


def is_name(name: str) -> bool:
    """Return whether a parameter asks for some people: one of the fixed names, or an own field such as field.pan."""
    return name in NAMES or (name.startswith(OWN) and name != OWN)


def list_names(query: Mapping[str, str]) -> list[str]:
    """Return what a query asks for by name: the fixed names in their order, own fields, the segment last."""
    fixed = [name for name in NAMES if query.get(name) and name != WHERE]
    own = sorted(name for name in query if name.startswith(OWN) and is_name(name) and query[name])
    return [*fixed, *own, *([WHERE] if query.get(WHERE) else [])]


def fold_ranges(query: Mapping[str, str]) -> dict[str, str]:
    """Return a query with `size_from` and `size_to` folded into `size`, weights into one, without what is empty."""
    folded = dict(query)
    ends = {name.rpartition("_")[0] for name in query if name.endswith(("_from", "_to"))}
    for name in (one for one in sorted(ends) if one in RANGES or one.startswith(OWN)):
        low, high = folded.pop(f"{name}_from", ""), folded.pop(f"{name}_to", "")
        if low or high:
            folded[name] = forms.join_range(low, high)
    given = {part.name: folded.pop(f"w_{part.name}", "") for part in PARTS}
    if any(given.values()):
        folded["weights"] = ",".join(f"{name}:{number}" for name, number in given.items() if number)
    # No text has a zero in it, and PostgreSQL takes none.
    clean = {name: value.replace("\0", "") for name, value in folded.items()}
    return {name: value for name, value in clean.items() if value}


def fold_lists(pairs: Iterable[tuple[str, list[str]]]) -> dict[str, str]:
    """Return a query with one value a name: boxes that were ticked become a list, several segments all hold.

    Of other names the first counts.
    """
    return fold_ranges({name: _fold(name, values) for name, values in pairs})


def _fold(name: str, values: list[str]) -> str:
    if name in LISTS or name.startswith(OWN):
        return ",".join(filter(None, values))
    if name == WHERE and len(values) > 1:
        return " and ".join(f"({value})" for value in values if value.strip())
    return values[0]


def list_unread(query: Mapping[str, str]) -> dict[str, str]:
    """Return what a query asks for that nobody can read, by name, with a sentence each: size=abc, country=Atlantis."""
    found: dict[str, str] = {
        name: say("%(value)s is no range I can read. Write it like 20k..500k.", value=query[name])
        for name in RANGES
        if query.get(name) and not (name == "contacted" and query[name].strip() == NEVER) and not _is_range(query[name])
    }
    for name, (reader, sentence) in _CODES.items():
        unknown = [word for word in forms.read_list(query.get(name, "")) if reader(word) is None]
        if unknown:
            found[name] = say(sentence, value=", ".join(unknown))
    return found


def _is_range(text: str) -> bool:
    ends = [end for end in text.split("..", 1) if end.strip()]
    return bool(ends) and all(forms.read_number(end) is not None for end in ends)


def _read_codes(name: str, words: Iterable[str]) -> tuple[str, ...]:
    """Return names and codes as codes; what nobody knows stays, and means nobody."""
    return tuple(_CODES[name][0](word) or word for word in words)


def read_filter(query: Mapping[str, str], *, user_id: int | None = None) -> PeopleFilter:
    """Return what a query asks for; engagement is given in per cent. `user_id` is who `owner=me` means.

    A segment or a range that cannot be read means nobody, and the filter's `fault` says why.
    """
    wanted = _read_plain(query, user_id)
    if unread := list_unread(query):
        return replace(wanted, fault=next(iter(unread.values())))
    if not query.get(WHERE):
        return wanted
    try:
        where = read_where(query[WHERE])
        terms = {term: _read_term(term.name, term.value, user_id) for term in list_terms(where)}
    except InvalidError as error:
        return replace(wanted, fault=error.sentence)
    weighed = {term: replace(one, weights=wanted.weights) for term, one in terms.items()}
    return replace(wanted, where=where, terms=weighed)


def read_where(text: str) -> Node | None:
    """Return a segment's tree; raises InvalidError for what cannot be read, and for names nobody knows."""
    where = parse_segment(text)
    for term in list_terms(where):
        if not is_name(term.name) or term.name == WHERE:
            raise InvalidError(
                say("There is no filter '%(name)s'; there are %(names)s.", name=term.name, names=_known_names())
            )
    return where


def _read_term(name: str, value: str, user_id: int | None) -> PeopleFilter:
    if unread := list_unread({name: value}):
        raise InvalidError(unread[name])
    wanted = _read_plain({name: value}, user_id)
    if not value.strip() or (wanted == PeopleFilter() and not wanted.also):
        raise InvalidError(say("%(name)s:%(value)s asks for nothing in particular.", name=name, value=value))
    return wanted


def _read_plain(query: Mapping[str, str], user_id: int | None) -> PeopleFilter:
    lists = {name: forms.read_list(query.get(name, "")) for name in LISTS}
    spans = {name: forms.read_range(query.get(name, "")) for name in RANGES}
    also = in_sequence(query.get("sequence", "")), with_basis(query.get("basis", ""))
    return PeopleFilter(
        q=query.get("q", ""),
        topic=query.get("topic", ""),
        platforms=lists["platform"],
        size=spans["size"],
        views=spans["views"],
        er=_read_share(spans["er"]),
        rate=spans["rate"],
        posted=spans["posted"],
        fit=spans["fit"],
        contacted=spans["contacted"],
        countries=_read_codes("country", lists["country"]),
        languages=_read_codes("language", lists["language"]),
        tags=lists["tag"],
        stages=lists["stage"],
        turns=lists["turn"],
        upkeep=lists["upkeep"],
        reach=lists["reach"],
        owners=_read_owners(lists["owner"], user_id),
        never=query.get("contacted", "").strip() == NEVER,
        own=tuple((name.removeprefix(OWN), query[name]) for name in list_names(query) if name.startswith(OWN)),
        also=tuple(one for one in also if one is not None),
        weights=read_weights(query.get("weights", "")),
        sort=query.get("sort", "name"),
    )


def _read_share(bounds: forms.Bounds) -> forms.Bounds:
    low, high = bounds
    return low / 100 if low is not None else None, high / 100 if high is not None else None


def read_query_text(text: str) -> dict[str, str]:
    """Return a query string, or an address that has one, by name."""
    try:
        found = parse_qs(text.strip().rpartition("?")[2], keep_blank_values=True, max_num_fields=_MOST)
    except ValueError as error:
        raise InvalidError(say("This address asks for more than %(most)s things.", most=_MOST)) from error
    return fold_lists(found.items())


def write_query(query: Mapping[str, str]) -> str:
    """Return a query as a saved view keeps it: without where on the page somebody was."""
    return urlencode({name: value for name, value in query.items() if name not in PLACES})


def read_filter_text(text: str) -> PeopleFilter:
    """Return what a query string such as tag=beauty&country=DE asks for.

    Raises InvalidError for a name the contacts page does not know: a slip must not mean everybody.
    """
    query = read_query_text(text)
    unknown = sorted(name for name in query if not is_name(name) and name not in (*ORDER, *PLACES))
    names = _known_names()
    if unknown:
        raise InvalidError(say("There is no filter '%(name)s'; there are %(names)s.", name=unknown[0], names=names))
    if not is_filtered(query):
        raise InvalidError(
            say(
                "This filter asks for nobody in particular. Write, for example, tag=beauty&country=DE; there are "
                "%(names)s.",
                names=names,
            )
        )
    return read_chosen(query)


def read_chosen(query: Mapping[str, str], *, user_id: int | None = None) -> PeopleFilter:
    """Return what a query asks for where something is done to whom it finds: a slip must not mean everybody.

    Raises InvalidError for a filter that asks for nothing, such as size=abc, and for a segment that cannot be read.
    """
    for name in list_names(query):
        if name != WHERE:
            _read_term(name, query[name], user_id)
    wanted = read_filter(query, user_id=user_id)
    if wanted.fault:
        raise InvalidError(wanted.fault)
    return wanted


def is_filtered(query: Mapping[str, str]) -> bool:
    """Return whether a query asks for some people and not for everybody."""
    return any(value and is_name(name) for name, value in query.items())


def _known_names() -> str:
    return ", ".join([*NAMES, f"{OWN}NAME"])


def _read_owners(words: tuple[str, ...], user_id: int | None) -> tuple[int, ...]:
    """Return numbers of colleagues, 0 for nobody; who cannot be read owns nothing."""
    meanings = {"none": 0, "me": user_id if user_id is not None else -1}
    numbers = [meanings[word] if word in meanings else (forms.read_int(word) or -1) for word in words]
    return tuple(numbers)
