"""Wire: answering a person by hand, and taking the answer back while it has not left."""

from flask import Blueprint, Response, request

from crm import closing
from crm.inbox import get_thread
from crm.rest_undo import read_rest, record_rest
from kit.errors import ConflictError, InvalidError, RefusedError, say
from kit.ids import new_token
from kit.tx import Tx
from sequences.models import Send
from sequences.reading import replies
from sequences.sending import answers
from web.auth import require
from web.pages.inbox import Draft, show_inbox
from web.request import this_actor, this_tx
from web.respond import done

blueprint = Blueprint("answers", __name__)
_MAX_TEXT = 50_000


@blueprint.post("/threads/<int:thread_id>/replies")
def create(thread_id: int) -> Response:
    """Queue an answer; it leaves in ten seconds, so that it can be taken back. The text is kept when it cannot go."""
    require("send")
    tx, text = this_tx(), request.form.get("text", "").strip()[:_MAX_TEXT]
    key = request.form.get("request_key") or new_token()
    try:
        with tx.session.begin_nested():
            send = _queue(tx, thread_id, text, key)
    except (InvalidError, RefusedError, ConflictError) as error:
        return show_inbox(thread_id, Draft(text=text, fault=str(error)), status=422)
    return done(f"/inbox/{thread_id}", "Your answer leaves in 10 seconds.", undo=f"/sends/{send.id}/cancellation")


@blueprint.post("/sends/<int:send_id>/cancellation")
def cancel(send_id: int) -> Response:
    """Take an answer back."""
    require("send")
    answers.cancel_answer(this_tx(), send_id)
    return done(request.form.get("place") or "/inbox", "Taken back. Nothing was sent.")


def _queue(tx: Tx, thread_id: int, text: str, key: str) -> Send:
    if not text:
        raise InvalidError("Write something first.")
    send = answers.queue_answer(tx, thread_id, text, request_key=key, actor=this_actor())
    if request.form.get("close"):
        thread = get_thread(tx, thread_id)
        before = read_rest(thread)
        closing.close_thread(tx, thread_id, actor=this_actor())
        summary = say("Done: %(subject)s", subject=thread.subject)
        record_rest(tx, [(thread, before)], actor=this_actor(), summary=summary)
    return send


@blueprint.post("/messages/<int:message_id>/reply-kind")
def correct(message_id: int) -> Response:
    """Say what kind of reply a mail really is."""
    require("edit")
    replies.correct_kind(this_tx(), message_id, request.form.get("kind", ""), actor=this_actor())
    return done("/inbox")
