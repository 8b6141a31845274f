"""Two records of one person who raised the same theme: after merging them, one letter leaves, and one only."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from crm.changes import undo_change
from crm.feedback import log_feedback
from crm.mailboxes import get_mailbox
from crm.themes import edit_theme, ensure_theme
from kit.tx import Tx
from sequences.merging.merge import merge_contacts
from sequences.models import Send
from sequences.tell_models import ThemeTell
from sequences.telling.drafting import write_letters
from sequences.telling.posting import post_letters
from sequences.telling.safety import Teller
from tests.stories.world import MIA, World
from web.undo import REVERSERS

ADA = "user:1"
BOTH = ["creator0@people.example", "creator1@people.example"]


def raise_theme(world: World) -> tuple[list[int], int]:
    people = world.people(2)
    with world.database.transaction() as tx:
        for number in people:
            log_feedback(tx, "hot", kind="problem", actor=ADA, contact_id=number, brand_id=1, theme="Hot handle")
        theme = ensure_theme(tx, "Hot handle", actor=ADA, brand_id=1)
        edit_theme(tx, theme.id, actor=ADA, state="out", did="We wrapped the handle in cork.", out_on="2026-11-20")
        write_letters(tx, theme.id, teller(tx))
        return people, theme.id


def teller(tx: Tx) -> Teller:
    return Teller(user_id=1, actor=ADA, brand_id=1, mailbox=get_mailbox(tx, MIA))


def post(world: World, theme: int, person: int | None = None) -> None:
    """Queue all letters, or the one to a person."""
    with world.database.transaction() as tx:
        theirs = select(ThemeTell.id).where(ThemeTell.contact_id == person)
        only = None if person is None else list(tx.session.scalars(theirs))
        post_letters(tx, theme, teller(tx), links=world.engine.links, undo_s=10, only=only)


def leave(world: World) -> list[str]:
    world.clock.advance(timedelta(seconds=11))
    world.tick()
    world.clock.advance(timedelta(minutes=2))
    world.tick()
    return [email for email in BOTH if world.mails_to(email)]


def rows(world: World) -> list[Any]:
    sends = select(Send.id, Send.contact_id, Send.state, Send.reason, Send.settled_at).order_by(Send.id)
    tells = select(ThemeTell.__table__).order_by(ThemeTell.id)
    with world.database.reading() as tx:
        return [tuple(row) for query in (sends, tells) for row in tx.session.execute(query)]


def merge(world: World, survivor: int, absorbed: int) -> int:
    with world.database.transaction() as tx:
        return merge_contacts(tx, survivor, absorbed, actor=ADA).change.id


def undo(world: World, change_id: int) -> None:
    with world.database.transaction() as tx:
        undo_change(tx, change_id, actor=ADA, reversers=REVERSERS)


def test_of_two_queued_letters_one_leaves(world: World) -> None:
    people, theme = raise_theme(world)
    post(world, theme)
    merge(world, *people)
    assert leave(world) == BOTH[:1]
    assert [send.state for send in world.sends()] == ["sent", "cancelled"]


def test_who_was_told_already_gets_no_second_letter(world: World) -> None:
    people, theme = raise_theme(world)
    post(world, theme, people[1])
    assert leave(world) == BOTH[1:]
    post(world, theme, people[0])
    merge(world, *people)
    assert leave(world) == BOTH[1:]
    with world.database.reading() as tx:
        tell = tx.session.scalars(select(ThemeTell)).one()
        assert (tell.contact_id, tell.state) == (people[0], "told")


def test_a_letter_that_ended_does_not_stop_the_one_that_waits(world: World) -> None:
    people, theme = raise_theme(world)
    post(world, theme)
    with world.database.transaction() as tx:
        send = tx.session.scalars(select(Send).where(Send.contact_id == people[0])).one()
        send.state, send.settled_at = "failed", tx.now
    merge(world, *people)
    assert leave(world) == BOTH[1:]


def test_taken_back_both_letters_are_what_they_were(world: World) -> None:
    people, theme = raise_theme(world)
    post(world, theme)
    before = rows(world)
    change = merge(world, *people)
    assert rows(world) != before
    undo(world, change)
    assert rows(world) == before
    assert leave(world) == BOTH
