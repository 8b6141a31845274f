"""Wire: a new mail to a person, through the same composer and rules as an answer."""

from flask import Blueprint, Response, request

from crm.erased import erased_sentence
from crm.mailboxes import list_mailboxes
from crm.models import Brand, Contact, Mailbox
from crm.people import search_people
from kit.errors import ConflictError, InvalidError, NotFoundError, RefusedError, say
from kit.ids import new_token
from sequences.sending import answers, mail_drafts
from web import composing, forms
from web.auth import require
from web.pages.drafts import has_insert
from web.request import this_actor, this_tx, this_user
from web.respond import done, page
from web.shell import this_brand_id
from web.words import _, said

blueprint = Blueprint("mails", __name__)
_FOUND = 20


@blueprint.get("/inbox/write")
def choose() -> Response:
    """Ask whom a new mail is for."""
    require("send")
    words = request.args.get("q", "").strip()
    found = search_people(this_tx(), words, limit=_FOUND) if words else []
    return page("inbox/write.html", words=words, found=found)


@blueprint.get("/contacts/<int:contact_id>/mail")
def show(contact_id: int) -> Response:
    """Show the composer of a new mail."""
    return _show(_contact(contact_id), None)


@blueprint.post("/contacts/<int:contact_id>/mail")
def create(contact_id: int) -> Response:
    """Queue a new mail; it waits a moment, so that it can be taken back."""
    require("send")
    tx, contact = this_tx(), _contact(contact_id)
    _keep(contact)
    try:
        with tx.session.begin_nested():
            letter = composing.read_letter(tx, contact)
            send = answers.queue_mail(
                tx,
                contact_id,
                letter,
                mailbox_id=forms.read_int(request.form.get("mailbox_id")) or 0,
                brand_id=this_brand_id(),
                request_key=request.form.get("request_key") or new_token(),
                actor=this_actor(),
            )
    except (InvalidError, RefusedError, ConflictError) as error:
        return _show(contact, composing.trouble_of(error, said(error)), status=422)
    mail_drafts.hand_over(tx, this_user().id, mail_drafts.place_of(contact_id=contact_id), send)
    return done(
        f"/contacts/{contact_id}", composing.leaves_when(tx, letter, contact), undo=f"/sends/{send.id}/cancellation"
    )


@blueprint.post("/contacts/<int:contact_id>/mail/draft")
def keep(contact_id: int) -> Response:
    """Keep a new mail as far as it is typed."""
    require("send")
    contact = _contact(contact_id)
    try:
        _keep(contact)
    except InvalidError as error:
        return _show(contact, composing.trouble_of(error, said(error)), status=422)
    if request.form.get("auto"):
        return Response(status=204)
    return done(f"/contacts/{contact_id}/mail", "" if has_insert() else _("Draft kept."))


@blueprint.post("/contacts/<int:contact_id>/mail/draft/removal")
def drop(contact_id: int) -> Response:
    """Throw a new mail away that was never sent."""
    require("send")
    mail_drafts.drop_draft(this_tx(), this_user().id, mail_drafts.place_of(contact_id=contact_id))
    return done(f"/contacts/{contact_id}", _("Draft thrown away."))


def _contact(contact_id: int) -> Contact:
    contact = this_tx().session.get(Contact, contact_id)
    if contact is None:
        raise NotFoundError(say("There is no such person."))
    if contact.erased_at:
        raise NotFoundError(erased_sentence(), code="erased")
    return contact


def _brand() -> Brand | None:
    brand_id = this_brand_id()
    return this_tx().session.get(Brand, brand_id) if brand_id else None


def _keep(contact: Contact) -> None:
    mailbox = this_tx().session.get(Mailbox, forms.read_int(request.form.get("mailbox_id")) or 0)
    composing.keep_typed(mail_drafts.place_of(contact_id=contact.id), contact, _brand(), mailbox)


def _show(contact: Contact, trouble: composing.Trouble | None, *, status: int = 200) -> Response:
    tx = this_tx()
    email = composing.contact_email(tx, contact)
    composer = composing.mail_composer(tx, contact, _brand(), list_mailboxes(tx), email, trouble)
    return page("inbox/mail.html", status=status, composer=composer, contact=contact, email=email)
