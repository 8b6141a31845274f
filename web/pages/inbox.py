"""Wire: the inbox: the list, one conversation beside it, and what is known about the person."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from crm import closing, inbox, proposals, threads
from crm.brands import list_products
from crm.exchange import list_exchanges
from crm.inbox import ThreadRow
from crm.models import Contact
from crm.people import list_main_handles
from crm.person import list_stages_around
from crm.rest_undo import read_rest, record_rest
from kit.errors import NotFoundError, say
from kit.ids import new_token
from kit.tx import Tx
from web import forms, outgoing
from web.auth import require
from web.request import is_partial, this_actor, this_tx, this_user
from web.respond import done, page
from web.times import read_zone
from web.undo import undo_place
from web.words import _

blueprint = Blueprint("inbox", __name__)
KINDS = (
    ("interested", "Interested"),
    ("question", "Question"),
    ("counter_offer", "Counter-offer"),
    ("not_now", "Not now"),
    ("no", "No"),
    ("referral", "Referral"),
    ("other", "Other"),
    ("opt_out", "No more mail"),
)
_OPEN = 4  # mails shown open; earlier ones are folded away


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An answer being written: its text, and why it could not be sent."""

    text: str = ""
    fault: str = ""


@blueprint.get("/inbox")
def index() -> Response:
    """Show the list, and the first conversation beside it where there is room."""
    return show_inbox(None)


@blueprint.get("/inbox/<int:thread_id>")
def show(thread_id: int) -> Response:
    """Show one conversation."""
    return show_inbox(thread_id)


@blueprint.post("/threads/<int:thread_id>/done")
def close(thread_id: int) -> Response:
    """Say that nothing more is owed."""
    require("edit")
    tx = this_tx()
    thread = inbox.get_thread(tx, thread_id)
    before = read_rest(thread)
    closing.close_thread(tx, thread_id, actor=this_actor())
    summary = say("Done: %(subject)s", subject=thread.subject)
    change = record_rest(tx, [(thread, before)], actor=this_actor(), summary=summary)
    return done("/inbox?turn=you", _("Done. It returns when they write."), undo=undo_place(change))


@blueprint.post("/threads/<int:thread_id>/done/lift")
def reopen(thread_id: int) -> Response:
    """Take "done" or a snooze back."""
    require("edit")
    closing.reopen_thread(this_tx(), thread_id, actor=this_actor())
    return done(f"/inbox/{thread_id}")


@blueprint.post("/threads/<int:thread_id>/snooze")
def snooze(thread_id: int) -> Response:
    """Let a conversation rest until a day."""
    require("edit")
    tx = this_tx()
    until = forms.read_rest_until(request.form.get("until", ""), tx.now, read_zone(this_user().zone))
    thread = inbox.get_thread(tx, thread_id)
    before = read_rest(thread)
    closing.snooze_thread(tx, thread_id, until, actor=this_actor())
    summary = say("Snoozed: %(subject)s", subject=thread.subject)
    change = record_rest(tx, [(thread, before)], actor=this_actor(), summary=summary)
    return done("/inbox?turn=you", _("Snoozed until %(day)s.", day=f"{until:%A %-d %B}"), undo=undo_place(change))


def show_inbox(thread_id: int | None, draft: Draft | None = None, *, status: int = 200) -> Response:
    """Show the inbox with a conversation open, and an answer that could not be sent still in its box."""
    tx, turn, kind = this_tx(), request.args.get("turn", ""), request.args.get("kind", "")
    rows = inbox.list_threads(tx, turn=turn, kind=kind, mailbox_id=forms.read_int(request.args.get("mailbox")))
    context: dict[str, object] = {"rows": rows, "turn": turn, "kind": kind, "reading": thread_id, "kinds": KINDS}
    opened = thread_id if thread_id is not None else next((row.thread.id for row in rows), None)
    context |= {"opened": opened, "draft": draft or Draft()}
    if not is_partial() and opened is not None:
        context |= _conversation(tx, opened, rows)
    return page("inbox/page.html", part="inbox/_list.html", status=status, **context)


def _conversation(tx: Tx, thread_id: int, rows: list[ThreadRow]) -> dict[str, object]:
    thread = next((row.thread for row in rows if row.thread.id == thread_id), None) or inbox.get_thread(tx, thread_id)
    mails = threads.list_messages(tx, thread_id)
    contact = tx.session.get(Contact, thread.contact_id) if thread.contact_id else None
    newest_in = next((message for message, _body in reversed(mails) if message.direction == "in"), None)
    return {
        "thread": thread,
        "thread_turn": inbox.turn_of(thread, tx.now),
        "mails": mails,
        "folded": max(0, len(mails) - _OPEN),
        "newest_in": newest_in,
        "guess_asks": newest_in is not None and inbox.asks_for_a_look(newest_in),
        "proposed": proposals.list_of_messages(tx, [message.id for message, _body in mails]),
        "leaving": outgoing.list_leaving(tx, thread_id),
        "request_key": new_token(),
        "contact": contact,
        **_about(tx, contact, thread.brand_id),
    }


def _about(tx: Tx, contact: Contact | None, brand_id: int | None) -> dict[str, object]:
    if contact is None:
        return {}
    if contact.erased_at:
        raise NotFoundError("There is no such conversation.")
    stages = list_stages_around(tx, contact.id, brand_id)
    return {
        "relationship": next((found for _stage, found in stages if found), None),
        "stages": [stage for stage, _found in stages],
        "handles": list_main_handles(tx, [contact.id]).get(contact.id, ()),
        "exchange": list_exchanges(tx, [contact.id])[contact.id],
        "runs": outgoing.list_runs(tx, contact.id),
        "products": list_products(tx, brand_id),
    }
