"""Wire: what filters of people are called, and what each asks for, in the reader's words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crm.models import ContactField
from crm.saved_views import ViewShelf
from crm.segments import Either, Every, Node, Not, Term, join_segments, parse_segment, write_segment
from kit.errors import InvalidError
from web import forms
from web.figures import channel
from web.people_query import LISTS, NEVER, OWN, RANGES, WHERE, list_names
from web.places import country_name, language_name
from web.words import _, lazy

LABELS = {
    "q": lazy("Words"), "topic": lazy("Topic"), "platform": lazy("Channel"), "country": lazy("Country"),
    "language": lazy("Language"), "reach": lazy("Reach by"), "tag": lazy("Tag"), "stage": lazy("Stage"),
    "turn": lazy("Turn"), "owner": lazy("Owner"), "size": lazy("Size"), "views": lazy("Views"),
    "er": lazy("Engagement"), "posted": lazy("Last post"), "rate": lazy("Rate"), "fit": lazy("Fit"),
    "sequence": lazy("Sequence"), "upkeep": lazy("Upkeep"), "basis": lazy("Basis"),
    "contacted": lazy("Last contact"), "where": lazy("Segment"),
}  # fmt: skip
_TURNS = {"you": lazy("yours"), "them": lazy("theirs"), "rest": lazy("resting")}
_UPKEEP = {"quiet": lazy("going quiet"), "due": lazy("to be talked to")}
_WAYS = {"email": lazy("email"), "dm": lazy("direct message")}
PART_WORDS = {
    "engagement": (lazy("Engagement"), lazy("8 per cent counts in full")),
    "views": (lazy("Views for the size"), lazy("half of the followers counts in full")),
    "price": (lazy("Price of a thousand views"), lazy("10 counts in full, 100 not at all")),
    "fresh": (lazy("Last post"), lazy("a week ago counts in full, 90 days not at all")),
    "size": (lazy("Size"), lazy("200k counts in full")),
    "steady": (lazy("Steady views"), lazy("a spread of a quarter counts in full, of 1 not at all")),
}


# How a condition is written, for those who type it.
EXAMPLES = {
    "upkeep": "quiet, due", "basis": "any",
    "q": "imani", "topic": "cooking", "platform": "youtube, tiktok", "country": "DK, NO", "language": "en, de",
    "reach": "email", "tag": "one-pan", "stage": "Talking, Agreed", "turn": "you", "owner": "me", "size": "20k..500k",
    "views": "5k..", "er": "3..", "posted": "..30", "rate": "..5000", "fit": "70..", "contacted": "..30",
    "sequence": "none",
}  # fmt: skip
OWN_EXAMPLES = {
    "text": lazy("word"), "url": lazy("word"), "choice": lazy("one, or another"), "yes_no": lazy("yes"),
    "number": "10..20", "money": "100..500 EUR", "date": "2026-01-01..2026-03-31",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that holds: what it is called, what it asks for, and what to change to be without it."""

    label: str
    value: str
    changes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Names:
    """What numbers and keys in a query stand for."""

    shelf: ViewShelf
    sequences: Mapping[int, str]
    fields: Mapping[str, ContactField]


def list_chips(query: Mapping[str, str], names: Names) -> list[Chip]:
    """Return the filters that hold, in a fixed order; what a segment joins by "and" is a chip each."""
    plain = [name for name in list_names(query) if name != WHERE]
    chips = [Chip(say_name(name, names), say_value(name, query[name], names), {name: ""}) for name in plain]
    return [*chips, *_segment_chips(query.get(WHERE, ""), names)]


def _segment_chips(text: str, names: Names) -> list[Chip]:
    try:
        where = parse_segment(text)
    except InvalidError:
        return [Chip(_(LABELS[WHERE]), text, {WHERE: ""})]
    if where is None:
        return []
    parts = list(where.parts) if isinstance(where, Every) else [where]
    rests = [join_segments(*(other for other in parts if other is not part)) for part in parts]
    return [
        Chip(*_chip_words(part, names), {WHERE: write_segment(rest)}) for part, rest in zip(parts, rests, strict=True)
    ]


