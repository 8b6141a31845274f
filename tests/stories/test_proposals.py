"""What a reply states waits for a yes: kept with the mail, applied through what there is; corrections count."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from crm import inbox, users
from crm.accepting import accept
from crm.contacts import create_contact, find_contact_by_email, list_addresses
from crm.corrections import GuessCount, count_guesses
from crm.inbox_page import Wanted, read_page
from crm.links import LINK
from crm.models import (
    Change,
    Contact,
    ContactLink,
    Feedback,
    Handle,
    Message,
    Proposal,
    ReplyCorrection,
    Task,
    Thread,
    TimelineEntry,
)
from crm.proposal_words import describe
from crm.proposals import dismiss, get_proposal, list_waiting
from crm.undoing import take_back
from kit.errors import ConflictError, NotFoundError, RapportError
from kit.tx import Tx
from sequences.reading.replies import correct_kind
from tests.stories.world import World

DUBLIN = ZoneInfo("Europe/Dublin")
EVERYTHING = """\
Hi Mia,

lovely markers! For one reel I charge 450 EUR. Could we have a call next Tuesday at 3pm?
The cap of the markers is way too tight, the product got dry. My manager is Jana, please write to jana@agency.example.
My new email is creator@new.example
"""


def hear(world: World, text: str, **headers: str) -> int:
    """Let a pitch be answered with `text`; return the answer's number."""
    world.load()
    world.enrol(world.people(1))
    world.tick()
    world.answer(world.mails_to("creator0@people.example")[0], text, headers=headers)
    world.tick()
    return world.messages()[-1].id


def waiting(world: World) -> dict[str, Proposal]:
    with world.database.reading() as tx:
        return {row.kind: row for row in list_waiting(tx, contact_id=1)}


def say_yes(world: World, row: Proposal) -> None:
    with world.database.transaction() as tx:
        accept(tx, row.message_id, row.number, actor="user:1", zone=DUBLIN)


def undo(world: World, row: Proposal) -> None:
    with world.database.transaction() as tx:
        take_back(tx, row.message_id, row.number, actor="user:1")


def add_user(world: World) -> None:
    with world.database.transaction() as tx:
        users.add_user(tx, "mia@pastel.test", role="outreach", name="Mia Lund")


def test_a_reply_s_facts_wait_and_change_nothing(small: World) -> None:
    hear(small, EVERYTHING)
    rows = waiting(small)
    assert set(rows) == {"price", "meeting", "representative", "address", "feedback"}
    assert describe("price", rows["price"].data) == "450 EUR for one reel"
    assert rows["meeting"].data["at"] == "15:00:00"
    assert rows["representative"].data == {"name": "Jana", "email": "jana@agency.example"}
    assert rows["address"].data == {"email": "creator@new.example"}
    assert all(row.sentence in " ".join(EVERYTHING.split()) for row in rows.values())
    with small.database.reading() as tx:
        assert [one.email for one in list_addresses(tx, 1)] == ["creator0@people.example"]
        assert tx.session.scalar(select(Task.id)) is tx.session.scalar(select(Feedback.id)) is None
        assert tx.session.get_one(Contact, 1).fields == {}
    # The same mail read again, or the same facts in the next one, ask nothing twice.
    small.answer(small.mails_to("creator0@people.example")[0], "As I said, for one reel I charge 450 EUR.")
    small.tick()
    assert len(waiting(small)) == len(rows)


