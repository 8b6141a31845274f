"""Pure: how hard a text is to read, by the measure that its language has.

Sources: Kincaid 1975 (English, school years), Amstad 1978 (German, 0 to 100, higher is easier), Björnsson 1968 (LIX,
for languages written in Latin letters whose words are not long by nature). Other languages get no figure.
"""

import re
from dataclasses import dataclass
from typing import Literal

_SENTENCE = re.compile(r"[.!?…]+(?=\s|$)|\n{2,}")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_URL = re.compile(r"https?://\S{1,2000}|\S{1,64}@\S{1,253}")
_EN_VOWELS = re.compile(r"[aeiouy]+")
_DE_VOWELS = re.compile(r"(?:au|äu|eu|ei|ai|ie|[aeiouyäöü])")
_LIX = frozenset({"sv", "da", "no", "nb", "nn", "nl", "fr", "es", "it", "pt"})
_LONG_WORD = 7
_LEAST_WORDS, _LEAST_SENTENCES = 40, 3
_MOST_WORDS = 3_000
_MARKS = {
    "en": "the and you we your for with is are our",
    "de": "der die und wir ist nicht für mit dein eine",
    "fr": "le les et vous nous est pour avec votre une",
    "es": "el los y que para con una nuestro tu es",
    "it": "il che per con una nostro di non è tuo",
    "pt": "o que para com uma nosso não você seu é",
    "nl": "de het en wij je voor met een is niet",
    "sv": "och att vi för med är en det din inte",
    "da": "og at vi for med er en det din ikke",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """How hard a text is: `scale` names the measure, `level` says it in a word."""

    scale: Literal["flesch_kincaid", "amstad", "lix"]
    value: float
    level: Literal["easy", "fair", "hard"]


def grade_text(text: str, language: str = "") -> Grade | None:
    """Measure a text; None when it is too short, or its language has no measure here."""
    plain = _URL.sub(" ", text)
    words = _WORD.findall(plain)[:_MOST_WORDS]
    sentences = [part for part in _SENTENCE.split(plain) if part and _WORD.search(part)]
    if len(words) < _LEAST_WORDS or len(sentences) < _LEAST_SENTENCES:
        return None
    tag = (language or guess_language(words)).lower().replace("_", "-").partition("-")[0]
    length = len(words) / len(sentences)
    if tag == "en":
        value = 0.39 * length + 11.8 * sum(map(_syllables_en, words)) / len(words) - 15.59
        return Grade(scale="flesch_kincaid", value=round(value, 1), level=_level(value, 9, 13))
    if tag == "de":
        value = 180 - length - 58.5 * sum(map(_syllables_de, words)) / len(words)
        return Grade(scale="amstad", value=round(value, 1), level=_level(-value, -50, -30))
    if tag in _LIX:
        value = length + 100 * sum(len(word) >= _LONG_WORD for word in words) / len(words)
        return Grade(scale="lix", value=round(value, 1), level=_level(value, 45, 58))
    return None


def guess_language(words: list[str]) -> str:
    """Guess a language from its commonest words; empty when none stands out."""
    lower = [word.lower() for word in words[:400]]
    counts = {tag: sum(word in marks.split() for word in lower) for tag, marks in _MARKS.items()}
    best = max(counts, key=lambda tag: counts[tag])
    return best if counts[best] * 12 >= len(lower) else ""


def _level(value: float, fair: float, hard: float) -> Literal["easy", "fair", "hard"]:
    if value < fair:
        return "easy"
    return "fair" if value < hard else "hard"


def _syllables_en(word: str) -> int:
    lower = word.lower()
    count = len(_EN_VOWELS.findall(lower))
    if lower.endswith("e") and not lower.endswith(("le", "ee")) and count > 1:
        count -= 1
    return max(1, count)


def _syllables_de(word: str) -> int:
    return max(1, len(_DE_VOWELS.findall(word.lower())))
