"""Pure: the stated day of return in an out-of-office answer, found without guessing."""

import re
from datetime import date, datetime, timedelta

_MONTHS = {
    1: "january januar janvier enero janeiro gennaio januari stycznia styczeń jan janv ene gen sty jänner",
    2: "february februar février fevrier febrero fevereiro febbraio februari lutego luty feb févr fev fév lut feber",
    3: "march märz maerz mars marzo março marco maart marts marca marzec mar mär mrt mrz",
    4: "april avril abril aprile kwietnia kwiecień apr avr abr kwi",
    5: "may mai mayo maio maggio mei maj maja mag",
    6: "june juni juin junio junho giugno czerwca czerwiec jun giu cze",
    7: "july juli juillet julio julho luglio lipca lipiec jul juil lug lip",
    8: "august août aout agosto augustus augusti sierpnia sierpień aug ago sie",
    9: "september septembre septiembre setiembre setembro settembre września wrzesień sep sept set wrz",
    10: "october oktober octobre octubre outubro ottobre października październik oct okt out ott paź",
    11: "november novembre noviembre novembro listopada listopad nov lis",
    12: "december dezember déc décembre diciembre dezembro dicembre desember grudnia grudzień dec dez dic des gru",
}
MONTH_OF = {word: number for number, words in _MONTHS.items() for word in words.split()}
_NAMES = "|".join(sorted(MONTH_OF, key=len, reverse=True))
_YEAR = r"(?:,?\s{1,2}(?:de |del |do )?(?P<y>20\d\d))?"
_DAY_FIRST = re.compile(
    rf"(?<![\d./-])(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|e|º|ª|\.|:e|:a)?\s{{0,2}}(?:of |de |d[’']|den |"
    rf"i )?(?P<m>{_NAMES})\b\.?{_YEAR}",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"\b(?P<m>{_NAMES})\.?\s{{1,2}}(?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.]\d){_YEAR}",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?<!\d)(?P<y>20\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)")
_CJK = re.compile(r"(?:(?P<y>20\d\d)年)?(?P<m>\d{1,2})月(?P<d>\d{1,2})日")
_DOTTED = re.compile(r"(?<![\d.])(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.(?:\s?(?P<y>20\d\d|\d\d(?![\d:.])))?(?!\d)")
_SLASHED = re.compile(r"(?<![\d/-])(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>20\d\d|\d\d)(?![\d/-])")

_BACK = (
    r"return(?:ing|s)?|back|again (?:available|reachable|in)|available (?:again )?(?:from|on|as of)|resume|zurück|"
    r"wieder (?:da|im|erreichbar|für|zur|ab|in|am)|wieder|erreichbar|de retour|retour|reprend|"
    r"disponible (?:à partir|a partir)|"
    r"regres\w*|vuelv\w*|vuelta|reincorpor\w*|estaré de vuelta|de volta|volt(?:o|arei|ar)|retorn\w*|regress\w*|"
    r"rientr\w*|torner\w*|ritorn\w*|sarò di (?:nuovo|ritorno)|terug(?:keer|komst)?|weer (?:aanwezig|bereikbaar|op)|"
    r"tilbage|tilbake|åter|tillbaka|wracam|wrócę|powrót|powrotu|powrócę|będę (?:ponownie|dostępn\w+)|戻|返回|回来"
)
_UNTIL = (
    r"until|till|’til|through|thru|up to|bis(?: zum| einschließlich| inklusive| inkl\.?)?|jusqu[’']au?|"
    r"hasta(?: el)?|até(?: o| ao)?|fino (?:al|a|alla)|sino al|tot(?: en met)?|t/m|til(?: og med)?|t\.?o\.?m\.?|"
    r"till(?: och med)?|do(?: dnia)?|まで|至"
)
_CUE = re.compile(
    rf"(?<!\w)(?:(?P<back>{_BACK})|(?P<until>{_UNTIL}))(?!\w)|(?P<cjk>戻り|まで|返回|回来)", re.IGNORECASE
)
_BACK_AFTER = re.compile(
    r"^[^.!?\d]{0,25}(?<!\w)(?:wieder|zurück|weer|terug|tilbage|tilbake|tillbaka|de retour|de vuelta|de "
    r"volta|戻)(?!\w)",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"(?:\bto\b|-|–|—|bis|\bau\b|\bal\b|\ba\b|\bt/m\b|\btot\b|\btil\b|\btill\b|\bdo\b|\bthrough\b|"
    r"\band\b)\s*(?:the |zum |le |el |den |o )?(?:\w+,? )?$",
    re.IGNORECASE,
)
_LEAVE = re.compile(
    r"out of (?:the )?office|away|on leave|vacation|holiday|abwesend|urlaub|nicht im|absent|congé|vacances|"
    r"vacaciones|férias|ferie|afwezig|vakantie|semester|urlop|nieobecn|ausente|fuera de|fora do|assente",
    re.IGNORECASE,
)
_DECEMBER = 12
_AFTER = 60  # characters between the cue word and its date
_HORIZON = timedelta(days=540)  # a return later than this is a slip of the pen
_REMEMBERED = timedelta(days=60)  # a date without year that long ago means this year, not the next


