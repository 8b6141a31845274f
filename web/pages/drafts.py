"""Wire: what is being typed is kept: by the script every two seconds, without it by a button; files too."""

from flask import Blueprint, Response, request

from crm.inbox import get_thread
from kit.errors import InvalidError, NotFoundError, say
from sequences.mail_models import MailFile
from sequences.sending import mail_drafts, news
from web import composing
from web.auth import require
from web.downloads import download
from web.pages.answers import keep_answer
from web.pages.inbox import show_inbox
from web.request import is_partial, this_actor, this_tx, this_user
from web.respond import done, page
from web.words import _, said

blueprint = Blueprint("drafts", __name__)


@blueprint.post("/threads/<int:thread_id>/draft")
def keep(thread_id: int) -> Response:
    """Keep an answer as far as it is typed."""
    require("send")
    tx = this_tx()
    try:
        keep_answer(tx, thread_id)
    except InvalidError as error:
        return show_inbox(thread_id, composing.trouble_of(error, said(error)), status=422)
    if request.form.get("auto"):
        return Response(status=204)
    return done(f"/inbox/{thread_id}", "" if has_insert() else _("Draft kept."))


@blueprint.post("/threads/<int:thread_id>/draft/removal")
def drop(thread_id: int) -> Response:
    """Throw an answer away that was never sent."""
    require("send")
    mail_drafts.drop_draft(this_tx(), this_user().id, mail_drafts.place_of(thread_id=thread_id))
    return done(f"/inbox/{thread_id}", _("Draft thrown away."))


@blueprint.post("/files/<int:file_id>/removal")
def detach(file_id: int) -> Response:
    """Take a file off a draft."""
    require("send")
    draft = mail_drafts.detach(this_tx(), this_user().id, file_id)
    kind, _colon, number = draft.place.partition(":")
    return done(f"/inbox/{number}" if kind == "thread" else f"/contacts/{number}/mail", _("The file is off."))


@blueprint.get("/files/<int:file_id>")
def show_file(file_id: int) -> Response:
    """Hand out a file of a mail that was written here: one's own draft's, or one that was sent."""
    tx = this_tx()
    file = tx.session.get(MailFile, file_id)
    if file is None or (file.draft_id and not mail_drafts.is_own(tx, file, this_user().id)):
        raise NotFoundError(say("There is no such file."))
    return download(file.name, file.content)


@blueprint.get("/inbox/<int:thread_id>/news")
def show_news(thread_id: int) -> Response:
    """Say above the composer that somebody else answered; as a page, the conversation itself."""
    tx = this_tx()
    if not is_partial():
        return show_inbox(thread_id)
    get_thread(tx, thread_id)
    seen = request.args.get("seen", "")
    found = news.list_news(tx, thread_id, seen, actor=this_actor())
    return page("inbox/_news.html", thread_id=thread_id, seen=seen, news=found, stopped=False)


def has_insert() -> bool:
    """Return whether the form only asked to put something in."""
    return bool(request.form.get("insert") or request.form.get("insert_field"))
