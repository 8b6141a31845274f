"""Pure: prices in a sentence: amount, currency, and for what; ranges, 1.5k, 1.200,50 and 1 200 alike."""

import re
from dataclasses import replace
from decimal import Decimal

from mailer.said import Price

_CURRENCIES = {
    "EUR": "€ eur euro euros", "GBP": "£ gbp pound pounds quid", "USD": "$ us$ usd dollar dollars dólares bucks",
    "CHF": "chf franken sfr", "BRL": "r$ brl reais", "CAD": "c$ ca$ cad", "AUD": "a$ aud", "PLN": "zł zl pln złotych",
    "SEK": "sek kronor", "DKK": "dkk kroner", "NOK": "nok", "JPY": "¥ jpy yen 円 万円", "INR": "₹ inr rs rupees",
}  # fmt: skip
_CODE_OF = {word: code for code, words in _CURRENCIES.items() for word in words.split()} | {"kr": ""}
_WORDS = "|".join(re.escape(word) for word in sorted(_CODE_OF, key=len, reverse=True))
_BEFORE = r"us\$|r\$|ca\$|c\$|a\$|[$€£¥₹]|eur|usd|gbp|chf|pln|cad|aud|sek|dkk|nok"
_NUMBER = r"\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3}){1,3}(?:[.,]\d{1,2})?|\d{1,7}(?:[.,]\d{1,2})?"
_AMOUNT = re.compile(
    rf"(?<![A-Za-z0-9_.,@/:#-])(?:(?P<before>{_BEFORE})[ \u00a0]?)?(?P<low>{_NUMBER})(?P<lk>[ ]?k\b)?"
    rf"(?:[ ]?(?:-|–|—|to|bis|à|a|till|and|und|y|et)[ ]?(?:{_BEFORE})?[ ]?(?P<high>{_NUMBER})(?P<hk>[ ]?k\b)?)?"
    rf"(?:[ \u00a0]?(?P<after>(?:{_WORDS})(?![^\W\d_])|万?円))?(?![\d%:@/.,]?\d)(?!\s?%)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
# Sought in small letters, as everywhere here where only a yes matters: several times quicker than ignoring case.
_TALKS_MONEY = re.compile(
    r"\b(?:rates?|fees?|charge|price[sd]?|pricing|quote|budget|minimum|cost[s]?|per|preise?|honorar|nehme|verlange|"
    r"berechne|kostet|tarifs?|prix|demande|facture|tarifas?|precios?|cobro|tariffa|compenso|prezzi|chiedo|cobro|"
    r"valor|preços|tarief|prijs|prijzen|vraag|pris|stawka|offer|pay|paid|do it for|accept|expect|reel|story|stories|"
    r"storys|instead|rather|least|total)\b"
)
# An amount after these is ours, or was refused.
_OURS = re.compile(
    r"(?:instead of|rather than|(?:your|the) (?:offer|budget)(?: of| is)?|\bnot|than|statt|anstatt|(?:au lieu|"
    r"plutôt) (?:de|que)|"
    r"en vez de|invece di|em vez de|in plaats van|zamiast|istället för|under|unter|below)\s{1,2}(?:only )?$",
    re.IGNORECASE,
)
_NO_PRICE = re.compile(
    r"\b(?:invoice|rechnung|fattura|factura|fatura|refund|customs|worth|"
    r"giveaway)\b"
)
_BARE_UNIT = re.compile(
    r"\s?(?:k\b\s?)?(?:followers?|views?|subs\w*|likes?|days?|tage|weeks?|wochen|months?|hours?|minutes?|min\b|"
    r"people|"
    r"years?|reels?|stories|storys|posts?|videos?|pans?|pieces?|st\b|nd\b|rd\b|th\b|kg|cm|ml|px|s\b|seconds|uhr|"
    r"h\b|am\b|pm\b)",
    re.IGNORECASE,
)
_UNIT = (
    r"reels?|story|stories|storys|video ?clips?|videos?|vidéos?|vídeos?|posts?|posting|tik ?toks?|shorts?|"
    r"integration|"
    r"mention|package|bundle|carousel|blog ?posts?|newsletter|pictures?|photos?|months?|hours?|days?|campaign|"
    r"historias?|publicaci(?:ón|ones)|beitrag|beiträge|films?|filmpjes?|inlägg|rolk[aię]|filmy?|set|rolle|réels?|"
    r"publications?|month|week|monat|mois|mes|link in bio"
)
_COUNT = r"one|a|an|each|\d{1,2}|two|three|ein|eine[nr]?|un|une|una|um|uma|een|en"
_WHAT = rf"(?:(?:{_COUNT}) )?(?:[\w-]{{2,20}} ){{0,2}}?(?:{_UNIT})\b"
_AFTER = re.compile(
    rf"^\s?(?:per|for|each|a|an|/|pro|für|par|pour|por|para|al|à|le|la|el|il|o|de|en|het|za)?\s?(?P<what>{_WHAT})",
    re.IGNORECASE,
)
_LEFT = re.compile(rf"(?P<what>{_WHAT})[^.;,\d]{{0,40}}$", re.IGNORECASE)
_LINKING = re.compile(r"^(?:(?:for|für|pour|por|per|para|voor|för|za|my|the|mein|of|and|und|et|y|e) )+(?=\S)")
_TOTAL = Decimal(10_000_000)
_MOST = 8


def find_prices(sentence: str) -> list[Price]:
    """Return the prices that a sentence names; amounts that are ours, numbers of followers and shares are none."""
    if _DIGIT.search(sentence) is None or _NO_PRICE.search(small := sentence.lower()):
        return []
    talks, found, last = bool(_TALKS_MONEY.search(small)), [], 0
    for hit in _AMOUNT.finditer(sentence):
        price = _read(hit, sentence, talks=talks)
        if price is not None and not _OURS.search(sentence[max(0, hit.start() - 30) : hit.start()]):
            found.append(replace(price, what=_for_what(sentence, hit, last)))
            last = hit.end()
    return found[:_MOST]


def _read(hit: re.Match[str], sentence: str, *, talks: bool) -> Price | None:
    word = (hit["before"] or hit["after"] or "").lower()
    named = bool(word)
    if not named and (not talks or _BARE_UNIT.match(sentence, hit.end()) or _is_in_passing(hit, sentence)):
        return None
    amount, most = _number(hit["low"], hit["lk"] or (hit["hk"] if hit["hk"] and not hit["lk"] else "")), None
    if hit["high"]:
        most = _number(hit["high"], hit["hk"])
        most = most if most > amount else None
    if word == "万円":
        amount, most = amount * 10_000, most and most * 10_000
    if not (0 < amount < _TOTAL) or (not named and amount < 20):  # noqa: PLR2004 - a bare 12 is a day or a count
        return None
    sure = (0.9 if talks else 0.65) if named else 0.5
    return Price(amount=amount, most=most, currency=_CODE_OF.get(word, ""), sentence=sentence, confidence=sure)


def _is_in_passing(hit: re.Match[str], sentence: str) -> bool:
    """Tell whether a bare number is a year, a part of a word, or counts something."""
    year = hit["low"].isdigit() and hit["low"].startswith("20") and len(hit["low"]) == len("2026")
    before = sentence[max(0, hit.start() - 12) : hit.start()].lower()
    return (year and not hit["lk"]) or before.endswith(("#", "+", "nr. ", "no. ", "in ", "until ", "by ", "the "))


def _number(text: str, thousand: str | None) -> Decimal:
    digits = re.sub(r"[ '’\u00a0\u202f]", "", text)
    whole, _, part = digits.replace(",", ".").rpartition(".")
    if whole and (len(part) == len("000") and not (thousand or "").strip()):
        whole, part = whole + part, ""
    elif not whole:
        whole, part = part, ""
    number = Decimal(whole.replace(".", "") + (f".{part}" if part else ""))
    return number * 1000 if (thousand or "").strip() else number


def _for_what(sentence: str, hit: re.Match[str], last: int) -> str:
    after = _AFTER.match(sentence[hit.end() : hit.end() + 60])
    if after:
        return _LINKING.sub("", after["what"].strip().lower())
    left = _LEFT.search(sentence[max(last, hit.start() - 70) : hit.start()])
    return _LINKING.sub("", left["what"].strip().lower()) if left else ""
