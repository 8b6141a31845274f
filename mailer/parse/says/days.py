"""Pure: days in words, seen from one day: next Tuesday, in two weeks, im März, after the summer."""

import re
from datetime import date, timedelta

from mailer.parse.return_date import MONTH_OF, find_dates

_WEEKDAYS = (
    "monday montag lundi lunes lunedì maandag segunda måndag poniedziałek mon",
    "tuesday dienstag mardi martes martedì dinsdag terça tisdag wtorek tue",
    "wednesday mittwoch mercredi miércoles mercoledì woensdag quarta onsdag środa wed",
    "thursday donnerstag jeudi jueves giovedì donderdag quinta torsdag czwartek thu",
    "friday freitag vendredi viernes venerdì vrijdag sexta fredag piątek fri",
    "saturday samstag samedi sábado sabato zaterdag lördag sobota sat",
    "sunday sonntag dimanche domingo domenica zondag söndag niedziela sun",
)
WEEKDAY_OF = {word: at for at, words in enumerate(_WEEKDAYS) for word in words.split()}
_NUMBERS = {
    word: at
    for at, words in {
        1: "a an one ein eine einem einer un une una um uma een en jednego",
        2: "two zwei deux dos due dois duas twee två dwa couple",
        3: "three drei trois tres tre três drie trzy few",
        4: "four vier quatre cuatro quattro quatro fyra cztery",
        5: "five fünf cinq cinco cinque vijf fem pięć",
        6: "six sechs seis sei zes sex sześć",
        8: "eight acht huit ocho otto oito",
        10: "ten zehn dix diez dieci dez tien tio",
    }.items()
    for word in words.split()
}  # fmt: skip
_UNITS = {
    "day": "days? tage?n? jours? días? giorni dias dagen dagar dni",
    "week": "weeks? wochen? semaines? semanas? settiman[ae] wek?en veckor tygodni[ea]? fortnights?",
    "month": "months? monate?n? mois mes(?:es)? mes[ei] maanden? månader miesięc\\w* miesiąc",
    "year": "years? jahre?n? ans? années? años? ann[oi] anos? jaar år rok\\w*",
}
_UNIT_OF = tuple((unit, "|".join(words.split())) for unit, words in _UNITS.items())
_ALL_UNITS = "|".join(f"(?P<{unit}>{words})" for unit, words in _UNIT_OF)
_SPAN = re.compile(
    rf"\b(?:in|dans|en|tra|fra|daqui a|over|om|za|within|after|give me|nach|for|another)(?: about| around| ca\.?)? "
    rf"(?:a |de )?(?P<count>{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}|"
    rf"\d{{1,2}})(?: of)? (?:{_ALL_UNITS})\b",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"\b(?:next|nächste[rnms]?|kommende[rnms]?|prochaine?|próxim[oa]|prossim[oa]|volgend[e]?|nästa|następn\w+)"
    r" (?:(?P<week>week|woche|semana|settimana|vecka)|(?P<month>month|monat|mes|mese|mês|maand|månad)|"
    r"(?P<quarter>quarter|quartal|trimestre|kwartaal)|(?P<year>year|jahr|année|año|anno|ano|jaar|år))\b|"
    r"\b(?:le |la |el |il |o )?(?:(?P<week2>semaine|semana|settimana)|(?P<month2>mois|mes|mese|mês)|"
    r"(?P<year2>année|an|año|anno|ano)) "
    r"(?:prochaine?|que viene|próxim[oa]|prossim[oa]|que vem)|(?P<year3>\bthe new year\b|\bnew year\b|neuen? jahr\b)",
    re.IGNORECASE,
)
_MONTHS = "|".join(
    sorted(
        (word for word in MONTH_OF if len(word) > len("jan") or word in ("may", "mai", "jan")), key=len, reverse=True
    )
)
_MONTH = re.compile(
    rf"\b(?P<cue>in|im|en|em|a|w|we|i|until|till|til|bis|jusqu[’'](?:en|à|au)|hasta|fino a|até|tot|till|do|from|ab|"
    rf"à partir de|desde|da|vanaf|från|od|before|vor|avant|antes de|again in|by|next|mid|mitte|once|when|after|"
    rf"nach|après|después de|dopo|depois de|na|efter|po)"
    rf"(?P<end> (?:the )?(?:end of|ende|fin|final(?:es)? de|fine|eind|slutet av))? (?:early |mid |late |"
    rf"the )?(?P<m>{_MONTHS})\b(?! \d)",
    re.IGNORECASE,
)
_SEASONS = (
    (3, r"spring|frühling|frühjahr|printemps|primavera|voorjaar|lente|våren|wiosn\w+"),
    (6, r"summer|sommer|été|verano|estate|verão|zomer|sommaren|lat[oa]|lecie"),
    (9, r"autumn|fall|herbst|automne|rentrée|otoño|autunno|outono|herfst|najaar|hösten|jesie\w+"),
    (12, r"winter|hiver|invierno|inverno|vintern|zim\w+"),
)
_SEASON = re.compile(
    r"\b(?P<after>after|until after|nach|après|después de[l]?|dopo|depois d[oae]|na|efter|po|until the end of|"
    r"end of)? ?"
    r"(?:the |dem |den |l[’']|la |el |il |o |a |de )?(?:"
    + "|".join(f"(?P<s{month}>{words})" for month, words in _SEASONS)
    + r")\b",
    re.IGNORECASE,
)
_FEAST = re.compile(
    r"\b(?:(?P<xmas>christmas|x-?mas|the holidays|hogmanay|weihnachten|feiertage[n]?|noël|navidad|natale|natal|"
    r"le feste|"
    r"feestdagen|kerst|jul|świętach)|(?P<easter>easter|ostern|pâques|semana santa|pasqua|páscoa|pasen|påsk))\b",
    re.IGNORECASE,
)
_QUARTER = re.compile(r"\b[qQ](?P<q>[1-4])\b")
_DAY_OF_MONTH = re.compile(
    r"\b(?:the|on|until|till|dem|den|le|el|il|dia) (?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th|\.)", re.IGNORECASE
)
_UNTIL = re.compile(
    r"(?:until|till|til|through|bis|jusqu\S{1,4}|hasta|fino|até|tot|do|after|nach|après|después|dopo|depois|"
    r"efter|po|na)\b[^.!?\d]{0,15}$",
    re.IGNORECASE,
)
_DECEMBER, _HORIZON = 12, timedelta(days=540)


