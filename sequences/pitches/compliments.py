"""Pure: is the compliment of a mail only theirs? Compares what is praised here with what others were praised for.

Two compliments are the same when most of their word triples are (Broder 1997), names left out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"(?<=[.!?…؟。])\s+|\n+")
_SIZE = 3
_SAME = 0.5
_LEAST_WORDS = 4
_MOST_TEXT = 4_000
_MOST_SENTENCES = 12
_PRAISE = re.compile(
    r"\b(?:loved?|enjoy(?:ed)?|adored?|liked|(?:i|we) (?:really )?like|admired?|impress(?:ed|ive)|inspir(?:ed|ing)"
    r"|amaz(?:ed|ing)|beautiful|brilliant|fantastic|wonderful|great|laughed|favou?rite|fan of|(?:watched|saw|read) your"
    r"|begeister[tn]|gefallen|gefällt|toll\w*|wunderbar\w*|ador[ée]+|aim[ée]+|génial\w*|magnifique|encant[aóo]+"
    r"|gust[óo]|increíble|genial|maravillos\w|adoro|bellissim\w|fantastic\w|prachtig|geweldig|genoten)\b",
    re.IGNORECASE,
)
_YOURS = re.compile(
    r"\b(?:you|your|dein\w{0,2}|du|dir|euch|euer|eure\w?|ihr\w{0,2}|vos|votre|vous|tes|ton|ta|tus?|sus?|tuo|tua|tuoi|tue"
    r"|teu|tua|seu|sua|je|jouw|jullie)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherMail:
    """A mail to somebody else: its text, and its personal line where it had one."""

    contact_id: int
    name: str
    text: str = ""
    line: str = ""


def find_compliments(text: str, line: str = "", names: Iterable[str] = ()) -> tuple[frozenset[str], ...]:
    """Return the compliments of a mail as sets of word triples: the personal line, else what sounds like praise.

    Only the beginning is read: that is where people are praised.
    """
    if line.strip():
        parts = [line]
    else:
        head = "\n\n".join(text[:_MOST_TEXT].split("\n\n")[:4])
        parts = [
            part for part in _SENTENCE_END.split(head)[:_MOST_SENTENCES] if _PRAISE.search(part) and _YOURS.search(part)
        ]
    left_out = frozenset(word for name in names for word in _WORD.findall(name.casefold()))
    return tuple(filter(None, (_triples(part, left_out) for part in parts)))


def find_reused(
    compliments: Sequence[frozenset[str]], others: Iterable[OtherMail], *, contact_id: int = 0
) -> tuple[OtherMail, ...]:
    """Return the mails to other people that praise in the same words, one a person."""
    found: dict[int, OtherMail] = {}
    for other in others if compliments else ():
        if other.contact_id in found or other.contact_id == contact_id:
            continue
        theirs = find_compliments(other.text, other.line, [other.name])
        if any(_is_same(one, two) for one in compliments for two in theirs):
            found[other.contact_id] = other
    return tuple(found.values())


def _triples(text: str, left_out: frozenset[str]) -> frozenset[str]:
    words = [word for word in _WORD.findall(text[:_MOST_TEXT].casefold()) if word not in left_out]
    if len(words) < _LEAST_WORDS:
        return frozenset()
    return frozenset(" ".join(words[at : at + _SIZE]) for at in range(len(words) - _SIZE + 1))


def _is_same(one: frozenset[str], two: frozenset[str]) -> bool:
    together = len(one | two)
    return together > 0 and len(one & two) / together >= _SAME
