"""Wire: telling those who raised a theme: who they are, the letter to each, and sending what was read."""

from flask import Blueprint, Response, request

from crm.changes import restore_words
from crm.mailboxes import list_mailboxes
from crm.models import Mailbox, Theme
from crm.themes import get_theme
from kit.errors import InvalidError, say
from sequences.telling import drafting, posting
from sequences.telling.raisers import read_raisers
from sequences.telling.safety import Teller
from web import forms
from web.auth import require
from web.request import this_actor, this_links, this_tx, this_user
from web.respond import done, page
from web.shell import this_brand_id
from web.words import _, ngettext, translate

blueprint = Blueprint("telling", __name__)


@blueprint.get("/feedback/themes/<int:theme_id>/telling")
def show(theme_id: int) -> Response:
    """Show who raised a theme, and where the letter to each stands."""
    tx = this_tx()
    theme = get_theme(tx, theme_id)
    mailboxes = [box for box in list_mailboxes(tx) if box.disconnected_at is None]
    return page(
        "telling/page.html",
        part="telling/_progress.html",
        theme=theme,
        raisers=read_raisers(tx, theme),
        mailboxes=mailboxes,
        mailbox=_choose(mailboxes, forms.read_int(request.args.get("from"))),
        at_once=posting.AT_ONCE,
        say_reason=lambda tell: translate(restore_words(tell.reason, tell.words)),
    )


@blueprint.post("/feedback/themes/<int:theme_id>/letters")
def write(theme_id: int) -> Response:
    """Write a letter to each who raised it; nothing is sent."""
    require("send")
    tx = this_tx()
    written = drafting.write_letters(tx, theme_id, _teller(get_theme(tx, theme_id)))
    words = ngettext("%(num)s letter to read.", "%(num)s letters to read.", written.drafts)
    if written.held:
        left = ngettext("%(num)s person is left alone, with the reason.",
                        "%(num)s people are left alone, with the reason.", written.held)  # fmt: skip
        words = _("%(first)s %(second)s", first=words, second=left)
    return done(_place(theme_id), words)


@blueprint.post("/feedback/themes/<int:theme_id>/letters/<int:tell_id>/text")
def revise(theme_id: int, tell_id: int) -> Response:
    """Keep a letter as it was changed."""
    require("send")
    given = request.form
    drafting.revise_letter(this_tx(), theme_id, tell_id, subject=given.get("subject", ""), text=given.get("text", ""))
    return done(f"{_place(theme_id)}#letter-{tell_id}", _("Letter kept."))


@blueprint.post("/feedback/themes/<int:theme_id>/letters/<int:tell_id>/removal")
def leave_out(theme_id: int, tell_id: int) -> Response:
    """Do not write to somebody."""
    require("send")
    drafting.leave_out(this_tx(), theme_id, tell_id)
    return done(_place(theme_id), _("Left out."))


@blueprint.post("/feedback/themes/<int:theme_id>/letters/<int:tell_id>/override")
def override(theme_id: int, tell_id: int) -> Response:
    """Write to somebody although a rule of the team stands against it."""
    require("send")
    tx = this_tx()
    teller = _teller(get_theme(tx, theme_id))
    drafting.write_anyway(tx, theme_id, tell_id, why=request.form.get("why", ""), teller=teller)
    return done(f"{_place(theme_id)}#letter-{tell_id}", _("A letter was written. Read it before it leaves."))


@blueprint.post("/feedback/themes/<int:theme_id>/sends")
def send(theme_id: int) -> Response:
    """Send the letters that were read: one, or all of them; a press of the other key takes them back."""
    require("send")
    tx, only = this_tx(), forms.read_int(request.form.get("only"))
    teller = _teller(get_theme(tx, theme_id))
    if only is not None and "text" in request.form:
        given = request.form
        drafting.revise_letter(tx, theme_id, only, subject=given.get("subject", ""), text=given["text"])
    posted = posting.post_letters(
        tx,
        theme_id,
        teller,
        links=this_links(),
        undo_s=this_user().undo_s,
        only=None if only is None else [only],
    )
    return done(_place(theme_id), _say(posted), undo=f"/changes/{posted.change.id}/undo" if posted.change else "")


def _say(posted: posting.Posted) -> str:
    seconds = this_user().undo_s
    words = ngettext("%(num)s letter leaves in %(s)s seconds.", "%(num)s letters leave in %(s)s seconds.",
                     posted.queued, s=seconds)  # fmt: skip
    if posted.held:
        held = ngettext("%(num)s was held at the last look; the reason stands beside it.",
                        "%(num)s were held at the last look; the reason stands beside each.", posted.held)  # fmt: skip
        words = _("%(first)s %(second)s", first=words, second=held)
    return words


def _teller(theme: Theme) -> Teller:
    tx = this_tx()
    mailboxes = [box for box in list_mailboxes(tx) if box.disconnected_at is None]
    mailbox = _choose(mailboxes, forms.read_int(request.form.get("mailbox_id")))
    if mailbox is None:
        raise InvalidError(say("No mailbox is connected. Connect one first; nothing was sent."))
    brand_id = theme.brand_id or this_brand_id()
    if brand_id is None:
        raise InvalidError(say("There is no brand yet. Add one in the settings first; nothing was sent."))
    return Teller(user_id=this_user().id, actor=this_actor(), brand_id=brand_id, mailbox=mailbox)


def _choose(mailboxes: list[Mailbox], wanted: int | None) -> Mailbox | None:
    """Return the mailbox asked for, else one's own, else the first."""
    own = this_user()
    order = (
        lambda box: box.id == wanted,
        lambda box: box.owner_id == own.id or box.address == own.email,
        lambda _box: True,
    )
    return next((box for test in order for box in mailboxes if test(box)), None)


def _place(theme_id: int) -> str:
    return f"/feedback/themes/{theme_id}/telling"
