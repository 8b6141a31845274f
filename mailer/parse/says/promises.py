"""Pure: what we promised somebody in our own words, and by when, in English and German.

Fixed rules, no guessing: one of us ("I'll", "we will", "schicke ich") does something for them ("send", "melde mich")
by a day that the sentence names. Questions, conditions, wishes, refusals and what others do are no promises.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from mailer.parse.says.due_days import DueDay, find_due_days
from mailer.parse.says.sentences import split_sentences
from mailer.said import Promised

MOST = 8
_WHAT = 140

_ADVERBS = (
    r"(?:(?:also|then|just|gladly|happily|definitely|certainly|of course|personally|both|still|now|quickly|"
    r"make sure to|be sure to|try to|do my best to|do our best to) ){0,2}"
)
_VERBS = (
    r"(?:send|ship|mail|e-?mail|post|forward|share|deliver|pay|transfer|wire|refund|confirm|return|prepare|draft|review|"
    r"fix|publish|upload|sign|arrange|organi[sz]e|book|invoice|call|ring|write|reply|answer|follow up|check in|"
    r"get back|come back|circle back|report back|be in touch|be back|let you|tell you|give you|bring you|get you|"
    r"show you|update you|put together|put (?:it|them|this) in the (?:post|mail)|get (?:it|them|this|the \w{1,20})|"
    r"finish|finali[sz]e|set up|look into|sort (?:it|this|that|everything) out|drop|hand over|credit|"
    r"replace|have (?:it|them|this|that|the|your|a|an|everything)\b)"
)
_WE_WILL = (
    r"\b(?:i|we)(?:[’']ll| will| shall|[’']m going to|[’']re going to| am going to| are going to) |"
    r"\b(?:i|we) promise(?: you)? (?:to|that (?:i|we)(?:[’']ll| will)) |"
    r"\blet me |^will "
)
_ENGLISH = re.compile(
    rf"(?P<lead>{_WE_WILL}){_ADVERBS}(?P<verb>{_VERBS})\b|"
    r"\b(?:i|we)(?:[’']m|[’']re| am| are|[’']ll be| will be) (?:now |also )?"
    r"(?P<going>sending|shipping|mailing|posting|paying|transferring|delivering|returning)\b|"
    rf"(?P<offer>\b(?:i|we) can )(?P<verb2>{_VERBS})\b|"
    r"\byou(?:[’']ll| will| can| should) (?:then )?(?P<theirs>have|get|receive|expect|hear from)\b|"
    r"\b(?P<passive>will (?:be (?:sent|shipped|posted|paid|delivered|transferred|with you|in your inbox|"
    r"on (?:its|their) way|ready for you)|ship|go out))\b"
)
_THEIR_OWN = re.compile(r"\b(?:you|they|he|she|who|which)\s$")
_HAVE = re.compile(r"\b(?:ready|with you|for you|to you|done|sorted|signed|out|fixed|shipped|sent|finished|over)\b")

_FINITE = (
    r"(?:schick|send|versend|verschick|liefer|überweis|zahl|bezahl|antwort|erledig|schreib|bestätig|klär|prüf|organisier|"
    r"buch|unterschreib|unterzeichn|aktualisier|korrigier|erstatt|ersetz|bereit|leit|lad|bring|mach|stell|schau|"
    r"reich|kümmer|besorg)"
)
_FIRST = (
    rf"(?:{_FINITE}(?:e|en|n)|melde(?:n)?(?= (?:mich|uns)| (?:ich|wir) (?:mich|uns))|gebe(?:n)?|rufe(?:n)?|teile(?:n)?)"
)
_INFINITIVE = (
    r"(?:schicken|senden|versenden|verschicken|zuschicken|zusenden|liefern|nachliefern|überweisen|zahlen|bezahlen|"
    r"antworten|erledigen|schreiben|bestätigen|klären|prüfen|organisieren|buchen|unterschreiben|aktualisieren|"
    r"korrigieren|erstatten|ersetzen|vorbereiten|weiterleiten|hochladen|bringen|fertigmachen|fertigstellen|nachreichen|"
    r"melden|anrufen|mitteilen|geben|zurückmelden|kümmern|besorgen)"
)
_GERMAN = re.compile(
    rf"\b(?:ich|wir) (?:(?:auch|dann|gerne?|natürlich|selbstverständlich|noch|gleich|persönlich) ){{0,2}}"
    rf"(?P<first>{_FIRST})\b|"
    rf"\b(?P<second>{_FIRST}) (?:ich|wir)\b|"
    rf"(?:^|[,;:–-] ?|\bund )(?P<bare>{_FINITE}e|melde(?= mich))\b(?! (?:mir|uns|bitte|doch|mal)\b)|"
    rf"\b(?:ich werde|wir werden|werde ich|werden wir|ich kann|wir können|kann ich|können wir) "
    rf"(?P<future>(?:[^.!?;]|(?<=\d)\.){{0,140}}?\b{_INFINITIVE})\b|"
    r"\b(?:(?:du|ihr|sie) )?(?P<theirs>bekommst|bekommt ihr|erhältst|erhaltet|(?<=sie )erhalten|(?<=sie )bekommen|"
    r"(?<=ihr )bekommt|erhalten sie|bekommen sie|(?:du|ihr|sie) (?:hör(?:st|t|en)) von (?:mir|uns))\b|"
    r"\b(?P<goes>(?:geht|gehen|wird|werden) (?:[^.!?;]|(?<=\d)\.){0,120}?\b(?:raus|heraus|in die post|auf den weg|"
    r"an dich|an euch|an sie|verschickt|versendet|geliefert|überwiesen|bezahlt|versandt))\b"
)
_IF = re.compile(
    r"\b(?:if|unless|provided|assuming|in case|once|as soon as|depending|subject to|falls|wenn|sofern|sobald|"
    r"vorausgesetzt|es sei denn|nachdem)\b"
)
_NO_IF = re.compile(
    r"\b(?:if|wenn) (?:not|nicht) (?:sooner|earlier|before|früher|eher|vorher)\b|\bif that[’']?s (?:ok|okay|alright)\b"
)
_WISH = re.compile(
    r"\b(?:hope|hoping|would|could|might|may(?= \w)|i[’']d|we[’']d|maybe|perhaps|wish|planned to|was going to|"
    r"were going to|könnten?|würden?|vielleicht|eventuell|hoffe\w*|möchten?|wollte\w*|sollte\w*|evtl)\b"
)
_NOT = re.compile(
    r"\b(?:nothing|never|no longer|not(?! later)|nicht(?! (?:später|nur))|kein\w{0,2}|nichts|nie|niemals|ohne)\b"
)
_TAG = re.compile(
    r"[,–-] ?(?:ok(?:ay)?|all ?right|fine|right|deal|is that ok(?:ay)?|does that work|passt das(?: so)?|"
    r"in ordnung|einverstanden|gut so)(?: for you| mit dir| für dich| so)?\?$",
    re.IGNORECASE,
)
_OFFERS = re.compile(r"(?:ich |wir )?(?:kann|können)\b")
_SUBJECT = re.compile(r"\b(?:ich|wir)\b ?", re.IGNORECASE)
_HOUR = re.compile(
    r"^,? ?(?:at |by |um |gegen )?\d{1,2}(?:[:.]\d\d)?(?: ?(?:uhr|am|pm|h)\b)?(?= |$|[.,;!])", re.IGNORECASE
)
_ENDS = " ,.;:!–-—"


def find_promises(text: str, today: date) -> tuple[Promised, ...]:
    """Return at most eight promises in a text of ours, written on `today`. Never raises, whatever the text."""
    found: dict[tuple[str, date], Promised] = {}
    for sentence in split_sentences(text):
        for one in _in_sentence(sentence, today):
            found.setdefault((one.what, one.on), one)
    return tuple(found.values())[:MOST]


class _Hit(NamedTuple):
    """Where a promise is: its first word, its verb, what kind of verb it is, and how sure it is."""

    start: int
    verb: int
    kind: str
    sure: float


def _in_sentence(sentence: str, today: date) -> Iterator[Promised]:
    whole, sentence = sentence, _TAG.sub("", sentence)
    small = sentence.lower()
    if len(small) != len(sentence):  # a letter that grows when small would shift every place
        sentence = small
    if "?" in small or _IF.search(_NO_IF.sub("", small)) or _WISH.search(small):
        return
    days = find_due_days(sentence, today)
    hits = _hits(small) if days else []
    for number, hit in enumerate(hits):
        end = hits[number + 1].start if number + 1 < len(hits) else len(sentence)
        clause = small[hit.verb : end]
        due = _day_for(days, hit.verb, end, is_first=number == 0)
        if due is None or _NOT.search(clause) or (hit.kind == "have" and not _HAVE.search(clause)):
            continue
        what = _what(sentence, _begin(small, hit, hits[number - 1].verb if number else 0), end, due)
        if what:
            yield Promised(what=what, on=due.on, sentence=whole, confidence=hit.sure)


def _hits(small: str) -> list[_Hit]:
    found: list[_Hit] = []
    for hit in _ENGLISH.finditer(small):
        name = next(name for name in ("verb", "verb2", "theirs", "passive", "going") if hit[name])
        if name == "passive" and _THEIR_OWN.search(small[max(0, hit.start() - 8) : hit.start()]):
            continue
        kind = "have" if hit[name].startswith("have ") else name
        found.append(_Hit(hit.start(), hit.start(name), kind, {"verb": 0.85, "verb2": 0.65}.get(name, 0.75)))
    for hit in _GERMAN.finditer(small):
        name = next(name for name in ("first", "second", "bare", "future", "theirs", "goes") if hit[name])
        sure = 0.8 if name in ("first", "second", "future") else 0.7
        if name == "future" and _OFFERS.match(hit[0]):
            sure = 0.65
        if name == "theirs" and not hit[0].startswith(("du ", "ihr ", "sie ")):
            name = "second"  # "Den Vertrag bekommst du": what is promised stands before the verb
        found.append(_Hit(hit.start(), hit.start(), name, sure) if name == "second" else _hit(hit, name, sure))
    return sorted(found)


def _hit(hit: re.Match[str], name: str, sure: float) -> _Hit:
    return _Hit(hit.start(), hit.start(name), name, sure)


def _begin(small: str, hit: _Hit, after: int) -> int:
    """Return where the words of a promise begin: what is promised may stand before the verb."""
    if hit.kind not in ("second", "goes", "passive"):
        return hit.verb
    return max(after, *(small.rfind(mark, 0, hit.verb) + 1 for mark in ",;:"))


def _day_for(days: list[DueDay], start: int, end: int, *, is_first: bool) -> DueDay | None:
    """Return the day of a promise: the first one after its verb, else the last one before it ("By Friday we ...")."""
    after = next((day for day in days if start <= day.start < end), None)
    before = [day for day in days if day.end <= start]
    return after or (before[-1] if is_first and before else None)


def _what(sentence: str, start: int, end: int, due: DueDay) -> str:
    """Return the promise without its subject and its day: "send you the samples"."""
    if start <= due.start < end:
        rest = _HOUR.sub("", sentence[due.end : end]).lstrip(_ENDS)
        words = f"{sentence[start : due.start].rstrip(_ENDS)} {rest}"
    else:
        words = sentence[start:end]
    words = _SUBJECT.sub("", " ".join(words.split()), count=1).strip(_ENDS)
    for joint in (" and", " und", " but", " aber", " then", " dann"):
        words = words.removesuffix(joint).rstrip(_ENDS)
    return words[:_WHAT].strip()
