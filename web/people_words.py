"""Wire: what filters of people are called, and what each asks for, in the reader's words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crm.saved_views import ViewShelf
from web import forms
from web.figures import channel
from web.people_query import LISTS, NAMES, RANGES
from web.places import country_name, language_name
from web.words import _, lazy

LABELS = {
    "q": lazy("Words"), "topic": lazy("Topic"), "platform": lazy("Channel"), "country": lazy("Country"),
    "language": lazy("Language"), "reach": lazy("Reach by"), "tag": lazy("Tag"), "stage": lazy("Stage"),
    "turn": lazy("Turn"), "owner": lazy("Owner"), "size": lazy("Size"), "views": lazy("Views"),
    "er": lazy("Engagement"), "posted": lazy("Last post"), "rate": lazy("Rate"), "fit": lazy("Fit"),
    "sequence": lazy("Sequence"), "upkeep": lazy("Upkeep"), "basis": lazy("Basis"),
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


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that holds: its name in the address, what it is called, what it asks for."""

    name: str
    label: str
    value: str


def list_chips(query: Mapping[str, str], shelf: ViewShelf, sequences: Mapping[int, str]) -> list[Chip]:
    """Return the filters that hold, in a fixed order."""
    return [
        Chip(name, _(LABELS[name]), _value(name, query[name], shelf, sequences)) for name in NAMES if query.get(name)
    ]  # fmt: skip


def _value(name: str, text: str, shelf: ViewShelf, sequences: Mapping[int, str]) -> str:
    if name in RANGES:
        return _say_range(name, text)
    if name == "sequence":
        return _say_sequence(text, sequences)
    if name == "basis" and text in {"any", "none"}:
        return _("written down") if text == "any" else _("not written down")
    if name not in LISTS:
        return text
    names = {str(user.id): user.name for user in shelf.colleagues}
    say: dict[str, Callable[[str], str]] = {
        "platform": lambda word: channel(word)[1],
        "country": country_name,
        "language": language_name,
        "turn": lambda word: _(_TURNS.get(word, word)),
        "upkeep": lambda word: _(_UPKEEP.get(word, word)),
        "reach": lambda word: _(_WAYS.get(word, word)),
        "owner": lambda word: {"me": _("me"), "none": _("nobody")}.get(word) or names.get(word, word),
    }
    words = [say.get(name, str)(word) for word in forms.read_list(text)]
    return _join(words)


def _join(words: list[str]) -> str:
    if len(words) < 2:  # noqa: PLR2004 - one word needs no "or"
        return "".join(words)
    return _("%(some)s or %(last)s", some=", ".join(words[:-1]), last=words[-1])


def _say_range(name: str, text: str) -> str:
    low, _dots, high = text.partition("..")
    low, high = low.strip(), high.strip()
    if name == "posted":
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