def test_a_yes_does_the_real_thing_and_can_be_taken_back(world: World) -> None:
    add_user(world)
    hear(world, EVERYTHING)
    with world.database.transaction() as tx:
        tx.session.add(Handle(contact_id=1, platform="instagram", username="c", created_at=tx.now))
    rows = waiting(world)
    for row in rows.values():
        say_yes(world, row)
    assert waiting(world) == {}
    with world.database.reading() as tx:
        handle, task = tx.session.scalars(select(Handle)).one(), tx.session.scalars(select(Task)).one()
        assert (handle.price_amount, handle.price_currency) == (Decimal(450), "EUR")
        assert (task.due_on, task.assignee_id) == (date.fromisoformat(rows["meeting"].data["on"]), 1)
        assert [one.email for one in list_addresses(tx, 1)] == ["creator0@people.example", "creator@new.example"]
        assert tx.session.get_one(Contact, 1).fields == {"representative": "Jana <jana@agency.example>"}
        feedback = tx.session.scalars(select(Feedback)).one()
        assert (feedback.kind, feedback.message_id) == ("problem", rows["feedback"].message_id)
        kinds = list(tx.session.scalars(select(TimelineEntry.kind).where(TimelineEntry.actor == "user:1")))
        assert {"rate", "task", "address", "representative", "feedback", "link"} <= set(kinds)
        tie, jana = tx.session.scalars(select(ContactLink)).one(), find_contact_by_email(tx, "jana@agency.example")
        assert jana is not None
        assert (tie.contact_id, tie.agent_id, tie.role, tie.speaks) == (1, jana.id, "agent", True)
    for row in rows.values():
        undo(world, row)
    with world.database.reading() as tx:
        assert tx.session.scalars(select(Handle)).one().price_amount is None
        assert tx.session.scalar(select(Task.id)) is tx.session.scalar(select(Feedback.id)) is None
        assert [one.email for one in list_addresses(tx, 1)] == ["creator0@people.example"]
        assert tx.session.get_one(Contact, 1).fields == {}
        assert tx.session.scalar(select(ContactLink.id)) is None
        assert tx.session.scalars(select(Change.undone_by).where(Change.kind == LINK)).all() == ["user:1"]
        assert tx.session.query(TimelineEntry).filter_by(kind="taken_back").count() == len(rows)
    assert set(waiting(world)) == set(rows)


def test_not_now_with_a_day_lets_the_conversation_rest(small: World) -> None:
    message_id = hear(small, "Not right now, I am fully booked. Please ask me again in March.")
    row = waiting(small)["later"]
    assert row.data == {"on": "2027-03-01"}
    say_yes(small, row)
    with small.database.reading() as tx:
        thread = tx.session.get_one(Thread, tx.session.get_one(Message, message_id).thread_id)
        assert thread.snoozed_until is not None
        assert f"{thread.snoozed_until:%Y-%m-%d %H}" == "2027-03-01 08"
    undo(small, row)
    with small.database.reading() as tx:
        assert tx.session.get_one(Thread, thread.id).snoozed_until is None


def change_price(tx: Tx) -> None:
    tx.session.scalars(select(Handle)).one().price_amount = Decimal(999)


def change_representative(tx: Tx) -> None:
    tx.session.get_one(Contact, 1).fields = {"representative": "Somebody else"}


def finish_task(tx: Tx) -> None:
    tx.session.scalars(select(Task)).one().done_at = tx.now


@pytest.mark.parametrize(
    ("kind", "change"), [("price", change_price), ("representative", change_representative), ("meeting", finish_task)]
)
def test_what_was_changed_by_hand_since_stays(small: World, kind: str, change: Callable[[Tx], None]) -> None:
    add_user(small)
    hear(small, EVERYTHING)
    with small.database.transaction() as tx:
        tx.session.add(Handle(contact_id=1, platform="instagram", username="c", created_at=tx.now))
    row = waiting(small)[kind]
    say_yes(small, row)
    with small.database.transaction() as tx:
        change(tx)
    with pytest.raises(ConflictError):
        undo(small, row)
    with small.database.reading() as tx:
        assert get_proposal(tx, row.message_id, row.number).decision == "accepted"


def test_a_price_without_its_channel_is_noted_and_changes_no_handle(small: World) -> None:
    hear(small, "For a newsletter I charge 450 EUR.")
    with small.database.transaction() as tx:
        for platform in ("instagram", "youtube"):
            tx.session.add(Handle(contact_id=1, platform=platform, username="c", created_at=tx.now))
    say_yes(small, waiting(small)["price"])
    with small.database.reading() as tx:
        assert {one.price_amount for one in tx.session.scalars(select(Handle))} == {None}
        entry = tx.session.scalars(select(TimelineEntry).where(TimelineEntry.kind == "rate")).one()
        assert (entry.data["amount"], entry.data["currency"]) == ("450", "EUR")