def _chip_words(node: Node, names: Names) -> tuple[str, str]:
    if isinstance(node, Term):
        return say_name(node.name, names), say_value(node.name, node.value, names)
    if isinstance(node, Not) and isinstance(node.part, Term):
        term = node.part
        return _("Not: %(name)s", name=say_name(term.name, names)), say_value(term.name, term.value, names)
    return _(LABELS[WHERE]), say_segment(node, names)


def say_segment(node: Node, names: Names) -> str:
    """Return a tree in the reader's words."""
    if isinstance(node, Term):
        value = say_value(node.name, node.value, names)
        return _("%(name)s %(value)s", name=say_name(node.name, names), value=value)
    if isinstance(node, Not):
        return _("not %(what)s", what=_inside(node.part, names))
    words = [_inside(part, names) for part in node.parts]
    if isinstance(node, Either):
        return _join(words)
    return _("%(some)s and %(last)s", some=", ".join(words[:-1]), last=words[-1])


def _inside(node: Node, names: Names) -> str:
    said = say_segment(node, names)
    return said if isinstance(node, Term | Not) else f"({said})"


def say_name(name: str, names: Names) -> str:
    """Return what a filter is called."""
    if name.startswith(OWN):
        field = names.fields.get(name.removeprefix(OWN))
        return field.label if field else name
    return _(LABELS[name]) if name in LABELS else name


def say_value(name: str, text: str, names: Names) -> str:
    """Return what a filter asks for."""
    if name.startswith(OWN):
        return _say_own(text, names.fields.get(name.removeprefix(OWN)))
    if name in RANGES:
        return _say_range(name, text)
    if name == "sequence":
        return _say_sequence(text, names.sequences)
    if name == "basis" and text in {"any", "none"}:
        return _("written down") if text == "any" else _("not written down")
    if name not in LISTS:
        return text
    people = {str(user.id): user.name for user in names.shelf.colleagues}
    say: dict[str, Callable[[str], str]] = {
        "platform": lambda word: channel(word)[1],
        "country": country_name,
        "language": language_name,
        "turn": lambda word: _(_TURNS.get(word, word)),
        "upkeep": lambda word: _(_UPKEEP.get(word, word)),
        "reach": lambda word: _(_WAYS.get(word, word)),
        "owner": lambda word: {"me": _("me"), "none": _("nobody")}.get(word) or people.get(word, word),
    }
    words = [say.get(name, str)(word) for word in forms.read_list(text)]
    return _join(words)


def _say_own(text: str, field: ContactField | None) -> str:
    plain = text.strip().lower()
    if plain in ("any", "none"):
        return _("known") if plain == "any" else _("not known")
    if field is not None and field.kind in ("number", "money", "date"):
        return _say_range("", text)
    if field is not None and field.kind == "yes_no":
        return {"yes": _("yes"), "no": _("no")}.get(plain, text)
    return _join(list(forms.read_list(text)))


def _join(words: list[str]) -> str:
    if len(words) < 2:  # noqa: PLR2004 - one word needs no "or"
        return "".join(words)
    return _("%(some)s or %(last)s", some=", ".join(words[:-1]), last=words[-1])


def _say_range(name: str, text: str) -> str:
    low, _dots, high = text.partition("..")
    low, high = low.strip(), high.strip()
    if name == "contacted" and text == NEVER:
        return _("never")
    if name in ("posted", "contacted"):
        if low and high:
            return _("%(low)s to %(high)s days ago", low=low, high=high)
        return _("within %(days)s days", days=high) if high else _("over %(days)s days ago", days=low)
    sign = "%" if name == "er" else ""
    if low and high:
        return _("%(low)s to %(high)s", low=low + sign, high=high + sign)
    return _("up to %(high)s", high=high + sign) if high else _("over %(low)s", low=low + sign)


def _say_sequence(text: str, sequences: Mapping[int, str]) -> str:
    if text in {"any", "none"}:
        return _("in one now") if text == "any" else _("in none now")
    number = forms.read_int(text.removeprefix("not-"))
    name = sequences.get(number or 0, text)
    return _("never in %(name)s", name=name) if text.startswith("not-") else _("in %(name)s", name=name)
