"""Wire: templates and snippets: the list with what they earned, writing them, and a look at them for one person."""

from dataclasses import dataclass

from flask import Blueprint, Response, jsonify, request

from crm import texts
from crm.mailboxes import list_mailboxes
from crm.models import Brand, Contact, SavedText
from crm.people import search_people
from kit.errors import InvalidError, NotFoundError, say
from sequences.insight.text_figures import read_figures
from sequences.pitches.own_fields import find_strange, list_own_fields
from sequences.pitches.pitch import STARTERS, check_pitch, lookup_pitch, pitch_checklist, reading_seconds, word_count
from sequences.pitches.pitch_lint import lint_source
from sequences.pitches.typed_fields import Filled, fill_text, values_for
from web import composing, forms
from web.auth import require
from web.request import this_actor, this_tx
from web.respond import done, page
from web.shell import this_brand_id
from web.words import _, said

blueprint = Blueprint("texts", __name__)
# What a direct message may hold on each platform, in characters.
PLATFORMS = (("Instagram", 1_000), ("TikTok", 6_000), ("X", 10_000), ("YouTube", 10_000), ("Twitch", 500))


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A text as its form has it, saved or not."""

    kind: str = "template"
    name: str = ""
    subject: str = ""
    body: str = ""
    dm: str = ""
    language: str = ""


@blueprint.get("/templates")
def index() -> Response:
    """Show what the workspace keeps, and the starters."""
    tx = this_tx()
    kind = forms.choose(request.args.get("kind", ""), texts.KINDS, "")
    rows = texts.list_texts(tx, kind=kind, archived=request.args.get("show") == "archived")
    figures = read_figures(tx, rows)
    return page("texts/index.html", rows=rows, figures=figures, kind=kind, starters=STARTERS)


@blueprint.get("/templates/new")
def new() -> Response:
    """Show an empty form, or one that begins with a starter."""
    starter = next((one for one in STARTERS if one.path == request.args.get("from")), None)
    kind = forms.choose(request.args.get("kind", ""), texts.KINDS, "template")
    if starter is None:
        return _form(None, Typed(kind=kind))
    body = lookup_pitch(starter.path, {})
    is_dm = starter.path.endswith("dm.md")
    return _form(
        None,
        Typed(kind=kind, name=_(starter.title), subject=starter.subject or "", body=body, dm=body if is_dm else ""),
    )


@blueprint.get("/templates/<int:text_id>")
def show(text_id: int) -> Response:
    """Show one text, to be changed."""
    text = texts.get_text(this_tx(), text_id)
    return _form(text, _typed_of(text))


@blueprint.post("/templates")
def create() -> Response:
    """Keep a new text."""
    require("edit")
    typed = _read()
    try:
        text = texts.create_text(
            this_tx(),
            typed.kind,
            typed.name,
            typed.body,
            actor=this_actor(),
            subject=typed.subject,
            dm=typed.dm,
            language=typed.language,
        )
    except InvalidError as error:
        return _form(None, typed, fault=said(error))
    return done(f"/templates/{text.id}", _("Saved."))


@blueprint.post("/templates/<int:text_id>")
def save(text_id: int) -> Response:
    """Change a text."""
    require("edit")
    typed, text = _read(), texts.get_text(this_tx(), text_id)
    try:
        texts.change_text(
            this_tx(),
            text_id,
            typed.name,
            typed.body,
            actor=this_actor(),
            subject=typed.subject,
            dm=typed.dm,
            language=typed.language,
        )
    except InvalidError as error:
        return _form(text, typed, fault=said(error))
    return done(f"/templates/{text_id}", _("Saved. Sequences that run keep the words they were published with."))


@blueprint.post("/templates/<int:text_id>/archive")
def archive(text_id: int) -> Response:
    """Take a text out of the lists."""
    require("edit")
    texts.archive_text(this_tx(), text_id, actor=this_actor())
    return done("/templates", _("Put away."), undo=f"/templates/{text_id}/archive/lift")


@blueprint.post("/templates/<int:text_id>/archive/lift")
def restore(text_id: int) -> Response:
    """Put a text back into the lists."""
    require("edit")
    texts.archive_text(this_tx(), text_id, actor=this_actor(), archived=False)
    return done(f"/templates/{text_id}", _("Back in the list."))


@blueprint.get("/templates/<int:text_id>/filled")
def fill(text_id: int) -> Response:
    """Give a text filled for one person, for the composer to put in."""
    tx = this_tx()
    text = texts.get_text(tx, text_id)
    contact = tx.session.get(Contact, forms.read_int(request.args.get("contact")) or 0)
    if contact is None or contact.erased_at:
        raise NotFoundError(say("There is no such person."))
    subject = _fill(contact, text.subject).text if text.subject else ""
    return jsonify(id=text.id, subject=subject, body=_fill(contact, text.body).text)


def _form(text: SavedText | None, typed: Typed, *, fault: str = "") -> Response:
    tx, words = this_tx(), request.args.get("person", "").strip()
    found = search_people(tx, words, limit=1) if words else []
    contact = found[0][0] if found else None
    is_template = typed.kind == "template"
    return page(
        "texts/page.html",
        status=422 if fault else 200,
        text=text,
        typed=typed,
        own=list_own_fields(tx),
        strange=find_strange(tx, [typed.subject, typed.body, typed.dm], contact.fields if contact else {}),
        fault=fault,
        person=words,
        contact=contact,
        preview=_fill(contact, typed.body) if contact and typed.body else None,
        preview_subject=_fill(contact, typed.subject).text if contact and typed.subject else "",
        problems=[one.sentence for source in (typed.subject, typed.body, typed.dm) for one in check_pitch(source)],
        points=pitch_checklist(typed.subject, typed.body) if is_template and typed.body else (),
        findings=lint_source(typed.subject or None, typed.body, language=typed.language) if typed.body else (),
        words=word_count(typed.body),
        seconds=reading_seconds(typed.body),
        platforms=PLATFORMS,
    )


def _fill(contact: Contact, source: str) -> Filled:
    tx = this_tx()
    brand, boxes = tx.session.get(Brand, this_brand_id() or 0), list_mailboxes(tx)
    if brand is None or not boxes:
        return Filled(text=source)
    return fill_text(source, values_for(tx, contact, brand, boxes[0], email=composing.contact_email(tx, contact)))


def _read() -> Typed:
    given = request.form
    kind = forms.choose(given.get("kind", ""), texts.KINDS, "template")
    names = ("name", "subject", "body", "dm", "language")
    return Typed(kind=kind, **{name: given.get(name, "") for name in names})


def _typed_of(text: SavedText) -> Typed:
    return Typed(
        kind=text.kind, name=text.name, subject=text.subject, body=text.body, dm=text.dm, language=text.language
    )
