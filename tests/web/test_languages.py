"""Every word of the pages goes through gettext: in the pseudo language nothing English is left; German is whole."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from sqlalchemy import update

from crm.models import User
from tests.web.cast import Cast
from tests.web.conftest import Person
from tests.web.test_looking_changes_nothing import EXAMPLES
from tools import words
from web.wiring import House

# What people wrote, numbers, code and the words of other programs stay as they are.
_THEIRS = {"bdi", "time", "kbd", "code", "abbr", "textarea", "pre", "script", "style", "option", "title", "blockquote"}
_SLOT = re.compile(r"%\([a-z_]+\)[sr]|%%")
_SAID = re.compile(r"⟦[^⟧]*⟧")
_WORDS = re.compile(r"[A-Za-z]{2,}[a-z]* [A-Za-z]{2,}")
_SPOKEN = ("aria-label", "placeholder", "title", "alt")
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "rect", "line", "use", "circle", "path"}
_SKIPPED = ("/live", "/healthz", "/demo", "/static", ".csv", "{", "/html")
# What people wrote: names of sequences, steps, themes and fields.
_NAMES = {"Everyday Carbon, first touch", "Ada Marsh", "first touch", "Caravan hobs", "personal line"}
PATHS = sorted({path for _, paths in EXAMPLES.values() for path in paths if not any(part in path for part in _SKIPPED)})


class _Reader(HTMLParser):
    """Collects what a page says in its own words: text outside human text, and spoken attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        theirs = tag in _THEIRS or "dir" in given or "lang" in given or "data-theirs" in given
        theirs = (theirs and tag != "html") or any(skip for _, skip in self._open)
        if not theirs:
            self.found += [value for name in _SPOKEN if (value := given.get(name))]
        if tag not in _VOID:
            self._open.append((tag, theirs))

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, _ = self._open.pop()
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if not any(skip for _, skip in self._open):
            self.found.append(data)


def _english(page: str, names: set[str]) -> Iterator[str]:
    reader = _Reader()
    reader.feed(page)
    for text in reader.found:
        rest = _SAID.sub(" ", text)
        for name in names:
            rest = rest.replace(name, " ")
        if _WORDS.search(rest):
            yield " ".join(rest.split())


def _speak(house: House, language: str) -> None:
    with house.database.transaction() as tx:
        tx.session.execute(update(User).values(language=language))


def test_nothing_english_is_left(ada: Person, house: House, cast: Cast) -> None:
    _speak(house, "qps")
    left, seen = {}, 0
    for path in PATHS:
        with ada.client.get(path) as answer:
            # Nobody reads the page of a redirect.
            if answer.mimetype == "text/html" and answer.location is None:
                seen += 1
                left[path] = sorted(set(_english(answer.text, _NAMES | set(cast.contacts))))
    assert {path: words for path, words in left.items() if words} == {}
    assert seen > 60


def test_german_says_everything_with_the_same_slots() -> None:
    known, fresh = words.read_catalog("de"), words.refresh(words.read_catalog("de"), "de")
    assert [message.id for message in words.missing(fresh)] == [], "translate these: python tools/words.py --missing"
    assert {words.key(m.id) for m in fresh} == {words.key(m.id) for m in known}, "run: python tools/words.py"
    for message in fresh:
        for english, german in zip(_forms(message.id), _forms(message.string), strict=False):
            if message.id and isinstance(message.id, str):
                assert sorted(_SLOT.findall(german)) == sorted(_SLOT.findall(english)), english


def test_german_is_what_a_german_reader_gets(ada: Person, house: House, cast: Cast) -> None:
    _speak(house, "de")
    page = ada.get("/today")
    assert '<html lang="de"' in page
    assert "Heute" in page


def test_a_mirrored_page_is_mirrored(ada: Person, house: House, cast: Cast) -> None:
    _speak(house, "qpr")
    assert 'dir="rtl"' in ada.get("/today").partition(">")[0] + ada.get("/today")[:200]


def _forms(words_of: str | tuple[str, ...] | list[str]) -> list[str]:
    return [words_of] if isinstance(words_of, str) else list(words_of)
