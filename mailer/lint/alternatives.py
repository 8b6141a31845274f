"""Pure: the text and the HTML of a mail say the same, lead to the same places, and fetch nothing.

Source: RFC 2046 5.1.4; that nobody is watched is a rule of the house.
"""

import re
from collections.abc import Iterator

from mailer.lint.findings import Finding, found
from mailer.lint.html_words import HtmlWords, Link, is_shown, read_html
from mailer.lint.parts import Part

# Blanks, and the marks by which a text shows lists, quotations, rules and links.
_MARKS = re.compile(r"[\s\-*>():]+")
_ADDRESS = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[\w-]{2,})(?:[/?#:]\S*)?", re.IGNORECASE)
_LEVELS = {"text/plain": 0, "text/html": 2}
_BETWEEN = 1
_CONTEXT = 30


def lint_alternatives(root: Part) -> Iterator[Finding]:
    """Check every HTML part, alone and beside its text."""
    beside = {id(child) for part in root.walk() if part.type == "multipart/alternative" for child in part.children}
    for part in root.walk():
        if part.type == "multipart/alternative":
            yield from _lint_pair(part)
        if part.type == "text/html" and part.text is not None and part.disposition != "attachment":
            where = f"part {part.number}" if part.number else "body"
            if id(part) not in beside:
                yield found("html-alone", where, "The HTML has no text beside it.")
            yield from _lint_html(read_html(part.text), where)


def _lint_pair(part: Part) -> Iterator[Finding]:
    where = f"part {part.number}" if part.number else "body"
    levels = [_LEVELS.get(child.type, _BETWEEN) for child in part.children]
    if levels != sorted(levels):
        yield found("alternative-order", where, "The plainest form comes first.")
    text = next((one.text for one in part.children if one.type == "text/plain" and one.text is not None), None)
    html = next((one.text for one in part.children if one.type == "text/html" and one.text is not None), None)
    if text is None or html is None:
        return
    read = read_html(html)
    missing = [link.url for link in read.links if not _is_in(link, text)]
    if missing:
        yield found("link-missing", where, f"The text does not show “{missing[0]}”.")
    if difference := _difference(text, read.said, [*missing]):
        yield found("alternative-differs", where, difference)


def _is_in(link: Link, text: str) -> bool:
    shown = link.label if is_shown(link) else link.url
    return _MARKS.sub("", shown) in _MARKS.sub("", text)


def _difference(text: str, said: str, missing: list[str]) -> str:
    """Return in a sentence where text and HTML part; empty when they say the same."""
    for url in missing:
        said = said.replace(f" ({url})", "", 1)
    ours, theirs = _MARKS.sub("", text), _MARKS.sub("", said)
    if ours == theirs:
        return ""
    at = next((n for n, (one, other) in enumerate(zip(ours, theirs, strict=False)) if one != other), None)
    at = min(len(ours), len(theirs)) if at is None else at
    return f"The text says “{ours[at : at + _CONTEXT]}” where the HTML says “{theirs[at : at + _CONTEXT]}”."


def _lint_html(read: HtmlWords, where: str) -> Iterator[Finding]:
    if read.fetches:
        yield found("remote-content", where, "The HTML fetches something when it is opened, which tells the sender.")
    if read.runs:
        yield found("active-content", where, f"The HTML holds what mail clients refuse: {read.runs[0]}.")
    for link in read.links:
        label = _ADDRESS.fullmatch(link.label)
        target = _ADDRESS.match(link.url)
        if label and not is_shown(link) and (target is None or target[1].lower() != label[1].lower()):
            yield found("link-disguised", where, f"“{link.label}” leads to “{link.url}”.")
