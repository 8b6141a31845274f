"""Wire: the review queue: nothing leaves unread."""

from functools import partial
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, request, session

from crm.upkeep_desk import read_upkeep_desk
from kit.errors import ConflictError, InvalidError, RefusedError
from kit.tx import Tx
from sequences.models import Send
from sequences.pitches.draft_lint import lint_draft
from sequences.reviewing import drafts, review
from sequences.reviewing.beside import read_beside
from sequences.reviewing.review import Changes
from sequences.reviewing.undoing import note_approvals
from web import forms
from web.auth import may, require
from web.forgery import is_from_here
from web.kept_words import hand_back
from web.request import find_user, this_actor, this_house, this_links, this_tx, this_user
from web.respond import done, page
from web.undo import undo_place
from web.words import _, lazy, said, translate

blueprint = Blueprint("review", __name__)
_TYPED = ("subject", "body", "personal_line")
_FILL = "fill:"
_MINE = lazy("The mail below is theirs; your words are still in the fields. Look, then decide again.")


@blueprint.get("/review")
def index() -> Response:
    """Show the queue, of one sequence when the address says so, with one pitch open: the named one, else the first."""
    return _show(forms.read_int(request.args.get("send")))


@blueprint.get("/review/<int:send_id>")
def show(send_id: int) -> Response:
    """Show one pitch; one that has been decided meanwhile leads on to the queue."""
    return _show(send_id)


@blueprint.post("/review/approvals")
def approve_clean() -> Response:
    """Approve those of the shown rows that have no gap and no warning."""
    require("approve")
    tx, begins = this_tx(), forms.read_int(request.form.get("begins")) or 0
    rows = drafts.list_drafts(tx, sequence_id=_sequence_id(), begins=begins, limit=drafts.WINDOW)
    sends = [_let_go(tx, row.send_id) for row in rows if row.is_clean]
    stopped = [send for send in sends if send.state == "cancelled"]
    say = _("Approved %(n)s. They leave in their sending windows.", n=len(sends) - len(stopped))
    if stopped:
        say += " " + _("%(n)s not: %(reason)s", n=len(stopped), reason=translate(stopped[0].reason))
    back = _place(None)
    return done(back, say, undo=undo_place(note_approvals(tx, sends, actor=this_actor(), place=back)))


@blueprint.post("/sends/<int:send_id>/approval")
def approve(send_id: int) -> Response:
    """Let a pitch go, with its words as they stand in the form."""
    require("approve")
    onward = _onward(send_id)
    try:
        _keep(send_id)
        send = _let_go(this_tx(), send_id)
    except InvalidError as error:
        return _show(send_id, sentence=said(error), status=422, saved=error.code == "gaps")
    except (ConflictError, RefusedError) as error:
        return _meanwhile(send_id, error, onward)
    change = note_approvals(this_tx(), [send], actor=this_actor(), place=_place(send_id))
    return done(onward, _outcome(send), undo=undo_place(change))


@blueprint.post("/sends/<int:send_id>/text")
@blueprint.post("/sends/<int:send_id>/personal-line")
def save(send_id: int) -> Response:
    """Change what one person will read, and show it again."""
    require("approve")
    try:
        _keep(send_id)
    except InvalidError as error:
        return _show(send_id, sentence=said(error), status=422)
    except (ConflictError, RefusedError) as error:
        return _meanwhile(send_id, error, _onward(send_id))
    return done(_place(send_id), _("Saved."))


@blueprint.post("/sends/<int:send_id>/postponement")
def put_off(send_id: int) -> Response:
    """Put this pitch last in the queue."""
    require("approve")
    onward = _onward(send_id)
    try:
        review.put_off(this_tx(), send_id)
    except (ConflictError, RefusedError) as error:
        return _meanwhile(send_id, error, onward)
    return done(onward, _("Skipped for now. It comes last in the queue; nothing was decided."))


@blueprint.post("/sends/<int:send_id>/skip")
def skip(send_id: int) -> Response:
    """Leave this step out for this person."""
    require("approve")
    onward = _onward(send_id)
    try:
        change = review.skip_draft(this_tx(), send_id, actor=this_actor())
    except (ConflictError, RefusedError) as error:
        return _meanwhile(send_id, error, onward)
    return done(onward, _("Left out. This person does not get this step."), undo=undo_place(change))


@blueprint.post("/sends/<int:send_id>/removal")
def take_out(send_id: int) -> Response:
    """Take the person out of the sequence."""
    require("approve")
    onward = _onward(send_id)
    try:
        change = review.take_out(this_tx(), send_id, actor=this_actor())
    except (ConflictError, RefusedError) as error:
        return _meanwhile(send_id, error, onward)
    return done(onward, _("Taken out of the sequence."), undo=undo_place(change))


