"""Wire: what came in a mail and is not its plain words: its layout, in a closed frame, and its files."""

from flask import Blueprint, Response, render_template

from crm.models import Contact, Message, MessageBody
from kit.errors import NotFoundError, say
from mailer.parse.body import read_attachments
from mailer.parse.mime import open_message
from web.downloads import download
from web.mail_html import clean_mail
from web.request import this_tx
from web.respond import page

blueprint = Blueprint("mail_content", __name__)
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


@blueprint.get("/messages/<int:message_id>/html")
def show(message_id: int) -> Response:
    """Show a mail as it was laid out, made harmless; nothing is fetched from anywhere."""
    _message, body = _mail(message_id)
    html = clean_mail(body.html or "")
    answer = Response(render_template("inbox/mail_frame.html", html=html))
    answer.headers["Content-Security-Policy"] = FRAME_POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@blueprint.get("/messages/<int:message_id>/text")
def show_text(message_id: int) -> Response:
    """Show all the words of a mail, those it quotes too."""
    message, body = _mail(message_id)
    return page("inbox/whole.html", part="inbox/_whole.html", message=message, text=body.text)


@blueprint.get("/messages/<int:message_id>/attachments/<int:number>")
def show_attachment(message_id: int, number: int) -> Response:
    """Hand out a file that came with a mail, to be saved; the whole mail is stored, so the file is in it."""
    _message, body = _mail(message_id)
    found = read_attachments(open_message(body.raw)[2]) if body.raw else ()
    if number >= len(found):
        raise NotFoundError(say("This file is not kept: the mail was too large. It is still in the mailbox."))
    return download(found[number].filename, found[number].content)


def _mail(message_id: int) -> tuple[Message, MessageBody]:
    session = this_tx().session
    message, body = session.get(Message, message_id), session.get(MessageBody, message_id)
    contact = session.get(Contact, message.contact_id) if message and message.contact_id else None
    if message is None or body is None or (contact is not None and contact.erased_at):
        raise NotFoundError(say("There is no such mail."))
    return message, body
