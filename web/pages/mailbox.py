"""Wire: one mailbox: can it be trusted, its warm-up, limits, connection, log; and looking after it."""

from typing import Any

from flask import Blueprint, Response, request

from crm.mailboxes import list_mailboxes
from crm.models import Mailbox
from kit.errors import InvalidError
from sequences.course.windows import DAY_NAMES
from sequences.mailboxes.care import (
    Limits,
    disconnect_box,
    edit_limits,
    get_box,
    keep_password,
    pause_box,
    resume_box,
    with_password,
)
from sequences.mailboxes.connecting import Trial, try_servers
from sequences.mailboxes.deliverability import read_brief
from sequences.mailboxes.log import list_tries, list_troubles, read_last_look
from sequences.mailboxes.round_trip import read_trip, try_round
from sequences.mailboxes.warm_up import read_warm_up
from sequences.reading.cursors import first_look_progress
from web import forms
from web.auth import require
from web.pages.deliverability import NAMES
from web.request import drop_tx, reopen_tx, this_actor, this_house, this_tx
from web.respond import done, page
from web.warm_up_chart import draw_warm_up
from web.wiring import make_engine_of
from web.words import _, said

blueprint = Blueprint("mailbox", __name__)


@blueprint.get("/settings/mailboxes/<int:mailbox_id>")
def show(mailbox_id: int) -> Response:
    """Show a mailbox as it was found at the last look and as its log says; nobody is asked now."""
    return _show(mailbox_id)


@blueprint.get("/settings/mailboxes/<int:mailbox_id>/log")
def log(mailbox_id: int) -> Response:
    """Show everything that was tried, page by page."""
    tx, before = this_tx(), forms.read_int(request.args.get("before"))
    mailbox = get_box(tx, mailbox_id)
    return page("mailboxes/log.html", mailbox=mailbox, tries=list_tries(tx, mailbox_id, before=before, limit=50))


@blueprint.get("/settings/mailboxes/<int:mailbox_id>/limits")
def limits(mailbox_id: int) -> Response:
    """Show what a mailbox may do, as a form."""
    return _limits(mailbox_id)


@blueprint.post("/settings/mailboxes/<int:mailbox_id>/limits")
def save_limits(mailbox_id: int) -> Response:
    """Change what a mailbox may do."""
    require("mailboxes")
    tx = this_tx()
    try:
        with tx.session.begin_nested():
            edit_limits(tx, mailbox_id, _read_limits(), actor=this_actor())
    except InvalidError as error:
        return _limits(mailbox_id, fault=said(error), status=422)
    return done(f"/settings/mailboxes/{mailbox_id}", _("Saved. It holds from the next mail on."))


@blueprint.post("/settings/mailboxes/<int:mailbox_id>/pause")
def pause(mailbox_id: int) -> Response:
    """Let nothing leave."""
    require("mailboxes")
    mailbox = pause_box(this_tx(), mailbox_id, actor=this_actor())
    return done(f"/settings/mailboxes/{mailbox_id}", _("%(address)s is paused.", address=mailbox.address))


@blueprint.post("/settings/mailboxes/<int:mailbox_id>/resumption")
def resume(mailbox_id: int) -> Response:
    """Let mail leave again."""
    require("mailboxes")
    mailbox = resume_box(this_tx(), mailbox_id, actor=this_actor())
    return done(f"/settings/mailboxes/{mailbox_id}", _("%(address)s sends again.", address=mailbox.address))


@blueprint.post("/settings/mailboxes/<int:mailbox_id>/password")
def set_password(mailbox_id: int) -> Response:
    """Try a new password at both servers and keep it if they take it."""
    require("mailboxes")
    house, actor = this_house(), this_actor()
    fresh = with_password(get_box(this_tx(), mailbox_id), request.form.get("password", "")[:1000], house.seal)
    drop_tx()
    trials = try_servers(make_engine_of(house), fresh)
    if any(trial.fault for trial in trials):
        reopen_tx()
        return _show(mailbox_id, trials=trials, status=422)
    with house.database.transaction() as tx:
        keep_password(tx, mailbox_id, fresh.secret, actor=actor)
    return done(f"/settings/mailboxes/{mailbox_id}", _("Both servers took the new password."))


