"""Wire: every word of the pages in the reader's language: catalogs, a request's language, sentences from below.

English is in the code; a catalog is `web/locale/<language>/LC_MESSAGES/rapport.po`, read once a process. Where no
request asks (the command line), words stay English. Two pseudo languages show what is not translated: `qps`
makes every word longer and strange, `qpr` mirrors the page as well.
"""

import re
from datetime import date
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request
from markupsafe import Markup

from kit.errors import RapportError, Sentence
from web.pseudo import PseudoTranslations
from web.request import find_user
from web.shapes import SENTENCE_END, SLOT, Shapes, split_sentences

LANGUAGES = {"en": "English", "de": "Deutsch"}
PSEUDO = ("qps", "qpr")
_HOME = Path(__file__).parent / "locale"
_BELOW = ("kit/", "mailer/", "crm/", "sequences/")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_DATE = re.compile(rf"\b(?:(?:{_DAYS}) )?\d{{1,2}} (?:{'|'.join(_MONTHS)}) \d{{4}}\b")
# Slots that hold words of the program, not names.
SAID = {
    "because",
    "cap",
    "change",
    "clock",
    "hint",
    "reason",
    "rest",
    "said",
    "sentence",
    "shift",
    "since",
    "text",
    "what",
    "who",
    "why",
    "words",
    "fault",
    "error",
    "reply",
    "last_words",
    "onward",
    "rates",
    "where",
    "faults",
    "costs",
    "more",
    "what_to_set",
    "place",
    "how",
    "advice",
    "facts",
    "parts",
}


class lazy(str):  # noqa: N801 - reads as a mark around a word, as gettext's own names do
    """An English word kept in a table at import, said in the reader's language by `_(word)` or `{{ _(word) }}`."""

    __slots__ = ()


def attach_words(app: Flask) -> None:
    """Give `app`'s templates gettext in the language of each request."""
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: this_catalog().gettext(text),
        lambda one, many, number: this_catalog().ngettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, text: this_catalog().pgettext(context, text),
    )
    # A page says some thousand words, most of them without a slot.
    env.globals |= {"_": _say_in_page, "language": this_language, "direction": this_direction, "say_again": translate}


def _(text: str, /, **params: Any) -> str:
    """Return a text in this request's language, its %(name)s slots filled."""
    found = this_catalog().gettext(str(text))
    return found % params if params else found


def _say_in_page(text: str, /, **params: Any) -> Markup:
    """Return a text as `{{ _() }}` shows it: its slots escaped, its own markup not."""
    language = this_language()
    return _load_markup(language, text) % params if params else _load_plain(language, text)


@lru_cache(maxsize=10_000)
def _load_markup(language: str, text: str) -> Markup:
    return Markup(_load(language).gettext(text))  # noqa: S704 - the program's own words


@lru_cache(maxsize=10_000)
def _load_plain(language: str, text: str) -> Markup:
    """Return a text without slots; "%%" is a per cent sign there as well."""
    return _load_markup(language, text) % {}


def pgettext(context: str, text: str) -> str:
    """Return a word that means several things in English; `context` says which of them is meant."""
    return this_catalog().pgettext(context, text)


def ngettext(one: str, many: str, num: int, **params: Any) -> str:
    """Return a counted text in this request's language; %(num)s is the number."""
    return this_catalog().ngettext(one, many, num) % {"num": num, **params}


def translate(sentence: str) -> str:
    """Return a sentence that came from below in this request's language; a plain text stays as it is."""
    if isinstance(sentence, Sentence):
        return _(sentence.msgid, **{name: _fill(name, value) for name, value in sentence.params.items()})
    if isinstance(sentence, lazy):
        return _(sentence)
    return _again(sentence) if sentence and this_language() != "en" else sentence


def _again(text: str) -> str:
    """Return a text that was kept or spoken plainly in this request's language, as far as its shapes are known."""
    found = _shapes().find(text)
    # A shape may begin with a slot, and swallow whole sentences with it: those are better said one by one.
    if found is None or any(SENTENCE_END.search(value) for value in found[1].values()):
        for first, rest in split_sentences(text):
            if _shapes().find(first) is not None and (found is None or _shapes().find(rest) is not None):
                return f"{_again(first)} {_again(rest)}"
    if found is None:
        return text
    msgid, params = found
    return _(msgid, **{name: _fill(name, value) for name, value in params.items()})


def _fill(name: str, value: Any) -> Any:
    """Return what fills a slot: sentences and dates in the reader's language, names and figures as they are."""
    if isinstance(value, RapportError):
        return said(value)
    if isinstance(value, Sentence) or (isinstance(value, str | Exception) and name in SAID):
        return translate(value if isinstance(value, str) else str(value))
    if isinstance(value, str) and this_language() == "de":
        return _DATE.sub(_say_date, value)
    return value


def _say_date(found: re.Match[str]) -> str:
    *weekday, day, month, year = found[0].split()
    try:
        on = date(int(year), _MONTHS.index(month) + 1, int(day))
    except ValueError:
        return found[0]
    return f"{format_date(on, 'EEEE', locale=this_locale())}, {date_words(on)}" if weekday else date_words(on)


def date_words(on: date) -> str:
    """Return a date with its month in full, in the reader's language."""
    return format_date(on, _("date:d MMMM y").removeprefix("date:"), locale=this_locale())


def said(error: RapportError) -> str:
    """Return what a refusal says, in this request's language."""
    faults = getattr(error, "faults", ())
    if len(faults) > 1 and " ".join(faults) == error.sentence:
        return " ".join(translate(fault) for fault in faults)
    return translate(error.sentence)


def this_language() -> str:
    """Return the language of this request: the reader's choice, else what the browser asks for; English otherwise."""
    # First what nearly every call finds: each word of a page asks.
    try:
        language: str = g.language
    except (AttributeError, RuntimeError):
        if not has_request_context():
            return "en"
        language = g.language = _choose()
    return language


def this_locale() -> str:
    """Return the locale that dates and numbers follow."""
    language = this_language()
    return language if language in LANGUAGES else "en"


def this_direction() -> str:
    """Return which way this request's language is read: ltr or rtl."""
    return "rtl" if this_language() == "qpr" else "ltr"


def this_catalog() -> NullTranslations:
    """Return the translations of this request."""
    return _load(this_language())


def _choose() -> str:
    user = find_user()
    chosen = getattr(user, "language", "") if user is not None else ""
    if chosen in LANGUAGES or chosen in PSEUDO:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES), default="en") or "en"


@lru_cache(maxsize=8)
def _load(language: str) -> NullTranslations:
    if language in PSEUDO:
        return PseudoTranslations()
    if language not in LANGUAGES or language == "en":
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, _read(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@lru_cache(maxsize=8)
def _read(language: str) -> Catalog:
    with (_HOME / language / "LC_MESSAGES" / "rapport.po").open("rb") as file:
        return read_po(file, locale=language)


@lru_cache(maxsize=1)
def _shapes() -> Shapes:
    """Return the shapes of what floors below say; the German catalog lists them all."""
    return Shapes(
        message.id
        for message in _read("de")
        if isinstance(message.id, str) and message.id and (not SLOT.search(message.id) or _is_below(message))
    )


def _is_below(message: Message) -> bool:
    return any(place.startswith(_BELOW) for place, _line in message.locations)
