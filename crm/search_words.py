"""Pure: what somebody searched for, as words; texts folded to compare; and what each database is asked.

Nothing that was typed reaches a database as it is: only letters and figures do, in quotes.
"""

import re
import unicodedata
from dataclasses import dataclass

MOST_CHARACTERS = 200
_MOST_TERMS, _MOST_TOKENS, _LONGEST = 8, 8, 60
# Letters that no decomposition takes apart, as people without that key type them.
SPECIAL = {
    "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ς": "σ",
}  # fmt: skip
_SPECIAL = str.maketrans(SPECIAL)
_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')
_TOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or words in a row. `is_open` ones also match longer words: the last of their tokens is a beginning."""

    tokens: tuple[str, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Words:
    """What is looked for: all of `terms`."""

    terms: tuple[Term, ...]

    def __bool__(self) -> bool:
        return bool(self.terms)

    def for_fts5(self, *, whole: bool) -> str:
        """Return what SQLite is asked; `whole` words only, or beginnings too."""
        return " AND ".join(
            f'"{" ".join(term.tokens)}"{" *" if term.is_open and not whole else ""}' for term in self.terms
        )

    def for_tsquery(self, *, whole: bool) -> str:
        """Return what PostgreSQL is asked."""
        return " & ".join(
            f"({' <-> '.join(term.tokens)}{':*' if term.is_open and not whole else ''})" for term in self.terms
        )


def fold(text: str) -> str:
    """Return a text as it is compared: small letters, no accents, one way to write each letter."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text)
    bare = "".join([letter for letter in plain if not unicodedata.combining(letter)])
    return bare.casefold().translate(_SPECIAL)


def split(folded: str) -> list[str]:
    """Return the words of a folded text."""
    return _TOKEN.findall(folded)


def read_words(typed: str) -> Words:
    """Read what was typed: words, and words in quotes that stand in a row. Too much is left out at the end."""
    terms: list[Term] = []
    for quoted, word in _TERM.findall(typed[:MOST_CHARACTERS]):
        tokens = [token[:_LONGEST] for token in split(fold(quoted or word))][:_MOST_TOKENS]
        # One letter begins too many words to be worth a look.
        is_open = not quoted and bool(tokens) and len(tokens[-1]) > 1
        if tokens and len(terms) < _MOST_TERMS:
            terms.append(Term(tuple(tokens), is_open))
    return Words(tuple(terms))
