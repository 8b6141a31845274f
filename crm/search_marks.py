"""Pure: where the words that were looked for stand in a text: how well it fits, and the passage to show."""

import re
from functools import lru_cache
from typing import NamedTuple

from crm.search_words import Term, Words, fold

_LENGTH, _BEFORE = 180, 60
_WHOLE, _BEGINS, _IN_HEAD, _FIRST = 2.0, 1.0, 4.0, 3.0
_MOST_COUNTED = 3


class Part(NamedTuple):
    """A piece of a passage; `is_hit` pieces are marked."""

    text: str
    is_hit: bool


def rate(words: Words, head: str, body: str) -> float:
    """Return how well a text fits: words in its head count most, whole words more than beginnings."""
    head, body, total = fold(head), fold(body), 0.0
    for term in words.terms:
        exact, begins = _patterns(term)
        for text, weight in ((head, _IN_HEAD), (body, 1.0)):
            whole = len(exact.findall(text)[:_MOST_COUNTED]) if text else 0
            found = len(begins.findall(text)[:_MOST_COUNTED]) if text else 0
            total += weight * (_WHOLE * whole + _BEGINS * max(0, found - whole)) / (1 + 0.3 * max(0, found - 1))
        total += _FIRST if begins.match(head) else 0
    return total


def mark(words: Words, text: str) -> tuple[Part, ...]:
    """Return the passage of a text where the words stand, on one line, with the words marked."""
    text = " ".join(text.split())
    spans = _find_spans(words, text)
    begin = max(0, spans[0][0] - _BEFORE) if spans and spans[0][1] > _LENGTH else 0
    if begin:
        begin = text.find(" ", begin, spans[0][0]) + 1 or begin
    end = min(len(text), begin + _LENGTH)
    if end < len(text):
        end = max(text.rfind(" ", begin + 1, end), begin + _LENGTH // 2)
    parts, at = [Part("… ", is_hit=False)] if begin else [], begin
    for first, last in spans:
        if first >= end:
            break
        if first >= at:
            parts += [Part(text[at:first], is_hit=False), Part(text[first:last], is_hit=True)]
            at = last
    parts.append(Part(text[at:end], is_hit=False))
    if end < len(text):
        parts.append(Part(" …", is_hit=False))
    return tuple(part for part in parts if part.text)


def _find_spans(words: Words, text: str) -> list[tuple[int, int]]:
    """Return where words stand in the text as it was written."""
    folded, places = _fold_with_places(text)
    spans = [
        (places[found.start()], places[found.end() - 1] + 1)
        for term in words.terms
        for found in _patterns(term)[1].finditer(folded)
    ]
    return sorted(set(spans))


def _fold_with_places(text: str) -> tuple[str, list[int] | range]:
    """Return a text folded, and for each of its letters which letter of the text it comes from."""
    if text.isascii():
        return text.lower(), range(len(text))
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        folded = fold(letter)
        letters.append(folded)
        places += [place] * len(folded)
    return "".join(letters), places


@lru_cache(maxsize=256)
def _patterns(term: Term) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds a term as whole words, and as it was asked for, to the end of the word."""
    row = r"[\W_]+".join(re.escape(token) for token in term.tokens)
    exact = rf"(?<![^\W_]){row}(?![^\W_])"
    return re.compile(exact), re.compile(rf"(?<![^\W_]){row}[^\W_]*" if term.is_open else exact)
