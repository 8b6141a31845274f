"""What a server's words do to one mail, to the mailbox, and to nobody else (A8, A9, A12)."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread, get_ident

import pytest

from crm.mailboxes import get_mailbox, resume_mailbox
from mailer.fakes import FaultPoint
from sequences.sending.endings import MAX_ATTEMPTS
from sequences.tick import sweep
from tests.stories.world import MIA, World


def begin(world: World, people: int = 1) -> None:
    world.load()
    world.enrol(world.people(people))


@pytest.mark.parametrize("point", [FaultPoint.MAIL, FaultPoint.RCPT, FaultPoint.DATA, FaultPoint.FINAL])
def test_a_temporary_refusal_waits_longer_each_time_and_then_gives_up(small: World, point: FaultPoint) -> None:
    begin(small)
    small.server.fail(point, code=451, text="4.7.1 Greylisted, please come back", times=None)
    waits = []
    for _ in range(MAX_ATTEMPTS + 3):
        small.tick()
        send = small.send()
        if send.state != "scheduled":
            break
        assert "Greylisted" in send.reason
        waits.append((send.due_at - small.clock.now()).total_seconds())
        small.clock.jump(send.due_at)
    assert waits == sorted(waits)
    assert waits[0] < 600
    assert 3 * 3600 < sum(waits) < 14 * 86400  # RFC 5321 4.5.4.1: hours to days
    assert (small.send().state, small.send().attempts, small.suppressed()) == ("failed", MAX_ATTEMPTS, set())
    assert {attempt.code for attempt in small.attempts(1)} == {451}


def test_greylisting_ends_in_delivery(small: World) -> None:
    begin(small)
    small.server.fail(FaultPoint.RCPT, code=450, text="4.2.0 Greylisted")
    assert small.tick().sent == 0
    small.days(0.1)
    assert small.tick().sent == 1


@pytest.mark.parametrize(
    ("point", "code", "text", "is_suppressed"),
    [
        (FaultPoint.RCPT, 550, "5.1.1 User unknown", True),
        (FaultPoint.RCPT, 550, "5.7.1 Rejected by policy", False),
        (FaultPoint.RCPT, 552, "5.2.2 Mailbox full", False),
        (FaultPoint.FINAL, 554, "5.7.1 Looks like spam", False),
        (FaultPoint.MAIL, 552, "5.3.4 Message too big", False),
    ],
)
def test_a_refusal_for_good_fails_this_mail_only(
    small: World, point: FaultPoint, code: int, text: str, *, is_suppressed: bool
) -> None:
    begin(small, 5)
    small.server.fail(point, code=code, text=text)
    counts = small.tick()
    assert (counts.sent, counts.failed) == (4, 1)
    failed = next(send for send in small.sends() if send.state == "failed")
    assert text in failed.reason
    assert ({failed.email} == small.suppressed()) is is_suppressed
    runs = {run.contact_id: run.state for run in small.runs()}
    assert runs.pop(failed.contact_id) == "stopped"
    assert set(runs.values()) == {"active"}


@pytest.mark.parametrize(
    ("point", "code", "text"),
    [(FaultPoint.LOGIN, 535, "5.7.8 Bad credentials"), (FaultPoint.MAIL, 550, "5.7.1 Sender refused")],
)
def test_a_fault_of_ours_pauses_the_mailbox_and_fails_nobody(
    small: World, point: FaultPoint, code: int, text: str
) -> None:
    begin(small, 3)
    small.server.fail(point, code=code, text=text, times=None)
    small.tick()
    with small.database.reading() as tx:
        assert get_mailbox(tx, MIA).paused_at is not None
    assert {(send.state, send.attempts) for send in small.sends()} == {("scheduled", 0)}
    assert all(send.reason for send in small.sends())
    small.server.heal()
    with small.database.transaction() as tx:
        resume_mailbox(tx, get_mailbox(tx, MIA).id)
    small.days(0.1)
    assert small.tick().sent == 3


@pytest.mark.parametrize(
    ("point", "code"), [(FaultPoint.CONNECT, None), (FaultPoint.EHLO, 421), (FaultPoint.RCPT, None)]
)
def test_no_connection_uses_no_attempts(small: World, point: FaultPoint, code: int | None) -> None:
    begin(small, 3)
    small.server.fail(point, code=code, text="4.3.2 Shutting down", times=None)
    for _ in range(12):
        small.tick()
        small.days(0.05)
    assert {(send.state, send.attempts) for send in small.sends()} == {("scheduled", 0)}
    small.server.heal()
    assert small.tick().sent == 3


def test_one_bad_person_never_touches_the_others(small: World) -> None:
    begin(small, 6)
    small.server.fail(FaultPoint.RCPT, code=550, text="5.1.1 No such user", address="creator2@people.example")
    small.server.fail(FaultPoint.FINAL, address="creator4@people.example")
    small.server.fail(FaultPoint.RCPT, code=451, text="4.7.1 Later", address="creator1@people.example")
    small.tick()
    states = {send.email[7]: send.state for send in small.sends()}
    assert states == {"0": "sent", "1": "scheduled", "2": "failed", "3": "sent", "4": "unknown", "5": "sent"}


def test_one_connection_carries_a_whole_batch_and_a_closed_one_is_reopened(small: World) -> None:
    begin(small, 8)
    small.tick()
    logins = [login for login in small.server.logins if login[0] == "smtp"]
    assert len(logins) == 1
    small.days(3.1)
    small.server.fail(FaultPoint.RCPT, code=421, text="4.4.5 Too many mails here", address="creator3@people.example")
    small.tick()
    small.clock.advance(timedelta(hours=1))
    small.tick()
    assert [send.state for send in small.sends()] == ["sent"] * 16
    assert len([login for login in small.server.logins if login[0] == "smtp"]) == 4


class Watched:
    """A session that remembers who spoke through it and whether it was closed."""

    def __init__(self, session: object) -> None:
        self._session = session
        self.users: set[int] = set()
        self.is_closed = False

    def __getattr__(self, name: str) -> object:
        self.users.add(get_ident())
        return getattr(self._session, name)

    def close(self) -> None:
        self.is_closed = True


def test_every_connection_is_one_thread_s_and_closed_whatever_happens(
    small: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that the server gave up (421), and those of a worker that met a fault of ours (A12)."""
    opened: list[Watched] = []

    def watch(enter: Callable[..., object]) -> Callable[..., Watched]:
        def open_watched(*given: object, **named: object) -> Watched:
            opened.append(Watched(enter(*given, **named)))
            return opened[-1]

        return open_watched

    def meet_a_fault() -> None:
        raise RuntimeError

    monkeypatch.setattr(small.server, "open_smtp", watch(small.server.open_smtp))
    monkeypatch.setattr(small.server, "open_imap", watch(small.server.open_imap))
    begin(small, 6)
    small.server.fail(FaultPoint.RCPT, code=421, text="4.4.5 Too many mails here", address="creator3@people.example")
    small.tick()
    small.days(3.1)
    sweep(small.engine)
    small.server.before_recipient = meet_a_fault
    with pytest.raises(RuntimeError):
        small.drain()
    small.clock.advance(timedelta(hours=1))
    sweep(small.engine)
    drains = [Thread(target=small.drain) for _ in range(3)]
    for drain in drains:
        drain.start()
    for drain in drains:
        drain.join()
    assert len(small.server.outbox) == 11, "all but a second mail to who was refused at first"
    assert len(opened) > 4
    assert {(len(one.users), one.is_closed) for one in opened} == {(1, True)}
