"""Every word of the pages goes through gettext: in the pseudo language nothing English is left; German is whole."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from sqlalchemy import update

from crm.models import User
from tests.web.cast import Cast
from tests.web.conftest import Person
from tests.web.test_looking_changes_nothing import EXAMPLES
from web.wiring import House

# What people wrote, numbers, code and the words of other programs stay as they are.
_THEIRS = {"bdi", "time", "kbd", "code", "abbr", "textarea", "pre", "script", "style", "option", "title", "blockquote"}
_SAID = re.compile(r"⟦[^⟧]*⟧")
_WORDS = re.compile(r"[A-Za-z]{2,}[a-z]* [A-Za-z]{2,}")
_SPOKEN = ("aria-label", "placeholder", "title", "alt")
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "rect", "line", "use", "circle", "path"}
_SKIPPED = ("/live", "/healthz", "/demo", "/password", "/setup", "/u/", "/mailboxes/consent", "{", "/states")


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


@pytest.mark.parametrize("path", sorted({path for _, paths in EXAMPLES.values() for path in paths}))
def test_nothing_english_is_left(ada: Person, house: House, cast: Cast, path: str) -> None:
    if any(part in path for part in _SKIPPED):
        pytest.skip("not a page of the workplace")
    _speak(house, "qps")
    answer = ada.client.get(path)
    assert answer.status_code == 200
    assert sorted(set(_english(answer.text, {"Everyday Carbon, first touch", "Ada Marsh"}))) == []
