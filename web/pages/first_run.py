"""Wire: the first run, step by step: each step is a page that can be left and taken up again."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request

from crm.mailboxes import list_mailboxes
from kit.errors import NotFoundError, RefusedError, say
from kit.tx import Tx
from sequences.first_run import first_touch, launch, pitch
from sequences.first_run.people import list_people
from sequences.first_run.progress import STEPS, Progress, keep_progress, read_progress
from sequences.mailboxes.deliverability import read_last_look
from sequences.reading.cursors import first_look_progress
from sequences.versions.authoring import document_of, get_version
from web.auth import require
from web.forms import read_int
from web.request import this_actor, this_house, this_tx, this_user
from web.respond import done, page
from web.times import brief, clock, read_zone, zone_city
from web.wiring import make_engine_of
from web.words import _, lazy, ngettext, translate

blueprint = Blueprint("first_run", __name__, url_prefix="/setup/steps")
TITLES = {
    "mailbox": ("mail", lazy("Mailbox"), lazy("2 min, to send and to read")),
    "people": ("people", lazy("People"), lazy("2 min, from a CSV or by hand")),
    "pitch": ("doc", lazy("Pitch"), lazy("3 min, with a checklist")),
    "sequence": ("steps", lazy("Sequence"), lazy("1 min, start from ours")),
    "launch": ("review", lazy("Review and launch"), lazy("2 min, nothing leaves before")),
}


@blueprint.get("/<step>")
def show(step: str) -> Response:
    """Show one step as far as it has come; as a part, what changes while one looks or types."""
    if step not in STEPS:
        raise NotFoundError(say("There is no such step in set-up."))
    progress = read_progress(this_tx())
    context = {"mailbox": _mailbox, "people": _people, "pitch": _pitch, "sequence": _sequence, "launch": _launch}
    parts = {"mailbox": "first_run/_live.html", "pitch": "first_run/_sketch.html"}
    return page(
        f"first_run/{step}.html", part=parts.get(step), step=step, steps=TITLES, progress=progress,
        **context[step](this_tx(), progress),
    )  # fmt: skip


@blueprint.post("/pitch")
def keep_pitch() -> Response:
    """Keep the product's facts."""
    require("rules")
    tx = this_tx()
    brand, facts = read_progress(tx).brand, pitch.read_facts(request.form, tx.now.date())
    if brand is None:
        raise RefusedError(say("Add a brand first; nothing was changed."))
    if not facts["name"]:
        return done("/setup/steps/pitch", _("Give the product a name first. Nothing was changed."))
    first_touch.keep_pitch(tx, brand, facts)
    missing = pitch.list_missing(facts)
    return done("/setup/steps/pitch" if missing else "/setup/steps/sequence", _("Kept.") if missing else "")


@blueprint.post("/sequence")
def make_sequence() -> Response:
    """Make the sequence "First touch", not yet running."""
    require("rules")
    tx = this_tx()
    progress = read_progress(tx)
    if progress.mailbox is None or progress.brand is None or pitch.list_missing(progress.facts):
        raise RefusedError(say("A mailbox and the five facts of the pitch come first; nothing was changed."))
    first_touch.make_sequence(tx, progress.brand, progress.mailbox, progress.facts, actor=this_actor())
    return done("/setup/steps/launch")


@blueprint.post("/launch/lines")
def keep_lines() -> Response:
    """Keep what was written for each person, and show the mails again."""
    require("edit")
    launch.save_words(this_tx(), _read_words("line-"), _read_words("name-"), actor=this_actor())
    return done("/setup/steps/launch", _("Saved."))


@blueprint.post("/launch")
def begin() -> Response:
    """Start the sequence with those whose mail is whole; they leave on the next working day at the earliest."""
    require("send")
    require("approve")
    tx, links = this_tx(), make_engine_of(this_house()).links
    launch.save_words(tx, _read_words("line-"), _read_words("name-"), actor=this_actor())
    found = launch.launch(tx, read_progress(tx), links, actor=this_actor(), user_id=this_user().id)
    left_out = [[name, translate(sentence)] for name, sentence in found.left_out]
    keep_progress(tx, left_out=left_out)
    if not found.count:
        sentence = _("Nobody new goes out.") if not left_out else f"{left_out[0][0]}: {left_out[0][1]}"
        return done("/setup/steps/launch", sentence)
    return done("/setup/steps/launch", _say_launch(tx, found.count, found.first_at, found.zone))


def _mailbox(tx: Tx, progress: Progress) -> dict[str, Any]:
    mailbox = progress.mailbox
    look = read_last_look(tx, mailbox.id) if mailbox else None
    looks = {one["name"]: one for one in look.findings} if look else {}
    sync = first_look_progress(tx, mailbox.id) if mailbox else None
    return {"looks": looks, "sync": sync, "trial": progress.trial, "trip": progress.trip}


def _people(tx: Tx, progress: Progress) -> dict[str, Any]:
    return {"people": list_people(tx, progress.contacts), "kept": progress.people}


def _pitch(tx: Tx, progress: Progress) -> dict[str, Any]:
    facts = pitch.read_facts(request.args if "what" in request.args else progress.facts, tx.now.date())
    people = list_people(tx, progress.contacts, limit=1)
    brand = progress.brand.name if progress.brand else _("your brand")
    person = (people[0][0].name or people[0][0].first_name) if people else ""
    sender = progress.mailbox.name if progress.mailbox and progress.mailbox.name else this_user().name
    sketch = pitch.sketch_pitch(facts, brand=brand, sender=sender, person=person or _("Someone"))
    return {"facts": facts, "sketch": sketch, "most_dm": pitch.MOST_DM}


def _sequence(tx: Tx, progress: Progress) -> dict[str, Any]:
    steps = document_of(get_version(tx, progress.sequence)).flow.steps if progress.sequence else ()
    ready = progress.mailbox is not None and not pitch.list_missing(progress.facts)
    return {"made": steps, "ready": ready, "per_day": first_touch.PER_DAY, "boxes": list_mailboxes(tx)}


def _launch(tx: Tx, progress: Progress) -> dict[str, Any]:
    launched, words = progress.launched, ""
    if launched:
        words = _say_launch(tx, launched["count"], datetime.fromisoformat(launched["first_at"]), launched["zone"])
    return {"previews": launch.list_previews(tx, progress), "more": len(progress.contacts), "words": words}


def _say_launch(tx: Tx, count: int, first_at: datetime | None, zone_name: str) -> str:
    """Say how many go out, from when on the first one's clock, and that they can be stopped."""
    if first_at is None:
        return ""
    zone = read_zone(zone_name)
    days = (first_at.astimezone(zone).date() - tx.now.astimezone(zone).date()).days
    day = {0: _("today"), 1: _("tomorrow")}.get(days) or brief(first_at, tx.now, zone)
    return ngettext(
        "%(num)s goes out %(day)s from %(clock)s in %(city)s. You can stop it until then.",
        "%(num)s go out, the first %(day)s from %(clock)s in %(city)s. You can stop them until then.",
        count, day=day, clock=clock(first_at, zone), city=zone_city(zone.key),
    )  # fmt: skip


def _read_words(part: str) -> dict[int, str]:
    """Return what was typed into fields such as line-412, by the person's number."""
    numbers = {name: read_int(name.removeprefix(part)) for name in request.form if name.startswith(part)}
    return {number: request.form[name][:1000] for name, number in numbers.items() if number}