@blueprint.post("/settings/mailboxes/<int:mailbox_id>/tests")
def test(mailbox_id: int) -> Response:
    """Let a mailbox send itself a message and see it arrive."""
    require("mailboxes")
    mailbox = get_box(this_tx(), mailbox_id)
    drop_tx()
    trip = try_round(make_engine_of(this_house()), mailbox)
    words = {
        "arrived": _("The message left and arrived."),
        "sent": _("The message left. It has not been seen in the inbox yet."),
        "signing_in": _("No message left."),
    }
    return done(f"/settings/mailboxes/{mailbox_id}#test", words[trip.stage])


@blueprint.get("/settings/mailboxes/<int:mailbox_id>/disconnection")
def ask(mailbox_id: int) -> Response:
    """Ask before disconnecting."""
    require("mailboxes")
    return page("mailboxes/disconnect.html", mailbox=get_box(this_tx(), mailbox_id))


@blueprint.post("/settings/mailboxes/<int:mailbox_id>/disconnection")
def disconnect(mailbox_id: int) -> Response:
    """Disconnect a mailbox."""
    require("mailboxes")
    mailbox = disconnect_box(this_tx(), mailbox_id, actor=this_actor())
    words = _("%(address)s is disconnected. Its messages stay here.", address=mailbox.address)
    return done("/settings/mailboxes", words)


def _show(mailbox_id: int, *, trials: tuple[Trial, ...] = (), status: int = 200) -> Response:
    tx = this_tx()
    mailbox = get_box(tx, mailbox_id)
    desk = read_brief(tx, mailbox)
    plan = read_warm_up(tx, mailbox)
    return page(
        "mailboxes/page.html",
        status=status,
        mailbox=mailbox,
        desk=desk,
        names=NAMES,
        trials=trials,
        plan=plan,
        chart=draw_warm_up(plan, desk.own.last_day) if plan else None,
        look=read_last_look(tx, mailbox_id),
        trip=read_trip(tx, mailbox_id),
        progress=first_look_progress(tx, mailbox_id),
        troubles=list_troubles(tx, mailbox_id),
        tries=list_tries(tx, mailbox_id, limit=8),
    )


def _limits(mailbox_id: int, *, fault: str = "", status: int = 200) -> Response:
    tx = this_tx()
    mailbox = get_box(tx, mailbox_id)
    held = _given(mailbox)
    given = {name: request.form.get(name, "") for name in held} if fault else held
    boxes = [one.address for one in list_mailboxes(tx) if one.id != mailbox_id]
    days = request.form.getlist("days") if fault else _days(mailbox)
    return page("mailboxes/limits.html", status=status, mailbox=mailbox, given=given, days=days, boxes=boxes,
                day_names=DAY_NAMES, fault=fault)  # fmt: skip


def _given(mailbox: Mailbox) -> dict[str, str]:
    window = _window(mailbox)
    return {
        "name": mailbox.name,
        "reply_to": mailbox.reply_to,
        "daily_cap": "" if mailbox.daily_cap is None else str(mailbox.daily_cap),
        "gap_min": str(mailbox.gap_min_s // 60),
        "gap_max": str(-(-mailbox.gap_max_s // 60)),
        "ramp": "1" if mailbox.ramp else "",
        "always": "" if window else "1",
        "opens": str(window.get("from", "08:00")),
        "closes": str(window.get("to", "17:00")),
        "zone": mailbox.zone,
    }


def _days(mailbox: Mailbox) -> list[str]:
    return [str(day) for day in _window(mailbox).get("days", DAY_NAMES[:5])]


def _window(mailbox: Mailbox) -> dict[str, Any]:
    stored: object = mailbox.window
    return stored if isinstance(stored, dict) else {}


def _read_limits() -> Limits:
    given = request.form
    low, high = forms.read_int(given.get("gap_min")), forms.read_int(given.get("gap_max"))
    if low is None or high is None:
        raise InvalidError(_("Write the pause between two mails in whole minutes."))
    hours = {"days": given.getlist("days"), "from": given.get("opens", ""), "to": given.get("closes", "")}
    return Limits(
        name=given.get("name", ""),
        reply_to=given.get("reply_to", ""),
        daily_cap=forms.read_limit(given.get("daily_cap", ""), "none"),
        gap_min=low,
        gap_max=high,
        ramp=bool(given.get("ramp")),
        window="always" if given.get("always") else hours,
        zone=given.get("zone", ""),
    )