@blueprint.after_request
def keep_typed(response: Response) -> Response:
    """Hand typed words back when the session ended under them: signed out, or the form's token is of an older one."""
    words = [(name, text) for name, text in request.form.items() if name in _TYPED or name.startswith(_FILL)]
    signed_out = find_user() is None
    refused = signed_out or (response.status_code == HTTPStatus.FORBIDDEN and may("approve"))
    if request.method != "POST" or not words or not refused or not is_from_here():
        return response
    send_id = (request.view_args or {}).get("send_id", 0)
    rest = [("seen", request.form.get("seen", ""))]
    if sequence_id := _sequence_id():
        rest.append(("sequence", str(sequence_id)))
    return hand_back("review/kept.html", words, rest, action=f"/sends/{send_id}/text", signed_out=signed_out)


def _show(send_id: int | None, *, sentence: str = "", status: int = 200, saved: bool = False) -> Response:
    """Show the queue with one pitch open; what a refused form held stays in the fields unless it was `saved`."""
    tx, sequence_id = this_tx(), _sequence_id()
    draft = drafts.find_draft(tx, send_id, links=this_links(), sequence_id=sequence_id)
    if draft is None and send_id is not None:
        if "_flashes" not in session:  # what an undo that came too late has to say comes first
            flash(translate(review.explain_decided(tx, send_id)), "note")
        return Response(status=303, headers={"Location": redirect(_place(None)).location})
    if draft is None:
        return page("review/empty.html", sequence_id=sequence_id)
    if sequence_id not in {None, draft.sequence_id}:
        sequence_id = None
    queue = drafts.read_queue(tx, draft, sequence_id=sequence_id)
    typed = {} if saved or not sentence else {name: request.form[name] for name in request.form}
    return page(
        "review/page.html", status=status, draft=draft, queue=queue, beside=read_beside(tx, draft), typed=typed,
        thoughts=lint_draft(tx, draft), desk=read_upkeep_desk(tx, this_user().id),
        sequence_id=sequence_id, place=partial(_place, sequence_id=sequence_id), sentence=sentence,
        reading=send_id is not None, here=next((row for row in queue.rows if row.send_id == draft.send_id), None),
    )  # fmt: skip


def _meanwhile(send_id: int, error: ConflictError | RefusedError, onward: str) -> Response:
    """Say that somebody else was there first: show their text, or move on when they have decided."""
    if error.code == "changed":
        return _show(send_id, sentence=f"{said(error)} {_(_MINE)}", status=409)
    if error.code != "decided":
        raise error
    return done(onward, said(error))


def _outcome(send: Send) -> str:
    if send.state == "cancelled":
        return _("Not sent. %(reason)s", reason=translate(send.reason))
    seconds = round((send.due_at - this_tx().now).total_seconds())
    if 0 < seconds <= this_user().undo_s and not send.reason:
        return _("Approved. It leaves in %(n)s seconds.", n=seconds)
    if send.reason:
        return _("Approved. It waits: %(reason)s", reason=translate(send.reason))
    return _("Approved. It leaves in its sending window.")


def _let_go(tx: Tx, send_id: int) -> Send:
    send = review.approve(tx, send_id, actor=this_actor(), undo_s=this_user().undo_s)
    if send.due_at <= tx.now:  # the beat finds the others once they can no longer be taken back
        tx.after_commit(partial(this_house().hints.drain, send.mailbox_id))
    return send


def _keep(send_id: int) -> None:
    given = request.form
    filled = {name.removeprefix(_FILL): text for name, text in given.items() if name.startswith(_FILL)}
    changes = Changes(
        subject=given.get("subject"), body=given.get("body"), personal_line=given.get("personal_line"),
        filled=filled, seen=given.get("seen", ""),
    )  # fmt: skip
    review.revise(this_tx(), send_id, changes, actor=this_actor(), links=this_links())


def _sequence_id() -> int | None:
    return forms.read_int(request.values.get("sequence"))


def _onward(send_id: int) -> str:
    """Return the pitch after this one, so that a decision leads on."""
    return _place(drafts.find_next(this_tx(), send_id, sequence_id=_sequence_id()))


def _place(send_id: int | None, sequence_id: int | None = None) -> str:
    """Return the address of a pitch in the queue that is being read."""
    sequence_id = sequence_id or _sequence_id()
    if sequence_id is None:
        return f"/review/{send_id}" if send_id else "/review"
    return "/review?" + urlencode({"sequence": sequence_id} | ({"send": send_id} if send_id else {}))
