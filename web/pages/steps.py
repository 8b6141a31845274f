"""Wire: the steps of a sequence as they are written: the draft, the preview for one person, and a test to oneself."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from crm.brands import list_stages
from kit.errors import InvalidError, NotFoundError, RefusedError, say
from kit.tx import Tx
from sequences.insight.outcome_kept import find_step_counts
from sequences.insight.preview import list_readers, preview_step
from sequences.insight.report import audience
from sequences.models import Sequence
from sequences.pitches.merge_fields import FIELDS
from sequences.pitches.own_fields import find_strange, list_own_fields
from sequences.pitches.source_pieces import cut_line, cut_mail, cut_message
from sequences.pitches.used_fields import list_used
from sequences.sending.links import Links
from sequences.sending.trial_mail import Parcel, hand_over, write_test
from sequences.versions import draft_undo, drafting, step_form, tree
from sequences.versions.drafting import Writing
from sequences.versions.published import get_sequence_by_id
from sequences.versions.tree import Place
from web import forms
from web.auth import require
from web.request import settle_tx, this_actor, this_house, this_links, this_tx, this_user
from web.respond import done, page
from web.undo import undo_place
from web.wiring import make_engine_of
from web.words import _, said

blueprint = Blueprint("steps", __name__)
# Own fields are listed by name.
_FIXED = {path: field for path, field in FIELDS.items() if path != "contact.custom"}
_PARTS = {"preview": "sequences/_preview_part.html"}


@blueprint.get("/sequences/<int:sequence_id>")
@blueprint.get("/sequences/<int:sequence_id>-<slug>")
@blueprint.get("/sequences/<int:sequence_id>/steps/<int:number>")
@blueprint.get("/sequences/<int:sequence_id>-<slug>/steps/<int:number>")
def show(sequence_id: int, slug: str = "", number: int = 1) -> Response:
    """Show the steps with one open: its words, what they say, and how one person reads them; the slug is decoration."""
    tx = this_tx()
    writing, _brand = drafting.open_writing(tx, sequence_id)  # the brand is held for those below
    places = writing.places
    place = next((one for one in places if one.number == number), None)
    if place is None:
        raise NotFoundError(_("There is no such step. It may have been removed."))
    return page(
        "sequences/steps.html",
        part=_PARTS.get(request.headers.get("HX-Target", ""), "sequences/_steps.html"),
        slug=slug,
        **_context(tx, writing, places, place),
    )


@blueprint.post("/sequences/<int:sequence_id>/steps")
def add(sequence_id: int) -> Response:
    """Add a step to the draft and open it."""
    require("edit")
    tx, form = this_tx(), request.form
    sequence = get_sequence_by_id(tx, sequence_id)
    kind, after, branch = (form.get(name, "") for name in ("kind", "after", "branch"))
    key = drafting.change_draft(
        tx, sequence, lambda whole: tree.add_step(whole, kind, after=after, branch=branch), actor=this_actor()
    )
    return done(_place(tx, sequence, key), _("Added to the draft. Nothing is sent before you publish it."))


@blueprint.post("/sequences/<int:sequence_id>/steps/<key>/text")
def keep(sequence_id: int, key: str) -> Response:
    """Keep what was typed in the draft; a script asks every two seconds and gets the word that it is kept."""
    require("edit")
    tx, form = this_tx(), request.form
    sequence = get_sequence_by_id(tx, sequence_id)
    mark = drafting.change_step(
        tx, sequence, key,
        lambda step: step_form.apply_form(step, form, form.get("variant", "")),
        seen=form.get("seen", ""), actor=this_actor(),
    )  # fmt: skip
    if request.headers.get("HX-Target") == "kept":
        answer = make_response(
            render_template("sequences/_kept.html", mark=mark or _mark(tx, sequence, key), kept_at=tx.now)
        )
        answer.headers["HX-Trigger"] = "kept"
        return answer
    return done(_place(tx, sequence, key), _("Kept in the draft."))


@blueprint.post("/sequences/<int:sequence_id>/steps/<key>/moves")
def move(sequence_id: int, key: str) -> Response:
    """Move a step up or down."""
    require("edit")
    tx, by = this_tx(), 1 if request.form.get("by") == "1" else -1
    sequence = get_sequence_by_id(tx, sequence_id)
    drafting.change_draft(tx, sequence, lambda whole: tree.move_step(whole, key, by), actor=this_actor())
    return done(_place(tx, sequence, key), _("Moved in the draft."))


@blueprint.post("/sequences/<int:sequence_id>/steps/<key>/removal")
def remove(sequence_id: int, key: str) -> Response:
    """Remove a step from the draft."""
    require("edit")
    tx = this_tx()
    sequence = get_sequence_by_id(tx, sequence_id)
    change = draft_undo.keep_before(
        tx, sequence,
        lambda: drafting.change_draft(tx, sequence, lambda whole: tree.remove_step(whole, key), actor=this_actor()),
        summary=say("Removed a step of %(name)s: %(key)s.", name=sequence.name, key=key), actor=this_actor(),
    )  # fmt: skip
    words = _("Removed from the draft. Once it is published, this step stops sending.")
    return done(f"/sequences/{sequence_id}", words, undo=undo_place(change))


@blueprint.post("/sequences/<int:sequence_id>/steps/<key>/variants")
def add_variant(sequence_id: int, key: str) -> Response:
    """Give a step one more text."""
    require("edit")
    tx = this_tx()
    sequence = get_sequence_by_id(tx, sequence_id)
    added: list[str] = []
    drafting.change_step(tx, sequence, key, lambda step: added.append(tree.add_variant(step)), actor=this_actor())
    return done(f"{_place(tx, sequence, key)}?variant={added[0]}", _("A copy to change. Both go out by their weights."))


@blueprint.post("/sequences/<int:sequence_id>/steps/<key>/variants/removal")
def remove_variant(sequence_id: int, key: str) -> Response:
    """Take one text of a step away."""
    require("edit")
    tx, name = this_tx(), request.form.get("variant", "")
    sequence = get_sequence_by_id(tx, sequence_id)
    change = draft_undo.keep_before(
        tx, sequence,
        lambda: drafting.change_step(
            tx, sequence, key, lambda step: tree.remove_variant(step, name), actor=this_actor()
        ),
        summary=say("Removed a text of %(name)s: %(key)s.", name=sequence.name, key=key), actor=this_actor(),
    )  # fmt: skip
    return done(_place(tx, sequence, key), _("This text is gone from the draft."), undo=undo_place(change))


@blueprint.post("/sequences/<int:sequence_id>/steps/<key>/attachments")
def attach(sequence_id: int, key: str) -> Response:
    """Attach a file to a step."""
    require("edit")
    tx, file = this_tx(), request.files.get("file")
    sequence = get_sequence_by_id(tx, sequence_id)
    name, content = (file.filename or "", file.read()) if file else ("", b"")
    drafting.attach_file(tx, sequence, key, name, content, actor=this_actor())
    return done(_place(tx, sequence, key), _("Attached to the draft."))


@blueprint.post("/sequences/<int:sequence_id>/steps/<key>/attachments/removal")
def detach(sequence_id: int, key: str) -> Response:
    """Take an attachment away from a step."""
    require("edit")
    tx, name = this_tx(), request.form.get("name", "")
    sequence = get_sequence_by_id(tx, sequence_id)

    def edit(step: tree.Tree) -> None:
        tree.set_or_drop(step, "attachments", [one for one in step.get("attachments", ()) if one != name])

    drafting.change_step(tx, sequence, key, edit, actor=this_actor())
    return done(_place(tx, sequence, key), _("This file is gone from the draft."))


@blueprint.post("/sequences/<int:sequence_id>/steps/<key>/tests")
def test(sequence_id: int, key: str) -> Response:
    """Send this text, as one person would get it, to whoever is signed in."""
    require("send")
    engine = make_engine_of(this_house())
    parcel = _write_test(sequence_id, key, engine.links)
    onward = _place(this_tx(), get_sequence_by_id(this_tx(), sequence_id), key)
    settle_tx()
    try:
        hand_over(engine, parcel)
    except RefusedError as error:
        return done(onward, said(error))
    return done(onward, _("A test is on its way to %(email)s, marked as one.", email=parcel.email))


def _write_test(sequence_id: int, key: str, links: Links) -> Parcel:
    tx, form = this_tx(), request.form
    writing, brand = drafting.open_writing(tx, sequence_id)
    place = tree.find_place(writing.tree, key)
    counts = audience(tx, sequence_id)
    inside = counts["active"] + counts["held"]
    reader, people = list_readers(tx, writing.sequence, forms.read_int(form.get("preview")), inside)
    # A click on the test's way out must never end anything for the person it was written for.
    preview = (
        preview_step(
            tx, writing, place.step, form.get("variant", ""), reader, people, links, way_out_of=this_user().email
        )
        if reader
        else None
    )
    if preview is None or preview.rendered is None:
        raise InvalidError(_("Something is missing in this mail. The preview says what; nothing was sent."))
    return write_test(
        tx, user=this_user(), sequence_id=sequence_id, step_key=key, mailbox=preview.mailbox, brand=brand,
        made=preview.rendered, links=links,
    )  # fmt: skip


def _context(tx: Tx, writing: Writing, places: list[Place], place: Place) -> dict[str, Any]:
    sequence, step = writing.sequence, place.step
    counts = audience(tx, sequence.id)
    texts = tree.texts_of(step) if step.get("kind") in ("email", "task") else []
    variant = request.args.get("variant", "")
    variant = variant if any(one["key"] == variant for one in texts) else (texts[0]["key"] if texts else "")
    reader, people = list_readers(
        tx, sequence, forms.read_int(request.args.get("preview")), counts["active"] + counts["held"]
    )
    shown = preview_step(tx, writing, step, variant, reader, people, this_links()) if reader and texts else None
    text = next((one for one in texts if one["key"] == variant), None) or {}
    body = writing.body_of(str(text["body"] or "")) if text else ""
    has_tasks = any(one.step.get("kind") == "task" for one in places)
    step_counts, counts_as_of = find_step_counts(tx, sequence.id, with_tasks=has_tasks, zone=this_user().zone)
    return {
        "sequence": sequence, "writing": writing, "places": places, "place": place, "step": step, "texts": texts,
        "variant": variant, "text": text or None, "body": body, "oob": False,
        "used": list_used([str(text.get("subject") or ""), body]),
        "subject_pieces": cut_line(str(text.get("subject") or "")),
        "pieces": [cut_mail(body)] if step.get("kind") == "email" else cut_message(body),
        "audience": counts, "reader": reader, "preview": shown, "fields": {**_FIXED, **list_own_fields(tx)},
        "strange": find_strange(tx, [str(text.get("subject") or ""), body], reader.contact.fields if reader else {}),
        "faults": drafting.check_draft(tx, writing),
        "counts": step_counts, "counts_as_of": counts_as_of,
        "stages": list_stages(tx) if step.get("kind") in ("stage", "if") else [], "tab": "steps",
        "wait": step_form.read_wait(step), "condition": step_form.read_condition(step),
        "channels": step_form.CHANNELS, "read_wait": step_form.read_wait, "mark": place.mark, "kept_at": None,
        "total_weight": sum(int(one.get("weight", 1)) for one in texts),
    }  # fmt: skip


def _place(tx: Tx, sequence: Sequence, key: str) -> str:
    number = tree.find_place(drafting.read_writing(tx, sequence).tree, key).number
    return f"/sequences/{sequence.id}/steps/{number}"


def _mark(tx: Tx, sequence: Sequence, key: str) -> str:
    return tree.find_place(drafting.read_writing(tx, sequence).tree, key).mark
