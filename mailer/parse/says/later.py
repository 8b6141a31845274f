"""Pure: when to ask again, from an answer that says "not now"."""

import re
from datetime import date

from mailer.parse.says.days import find_days_ahead
from mailer.said import Later

_ASKS = re.compile(
    r"\b(?:again|back|ask|try|ping|write|contact|remind|reach|talk|circle|touch base|hit me up|revisit|postpone|wait|"
    r"melde\w*|frag\w*|schreib\w*|wieder|nochmal|recontact\w*|réécri\w*|reparl\w*|reven\w*|écri\w*|escríb\w*|escrib\w*|"
    r"hablamos|vuelv\w*|scriv\w*|sentiamo\w*|risentiamo\w*|riparliamo\w*|ricontatt\w*|fala\w*|fale|mail me|vraag|"
    r"hör av|proszę (?:napisać|odezwać))\b"
)
_BUSY = re.compile(
    r"\b(?:until|till?|til|booked|full|busy|away|leave|break|not before|after|later|free|room|time|postpone|bis|"
    r"ausgebucht|erst|ab|jusqu\S{1,3}|pas avant|après|hasta|después|fino|dopo|até|depois|tot|na|vol|efter|po|do|maybe|"
    r"perhaps|better|rather|vielleicht|peut-être|quizás?|tal vez|magari|forse|talvez|misschien|kanske|może)\b"
)


def find_later(sentences: list[str], *, today: date, is_not_now: bool) -> list[Later]:
    """Return when to ask again, at most one: the day beside "ask me again", else the one beside a reason."""
    best: Later | None = None
    for sentence in sentences:
        small = sentence.lower()
        asks, busy = bool(_ASKS.search(small)), bool(_BUSY.search(small))
        if not (is_not_now or (asks and busy)):
            continue
        days = find_days_ahead(sentence, today)
        if not days:
            continue
        sure = (0.5 if is_not_now else 0.3) + (0.3 if asks else 0.15 if busy else 0.0)
        if best is None or sure > best.confidence:
            best = Later(on=max(day for _, day in days), sentence=sentence, confidence=round(sure, 2))
    return [best] if best and best.confidence >= 0.6 else []  # noqa: PLR2004 - a guess below is worth no question
