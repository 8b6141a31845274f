"""Pure: a text as it was written, in pieces to look at: words as they will be read, its merge fields, other braces."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sequences.pitches.markdown_mail import Parts, show_parts
from sequences.pitches.pitch_value import clean_text, cut_tokens, make_token, token_numbers
from sequences.pitches.shown_html import show_html
from sequences.pitches.used_fields import list_used

_CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_ELSE = re.compile(r"""\bdefault\(\s*(["'])(.*?)\1""", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePiece:
    """A piece of a text: `kind` is text, html, field (`words` is its dotted name) or code, such as a condition.

    `otherwise` is what stands there when nothing is known. Of html, tags that open in one piece close in another.
    """

    kind: str
    words: str
    otherwise: str = ""


Paragraph = tuple[SourcePiece, ...]


def cut_line(text: str) -> Paragraph:
    """Return a subject in pieces: it is no Markdown, and one line."""
    marked, codes = _take_codes(text)
    return tuple(_cut(" ".join(marked.split()), "text", codes))


def cut_mail(text: str) -> Paragraph:
    """Return a mail's text in pieces, with its bold words, links, lists and quotes as its reader sees them.

    The HTML is that of the mail, safe to show; links lead nowhere and say their address, and headings are only words,
    for those of the page are others.
    """
    parts, codes = _render(text)
    return tuple(_cut(show_html(parts.html, token_numbers), "html", codes))


def cut_message(text: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a text that is sent without HTML, such as a direct message: nothing in it is bold."""
    parts, codes = _render(text)
    return tuple(tuple(_cut(one, "text", codes)) for one in parts.text.split("\n\n") if one)


def _render(text: str) -> tuple[Parts, list[str]]:
    marked, codes = _take_codes(text)
    return show_parts(marked), codes


def _take_codes(text: str) -> tuple[str, list[str]]:
    """Return a text with tokens in place of everything in braces, as in a mail, and what they stand for."""
    codes: list[str] = []

    def take(found: re.Match[str]) -> str:
        codes.append(found[0])
        return make_token(len(codes) - 1)

    return _CODE.sub(take, clean_text(text).strip()), codes


def _cut(shown: str, kind: str, codes: list[str]) -> Iterator[SourcePiece]:
    for part in cut_tokens(shown):
        if isinstance(part, int):
            yield from _cut_code(codes[part])
        else:
            yield SourcePiece(kind=kind, words=part)


def _cut_code(code: str) -> Iterator[SourcePiece]:
    """Yield a field for braces that put one in; a condition or a sum is shown as it is written."""
    fields = list_used([code]) if code.startswith("{{") else ()
    if not fields:
        yield SourcePiece(kind="code", words=code)
    found = _ELSE.search(code)
    for number, name in enumerate(fields):
        if number:
            yield SourcePiece(kind="text", words=" / ")
        yield SourcePiece(kind="field", words=name, otherwise=found[2] if found else "")
