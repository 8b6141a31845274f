"""Wire: the deliverability desk of a mailbox: its records, the rules over its sending log, and earlier looks."""

from collections.abc import Sequence

from flask import Blueprint, Response

from crm.models import Mailbox
from kit.errors import NotFoundError, say
from sequences.mailboxes.deliverability import is_fresh, read_desk
from sequences.mailboxes.health import check_records
from sequences.mailboxes.sending_rules import Rule
from web.auth import require
from web.request import drop_tx, this_house, this_tx
from web.respond import done, page
from web.wiring import make_engine_of
from web.words import _, lazy

blueprint = Blueprint("deliverability", __name__)
NAMES = {
    "smtp": lazy("Sign-in to send"), "imap": lazy("Sign-in to read"), "folders": lazy("Folders"),
    "spf": "SPF", "dkim": "DKIM",
    "dmarc": "DMARC", "alignment": lazy("Alignment"), "mx": "MX",
    "sign_in": lazy("Sign-in"), "consent": lazy("Consent"), "ptr": lazy("Reverse name"), "from": "From",
    "one_click": lazy("One-click opt-out"),
}  # fmt: skip


@blueprint.get("/settings/deliverability")
def index() -> Response:
    """Show the desk of the first mailbox."""
    return _show(None)


@blueprint.get("/settings/deliverability/<int:mailbox_id>")
def show(mailbox_id: int) -> Response:
    """Show the desk of one mailbox, as it was found at the last look; nobody is asked now."""
    return _show(mailbox_id)


@blueprint.post("/settings/deliverability/<int:mailbox_id>/checks")
def check(mailbox_id: int) -> Response:
    """Look at DNS now, 20 s at most; this request's transaction only read, and is closed before anybody is asked."""
    require("edit")
    tx = this_tx()
    mailbox = tx.session.get(Mailbox, mailbox_id)
    if mailbox is None:
        raise NotFoundError(say("There is no such mailbox."))
    fresh = is_fresh(tx, mailbox_id)
    drop_tx()
    if not fresh:
        check_records(make_engine_of(this_house()), mailbox)
    return done(f"/settings/deliverability/{mailbox_id}", _("Looked it up just now."))


def _show(mailbox_id: int | None) -> Response:
    desk = read_desk(this_tx(), mailbox_id)
    if desk is None and mailbox_id is not None:
        raise NotFoundError(say("There is no such mailbox."))
    if desk is None:
        return page("deliverability/empty.html")
    return page("deliverability/page.html", desk=desk, names=NAMES, rules=_worst_first(desk.rules))


def _worst_first(rules: Sequence[Rule]) -> list[Rule]:
    order = ("broken", "near", "ok", "unclear")
    return sorted(rules, key=lambda rule: order.index(rule.state))
