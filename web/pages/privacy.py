"""Wire: one person's data: given out whole, and erased for good."""

import io
import zipfile

from flask import Blueprint, Response, request

from crm import basis
from crm.contacts import display_name, get_contact, list_addresses
from crm.disclosures import list_disclosures, record_disclosure
from crm.history import list_actor_names
from crm.models import Contact
from kit.errors import InvalidError, say
from kit.tx import Tx
from sequences.insight.records import record_of
from sequences.privacy import erasure
from sequences.whole.person import iterate_person_files
from web import forms
from web.auth import require
from web.downloads import download
from web.import_words import BASES
from web.privacy_words import kind_words, reason_words
from web.refused_forms import form_at
from web.request import this_actor, this_house, this_tx
from web.respond import done, page
from web.undo import undo_place
from web.words import _, said

blueprint = Blueprint("privacy", __name__)


@blueprint.get("/contacts/<int:contact_id>/privacy")
def show(contact_id: int) -> Response:
    """Show what may be done with a person's data, and who was given it."""
    return _show(get_contact(this_tx(), contact_id))


@blueprint.post("/contacts/<int:contact_id>/basis")
def write_basis(contact_id: int) -> Response:
    """Write down why we may write to a person, since when, and how we know."""
    require("edit")
    tx, given = this_tx(), request.form
    try:
        since = forms.read_day(given.get("since"))
        wanted = basis.Basis(words=given.get("basis", ""), since=since, source=given.get("source", ""))
        change = basis.set_basis(tx, contact_id, wanted, actor=this_actor())
    except InvalidError as error:
        return _show(get_contact(tx, contact_id), fault=said(error), status=422)
    return done(f"/contacts/{contact_id}/privacy", _("Saved.") if change else _("Nothing was different."),
                undo=undo_place(change))  # fmt: skip


@blueprint.post("/contacts/<int:contact_id>/export")
def export(contact_id: int) -> Response:
    """Hand out everything about a person; that it was handed out stays on record."""
    require("edit")
    tx = this_tx()
    contact = get_contact(tx, contact_id)
    content = _zip(tx, contact)
    record_disclosure(tx, "person", actor=this_actor(), contact_id=contact.id)
    return download(f"{display_name(contact)}.zip", content)


@blueprint.post("/contacts/<int:contact_id>/erasure")
def erase(contact_id: int) -> Response:
    """Erase a person for good, once somebody said so with a reason; it cannot be taken back."""
    require("rules")
    tx = this_tx()
    contact = get_contact(tx, contact_id)
    form_at(f"/contacts/{contact_id}/privacy")
    _require_sure(contact)
    job = erasure.erase_contact(tx, contact_id, reason=request.form.get("reason", ""), actor=this_actor())
    job_id = job.id
    tx.after_commit(lambda: this_house().hints.work(job_id))
    return done(f"/jobs/{job_id}", _("Erased. Their traces elsewhere are searched for now."), back=False)


@blueprint.post("/jobs/<int:job_id>/resumption")
def search_again(job_id: int) -> Response:
    """Go on with a search for traces of erased people that ended in a fault."""
    require("rules")
    tx = this_tx()
    erasure.search_again(tx, job_id)
    tx.after_commit(lambda: this_house().hints.work(job_id))
    return done(f"/jobs/{job_id}", back=False)


def _require_sure(contact: Contact) -> None:
    """Refuse unless the form says that this is known to be for good, and names whom it erases."""
    if not request.form.get("sure"):
        raise InvalidError(say("Tick that you know this cannot be taken back. Nothing was changed."), field="sure")
    typed, name = " ".join(request.form.get("name", "").split()), " ".join(display_name(contact).split())
    if typed.casefold() != name.casefold():
        raise InvalidError(say("Write the name, %(name)s. Nothing was changed.", name=name), field="name")


def _show(contact: Contact, *, fault: str = "", status: int = 200) -> Response:
    tx = this_tx()
    return page(
        "contact/privacy.html",
        status=status,
        contact=contact,
        addresses=list_addresses(tx, contact.id),
        given_basis=basis.read_basis(contact),
        bases=[_(words) for key, words in BASES.items() if key != "unknown"],
        given=[(row, kind_words(row.kind)) for row in list_disclosures(tx, contact.id)],
        called=display_name(contact),
        names=list_actor_names(tx),
        reasons=[
            ("", _("Choose why")),
            *((code, reason_words(code)) for code in erasure.REASONS if code != "retention"),
        ],
        fault=fault,
    )


def _zip(tx: Tx, contact: Contact) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in iterate_person_files(tx, contact.id, record_of(tx, contact)):
            archive.writestr(name, content)
    return packed.getvalue()
