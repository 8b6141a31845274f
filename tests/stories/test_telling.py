"""Telling those who raised a theme: exactly them, once each, only who may be written to, closed only when it left."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from crm.addresses import add_by_hand, mark_by_hand, retire_address
from crm.changes import undo_change
from crm.contacts import list_addresses
from crm.feedback import log_feedback
from crm.mailboxes import get_mailbox
from crm.models import Contact, TimelineEntry
from crm.suppressions import suppress
from crm.theme_split import split_theme
from crm.themes import edit_theme, ensure_theme, merge_themes
from kit.errors import ConflictError, InvalidError
from kit.tx import Tx
from mailer.fakes import FaultPoint
from sequences.models import Send
from sequences.sending.answers import Letter, queue_mail
from sequences.sending.unclear import resolve_unknown
from sequences.tell_models import ThemeTell
from sequences.telling import posting, raisers
from sequences.telling.drafting import leave_out, revise_letter, write_anyway, write_letters
from sequences.telling.posting import Posted, post_letters
from sequences.telling.progress import count_told
from sequences.telling.raisers import read_raisers
from sequences.telling.safety import Teller
from tests.stories.world import MIA, World
from web.undo import REVERSERS

DID = "The handle is hollow now and stays cool for **forty** minutes."


@dataclass
class Told:
    """A theme that is out, raised by five people."""

    world: World
    theme: int
    people: list[int]


def _teller(tx: Tx) -> Teller:
    return Teller(user_id=1, actor="user:1", brand_id=1, mailbox=get_mailbox(tx, MIA))


@pytest.fixture
def story(world: World) -> Told:
    return _begin(world)


@pytest.fixture
def small_story(small: World) -> Told:
    """On SQLite alone: what these ask the database, others here ask both."""
    return _begin(small)


def _begin(world: World) -> Told:
    people = world.people(5)
    with world.database.transaction() as tx:
        for number in people:
            _say(tx, number, "The handle gets *hot*.")
        _say(tx, people[0], "Still hot, after a week.")
        _say(tx, None, "My audience burns its fingers.")
        theme = ensure_theme(tx, "Hot handle", actor="user:1", brand_id=1)
        edit_theme(tx, theme.id, actor="user:1", state="out", did=DID, out_on="2026-11-20")
        return Told(world, theme.id, people)


def _say(tx: Tx, contact: int | None, words: str, theme: str = "Hot handle") -> None:
    log_feedback(tx, words, kind="problem", actor="user:1", contact_id=contact, brand_id=1, theme=theme)


def _write(story: Told) -> None:
    with story.world.database.transaction() as tx:
        write_letters(tx, story.theme, _teller(tx))


def _post(story: Told, only: list[int] | None = None) -> Posted:
    with story.world.database.transaction() as tx:
        return post_letters(tx, story.theme, _teller(tx), links=story.world.engine.links, undo_s=10, only=only)


def _states(story: Told) -> list[str]:
    with story.world.database.reading() as tx:
        theme = ensure_theme(tx, "Hot handle", actor="", brand_id=1)
        return [one.status for one in read_raisers(tx, theme).people]


def _leave(story: Told) -> None:
    story.world.clock.advance(timedelta(seconds=11))
    story.world.tick()


def _closed(story: Told) -> list[int]:
    with story.world.database.reading() as tx:
        entries = select(TimelineEntry.contact_id).where(TimelineEntry.kind == "loop_closed")
        return sorted(tx.session.scalars(entries))


def test_each_is_told_once_with_their_own_words_and_the_loop_closes_when_it_left(small_story: Told) -> None:
    _write(small_story)
    assert _states(small_story) == ["draft"] * 5
    assert _post(small_story).queued == 5
    assert (_states(small_story), _closed(small_story)) == (["leaving"] * 5, [])

    _leave(small_story)

    assert _states(small_story) == ["told"] * 5
    assert _closed(small_story) == small_story.people
    mail = small_story.world.mails_to("creator0@people.example")
    assert len(mail) == 1
    text = mail[0].get_body(("plain",)).get_content().replace("\r\n", "\n")  # type: ignore[union-attr]
    assert "> The handle gets *hot*.\n" in text
    assert "> Still hot, after a week." in text
    assert "stays cool for forty minutes" in text
    assert "No more messages, please" in text
    assert "unsubscribe" in str(mail[0]["List-Unsubscribe"]) or MIA in str(mail[0]["List-Unsubscribe"])
    with small_story.world.database.reading() as tx:
        assert count_told(tx, [small_story.theme]) == {small_story.theme: 5}
    with pytest.raises(ConflictError):
        _post(small_story)
    _write(small_story)
    assert _states(small_story) == ["told"] * 5


def test_who_must_not_be_written_to_is_shown_with_the_reason(story: Told) -> None:
    world, people = story.world, story.people
    world.load()
    world.enrol([people[3]])
    world.tick()
    with world.database.transaction() as tx:
        suppress(tx, "creator1@people.example", reason="opt_out", source="said so", actor="user:1")
        tx.session.get_one(Contact, people[2]).erased_at = tx.now
    _write(story)

    assert _states(story) == ["draft", "held", "held", "held", "draft"]
    with world.database.reading() as tx:
        rows = {row.contact_id: row for row in tx.session.scalars(select(ThemeTell))}
    assert [rows[people[n]].rule for n in (1, 2, 3)] == ["suppressed", "erased", "recently_contacted"]
    assert "Mia Lund wrote on" in rows[people[3]].reason
    with world.database.transaction() as tx, pytest.raises(ConflictError):
        write_anyway(tx, story.theme, rows[people[1]].id, why="asked for it", teller=_teller(tx))
    with world.database.transaction() as tx:
        write_anyway(tx, story.theme, rows[people[3]].id, why="she asked on the phone", teller=_teller(tx))
    assert _post(story).queued == 3
    _leave(story)
    assert _closed(story) == [people[0], people[3], people[4]]


def test_the_last_look_holds_who_was_forbidden_since(small_story: Told) -> None:
    _write(small_story)
    with small_story.world.database.transaction() as tx:
        suppress(tx, "creator4@people.example", reason="opt_out", source="said so", actor="user:1")
    posted = _post(small_story)
    assert (posted.queued, posted.held, posted.left) == (4, 1, 0)
    with small_story.world.database.transaction() as tx:
        suppress(tx, "creator3@people.example", reason="opt_out", source="said so", actor="user:1")
    _leave(small_story)
    assert _states(small_story) == ["told", "told", "told", "not_sent", "held"]
    assert _closed(small_story) == small_story.people[:3]


def test_letters_are_changed_left_out_and_taken_back(story: Told) -> None:
    _write(story)
    with story.world.database.transaction() as tx:
        first, second = tx.session.scalars(select(ThemeTell).order_by(ThemeTell.id).limit(2))
        revise_letter(tx, story.theme, first.id, subject="Cool now", text="Hi, it is cool now.")
        leave_out(tx, story.theme, second.id)
    _write(story)
    assert _states(story) == ["draft", "held", "draft", "draft", "draft"]
    posted = _post(story, [first.id])
    assert (posted.queued, posted.change is not None) == (1, True)
    with story.world.database.transaction() as tx:
        with pytest.raises(ConflictError):
            revise_letter(tx, story.theme, first.id, subject="x", text="y")
        undo_change(tx, posted.change.id if posted.change else 0, actor="user:1", reversers=REVERSERS)
    assert _states(story)[0] == "draft"
    _leave(story)
    assert story.world.mails_to("creator0@people.example") == []
    _post(story, [first.id])
    _leave(story)
    assert [str(mail["Subject"]) for mail in story.world.mails_to("creator0@people.example")] == ["Cool now"]
    with story.world.database.reading() as tx:
        assert count_told(tx, [story.theme]) == {story.theme: 1}


def test_a_theme_that_took_another_in_tells_nobody_twice(story: Told) -> None:
    _write(story)
    _post(story)
    _leave(story)
    with story.world.database.transaction() as tx:
        _say(tx, story.people[0], "And the lid.", theme="Hot things")
        into = ensure_theme(tx, "Hot things", actor="user:1", brand_id=1)
        edit_theme(tx, into.id, actor="user:1", state="out", did="All of it is cool.")
        merge_themes(tx, story.theme, into.id, actor="user:1")
        assert count_told(tx, [into.id]) == {into.id: 5}
        written = write_letters(tx, into.id, _teller(tx))
    assert (written.drafts, written.held) == (0, 0)


def test_told_lately_about_another_theme_waits(story: Told) -> None:
    _write(story)
    _post(story)
    _leave(story)
    with story.world.database.transaction() as tx:
        _say(tx, story.people[0], "The lid rattles.", theme="Lid")
        lid = ensure_theme(tx, "Lid", actor="user:1", brand_id=1)
        edit_theme(tx, lid.id, actor="user:1", state="out", did="A new knob.")
        assert write_letters(tx, lid.id, _teller(tx)).held == 1
        row = tx.session.scalars(select(ThemeTell).where(ThemeTell.theme_id == lid.id)).one()
        assert row.reason.startswith("Told about “Hot handle” on")


def test_a_letter_waits_while_the_mailbox_cannot_be_read(small_story: Told) -> None:
    _write(small_story)
    _post(small_story)
    small_story.world.server.fail(FaultPoint.IMAP_CONNECT, times=None)
    _leave(small_story)
    assert (set(_states(small_story)), _closed(small_story)) == ({"leaving"}, [])
    small_story.world.server.heal()
    small_story.world.days(0.1)
    small_story.world.tick()
    assert _closed(small_story) == small_story.people


def test_nothing_is_told_before_it_is_out_and_said_what_was_done(world: World) -> None:
    people = world.people(1)
    with world.database.transaction() as tx:
        _say(tx, people[0], "Too heavy.", theme="Weight")
        theme = ensure_theme(tx, "Weight", actor="user:1", brand_id=1)
        with pytest.raises(ConflictError):
            write_letters(tx, theme.id, _teller(tx))
        edit_theme(tx, theme.id, actor="user:1", state="out")
        assert theme.out_on == tx.now.date()
        with pytest.raises(InvalidError):
            write_letters(tx, theme.id, _teller(tx))


def test_a_note_that_moved_away_takes_its_letter_along(story: Told) -> None:
    _write(story)
    with story.world.database.transaction() as tx:
        theme = ensure_theme(tx, "Hot handle", actor="user:1", brand_id=1)
        one = read_raisers(tx, theme).people[4]
        change = split_theme(tx, theme.id, [note.id for note in one.notes], "Elsewhere", actor="user:1")
    posted = _post(story)
    assert posted.queued == 4
    with story.world.database.transaction() as tx:
        undo_change(tx, change.id, actor="user:1", reversers=REVERSERS)
    assert sorted(_states(story)) == ["draft", "leaving", "leaving", "leaving", "leaving"]


def test_days_and_words_come_back_with_undo(story: Told) -> None:
    with story.world.database.transaction() as tx:
        change = edit_theme(tx, story.theme, actor="user:1", did="Something else.", out_on="2026-11-22")
        assert change is not None
    with story.world.database.transaction() as tx:
        undo_change(tx, change.id, actor="user:1", reversers=REVERSERS)
        theme = ensure_theme(tx, "Hot handle", actor="user:1", brand_id=1)
        assert (theme.did, theme.out_on) == (DID, date(2026, 11, 20))


def test_an_answer_by_hand_carries_no_way_out(small_story: Told) -> None:
    with small_story.world.database.transaction() as tx:
        queue_mail(tx, small_story.people[0], Letter(text="Hello.", subject="Hi"), mailbox_id=_teller(tx).mailbox.id,
                   brand_id=1, request_key="k", actor="user:1")  # fmt: skip
    _leave(small_story)
    mail = small_story.world.mails_to("creator0@people.example")[0]
    assert mail["List-Unsubscribe"] is None


def test_an_unclear_mail_closes_nothing_until_somebody_knows(story: Told) -> None:
    _write(story)
    with story.world.database.reading() as tx:
        first = tx.session.scalars(select(ThemeTell).order_by(ThemeTell.id)).first()
    assert first is not None
    _post(story, [first.id])
    story.world.server.fail(FaultPoint.FINAL)
    _leave(story)
    assert (_states(story)[0], _closed(story)) == ("unclear", [])
    with pytest.raises(ConflictError):
        _post(story, [first.id])
    _write(story)
    assert _states(story)[0] == "unclear"
    with story.world.database.transaction() as tx:
        resolve_unknown(tx, 1, verdict="sent", actor="user:1")
    assert (_states(story)[0], _closed(story)) == ("told", story.people[:1])


def test_what_came_back_told_nobody(small_story: Told) -> None:
    _write(small_story)
    _post(small_story)
    _leave(small_story)
    with small_story.world.database.transaction() as tx:
        tx.session.query(Send).filter_by(contact_id=small_story.people[2]).one().bounced_at = tx.now
    assert _states(small_story)[2] == "bounced"
    with small_story.world.database.reading() as tx:
        assert count_told(tx, [small_story.theme]) == {small_story.theme: 4}


def test_more_people_than_are_read_at_once_come_once_the_first_were_told(
    story: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raisers, "MOST", 3)
    monkeypatch.setattr(posting, "AT_ONCE", 2)
    for left in (1, 1, 0):
        _write(story)
        assert _post(story).left == left
        _leave(story)
    assert _closed(story) == story.people
    with story.world.database.reading() as tx:
        found = read_raisers(tx, ensure_theme(tx, "Hot handle", actor="", brand_id=1))
    assert (len(found.people), found.more, found.total, found.told) == (3, 2, 5, 5)


def test_a_retired_address_neither_bars_nor_clears_anybody(story: Told) -> None:
    """The address that a letter would go to is the one that counts."""
    with story.world.database.transaction() as tx:
        for number, (old, new) in zip(story.people[:2], (("bad", "ok"), ("ok", "bad")), strict=True):
            [first] = list_addresses(tx, number)
            later = add_by_hand(tx, number, f"later{number}@people.example", actor="user:1")
            mark_by_hand(tx, first.id, old, actor="user:1")
            mark_by_hand(tx, later.id, new, actor="user:1")
            retire_address(tx, first.id, why="changed", actor="user:1")
    _write(story)
    assert _states(story)[:2] == ["draft", "held"]
