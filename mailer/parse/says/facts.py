"""Pure: all the facts of one reply, each with its sentence and a confidence: proposals for a person, never orders."""

from collections.abc import Iterable
from datetime import datetime, tzinfo

from mailer.parse.says.later import find_later
from mailer.parse.says.meeting import find_meetings
from mailer.parse.says.money import find_prices
from mailer.parse.says.opinions import find_opinions
from mailer.parse.says.people import find_people
from mailer.parse.says.sentences import split_sentences
from mailer.said import Said, as_document, name_of
from mailer.types import Address, ReplyKind

MOST = 12


def find_facts(
    new_text: str,
    *,
    kind: ReplyKind | None,
    received_at: datetime,
    zone: tzinfo | None = None,
    cc: Iterable[Address] = (),
    known: frozenset[str] = frozenset(),
) -> tuple[Said, ...]:
    """Return at most twelve facts, in the order of the text by kind. Never raises, whatever the text.

    `received_at` and `zone`, the sender's where it is known, say what "tomorrow" is; `known` are addresses of both
    sides; `cc` the people copied.
    """
    sentences = split_sentences(new_text)
    today = (received_at.astimezone(zone) if zone else received_at).date()
    found: list[Said] = [price for sentence in sentences for price in find_prices(sentence)]
    later = find_later(sentences, today=today, is_not_now=kind is ReplyKind.NOT_NOW)
    found += later
    asked = {one.sentence for one in later}
    found += [one for sentence in sentences if sentence not in asked for one in find_meetings(sentence, today)]
    found += find_people(sentences, cc=cc, known=known)
    found += [one for sentence in sentences for one in find_opinions(sentence)]
    unlike = {(name_of(one), *sorted(as_document(one).items()), one.sentence): one for one in found}
    return tuple(unlike.values())[:MOST]
