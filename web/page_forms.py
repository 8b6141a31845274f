"""Pure: a finished page's form, filled again with what was given, and with what is wrong said under its field.

It works on the page as the browser would get it, so a form needs to do nothing for it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from itertools import accumulate
from urllib.parse import urlsplit

PAGE = "form_page"
_VOID = frozenset({"input"})
_WATCHED = frozenset({"form", "details", "div", "input", "textarea", "select", "option", "button"})
_UNSEEN = frozenset({"hidden", "submit", "button", "image", "reset", "password", "file"})
# These say when the page was read or where it goes on to; they do not tell two forms apart.
_PASSING = frozenset({"csrf_token", "seen", "back", "place", PAGE})


@dataclass(frozen=True, slots=True)
class Refused:
    """What was posted and why it was not taken: `faults` are sentences by field, `summary` stands on top.

    `link` leads to what the summary speaks of: its address and its words.
    """

    action: str
    given: Mapping[str, Sequence[str]]
    summary: str
    page: str
    faults: Mapping[str, str] = field(default_factory=dict)
    link: tuple[str, str] | None = None


@dataclass(slots=True, eq=False)
class _Element:
    tag: str
    attrs: dict[str, str | None]
    start: int
    opened: int
    inside: "_Element | None"
    shut: int = 0
    closed: int = 0

    def read(self, name: str) -> str:
        """Return an attribute; empty when there is none."""
        return self.attrs.get(name) or ""

    def around(self, tag: str) -> "Iterator[_Element]":
        """Yield the elements of that kind that this one stands in, the nearest first."""
        at = self.inside
        while at is not None:
            if at.tag == tag:
                yield at
            at = at.inside


class _Reader(HTMLParser):
    """Reads where the elements that matter begin and end."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.elements: list[_Element] = []
        self._open: list[_Element] = []
        self._lines = [0, *accumulate(len(line) + 1 for line in html.split("\n"))]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element that matters."""
        if tag not in _WATCHED:
            return
        start, text = self._at(), self.get_starttag_text() or ""
        inside = self._open[-1] if self._open else None
        one = _Element(tag, dict(attrs), start, start + len(text), inside)
        one.shut = one.closed = one.opened
        self.elements.append(one)
        if tag not in _VOID:
            self._open.append(one)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element of that kind, and whatever was left open in it."""
        if tag not in {one.tag for one in self._open}:
            return
        at = self._at()
        while True:
            one = self._open.pop()
            one.shut = at
            if one.tag == tag:
                one.closed = at + len(tag) + 3
                return

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column


def fill_again(html: str, refused: Refused, mark: str) -> str | None:
    """Return the page with its form filled again; None when the form is not on it or has nothing to fill in.

    `mark` is the sign that stands before each message.
    """
    elements = _Reader(html).elements
    form = _find_form(elements, refused)
    controls = [] if form is None else [one for one in elements if _belongs(one, form) and _is_seen(one)]
    if form is None or not controls:
        return None
    edits = [(form.opened, form.opened, _summary(refused, mark))]
    edits += [(one.start, one.opened, _tag(one, open=None)) for one in form.around("details")]
    fill = _Filling(html, elements, refused, mark)
    for one in controls:
        edits += fill.edit(one)
    for start, end, words in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        html = html[:start] + words + html[end:]
    return html


