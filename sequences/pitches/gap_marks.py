"""Pure: a draft as it will be read, in pieces: plain words, the personal line, and the places of missing fields."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sequences.pitches.merge_fields import is_field
from sequences.pitches.pitch import Footer, Gaps, Rendered, render_pitch
from sequences.pitches.shown_html import escape_text, show_sheet

Values = Mapping[str, Mapping[str, Any]]

# Unicode noncharacters round a number: filters leave digits alone, and no text of a person's own has them.
_OPEN, _CLOSE = "\ufdd2", "\ufdd3"
_MARK = re.compile(f"({_OPEN}[0-9]+{_CLOSE})")
# Filling one gap may open an `if` with another one behind it.
_ROUNDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Words of a mail. `kind` is text, html, line (the personal line) or gap; of a gap, `words` is the missing field.

    Of html, tags that open in one piece close in another; a line among html is html as well.
    """

    kind: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail to look at: the subject and the paragraphs, in pieces. `foot` is the part every mail ends with.

    `html` is the same as the paragraphs with bold words, links and lists as its reader sees them, safe to show; empty
    for what is sent without HTML.
    """

    subject: tuple[Piece, ...]
    body: tuple[tuple[Piece, ...], ...]
    foot: tuple[str, ...] = ()
    html: tuple[Piece, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The missing fields, in reading order."""
        pieces = (*self.subject, *(piece for paragraph in self.body for piece in paragraph))
        return tuple(dict.fromkeys(piece.words for piece in pieces if piece.kind == "gap"))


def cut_letter(subject: str, text: str, html: str = "", *, line: str = "", fields: tuple[str, ...] = ()) -> Letter:
    """Cut a rendered mail into pieces; `fields` are those that marks in it stand for."""
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    ends = next((n for n, part in enumerate(paragraphs) if part == "--" or part.startswith("-- \n")), len(paragraphs))
    shown = show_sheet(html, _MARK.search, has_foot=ends < len(paragraphs)) if html else ""
    return Letter(
        subject=tuple(_cut(subject, "", fields)),
        body=tuple(tuple(_cut(part, line.strip(), fields)) for part in paragraphs[:ends]),
        foot=tuple(part.removeprefix("-- \n") for part in paragraphs[ends:]),
        html=tuple(_cut(shown, escape_text(line.strip()), fields, kind="html")),
    )


def mark_gaps(
    subject: str | None, body: str, values: Values, gaps: Iterable[str], *, footer: Footer | None, line: str = ""
) -> Letter:
    """Return a mail that cannot be written yet, with a mark wherever a field is missing.

    A text that is at fault itself is shown as it was written.
    """
    fields = [path for path in gaps if is_field(path)]
    for _ in range(_ROUNDS):
        rendered = render_pitch(subject, body, _with_marks(values, fields), footer=footer)
        match rendered:
            case Rendered():
                html = rendered.html if footer else ""
                return cut_letter(rendered.subject, rendered.text, html, line=line, fields=tuple(fields))
            case Gaps(fields=more) if set(more) - set(fields):
                fields += [path for path in more if path not in fields]
            case _:
                break
    return cut_letter(subject or "", body.replace("\r\n", "\n"))


def with_values(values: Values, given: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return merge values with some fields, by dotted name, put in."""
    filled = {root: dict(fields) for root, fields in values.items()}
    for path, value in given.items():
        root, _, name = path.partition(".")
        group, dot, own = name.partition(".")
        fields = filled.setdefault(root, {})
        if dot:
            fields[group] = {**(fields.get(group) or {}), own: value}
        else:
            fields[name] = value
    return filled


def _with_marks(values: Values, fields: list[str]) -> dict[str, dict[str, Any]]:
    return with_values(values, {path: f"{_OPEN}{number}{_CLOSE}" for number, path in enumerate(fields)})


def _cut(text: str, line: str, fields: tuple[str, ...], *, kind: str = "text") -> list[Piece]:
    pieces = []
    for part in _MARK.split(text):
        if _MARK.fullmatch(part) and int(part[1:-1]) < len(fields):
            pieces.append(Piece(kind="gap", words=fields[int(part[1:-1])]))
        else:
            pieces += _cut_line(part, line, kind)
    return pieces


def _cut_line(text: str, line: str, kind: str) -> list[Piece]:
    places = (found.start() for found in re.finditer(re.escape(line), text)) if line else ()
    at = next((place for place in places if kind == "text" or _is_read(text, place)), None)
    if at is None:
        return [Piece(kind=kind, words=text)] if text else []
    parts = ((kind, text[:at]), ("line", line), (kind, text[at + len(line) :]))
    return [Piece(kind=kind, words=words) for kind, words in parts if words]


def _is_read(html: str, at: int) -> bool:
    """Tell words from the inside of a tag."""
    return html.rfind("<", 0, at) <= html.rfind(">", 0, at)