def test_a_no_is_kept_and_decided_once(small: World) -> None:
    hear(small, "For one reel I charge 450 EUR.")
    row = waiting(small)["price"]
    with small.database.transaction() as tx:
        dismiss(tx, row.message_id, row.number, actor="user:1")
    for decide in (say_yes, say_yes):
        with pytest.raises(ConflictError, match="dismissed already"):
            decide(small, row)
    with small.database.transaction() as tx, pytest.raises(NotFoundError):
        dismiss(tx, row.message_id, 99, actor="user:1")
    undo(small, row)
    with pytest.raises(ConflictError, match="Nobody has decided"):
        undo(small, row)
    assert set(waiting(small)) == {"price"}


def test_an_address_of_somebody_else_is_refused_and_stays_open(small: World) -> None:
    hear(small, "My new email is creator1@people.example")
    with small.database.transaction() as tx:
        create_contact(tx, name="Another", emails=["creator1@people.example"], actor="system")
    with pytest.raises(RapportError, match="belongs to another"):
        say_yes(small, waiting(small)["address"])
    assert set(waiting(small)) == {"address"}


def test_who_wants_no_more_mail_is_asked_nothing(small: World) -> None:
    hear(small, "Unsubscribe me. My price would have been 450 EUR per reel.")
    assert waiting(small) == {}


def test_the_one_copied_is_the_manager(small: World) -> None:
    hear(small, "I've copied my manager Ben, who handles this.", Cc="Ben Ode <ben@agents.example>")
    assert waiting(small)["representative"].data == {"name": "Ben", "email": "ben@agents.example"}


def test_a_correction_keeps_what_the_machine_said_and_is_counted(world: World) -> None:
    message_id = hear(world, "Which colour would it be?")
    before = world.sends()
    with world.database.transaction() as tx:
        correct_kind(tx, message_id, "interested", actor="user:1")
    with world.database.transaction() as tx:
        correct_kind(tx, message_id, "no", actor="user:2")
        correct_kind(tx, message_id, "no", actor="user:2")
    with world.database.reading() as tx:
        message = tx.session.get_one(Message, message_id)
        assert (message.reply_kind, message.guessed_kind, message.reply_kind_by) == ("no", "question", "user:2")
        rows = list(tx.session.scalars(select(ReplyCorrection).order_by(ReplyCorrection.id)))
        assert [(row.guessed, row.before, row.after) for row in rows] == [
            ("question", "question", "interested"),
            ("question", "interested", "no"),
        ]
        assert all(row.marks > 5 and row.confidence and row.confidence > 0.6 for row in rows)
        assert count_guesses(tx) == [GuessCount(guessed="question", replies=1, looked_at=1, corrected={"no": 1})]
        assert count_guesses(tx)[0].share == 1.0
    world.days(10)
    world.tick()
    assert [(send.id, send.state) for send in world.sends()] == [(send.id, send.state) for send in before]


def test_agreeing_counts_as_looked_at(small: World) -> None:
    message_id = hear(small, "Which colour would it be?")
    with small.database.transaction() as tx:
        correct_kind(tx, message_id, "question", actor="user:1")
    with small.database.reading() as tx:
        assert [(one.looked_at, one.corrected, one.share) for one in count_guesses(tx)] == [(1, {}, 0.0)]


def test_unsure_guesses_stand_under_to_check_until_a_person_looked(world: World) -> None:
    message_id = hear(world, "Nice pan, bad time, no money, ask Jo.")
    with world.database.transaction() as tx:
        (row,) = read_page(tx, Wanted(kind=inbox.TO_CHECK)).rows
        assert row.asks
        correct_kind(tx, message_id, row.label or "", actor="user:1")
    with world.database.reading() as tx:
        assert not read_page(tx, Wanted(kind=inbox.TO_CHECK)).rows
        assert not read_page(tx, Wanted()).rows[0].asks