def find_days_ahead(sentence: str, today: date) -> list[tuple[int, date]]:
    """Return (position, first day that fits) for each time that a sentence names, all after `today`."""
    found = [(start, day + timedelta(days=bool(_UNTIL.search(sentence[max(0, start - 25) : start]))))
             for start, _, day in find_dates(sentence, today) if day != date.min]  # fmt: skip
    found += [(hit.start(), _after_span(hit, today)) for hit in _SPAN.finditer(sentence)]
    found += [(hit.start(), _next_unit(hit, today)) for hit in _NEXT.finditer(sentence)]
    taken = [start for start, _ in found]
    for hit in _MONTH.finditer(sentence):
        if not any(hit.start() <= start <= hit.end() for start in taken):
            found.append((hit.start(), _month_day(hit, today)))
    found += [(hit.start(), _season_day(hit, today)) for hit in _SEASON.finditer(sentence)]
    found += [(hit.start(), _feast_day(hit, today)) for hit in _FEAST.finditer(sentence)]
    found += [(hit.start(), _first_of(int(hit["q"]) * 3 - 2, today)) for hit in _QUARTER.finditer(sentence)]
    for hit in _DAY_OF_MONTH.finditer(sentence):
        if not any(hit.start() <= start <= hit.end() for start in taken):
            found.append((hit.start(), _day_of_month(int(hit["d"]), today)))
    return sorted((start, day) for start, day in found if today < day <= today + _HORIZON)


def next_weekday(weekday: int, today: date, *, next_week: bool) -> date:
    """Return the coming such day; with `next_week` the one in the week after this."""
    if next_week:
        return today + timedelta(days=7 - today.weekday() + weekday)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _after_span(hit: re.Match[str], today: date) -> date:
    word = hit["count"].lower()
    count = int(word) if word.isdigit() else _NUMBERS[word]
    if hit["day"]:
        return today + timedelta(days=count)
    if hit["week"]:
        return today + timedelta(weeks=count * (2 if hit["week"].lower().startswith("fortnight") else 1))
    months = count if hit["month"] else count * 12
    return _add_months(today, min(months, 240))


def _next_unit(hit: re.Match[str], today: date) -> date:
    if hit["week"] or hit["week2"]:
        return today + timedelta(days=7 - today.weekday())
    if hit["month"] or hit["month2"]:
        return _add_months(today.replace(day=1), 1)
    if hit["quarter"]:
        return _add_months(today.replace(day=1), 3 - (today.month - 1) % 3)
    # The first week of January belongs to nobody.
    return date(today.year + 1, 1, 7)


def _month_day(hit: re.Match[str], today: date) -> date:
    first = _first_of(MONTH_OF[hit["m"].lower()], today)
    return _add_months(first, 1) if hit["end"] else first


def _season_day(hit: re.Match[str], today: date) -> date:
    month = next(month for month, _ in _SEASONS if hit[f"s{month}"])
    first = _first_of(month, today)
    if not hit["after"]:
        return first
    end = _add_months(first, 3)
    # In the season itself "after the summer" means this one.
    return _add_months(end, -12) if _add_months(end, -12) > today else end


def _feast_day(hit: re.Match[str], today: date) -> date:
    if hit["xmas"]:
        return date(today.year + (today.month >= 2), 1, 7)  # noqa: PLR2004 - in January they mean the year's end
    day = easter(today.year) + timedelta(days=2)
    return day if day > today else easter(today.year + 1) + timedelta(days=2)


def easter(year: int) -> date:
    """Return Easter Sunday (the Gregorian computus of Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _first_of(month: int, today: date) -> date:
    first = date(today.year, month, 1)
    return first if first > today else date(today.year + 1, month, 1)


def _day_of_month(day: int, today: date) -> date:
    for months in (0, 1, 2):
        start = _add_months(today.replace(day=1), months)
        try:
            found = start.replace(day=day)
        except ValueError:
            continue
        if found > today:
            # The day after: until and after the 20th begin on the 21st.
            return found + timedelta(days=1)
    return today


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return day
