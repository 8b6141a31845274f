"""Pure: a text as it was written, in pieces to look at: words, its merge fields, and what else stands in braces."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sequences.pitches.used_fields import list_used

_CODE = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.DOTALL)
_ELSE = re.compile(r"""\bdefault\(\s*(["'])(.*?)\1""", re.DOTALL)
# Lines of a paragraph run on, as they do in the mail, unless one ends on purpose or begins a point of a list.
_RUNS_ON = re.compile(r"(?<!  )(?<!\\)\n(?!\s*(?:[-*+>#]|\d+[.)]))")
_BREAK = re.compile(r"(?:[ \t]*\n){2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePiece:
    """A piece of a text: `kind` is text, field (`words` is its dotted name) or code, such as a condition.

    `otherwise` is what stands there when nothing is known.
    """

    kind: str
    words: str
    otherwise: str = ""


Paragraph = tuple[SourcePiece, ...]


def cut_source(text: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a text, each in pieces; nothing of the text is carried out."""
    paragraphs: list[list[SourcePiece]] = [[]]
    for part in _CODE.split(text.replace("\r\n", "\n").strip()):
        if _CODE.fullmatch(part):
            paragraphs[-1] += _cut_code(part)
            continue
        for number, words in enumerate(_BREAK.split(part)):
            if number:
                paragraphs.append([])
            if words:
                paragraphs[-1].append(SourcePiece(kind="text", words=_RUNS_ON.sub(" ", words)))
    return tuple(tuple(one) for one in paragraphs if one)


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
