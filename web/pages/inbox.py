"""Wire: the inbox: the list, one conversation beside it, and what is known about the person."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, g, request

from crm import closing, inbox
from crm.contact_turns import decide_contact_turn
from crm.exchange import list_exchanges
from crm.inbox_beside import Beside, read_beside
from crm.inbox_page import count_waiting_and_find, read_page
from crm.models import Contact, Thread
from crm.people import list_main_handles
from crm.person import list_stages_around
from crm.rest_undo import read_rest, record_rest
from crm.talk import read_talk
from crm.upkeep_desk import read_upkeep_desk
from crm.waits import read_clocks
from kit.errors import NotFoundError, say
from kit.tx import Tx
from sequences.sending import mail_drafts
from sequences.sending.news import state_of
from sequences.sending.writing_desk import WritingDesk, read_desk
from web import forms, outgoing
from web.auth import may, require
from web.composing import Composer, Trouble, answer_composer
from web.inbox_flow import make_flow
from web.inbox_where import Where, place_after, read_where
from web.request import is_partial, this_actor, this_tx, this_user
from web.respond import done, page
from web.shell import this_shell
from web.times import long_day, read_zone
from web.undo import undo_place
from web.whose import this_who
from web.words import _, lazy

blueprint = Blueprint("inbox", __name__)
KINDS = (
    ("interested", lazy("Interested")),
    ("question", lazy("Question")),
    ("counter_offer", lazy("Counter-offer")),
    ("not_now", lazy("Not now")),
    ("no", lazy("No")),
    ("referral", lazy("Referral")),
    ("auto_reply", lazy("Auto-reply")),
    ("other", lazy("Other")),
    ("opt_out", lazy("No more mail")),
)
_OPEN = 4  # mails shown; earlier ones come when somebody asks for them


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
    words = _("Done. It returns when they write.")
    return done(place_after(), words, undo=undo_place(change), back=False)


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
    words = _("Snoozed until %(day)s.", day=long_day(until, read_zone(this_user().zone)))
    return done(place_after(), words, undo=undo_place(change), back=False)


def show_inbox(thread_id: int | None, trouble: Trouble | None = None, *, status: int = 200) -> Response:
    """Show the inbox with a conversation open, and why an answer could not be sent above its text."""
    tx, where = this_tx(), read_where()
    g.who = where.query.get("who")  # where a form came from counts as the address of this page
    found = read_page(tx, where.wanted, after=where.after)
    if where.after and not found.rows:  # the last of a page was just done
        where = Where(query={name: text for name, text in where.query.items() if name != "after"})
        found = read_page(tx, where.wanted)
    rows, desk = found.rows, read_upkeep_desk(tx, this_user().id)
    context: dict[str, object] = {"rows": rows, "onward": found.onward, "where": where}
    context |= {"reading": thread_id, "kinds": KINDS, "who": this_who()}
    # A conversation that lies further down is read on the way.
    further = None if any(row.thread.id == thread_id for row in rows) else thread_id
    context["interested"], thread = count_waiting_and_find(
        tx, replace(where.wanted, turn="", kind="interested"), further
    )
    context |= {"desk": desk, "clocks": read_clocks(rows, desk.hours, tx.now)}
    opened = thread_id if thread_id is not None else next((row.thread.id for row in rows), None)
    context |= {"opened": opened, "ask": request.args.get("ask", "")}
    if not is_partial() and opened is not None:
        this_shell()  # brands and mailboxes are known from here on
        context |= _conversation(tx, thread or inbox.get_thread(tx, opened), trouble)
    return page("inbox/page.html", part="inbox/_list.html", status=status, **context)


def _conversation(tx: Tx, thread: Thread, trouble: Trouble | None) -> dict[str, object]:
    thread_id = thread.id
    mails, proposed = read_talk(tx, thread_id, _OPEN)
    desk = read_desk(
        tx,
        this_user().id,
        mail_drafts.place_of(thread_id=thread_id),
        contact_id=thread.contact_id,
        thread_id=thread_id,
    )
    contact = desk.contact
    leaving = outgoing.list_leaving(tx, thread_id)
    beside = read_beside(tx, contact.id, thread.brand_id) if contact else Beside()
    about = _about(tx, contact, thread.brand_id) | {"products": beside.products}
    flow, folded = make_flow(mails, beside.notes, shown=_OPEN)
    newest_in = next((mail.message for mail in reversed(mails) if mail.message.direction == "in"), None)
    return {
        "thread": thread,
        "thread_turn": inbox.turn_of(thread, tx.now),
        "contact_turn": decide_contact_turn([thread], beside.dues, tx.now),
        "beside": beside,
        "flow": flow,
        "folded": folded,
        "lands": None,
        "newest_in": newest_in,
        "guess_asks": newest_in is not None and inbox.asks_for_a_look(newest_in),
        "proposed": proposed,
        "leaving": leaving,
        "contact": contact,
        "file_counts": {send_id: len(files) for send_id, files in desk.sent_files.items()},
        "sent_files": desk.sent_files,
        **about,
        "composer": _composer(tx, thread, desk, about, state_of([mail.message for mail in mails], leaving), trouble),
    }


def _composer(
    tx: Tx, thread: Thread, desk: WritingDesk, about: dict[str, Any], seen: str, trouble: Trouble | None
) -> Composer | None:
    if desk.contact is None or not may("send"):
        return None
    return answer_composer(tx, thread, desk, about, seen, trouble)


def _about(tx: Tx, contact: Contact | None, brand_id: int | None) -> dict[str, Any]:
    if contact is None:
        return {}
    if contact.erased_at:
        raise NotFoundError(say("There is no such conversation."))
    stages = list_stages_around(tx, contact.id, brand_id)
    return {
        "relationship": next((found for _stage, found in stages if found), None),
        "stages": [stage for stage, _found in stages],
        "handles": list_main_handles(tx, [contact.id]).get(contact.id, ()),
        "exchange": list_exchanges(tx, [contact.id])[contact.id],
        "runs": outgoing.list_runs(tx, contact.id),
    }
