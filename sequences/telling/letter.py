"""Pure: the letter that closes a loop: what somebody said, word for word, and what was done about it.

The words round both are the team's, by language; what is built in stands here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date as say_date

_LONGEST = 800
_MARKS = re.compile(r"([\\*_`\[<&])")
_AT_START = re.compile(r"^(\s*)([#>+-]|\d+[.)])", re.MULTILINE)
_SLOT = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_NAMELESS = re.compile(r"\s*\{\{\s*name\s*\}\}")
ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of a letter in one language; `told` stands before each quotation, `since` or `now` after what was done.

    Slots in double braces: `theme` in the subject, `name` in the greeting, `day` in `told` and `since`.
    """

    subject: str
    hello: str
    told: str
    since: str
    now: str
    thanks: str


PARTS = tuple(field.name for field in fields(Words))
SLOTS: Mapping[str, str] = {"subject": "theme", "hello": "name", "told": "day", "since": "day"}
BUILT_IN: Mapping[str, Words] = {
    ENGLISH: Words(
        subject="You told us, and it is out: {{ theme }}",
        hello="Hi {{ name }},",
        told="On {{ day }} you told us:",
        since="It is out since {{ day }}.",
        now="It is out now.",
        thanks="Thank you for saying it. If it does not do what you hoped for, tell me: a plain answer to this mail is "
        "enough.",
    ),
    "de": Words(
        subject="Du hast es uns gesagt, jetzt ist es da: {{ theme }}",
        hello="Hallo {{ name }},",
        told="Am {{ day }} hast du uns gesagt:",
        since="Das gibt es seit dem {{ day }}.",
        now="Das gibt es ab jetzt.",
        thanks="Danke, dass du es gesagt hast. Wenn es nicht tut, was du dir erhofft hast, sag es mir: Eine einfache "
        "Antwort auf diese Mail genügt.",
    ),
}


def choose_language(known: Mapping[str, Words], spoken: str | None) -> str:
    """Return which of the known languages to write in: theirs, else without its country, else English."""
    wanted = (spoken or "").lower().replace("_", "-")
    return next((one for one in (wanted, wanted.partition("-")[0]) if one in known), ENGLISH)


def write_subject(words: Words, theme: str) -> str:
    """Return the subject."""
    return _fill(words.subject, theme=" ".join(theme.split()))


def write_letter(
    words: Words, language: str, first_name: str, said: Sequence[tuple[str, datetime]], did: str, out_on: date | None
) -> str:
    """Return the letter as Markdown to be read and changed by a person; `said` are their words, the oldest first."""
    greeting = _fill(words.hello, name=first_name) if first_name else _NAMELESS.sub("", words.hello)
    quotes = [f"{_fill(words.told, day=_day(at, language))}\n\n{quote_words(quote)}" for quote, at in said]
    since = _fill(words.since, day=_day(out_on, language)) if out_on else words.now
    return "\n\n".join([greeting, *quotes, did.strip(), since, words.thanks])


def quote_words(words: str) -> str:
    """Return somebody's words as a quotation that reads as it was written."""
    words = words.strip()
    if len(words) > _LONGEST:
        words = f"{words[:_LONGEST].rsplit(None, 1)[0]} …"
    plain = _AT_START.sub(_escape_start, _MARKS.sub(r"\\\1", words))
    lines = [f"> {line.strip()}".rstrip() for line in plain.splitlines()]
    return "  \n".join(lines).replace(">  \n", ">\n")  # two blanks at the end of a line keep it a line


def find_slots(text: str) -> set[str]:
    """Return the names of the slots in a text."""
    return set(_SLOT.findall(text))


def _fill(text: str, **slots: str) -> str:
    return _SLOT.sub(lambda found: slots.get(found[1], found[0]), text)


def _day(day: date, language: str) -> str:
    """Return a day in words: 3 December 2026, 3. Dezember 2026."""
    try:
        locale = Locale.parse("en_GB" if language == ENGLISH else language, sep="-" if "-" in language else "_")
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en_GB")
    return say_date(day, "long", locale=locale)


def _escape_start(found: re.Match[str]) -> str:
    space, mark = found.groups()
    return f"{space}{mark[:-1]}\\{mark[-1]}"
