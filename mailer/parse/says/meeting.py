"""Pure: a day or a call that somebody proposes, on their own clock, or a link to a calendar."""

import re
from datetime import date, time, timedelta

from mailer.parse.return_date import find_dates
from mailer.parse.says.days import WEEKDAY_OF, next_weekday
from mailer.said import Meeting

_CALL = re.compile(
    r"\b(?:call|chat|talk|meet(?:ing)?|speak|zoom|skype|teams|phone|video ?call|hop on|schedule|slot|available|free|"
    r"telefon\w*|anruf\w*|treffen|termin|sprechen|reden|appel\w*|appeler|téléphon\w*|rendez-vous|réunion|discuter|"
    r"llamad\w*|reunión|hablar|hablamos|quedar|chiamat\w*|sentir\w*|incontr\w*|riunione|ligar|reunião|conversar|"
    r"falar|"
    r"bellen|afspraak|overleg|spreken)\b"
)
# A day on which something is delivered or posted is a plan, too, when they propose it.
_PROPOSES = re.compile(
    r"\b(?:could (?:we|i|you)|can (?:we|i|you)|shall we|would .{1,30} work|how about|what about|let[’']?s|push|move|"
    r"works? for (?:me|us)|suits? (?:me|us)|könnten wir|können wir|wie wäre|passt|lass\w* uns|pourr(?:ions|"
    r"ait)-?(?:nous|on)|"
    r"on peut|podríamos|podemos|qué tal|possiamo|potremmo|podíamos|kunnen we|zullen we)\b"
)
_NOT = re.compile(r"\b(?:until|bis|jusqu\S{1,3}|hasta|fino al?|até|tot|not before|after|away|on holiday|"
    r"im urlaub|yesterday|last)\b"
)  # fmt: skip
_LINK = re.compile(
    r"https?://(?:www\.)?(?:[\w-]{1,40}\.){0,3}(?:calendly|cal|savvycal|zcal|tidycal|youcanbook|doodle|meetings|"
    r"calendar|"
    r"koalendar|zeeg|lemcal|appointlet|acuityscheduling)\.[\w-]{2,20}(?:\.[\w-]{2,10}){0,2}/[^\s<>\"')\]]{1,200}|"
    r"https?://[\w.-]{3,60}/(?:book|booking|termin|schedule|appointments?)(?:/[^\s<>\"')\]]{0,200})?",
    re.IGNORECASE,
)
_NAMES = "|".join(sorted((name for name in WEEKDAY_OF if len(name) > len("mon")), key=len, reverse=True))
_WEEKDAY = re.compile(
    rf"\b(?P<next>next|nächste[nr]?|kommende[nr]?|próxim[oa]|prossimo|volgende|nästa)? ?(?P<day>{_NAMES})s?\b"
    r"(?P<after> (?:next week|nächste woche|prochaine?|que viene|prossim[oa]|que vem|in a week))?"
)
_NEAR = re.compile(
    r"\b(?:(?P<over>day after tomorrow|übermorgen|après-demain|pasado mañana|dopodomani|overmorgen|depois de amanhã)|"
    r"(?P<next>tomorrow|(?<!guten )morgen(?= (?:um|früh|nachmittag|vormittag|abend|gegen)|[?.!,])|demain|"
    r"mañana(?! a la)|domani|amanhã)|"
    r"(?P<today>today|heute|aujourd[’']hui|hoy|oggi|hoje|vandaag))\b"
)
_TIME = re.compile(
    r"\b(?:(?:at|um|gegen|à|a las?|alle(?: ore)?|às|om|around|@|by|"
    r"from)\s{1,2})?(?P<h>\d{1,2})(?:[:.h](?P<m>\d{2}))?\s?"
    r"(?P<half>a\.?m\b\.?|p\.?m\b\.?)|"
    r"\b(?:at|um|gegen|à|a las?|alle(?: ore)?|às|om|around)\s{1,2}(?P<h2>\d{1,2})"
    r"(?:(?:[:.h])(?P<m2>\d{2}))?(?![\d%€$£])"
    r"(?:\s?(?:uhr|h\b|uur|o[’']clock|hrs))?|"
    r"(?<![\d.,:/])(?P<h3>\d{1,2})[:h](?P<m3>\d{2})(?!\d)|\b(?P<h4>\d{1,2})\s?(?:uhr|uur|h|o[’']clock)\b|"
    r"\b(?P<noon>noon|midday)\b"
)
_NOON, _HOURS, _MINUTES = 12, 24, 60
_HORIZON = timedelta(days=365)
_SOON = 8  # "at 4" for a call is four in the afternoon


def find_meetings(sentence: str, today: date) -> list[Meeting]:
    """Return what a sentence proposes: at most one day with its time, or a link to choose one."""
    link = _LINK.search(sentence) if "http" in sentence else None
    if link:
        return [Meeting(link=link[0].rstrip(".,;:!?"), sentence=sentence, confidence=0.9)]
    small = sentence.lower()
    calls, proposes = bool(_CALL.search(small)), bool(_PROPOSES.search(small))
    if not (calls or proposes) or _NOT.search(small):
        return []
    found = _day(sentence, today)
    if found is None:
        return []
    day, sure = found
    at = _time(small)
    sure = min(0.95, sure + 0.1 * (at is not None) + 0.1 * calls + 0.05 * proposes)
    return [Meeting(on=day, at=at, sentence=sentence, confidence=round(sure, 2))]


def _day(sentence: str, today: date) -> tuple[date, float] | None:
    """Return the day a sentence names, and how sure that is: "next Tuesday" means two things to people."""
    for _, _, day in find_dates(sentence, today):
        if today <= day <= today + _HORIZON:
            return day, 0.75
    small = sentence.lower()
    near = _NEAR.search(small)
    if near:
        return today + timedelta(days=2 if near["over"] else 1 if near["next"] else 0), 0.7
    hit = _WEEKDAY.search(small)
    if hit is None:
        return None
    is_next = bool(hit["next"] or hit["after"])
    return next_weekday(WEEKDAY_OF[hit["day"]], today, next_week=is_next), 0.6 if is_next else 0.7


def _time(small: str) -> time | None:
    for hit in _TIME.finditer(small):
        if hit["noon"]:
            return time(12)
        hour = int(hit["h"] or hit["h2"] or hit["h3"] or hit["h4"])
        minute = int(hit["m"] or hit["m2"] or hit["m3"] or 0)
        half = (hit["half"] or "")[:1]
        if half:
            hour = hour % _NOON + (_NOON if half == "p" else 0) if hour <= _NOON else hour
        elif hit["h2"] and not hit["m2"] and 0 < hour < _SOON:
            hour += _NOON
        if hour < _HOURS and minute < _MINUTES:
            return time(hour, minute)
    return None
