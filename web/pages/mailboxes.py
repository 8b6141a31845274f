"""Wire: our mailboxes: the list, and connecting one: servers found, signed in to, and only then kept."""

from flask import Blueprint, Response, request

from kit.errors import ConflictError, InvalidError
from mailer.server_guess import Servers
from sequences.mailboxes.connecting import Trial, Wish, discover, keep_new, prepare, require_new, try_servers
from web import forms
from web.auth import require
from web.request import drop_tx, reopen_tx, this_actor, this_house, this_tx, this_user
from web.respond import done, page
from web.times import zone_names
from web.wiring import make_engine_of
from web.words import _, said

blueprint = Blueprint("mailboxes", __name__)
_FIELDS = ("address", "name", "user", "smtp_url", "imap_url", "zone")


@blueprint.get("/settings/mailboxes")
def index() -> Response:
    """List the mailboxes; the frame has read them with what they sent today."""
    return page("mailboxes/index.html")


@blueprint.get("/settings/mailboxes/new")
def new() -> Response:
    """Ask for an address; with one, show the servers to try."""
    require("mailboxes")
    address = request.args.get("address", "").strip()
    if not address:
        return _form({})
    drop_tx()
    try:
        found = discover(address, this_house().make_resolver())
    except InvalidError as error:
        reopen_tx()
        return _form({"address": address}, fault=said(error), status=422)
    reopen_tx()
    given = {"address": address, "smtp_url": found.smtp_url, "imap_url": found.imap_url, "user": address,
             "zone": this_user().zone, "name": this_user().name}  # fmt: skip
    return _form(given, found=found)


@blueprint.post("/settings/mailboxes")
def create() -> Response:
    """Sign in to both servers and keep the mailbox if they agree; nobody's lock is held meanwhile."""
    require("mailboxes")
    given = {name: request.form.get(name, "").strip() for name in _FIELDS}
    try:
        require_new(this_tx(), given["address"])
        drop_tx()
        trials = _connect(given)
    except (InvalidError, ConflictError) as error:
        reopen_tx()
        return _form(given, fault=said(error), status=422)
    if any(trial.fault for trial in trials):
        reopen_tx()
        return _form(given, trials=trials, status=422)
    return done("/settings/mailboxes", _("Connected %(address)s. It warms up by itself.", address=given["address"]))


def _connect(given: dict[str, str]) -> tuple[Trial, ...]:
    house, actor = this_house(), this_actor()
    engine = make_engine_of(house)
    zone = forms.choose(given["zone"], zone_names(), "UTC")
    mailbox = prepare(engine, Wish(**{**given, "zone": zone}, password=request.form.get("password", "")[:1000]))
    trials = try_servers(engine, mailbox)
    if not any(trial.fault for trial in trials):
        with house.database.transaction() as tx:
            keep_new(tx, mailbox, actor=actor)
    return trials


def _form(
    given: dict[str, str],
    *,
    found: Servers | None = None,
    trials: tuple[Trial, ...] = (),
    fault: str = "",
    status: int = 200,
) -> Response:
    shown = {name: given.get(name, "") for name in _FIELDS}
    return page("mailboxes/new.html", status=status, given=shown, found=found, trials=trials, fault=fault)
