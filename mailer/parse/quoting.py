"""Pure: what the sender newly wrote, told apart from what the mail program added and quoted.

The order of the steps at each line: code and other own marks first, since nothing in them is a quote; then the quote
marks; then the introductions, from the plainest (GroupWise's marks, a delimiter, a rule) to those which take the most
judgement (a block of header fields, an attribution). Below an introduction stands a marked quote, after which own words
may go on, or an unmarked one, which ends them. Signatures and footers come last, within each stretch of own words.

Claims nothing about quotes without any mark: where unsure, the text is kept.
"""

import re
from dataclasses import dataclass
from html import unescape
from textwrap import dedent

from mailer.parse.attribution import find_attributions, split_glued
from mailer.parse.body import Body
from mailer.parse.delimiter import is_bare_announcement, is_delimiter, is_notes_table, is_reply_line
from mailer.parse.header_block import header_block_end, label_of
from mailer.parse.html_text import read_html
from mailer.parse.quote_marks import find_own_marks, is_barred, is_groupwise, is_quoted, is_rule
from mailer.parse.signature import keep_words

_MAX_LINES = 5_000
_MAX_TEXT = 300_000  # characters read; what a person writes is far shorter, the rest is quotes
_FULL_LINE = 66  # characters after which mail programs wrap
_TAIL = 30
_SNIP = re.compile(r"^\W{0,3}(?:\.{2,5}|…|snip|snipped|cut|gekürzt|schnipp|\.\.)\W{0,3}$", re.IGNORECASE)
_NEAR = 4  # lines below a rule within which what it announces begins
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u061c\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Cut:
    """The person's own words. `guessed` says that a quote without marks may be among them."""

    text: str
    guessed: bool


def new_text_of(body: Body) -> str:
    """Return the newly written text of a message's body; HTML, which marks its quotes, helps a text that does not."""
    if body.from_html:
        return strip_quotes(body.own_text) or strip_quotes(body.text)
    cut = cut_quotes(body.text)
    if cut.guessed and body.html:
        return strip_quotes(read_html(body.html).own) or cut.text
    return cut.text


def strip_quotes(text: str) -> str:
    """Return the text without quotes, their introductions, signatures and footers. Interleaved answers are kept."""
    return cut_quotes(text).text


def cut_quotes(text: str) -> Cut:
    """Return the own words of a text and whether a guess was needed."""
    text = text[:_MAX_TEXT].replace("\u00a0", " ").replace("\u2028", "\n").replace("\r", "")
    shown = [part for line in text.split("\n")[:_MAX_LINES] for part in split_glued(line.rstrip())]
    text = "\n".join(shown)
    read = text if text.isascii() else _INVISIBLE.sub("", text)
    lines = [_bare(line) for line in read.split("\n")]
    own = find_own_marks(lines)
    stretches, guessed = _own_stretches(lines, own)
    kept = keep_words(lines, stretches, own)
    result = "\n\n".join("\n".join(shown[index] for index in words) for words in kept if words)
    return Cut(text=_moved_left(result), guessed=guessed)


def _moved_left(text: str) -> str:
    """Return the text without the space with which some webmailers begin every paragraph, or only the first."""
    moved = dedent(text).lstrip(" \t")
    return text if re.search(r"^ {0,3}>", moved, re.MULTILINE) else moved


def _bare(line: str) -> str:
    """Return a line as the rules read it: without entities and blanks at its end."""
    if "&" in line and ";" in line and line[:4] != "&gt;":
        line = unescape(line).replace("\u00a0", " ")
    return line.rstrip()


def _own_stretches(lines: list[str], own: set[int]) -> tuple[list[range], bool]:
    """Cut the lines at the quotes.

    The second value says that an unmarked text follows an attribution at the very top: a reply below an unmarked quote
    cannot be told from the quote, so both are kept.
    """
    guessed = written = False
    attributions = find_attributions(lines)
    stretches: list[range] = []
    index = begin = 0
    while index < len(lines):
        line = lines[index]
        if index in own or not line:
            index += 1
            continue
        end = None if is_quoted(line) and not is_groupwise(line) else _introduction_end(lines, index, attributions)
        if end is None and not is_quoted(line):
            index += 1
            continue
        stretches.append(range(begin, index))
        written = written or any(lines[begin:index])
        below = index if end is None else _next_written(lines, end, snips=True)
        after = _after_quote(lines, below)
        if after == below and end is not None:
            if written or not (index in attributions or is_reply_line(line)):
                return stretches, guessed
            guessed, after = guessed or index in attributions, end
        index = begin = after
    return [*stretches, range(begin, len(lines))], guessed


def _introduction_end(lines: list[str], at: int, attributions: dict[int, int]) -> int | None:
    """Return the line after a quote's introduction that begins here, or None; the steps are ordered as told above."""
    line = lines[at]
    if is_groupwise(line):
        return at + 1
    below = _next_written(lines, at + 1)
    near = below < len(lines) and below <= at + _NEAR
    if is_notes_table(line):
        return len(lines)
    if is_delimiter(line):
        return (header_block_end(lines, below, announced=True) if near else None) or at + 1
    if near and is_rule(line):
        if is_delimiter(lines[below]):
            return _introduction_end(lines, below, attributions)
        return header_block_end(lines, below, announced=True)
    if near and is_bare_announcement(line) and label_of(lines[below]):
        return header_block_end(lines, below, announced=True)
    return header_block_end(lines, at) or attributions.get(at)


def _next_written(lines: list[str], index: int, *, snips: bool = False) -> int:
    """Return the next line with words; `snips` passes over "[...]" where a quote stands below it."""
    while index < len(lines) and not lines[index]:
        index += 1
    if snips and index + 1 < len(lines) and _SNIP.match(lines[index]):
        below = _next_written(lines, index + 1)
        return below if below < len(lines) and is_quoted(lines[below]) else index
    return index


def _after_quote(lines: list[str], index: int) -> int:
    """Return the first line after a run of quoted lines; a quoted line's tail that was wrapped belongs to it."""
    if index < len(lines) and is_barred(lines[index]):
        while index < len(lines) and is_barred(lines[index]):
            index += 1
        return index
    while index < len(lines) and is_quoted(lines[index]):
        index += 1
        if index + 1 < len(lines) and _is_wrapped_tail(lines, index):
            index += 1
    return index


def _is_wrapped_tail(lines: list[str], index: int) -> bool:
    """Tell whether a line without mark is the rest of the long quoted line above it."""
    line, above = lines[index], lines[index - 1]
    return (
        bool(line)
        and len(above) > _FULL_LINE
        and len(line) < _TAIL
        and is_quoted(lines[index + 1])
        and lines[index + 1].strip(" >\t") != ""
        and (line[:1].islower() or lines[index + 1].strip(" >\t")[:1].islower())
    )
