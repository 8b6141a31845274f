"""Wire: the review queue: nothing leaves unread."""

from functools import partial

from flask import Blueprint, Response, redirect, request

from kit.errors import NotFoundError
from kit.tx import Tx
from sequences import review
from sequences.links import Links
from sequences.models import SendBody
from sequences.review import Draft
from web.auth import require
from web.request import this_actor, this_house, this_tx
from web.respond import done, page
from web.wiring import make_engine_of

blueprint = Blueprint("review", __name__)


@blueprint.get("/review")
def index() -> Response:
    """Show the queue with its first pitch open."""
    return _show(None)


@blueprint.get("/review/<int:send_id>")
def show(send_id: int) -> Response:
    """Show one pitch; one that has been decided meanwhile leads back to the queue."""
    return _show(send_id)


@blueprint.post("/review/approvals")
def approve_clean() -> Response:
    """Approve every pitch that has no gap and no warning."""
    require("approve")
    tx = this_tx()
    clean = [draft for draft in review.list_drafts(tx) if is_clean(draft)]
    for draft in clean:
        _let_go(tx, draft.send_id)
    return done("/review", f"Approved {len(clean)}. They leave in their sending windows.")


@blueprint.post("/sends/<int:send_id>/approval")
def approve(send_id: int) -> Response:
    """Let a pitch go, with the personal line as it stands in the form."""
    require("approve")
    tx, onward = this_tx(), _next(send_id)
    _keep_line(send_id)
    _let_go(tx, send_id)
    return done(onward, "Approved. It leaves in its sending window.")


@blueprint.post("/sends/<int:send_id>/personal-line")
def save_line(send_id: int) -> Response:
    """Keep the personal line."""
    require("approve")
    _keep_line(send_id)
    return done(f"/review/{send_id}", "Saved.")


@blueprint.post("/sends/<int:send_id>/text")
def edit(send_id: int) -> Response:
    """Change what one person will read."""
    require("approve")
    subject, body = request.form.get("subject", "").strip(), request.form.get("body", "")
    review.edit(this_tx(), send_id, subject, body, links=_links())
    return done(f"/review/{send_id}", "Saved.")


@blueprint.post("/sends/<int:send_id>/skip")
def skip(send_id: int) -> Response:
    """Leave this step out for this person."""
    require("approve")
    onward = _next(send_id)
    review.skip_draft(this_tx(), send_id, actor=this_actor())
    return done(onward, "Skipped. This person does not get this step.")


@blueprint.post("/sends/<int:send_id>/removal")
def take_out(send_id: int) -> Response:
    """Take the person out of the sequence."""
    require("approve")
    onward = _next(send_id)
    review.take_out(this_tx(), send_id, actor=this_actor())
    return done(onward, "Taken out of the sequence.")


def is_clean(draft: Draft) -> bool:
    """Return whether a pitch may be approved unseen."""
    return not draft.gaps and not draft.warnings


def _show(send_id: int | None) -> Response:
    drafts = review.list_drafts(this_tx())
    draft = next((draft for draft in drafts if send_id in {None, draft.send_id}), None)
    if draft is None and send_id is not None:
        return Response(status=303, headers={"Location": redirect("/review").location})
    clean = sum(is_clean(row) for row in drafts)
    body = this_tx().session.get(SendBody, draft.send_id) if draft else None
    source = body.source if body else ""
    return page("review/page.html", drafts=drafts, draft=draft, source=source, clean=clean, reading=send_id is not None)


def _next(send_id: int) -> str:
    """Return the pitch after this one, so that a decision leads on; refuse one that is no longer waiting."""
    ids = [draft.send_id for draft in review.list_drafts(this_tx())]
    if send_id not in ids:
        raise NotFoundError("This pitch no longer waits for a decision.")
    rest = ids[ids.index(send_id) + 1 :] or ids[: ids.index(send_id)]
    return f"/review/{rest[0]}" if rest else "/review"


def _let_go(tx: Tx, send_id: int) -> None:
    send = review.approve(tx, send_id, actor=this_actor())
    tx.after_commit(partial(this_house().hints.drain, send.mailbox_id))


def _keep_line(send_id: int) -> None:
    line = request.form.get("personal_line")
    if line is not None:
        review.save_personal_line(this_tx(), send_id, line, links=_links())


def _links() -> Links:
    return make_engine_of(this_house()).links