def find_return_date(text: str, *, received_at: datetime) -> date | None:
    """Return the last day or the day of return that the text states, on or after the day of receipt, or None.

    A date needs a cue ("back on", "until", "bis zum", "de retour le") right before it, or to end a range of absence.
    Dates such as 3/4 are ambiguous and ignored, unless one part exceeds 12.
    """
    flat = re.sub(r"\s+", " ", text[:6_000])
    today = received_at.date()
    dates = [(start, end, day) for start, end, day in find_dates(flat, today) if today <= day <= today + _HORIZON]
    by_kind: dict[str, list[date]] = {"back": [], "until": [], "range": []}
    for start, end, day in dates:
        kind = _cue_before(flat, start) or ("back" if _BACK_AFTER.match(flat[end : end + _AFTER]) else None)
        if kind:
            by_kind[kind].append(day)
    for kind in ("back", "until", "range"):
        if by_kind[kind]:
            return by_kind[kind][0] if kind != "range" else max(by_kind[kind])
    return None


def _cue_before(flat: str, start: int) -> str | None:
    """Return what kind of cue stands before a date: back, until, or the middle of a range of absence."""
    window = flat[max(0, start - _AFTER) : start]
    sentence = re.split(r"(?<=[^\W\d]{3})[.!?] (?=[A-ZÄÖÜÉ])", window)[-1]
    cues = list(_CUE.finditer(sentence))
    if cues:
        return "back" if any(cue["back"] for cue in cues) else "until"
    if _RANGE.search(window) and _LEAVE.search(flat[max(0, start - 200) : start + 120]):
        return "range"
    return None


def find_dates(flat: str, today: date) -> list[tuple[int, int, date]]:
    """Return (start, end, day) of every date written out; date.min for one that does not exist or is ambiguous."""
    found: list[tuple[int, int, date]] = []
    for pattern in (_ISO, _CJK, _DAY_FIRST, _MONTH_FIRST, _DOTTED):
        for hit in pattern.finditer(flat):
            month = hit["m"].lower().rstrip(".")
            number = int(month) if month.isdigit() else MONTH_OF[month]
            found.append((hit.start(), hit.end(), _resolve(hit["y"], number, int(hit["d"]), today)))
    for hit in _SLASHED.finditer(flat):
        first, second = int(hit["a"]), int(hit["b"])
        day, month_number = (first, second) if first > _DECEMBER else (second, first)
        plain = max(first, second) > _DECEMBER or first == second
        found.append((hit.start(), hit.end(), _resolve(hit["y"], month_number, day, today) if plain else date.min))
    return sorted(found)


def _resolve(year: str | None, month: int, day: int, today: date) -> date:
    """Return the date, or date.min when there is none; without a year the next one that is not long past."""
    try:
        if year:
            return date(int(year[-2:]) + 2000, month, day)
        guess = date(today.year, month, day)
        return guess if guess >= today - _REMEMBERED else date(today.year + 1, month, day)
    except ValueError:
        return date.min
