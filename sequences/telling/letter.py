"""Pure: the letter that closes a loop: what somebody said, word for word, and what was done about it."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from sequences.pitches.pitch_value import format_date

_LONGEST = 800
_THANKS = (
    "Thank you for saying it. If it does not do what you hoped for, tell me: a plain answer to this mail is enough."
)
_MARKS = re.compile(r"([\\*_`\[<&])")
_AT_START = re.compile(r"^(\s*)([#>+-]|\d+[.)])", re.MULTILINE)


def write_subject(theme: str) -> str:
    """Return the subject."""
    return f"You told us, and it is out: {' '.join(theme.split())}"


def write_letter(first_name: str, said: Sequence[tuple[str, datetime]], did: str, out_on: date | None) -> str:
    """Return the letter as Markdown to be read and changed by a person; `said` are their words, the oldest first."""
    greeting = f"Hi {first_name}," if first_name else "Hi,"
    quotes = [f"On {format_date(at)} you told us:\n\n{quote_words(words)}" for words, at in said]
    since = f"It is out since {format_date(out_on)}." if out_on else "It is out now."
    return "\n\n".join([greeting, *quotes, did.strip(), since, _THANKS])


def quote_words(words: str) -> str:
    """Return somebody's words as a quotation that reads as it was written."""
    words = words.strip()
    if len(words) > _LONGEST:
        words = f"{words[:_LONGEST].rsplit(None, 1)[0]} …"
    plain = _AT_START.sub(_escape_start, _MARKS.sub(r"\\\1", words))
    lines = [f"> {line.strip()}".rstrip() for line in plain.splitlines()]
    return "  \n".join(lines).replace(">  \n", ">\n")  # two blanks at the end of a line keep it a line


def _escape_start(found: re.Match[str]) -> str:
    space, mark = found.groups()
    return f"{space}{mark[:-1]}\\{mark[-1]}"
