"""Wire: what stands before the mails that a conversation shows, a few at a time."""

from flask import Blueprint, Response, request

from crm import inbox
from crm.inbox_beside import read_beside
from crm.models import Message
from crm.talk import read_talk
from kit.errors import NotFoundError, say
from sequences.sending import mail_drafts
from sequences.sending.writing_desk import read_desk
from web import forms
from web.inbox_flow import make_flow
from web.inbox_where import read_where
from web.request import is_partial, this_tx, this_user
from web.respond import page

blueprint = Blueprint("earlier_mails", __name__)
_MORE = 20


@blueprint.get("/inbox/<int:thread_id>/earlier")
def show(thread_id: int) -> Response:
    """Show mails and notes before `?before=`, a mail of the conversation; with script they come in place."""
    tx = this_tx()
    thread = inbox.get_thread(tx, thread_id)
    before = forms.read_int(request.args.get("before")) or 0
    mails, proposed = read_talk(tx, thread_id, _MORE, before=before)
    place = mail_drafts.place_of(thread_id=thread_id)
    desk = read_desk(tx, this_user().id, place, contact_id=thread.contact_id, thread_id=thread_id)
    if desk.contact is not None and desk.contact.erased_at:
        raise NotFoundError(say("There is no such conversation."))
    notes = read_beside(tx, desk.contact.id, thread.brand_id).notes if desk.contact else ()
    until = tx.session.get_one(Message, before).at
    flow, folded = make_flow(mails, notes, shown=_MORE, until=until)
    return page(
        "inbox/earlier.html",
        part="inbox/_earlier.html",
        thread=thread,
        contact=desk.contact,
        where=read_where(),
        flow=flow,
        folded=folded,
        proposed=proposed,
        sent_files=desk.sent_files,
        lands=mails[-1].message.id if mails and is_partial() else None,
    )
