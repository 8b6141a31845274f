"""Pure: values on their way into a pitch: cleaned, formatted, and kept apart from the Markdown round them.

A value never meets the Markdown parser. The template prints a short token in its place, and the token is replaced by
the value after parsing, so that nothing in a name can become a link, a list or a tag.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jinja2 import Undefined
from jinja2.exceptions import TemplateRuntimeError

from kit.errors import say

MAX_OUTPUT = 200_000

# Unicode noncharacters: no text has them, no Markdown rule looks at them, and they are removed from all input.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_TOKEN = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Controls, lone surrogates, our tokens, and the direction marks that could turn the words after a name round.
_UNPRINTABLE = re.compile(r"[\x00-\x09\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0\ufdd1]")
_BLANK = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]*")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class TooLongError(TemplateRuntimeError):
    """The rendered pitch is larger than any mail should be."""


def clean_text(text: str) -> str:
    """Remove what no mail text may hold: controls, lone surrogates, direction overrides, our own tokens."""
    # What is removed or changed is never printable in Python's sense, so most values need no closer look.
    return text if text.isprintable() else _UNPRINTABLE.sub("", _LINE_END.sub("\n", text).replace("\t", " "))


def is_blank_text(text: str) -> bool:
    """Say whether a reader would see nothing."""
    return _BLANK.fullmatch(clean_text(text)) is not None


def make_token(number: int) -> str:
    """Return what stands in Markdown for a value that is put in once it was read."""
    return f"{_OPEN}{number}{_CLOSE}"


def cut_tokens(text: str) -> list[str | int]:
    """Return a text in pieces: words, and between them the numbers of the values that are still to be put in."""
    return [int(part) if at % 2 else part for at, part in enumerate(_TOKEN.split(text)) if part]


def token_numbers(text: str) -> list[int]:
    """Return the numbers of the values that are still to be put into a text."""
    return [int(number) for number in _TOKEN.findall(text)]


def fill_tokens(text: str, value_of: Callable[[int, str], str]) -> str:
    """Put values in place of tokens; `value_of` gets a token's number and the token."""
    return _TOKEN.sub(lambda found: value_of(int(found[1]), found[0]), text)


def format_date(value: date | str) -> str:
    """Write a date as "3 December 2026"; a text that is no ISO date stays as it is."""
    day: date
    if isinstance(value, str):
        try:
            day = datetime.fromisoformat(value.strip())
        except ValueError:
            return value
    else:
        day = value
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_value(value: object) -> str:
    """Write any value as a person would read it."""
    match value:
        case str():
            return value
        case date():
            return format_date(value)
        case float() | Decimal():
            return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
        case list() | tuple():
            return ", ".join(format_value(item) for item in value)
        case bool() | int():
            return str(value)
        case _:
            raise TypeError(say("This is a group of fields; choose one of them."))


@dataclass(slots=True)
class Slots:
    """What one rendering gathers: the values behind the tokens, and the fields that had none."""

    held: list[str] = field(default_factory=list)
    gaps: dict[str, None] = field(default_factory=dict)
    size: int = 0

    def count(self, length: int) -> None:
        """Add to the size so far; raises TooLongError past the limit."""
        self.size += length
        if self.size > MAX_OUTPUT:
            raise TooLongError(say("The mail would be longer than %(value)s kB.", value=MAX_OUTPUT // 1000))

    def hold(self, value: object) -> str:
        """Keep a value and give the token that stands for it."""
        if isinstance(value, Missing | Undefined):
            value = str(value)
        text = clean_text(format_value(value))
        self.count(len(text))
        self.held.append(text)
        return make_token(len(self.held) - 1)

    def fill(self, text: str) -> str:
        """Put the values back in place of their tokens."""
        return _TOKEN.sub(lambda found: self.held[int(found[1])], text)


@dataclass(frozen=True, slots=True, eq=False)
class Missing:
    """A field without a value. Printing, ordering or looping notes the gap; a test, an `==` or a default does not.

    It is no jinja2.Undefined, because that one stops at the first gap.
    """

    path: str
    slots: Slots

    def __bool__(self) -> bool:
        return False

    def _note(self) -> None:
        self.slots.gaps[self.path] = None

    def __str__(self) -> str:
        self._note()
        return ""

    def __iter__(self) -> Iterator[str]:
        self._note()
        return iter(())

    def _compare(self, _other: object) -> bool:
        self._note()
        return False

    __lt__ = __le__ = __gt__ = __ge__ = _compare


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields under one name, as a template sees them: blank ones are missing."""

    path: str
    values: Mapping[str, Any]
    slots: Slots

    def __bool__(self) -> bool:
        return any(not _is_blank(value) for value in self.values.values())

    def find(self, name: str) -> Any:
        """Look a field up; gives Missing for an absent, None or blank one."""
        value = self.values.get(name)
        path = f"{self.path}.{name}"
        if isinstance(value, Mapping):
            return Fields(path, value, self.slots)
        if _is_blank(value):
            return Missing(path, self.slots)
        return _tidy(value)


def _tidy(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value).strip()
    if isinstance(value, list | tuple):
        return [_tidy(item) for item in value if not _is_blank(item)]
    return value


def _is_blank(value: object) -> bool:
    if isinstance(value, str):
        return is_blank_text(value)
    if isinstance(value, Sequence):
        return all(_is_blank(item) for item in value)
    return value is None
