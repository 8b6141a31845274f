"""Wire: answering a person by hand, and taking the answer back while it has not left."""

from flask import Blueprint, Response, request

from crm import closing
from crm.inbox import get_thread
from crm.models import Brand, Contact, Mailbox, Thread
from crm.rest_undo import read_rest, record_rest
from kit.errors import ConflictError, InvalidError, NotFoundError, RefusedError, say
from kit.ids import new_token
from kit.tx import Tx
from sequences.models import Send
from sequences.reading import replies
from sequences.sending import answers, mail_drafts
from web import composing
from web.auth import require
from web.forms import read_day
from web.inbox_where import read_where
from web.pages.inbox import show_inbox
from web.request import this_actor, this_tx, this_user
from web.respond import done
from web.undo import undo_place
from web.words import _, said

blueprint = Blueprint("answers", __name__)


@blueprint.post("/threads/<int:thread_id>/replies")
def create(thread_id: int) -> Response:
    """Queue an answer; it waits a moment, so that it can be taken back. What was typed is kept when it cannot go."""
    require("send")
    tx, place = this_tx(), mail_drafts.place_of(thread_id=thread_id)
    contact = keep_answer(tx, thread_id)
    meanwhile = composing.find_news(thread_id)
    if meanwhile:
        return show_inbox(thread_id, composing.Trouble(news=meanwhile), status=409)
    try:
        with tx.session.begin_nested():
            letter = composing.read_letter(tx, contact)
            send = _queue(tx, thread_id, letter)
    except (InvalidError, RefusedError, ConflictError) as error:
        return show_inbox(thread_id, composing.trouble_of(error, said(error)), status=422)
    mail_drafts.hand_over(tx, this_user().id, place, send)
    onward = read_where().list() if letter.closes else read_where().thread(thread_id)
    words = composing.leaves_when(tx, letter, contact)
    return done(onward, words, undo=f"/sends/{send.id}/cancellation", back=False)


@blueprint.post("/sends/<int:send_id>/cancellation")
def cancel(send_id: int) -> Response:
    """Take a mail back; its words stand in the composer again."""
    require("send")
    tx = this_tx()
    send = answers.cancel_answer(tx, send_id)
    mail_drafts.bring_back(tx, this_user().id, _place(send), send)
    if send.thread_id and send.explanation.get("closes"):
        closing.reopen_thread(tx, send.thread_id, actor=this_actor())
    where = read_where("place")
    place = where.thread(send.thread_id) if send.thread_id else f"/contacts/{send.contact_id}/mail"
    return done(place, _("Taken back. Nothing was sent. Your words are in the box again."))


@blueprint.post("/messages/<int:message_id>/reply-kind")
def correct(message_id: int) -> Response:
    """Say what a mail really is; "not now" and an automatic reply then ask until when."""
    require("edit")
    kind = request.form.get("kind", "")
    day = read_day(request.form.get("back_on"))
    message, change = replies.correct_kind(this_tx(), message_id, kind, actor=this_actor(), back_on=day)
    if message.thread_id is None:
        return done("/inbox")
    asks = {"not_now": "until", "auto_reply": "" if day else "back"}.get(kind, "")
    words = _corrected(kind) if change else ""
    place = read_where().thread(message.thread_id, ask=asks)
    return done(place, words, undo=undo_place(change), back=False)


def _corrected(kind: str) -> str:
    if kind == "auto_reply":
        return _("Taken for an automatic reply: what it had stopped waits until they are back, then goes on.")
    return _("Taken for an answer: the sequences that had begun by then have ended.")


def keep_answer(tx: Tx, thread_id: int) -> Contact:
    """Keep what was typed in a conversation; return who it is for."""
    thread = tx.session.get(Thread, thread_id)
    contact = tx.session.get(Contact, thread.contact_id) if thread and thread.contact_id else None
    if thread is None or contact is None or contact.erased_at:
        raise NotFoundError(say("There is no such conversation."))
    brand = tx.session.get(Brand, thread.brand_id) if thread.brand_id else None
    mailbox = tx.session.get(Mailbox, thread.mailbox_id)
    composing.keep_typed(mail_drafts.place_of(thread_id=thread_id), contact, brand, mailbox)
    return contact


def _queue(tx: Tx, thread_id: int, letter: answers.Letter) -> Send:
    key = request.form.get("request_key") or new_token()
    send = answers.queue_letter(tx, thread_id, letter, request_key=key, actor=this_actor())
    if letter.closes:
        thread = get_thread(tx, thread_id)
        before = read_rest(thread)
        closing.close_thread(tx, thread_id, actor=this_actor())
        summary = say("Done: %(subject)s", subject=thread.subject)
        record_rest(tx, [(thread, before)], actor=this_actor(), summary=summary)
    return send


def _place(send: Send) -> str:
    if send.thread_id:
        return mail_drafts.place_of(thread_id=send.thread_id)
    return mail_drafts.place_of(contact_id=send.contact_id)
