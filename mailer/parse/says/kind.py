"""Pure: what kind of reply it is: precise rules and a small model as two witnesses, and how sure they are together."""

import re
from dataclasses import dataclass

from mailer.parse.intent import guess_reply_kind
from mailer.parse.says.features import marks_of
from mailer.parse.says.model import KINDS, load_model
from mailer.said import ASKS_BELOW
from mailer.types import ReplyKind

_MAX_CUE = 120
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE = re.compile(r"[^.!?？؟。！\n]{2,300}[.!?？؟。！]{0,3}")
_MAX_SENTENCES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The best guess. `confidence` is 0 to 1: of a hundred guesses at 0.8 about eighty are right.

    `cue` are the words that say so. `ruled` is what the rules alone say, `second` the next best guess.
    """

    kind: ReplyKind
    confidence: float
    cue: str
    ruled: ReplyKind
    second: ReplyKind

    @property
    def asks(self) -> bool:
        """Whether a person should look."""
        return self.confidence < ASKS_BELOW


def judge_reply(new_text: str) -> Verdict:
    """Return what a reply says; a text without any letter is `other`, for certain."""
    ruled, cue = guess_reply_kind(new_text)
    if not _LETTER.search(new_text):
        return Verdict(kind=ReplyKind.OTHER, confidence=1.0, cue="", ruled=ruled, second=ReplyKind.OTHER)
    chances = load_model().weigh(marks_of(new_text), ruled)
    order = sorted(range(len(KINDS)), key=lambda at: (-chances[at], at))
    kind, second = KINDS[order[0]], KINDS[order[1]]
    if kind is ReplyKind.OTHER:
        cue = ""
    elif kind is not ruled:
        cue = _telling_words(new_text, order[0])
    return Verdict(kind=kind, confidence=round(chances[order[0]], 3), cue=cue, ruled=ruled, second=second)


def _telling_words(text: str, at: int) -> str:
    """Return the sentence that speaks most for a kind."""
    sentences = [hit[0].strip() for hit in _SENTENCE.finditer(text[:700])][:_MAX_SENTENCES]
    sentences = [sentence for sentence in sentences if sentence] or [text.strip()]
    if len(sentences) == 1:
        return sentences[0][:_MAX_CUE]
    model = load_model()
    return max(sentences, key=lambda sentence: model.weigh(marks_of(sentence), None)[at])[:_MAX_CUE]
