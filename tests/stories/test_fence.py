"""No follow-up leaves unless the mailbox was read after it was claimed (A7); first pitches may."""

from datetime import timedelta

import pytest

from mailer.errors import FolderError
from mailer.fakes import FakeImapSession, FaultPoint
from mailer.types import FolderState
from sequences.tick import sweep
from tests.stories.world import MIA, World


def due_follow_up(world: World) -> None:
    """Bring one run to the moment its follow-up is due, planned and not sent."""
    world.load()
    world.enrol(world.people(1))
    world.tick()
    world.days(3.1)
    sweep(world.engine)


@pytest.mark.parametrize("point", [FaultPoint.IMAP_CONNECT, FaultPoint.IMAP])
def test_while_the_inbox_cannot_be_read_follow_ups_wait_and_say_why(small: World, point: FaultPoint) -> None:
    due_follow_up(small)
    small.server.fail(point, times=None)
    counts = small.tick()
    send = small.send(-1)
    assert (counts.sent, send.state) == (0, "scheduled")
    assert "inbox could not be read" in send.reason
    small.clock.advance(timedelta(minutes=1))
    assert small.poll().errors
    assert small.send(-1).due_at == send.due_at, "another poll that fails lets nothing go"
    small.server.heal()
    small.days(0.1)
    assert small.tick().sent == 1
    assert small.send(-1).reason == ""


class OneClosed:
    """A session to a server that opens every folder but one."""

    def __init__(self, session: FakeImapSession, closed: str) -> None:
        self._session = session
        self._closed = closed

    def __getattr__(self, name: str) -> object:
        return getattr(self._session, name)

    def select(self, name: str) -> FolderState:
        if name == self._closed:
            raise FolderError("[INUSE] Mailbox is in use")
        return self._session.select(name)


@pytest.mark.parametrize("closed", ["Sent", "INBOX", "Junk"])
def test_while_one_folder_stays_closed_follow_ups_wait_and_the_others_are_read(
    small: World, monkeypatch: pytest.MonkeyPatch, closed: str
) -> None:
    small.load()
    small.enrol(small.people(2))
    small.tick()
    small.days(3.1)
    sweep(small.engine)
    enter = small.server.open_imap
    monkeypatch.setattr(small.server, "open_imap", lambda server, login: OneClosed(enter(server, login), closed))
    open_one = "Junk" if closed == "INBOX" else "INBOX"
    small.answer(small.mails_to("creator0@people.example")[0], "Yes, gladly!", folder=open_one)
    assert small.drain().sent == 0
    assert [run.reason for run in small.runs()] == ["reply", ""]
    assert (small.send(-1).state, "inbox could not be read" in small.send(-1).reason) == ("scheduled", True)
    assert closed in small.send(-1).reason
    monkeypatch.undo()
    small.days(0.1)
    assert small.tick().sent == 1


def test_first_pitches_leave_while_the_inbox_cannot_be_read(small: World) -> None:
    small.load()
    small.enrol(small.people(2))
    small.server.fail(FaultPoint.IMAP_CONNECT, times=None)
    assert small.tick().sent == 2


def test_a_broken_inbox_is_asked_once_for_a_whole_batch(small: World) -> None:
    small.load()
    small.enrol(small.people(9))
    small.tick()
    small.days(3.1)
    sweep(small.engine)
    small.server.fail(FaultPoint.IMAP, times=None)
    asked: list[int] = []
    small.server.before_poll = lambda: asked.append(1)
    small.drain()
    assert len(asked) == 1
    assert {send.state for send in small.sends()[9:]} == {"scheduled"}


@pytest.mark.parametrize("folder", ["INBOX", "Junk"])
def test_an_answer_that_arrives_before_the_drain_is_seen(small: World, folder: str) -> None:
    """No poll runs by itself here: the drain has to look, in Junk as well."""
    due_follow_up(small)
    small.answer(small.mails_to("creator0@people.example")[0], "Not for me, sorry.", folder=folder)
    counts = small.drain()
    assert (counts.sent, counts.replies) == (0, 1)
    assert small.send(-1).state == "cancelled"


def test_mail_written_by_hand_in_sent_is_read_by_the_fence(small: World) -> None:
    due_follow_up(small)
    small.deliver(f"From: {MIA}\nTo: creator0@people.example\nSubject: Call\nMessage-ID: <h1@x.test>\n\nHi", "Sent")
    small.drain()
    assert [message.kind for message in small.messages()].count("manual") == 1


def test_one_poll_serves_a_batch_and_begins_after_the_claim(small: World) -> None:
    small.load()
    small.enrol(small.people(6))
    small.tick()
    small.days(3.1)
    sweep(small.engine)
    states: list[set[str]] = []
    small.server.before_poll = lambda: states.append({send.state for send in small.sends()[6:]})
    assert small.drain().sent == 6
    assert states == [{"claimed"}]


def test_a_stale_poll_is_repeated_and_sees_the_answer(small: World) -> None:
    """The server took 30 s to accept the recipient; meanwhile the answer came in."""
    due_follow_up(small)

    def dawdle() -> None:
        small.clock.advance(timedelta(seconds=30))
        small.answer(small.mails_to("creator0@people.example")[0], "Thanks, but no.")

    small.server.before_recipient = dawdle
    counts = small.drain()
    assert (counts.sent, counts.replies) == (0, 1)
    assert small.send(-1).state == "cancelled"


def test_after_a_stop_the_connection_carries_the_next_mail(small: World) -> None:
    small.load()
    small.enrol(small.people(2))
    small.tick()
    small.days(3.1)
    sweep(small.engine)
    first = small.mails_to("creator0@people.example")[0]

    def dawdle() -> None:
        small.clock.advance(timedelta(seconds=30))
        small.answer(first, "Thanks, but no.")

    small.server.before_recipient = dawdle
    before = len([login for login in small.server.logins if login[0] == "smtp"])
    assert small.drain().sent == 1
    assert len([login for login in small.server.logins if login[0] == "smtp"]) == before + 1


def test_what_waited_for_an_unreadable_inbox_leaves_as_soon_as_it_can_be_read(world: World) -> None:
    world.load()
    world.enrol(world.people(2))
    world.tick()
    world.days(3.1)
    world.server.fail(FaultPoint.IMAP_CONNECT, times=None)
    assert world.tick().sent == 0
    assert {send.reason.partition(" (")[0] for send in world.sends() if send.state == "scheduled"} == {
        "Held: the inbox could not be read"
    }

    world.server.heal()
    world.clock.advance(timedelta(minutes=1))
    assert world.tick().sent == 2
