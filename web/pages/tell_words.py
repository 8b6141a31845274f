"""Wire: the words round every letter to those who raised a theme, language by language."""

from dataclasses import asdict

from flask import Blueprint, Response, request

from kit.errors import InvalidError
from sequences.telling.letter import BUILT_IN, ENGLISH, SLOTS
from sequences.telling.words import read_language, read_words, save_words
from web.auth import require
from web.places import language_name
from web.refused_forms import form_at
from web.request import this_actor, this_tx
from web.respond import done, page
from web.undo import undo_place
from web.words import _, lazy

blueprint = Blueprint("tell_words", __name__)
PLACE = "/feedback/words"
# The parts in the order in which they stand in a letter.
LABELS = (
    ("subject", lazy("Subject")),
    ("hello", lazy("Greeting")),
    ("told", lazy("Before what they said")),
    ("since", lazy("After what was done, with a day")),
    ("now", lazy("After what was done, without a day")),
    ("thanks", lazy("At the end")),
)


@blueprint.get(PLACE)
def show() -> Response:
    """Show the words of one language, and which languages there are."""
    known = read_words(this_tx())
    try:
        language = read_language(request.args.get("language", ENGLISH))
    except InvalidError:
        language = ENGLISH
    words = asdict(known[language]) if language in known else {}
    built_in = asdict(BUILT_IN[language]) if language in BUILT_IN else {}
    rows = [(part, label, words.get(part, ""), built_in.get(part, ""), SLOTS.get(part)) for part, label in LABELS]
    names = sorted({*known, language}, key=language_name)
    return page("telling/words.html", rows=rows, code=language, languages=[(one, language_name(one)) for one in names])


@blueprint.post(PLACE)
def save() -> Response:
    """Keep the words of one language."""
    require("edit")
    given = request.form
    form_at(f"{PLACE}?language={given.get('language', '')}")
    code = read_language(given.get("language", ""))
    change = save_words(this_tx(), code, given, actor=this_actor())
    words = (
        _("Saved. Letters that nobody changed by hand take them with the next look.")
        if change
        else _("Nothing changed.")
    )
    return done(f"{PLACE}?language={code}", words, undo=undo_place(change))