class _Filling:
    """Fills one field after the other; several of one name take what was given in order."""

    def __init__(self, html: str, elements: list[_Element], refused: Refused, mark: str) -> None:
        self._html, self._elements, self._refused, self._mark = html, elements, refused, mark
        self._seen: Counter[str] = Counter()

    def edit(self, one: _Element) -> list[tuple[int, int, str]]:
        """Return what to change of the page for one field."""
        name = one.read("name")
        given, place = self._refused.given.get(name, ()), self._seen[name]
        self._seen[name] += 1
        fault = self._refused.faults.get(name, "") if not place else ""
        attrs: dict[str, str | bool | None] = {}
        edits: list[tuple[int, int, str]] = []
        if one.tag == "select":
            edits += self._choose(one, given)
        elif one.read("type") in {"checkbox", "radio"}:
            attrs["checked"] = None if (one.read("value") or "on") in given else False
        elif place < len(given) and one.tag == "input":
            attrs["value"] = given[place]
        elif place < len(given):
            edits.append((one.opened, one.shut, escape(given[place], quote=False)))
        if fault:
            label = f"m-{name}"
            attrs |= {"aria-invalid": "true", "aria-describedby": f"{one.read('aria-describedby')} {label}".strip()}
            message = f'<span class="msg" id="{escape(label)}">{self._mark}{escape(fault)}</span>'
            edits.append((one.closed, one.closed, message))
            edits += [(box.start, box.opened, _tag(box, **{"class": f"{box.read('class')} err"})) for box in _box(one)]
        return [*edits, (one.start, one.opened, _tag(one, **attrs))] if attrs else edits

    def _choose(self, one: _Element, given: Sequence[str]) -> list[tuple[int, int, str]]:
        """Choose what was given, unless it is no choice of this list."""
        options = [option for option in self._elements if option.tag == "option" and one in option.around("select")]
        values = [self._value(option) for option in options]
        if not set(values) & set(given):
            return []
        return [
            (option.start, option.opened, _tag(option, selected=None if value in given else False))
            for option, value in zip(options, values, strict=True)
        ]

    def _value(self, option: _Element) -> str:
        """Return what an option stands for: its value, else its words."""
        return option.read("value") if "value" in option.attrs else self._html[option.opened : option.shut].strip()


def _find_form(elements: Iterable[_Element], refused: Refused) -> _Element | None:
    """Return the form that posts there; among several the one whose unseen fields are as they were given."""
    elements = list(elements)
    here = urlsplit(refused.page).path
    ways = {one: [urlsplit(one.read("action")).path or here] for one in elements if one.tag == "form"}
    for form, paths in ways.items():
        paths += [urlsplit(one.read("formaction")).path for one in elements if _belongs(one, form)]
    found = [form for form, paths in ways.items() if refused.action in paths and form.read("method").lower() == "post"]
    return max(found, key=lambda form: _likeness(elements, form, refused), default=None)


def _likeness(elements: Iterable[_Element], form: _Element, refused: Refused) -> int:
    """Return how far a form's unseen fields agree with what was given."""
    unseen = [one for one in elements if _belongs(one, form) and one.read("type") == "hidden"]
    telling = [one for one in unseen if one.read("name") not in _PASSING]
    return sum(1 if one.read("value") in refused.given.get(one.read("name"), ()) else -1 for one in telling)


def _belongs(one: _Element, form: _Element) -> bool:
    """Return whether an element is part of a form: by standing in it, or by naming it."""
    named = one.attrs.get("form")
    return named == form.read("id") if named else form in one.around("form")


def _is_seen(one: _Element) -> bool:
    return one.tag in {"input", "textarea", "select"} and bool(one.read("name")) and one.read("type") not in _UNSEEN


def _box(one: _Element) -> list[_Element]:
    """Return the part of the page that frames a field, when there is one."""
    return [box for box in one.around("div") if "field" in box.read("class").split()][:1]


def _tag(one: _Element, **changes: str | bool | None) -> str:
    """Return an element's start with other attributes: None is one without a value, False takes one away."""
    attrs = {**one.attrs, **changes}
    words = [
        name if value is None else f'{name}="{escape(str(value))}"'
        for name, value in attrs.items()
        if value is not False
    ]
    return f"<{' '.join((one.tag, *words))}>"


def _summary(refused: Refused, mark: str) -> str:
    link = f' <a class="link" href="{escape(refused.link[0])}">{escape(refused.link[1])}</a>' if refused.link else ""
    return (
        f'<div class="banner bad" role="alert" tabindex="-1" autofocus>{mark}'
        f"<span>{escape(refused.summary)}{link}</span></div>"
        f'<input type="hidden" name="{PAGE}" value="{escape(refused.page)}">'
    )
