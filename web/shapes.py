"""Pure: the English shape of a sentence that was kept as text: its msgid and what filled its slots, found again.

The database keeps what the engine said as plain text, and the mail floor speaks plainly. A shape is a msgid with
slots; of all that fit, the one with the most words of its own wins. Several sentences in one text are read one by one.
"""

import re
from collections.abc import Iterable, Iterator

SLOT = re.compile(r"%\(([a-z_0-9]+)\)[sr]")
SENTENCE_END = re.compile(r"(?<=[.?;]) (?=[^a-z])")
_REMEMBERED = 4_000  # pages say the same things again and again
_LEAST = 5  # letters of its own; a shape with fewer fits everything

Found = tuple[str, dict[str, str]]


class Shapes:
    """All shapes of a catalog, ready to be sought."""

    def __init__(self, msgids: Iterable[str]) -> None:
        """Keep whole sentences apart from those with slots."""
        self._whole: set[str] = set()
        self._slotted: list[tuple[str, str, str]] = []
        for msgid in msgids:
            parts = SLOT.split(msgid)[::2]
            if len(parts) == 1:
                self._whole.add(msgid)
            elif _is_telling(parts):
                self._slotted.append((_plain(parts[0]), _plain(parts[-1]), msgid))
        self._slotted.sort(key=lambda one: (-len(SLOT.sub("", one[2])), one[2]))
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._seen: dict[str, Found | None] = {}

    def find(self, text: str) -> Found | None:
        """Return the msgid that a text was made of, and what fills its slots; None when no shape fits."""
        if text not in self._seen:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[text] = self._seek(text)
        return self._seen[text]

    def _seek(self, text: str) -> Found | None:
        if text in self._whole:
            return text, {}
        for begin, end, msgid in self._slotted:
            if text.startswith(begin) and text.endswith(end):
                found = self._pattern(msgid).fullmatch(text)
                if found:
                    return msgid, found.groupdict()
        return None

    def _pattern(self, msgid: str) -> re.Pattern[str]:
        if msgid not in self._patterns:
            self._patterns[msgid] = _compile(msgid)
        return self._patterns[msgid]


def split_sentences(text: str) -> Iterator[tuple[str, str]]:
    """Yield ways to part a text in two, the longest beginning first: a sentence may hold a stop."""
    for end in reversed(list(SENTENCE_END.finditer(text))):
        yield text[: end.start()], text[end.end() :]


def _is_telling(parts: list[str]) -> bool:
    """Return whether a shape says enough by itself to be told from others: a few letters, or a heading."""
    return sum(letter.isalpha() for part in parts for letter in part) >= _LEAST or parts[0].endswith(": ")


def _plain(part: str) -> str:
    return part.replace("%%", "%")


def _compile(msgid: str) -> re.Pattern[str]:
    pattern, seen = "", set()
    for index, part in enumerate(SLOT.split(msgid)):
        if index % 2 == 0:
            pattern += re.escape(_plain(part))
            continue
        quote = "['\"]" if f"%({part})r" in msgid else ""
        pattern += quote + (f"(?P={part})" if part in seen else f"(?P<{part}>.*?)") + quote
        seen.add(part)
    return re.compile(pattern, re.DOTALL)
