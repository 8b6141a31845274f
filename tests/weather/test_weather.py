"""Every bad habit of IMAP servers: reading raises nothing, loses and doubles nothing, and is well in two minutes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crm.models import Mailbox, Quarantined
from kit.clock import FixedClock
from kit.tx import Database
from mailer.transport import NetworkTransport
from sequences.beat import beat_once
from sequences.hints import NoHints
from tests.stories.world import MIA, World
from tests.weather.bad_imap import DRIP, HANG_UP, STALL, BadImap, Gust, bad_imap

TIMEOUT_S = 0.5
EVERY_S = 30
TWO_MINUTES = timedelta(minutes=2)
MAILS = 5


def mail(number: int, size: int = 0) -> bytes:
    return (
        f"From: creator0@people.example\r\nTo: {MIA}\r\nSubject: Hello {number}\r\n"
        f"Message-ID: <n{number}@people.example>\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\n\r\nHello {number}\r\n"
    ).encode() + b"." * size


class Bell(NoHints):
    def __init__(self) -> None:
        self.rung = 0

    def poll(self, mailbox_id: int) -> None:
        self.rung += 1


@dataclass
class Weather:
    """A world whose only mailbox lies on a bad server; `pass_time` does what beat and worker would."""

    world: World
    server: BadImap

    def pass_time(self, wait: timedelta = TWO_MINUTES, *, every_s: int = EVERY_S) -> list[str]:
        errors: list[str] = []
        end = self.world.clock.now() + wait
        while self.world.clock.now() <= end:
            bell = Bell()
            beat_once(self.world.engine, bell)
            if bell.rung:
                errors += self.world.poll().errors
            self.world.clock.advance(timedelta(seconds=every_s))
        return errors

    def stored(self) -> list[str]:
        return sorted(str(message.rfc_id) for message in self.world.messages())

    def set_aside(self) -> list[Quarantined]:
        with self.world.database.reading() as tx:
            return list(tx.session.scalars(select(Quarantined)))


def all_but(*missing: int) -> list[str]:
    return [f"n{number}@people.example" for number in range(1, MAILS + 1) if number not in missing]


def begin(world: World, server: BadImap) -> Weather:
    world.engine.transport = NetworkTransport(timeout_s=TIMEOUT_S)
    with world.database.transaction() as tx:
        mailbox = tx.session.scalars(select(Mailbox)).one()
        mailbox.imap_url = f"imap+plain://127.0.0.1:{server.port}"
    world.people(1)
    assert world.poll().errors == []
    return Weather(world, server)


@pytest.fixture
def weather(sqlite_database: Database, clock: FixedClock, tmp_path: Path) -> Iterator[Weather]:
    with bad_imap("IMAP4rev1 IDLE ENABLE CONDSTORE") as server:
        yield begin(World(sqlite_database, clock, tmp_path), server)


def deliver(weather: Weather, count: int = MAILS) -> None:
    weather.world.clock.advance(timedelta(minutes=2))
    for number in range(1, count + 1):
        weather.server.folders["INBOX"].add(mail(number))


def middle(answer: bytes) -> int:
    """Where to cut an answer so that it breaks inside a literal."""
    return answer.index(b"}") + 20 if b"}" in answer else len(answer) // 2


def backwards(answer: bytes) -> bytes:
    *fetches, end = answer.replace(b")\r\n", b")\r\n\0").split(b"\0")
    return b"".join(reversed(fetches)) + end


BODY = r"FETCH .*BODY\.PEEK\[\]"
PASSING = {
    "drops in the middle of a literal": Gust(BODY, lambda t, a: [a[: middle(a)], HANG_UP]),
    "stalls in the middle of a literal": Gust(BODY, lambda t, a: [a[: middle(a)], STALL]),
    "drips": Gust(BODY, lambda t, a: [a[: middle(a)], DRIP]),
    "drips for ever before any answer": Gust("SEARCH", lambda t, a: [DRIP]),
    "ends without BYE": Gust("EXAMINE .?INBOX", lambda t, a: [HANG_UP]),
    "says BYE": Gust("EXAMINE .?INBOX", lambda t, a: [b"* BYE shutting down\r\n", HANG_UP]),
    "hangs up at the door": Gust("<greeting>", lambda t, a: [HANG_UP]),
    "says BYE at the door": Gust("<greeting>", lambda t, a: [b"* BYE too busy\r\n", HANG_UP]),
    "stalls at the door": Gust("<greeting>", lambda t, a: [STALL]),
    "is too busy to sign in": Gust("LOGIN", lambda t, a: [t + b" NO [UNAVAILABLE] later\r\n"]),
    "throttles the sign-in": Gust("LOGIN", lambda t, a: [t + b" NO [THROTTLED] slow down\r\n"]),
    "has no quota for the sign-in": Gust("LOGIN", lambda t, a: [t + b" NO [OVERQUOTA] bandwidth exceeded\r\n"]),
    "knows too many connections": Gust(
        "LOGIN", lambda t, a: [t + b" NO [ALERT] Too many simultaneous connections\r\n"]
    ),
    "throttles the fetch": Gust(BODY, lambda t, a: [t + b" NO [THROTTLED] slow down\r\n"]),
    "throttles the search": Gust("SEARCH", lambda t, a: [t + b" BAD [LIMIT] slow down\r\n"]),
    "refuses Sent for a moment": Gust("EXAMINE .?Sent", lambda t, a: [t + b" NO [SERVERBUG] not now\r\n"]),
    "splits lines over packets": Gust(BODY, lambda t, a: [bytes([one]) for one in a[:90]] + [a[90:]]),
    "mixes in garbage lines": Gust(
        "SEARCH", lambda t, a: [b"* OK [NOISE\r\n* 5 RECENT\r\n* XGARBAGE (((\r\n* FLAGS ()\r\n" + a]
    ),
    "says what makes no sense": Gust("SEARCH", lambda t, a: [b"* SEARCH 1 two 3\r\n" + t + b" OK\r\n"]),
    "answers with no fetch at all": Gust(BODY, lambda t, a: [t + b" OK done\r\n"]),
    "leaves out the literals": Gust(BODY, lambda t, a: [b"* 1 FETCH (UID 1 BODY[] NIL)\r\n" + t + b" OK done\r\n"]),
    "claims a literal too short": Gust(BODY, lambda t, a: [a.replace(b"BODY[] {1", b"BODY[] {", 1)]),
    "claims a literal too long": Gust(BODY, lambda t, a: [a.replace(b"BODY[] {1", b"BODY[] {9", 1)]),
    "claims four gigabytes": Gust(BODY, lambda t, a: [b"* 1 FETCH (UID 1 BODY[] {4294967296}\r\nabc", STALL]),
    "floods": Gust("SEARCH", lambda t, a: [b"* NOISE " + b"x" * 60_000 + b"\r\n"] * 1500),
    "answers twice": Gust(BODY, lambda t, a: [a[: -len(t + b" OK done\r\n")] + a]),
    "answers for others": Gust(
        BODY,
        lambda t, a: [b"* 99 FETCH (UID 999 RFC822.SIZE 3 BODY[] {3}\r\nabc)\r\n* 3 FETCH (FLAGS (\\Seen))\r\n" + a],
    ),
    "answers in disorder": Gust(BODY, lambda t, a: [backwards(a)]),
    "knows no time of arrival": Gust(
        BODY, lambda t, a: [a.replace(b'INTERNALDATE "02-Mar-2026 09:00:00 +0000" ', b"")]
    ),
    "has a broken time of arrival": Gust(BODY, lambda t, a: [a.replace(b"02-Mar-2026", b"31-Foo-20260")]),
    "refuses ENABLE": Gust("ENABLE", lambda t, a: [t + b" BAD what is that\r\n"]),
    "says ENABLE and hangs up": Gust("ENABLE", lambda t, a: [HANG_UP]),
    "lists nothing it understands": Gust("LIST", lambda t, a: [b"* LIST (\r\n" + t + b" OK done\r\n"]),
}


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_costs_at_most_two_minutes(weather: Weather, name: str) -> None:
    gust = PASSING[name]
    deliver(weather)
    weather.server.gusts = [Gust(gust.at, gust.bend, 1)]
    before = weather.server.logins
    weather.pass_time()
    assert weather.server.gusts[0].times == 0, "it was met"
    assert weather.stored() == all_but()
    assert weather.set_aside() == []
    assert weather.server.logins - before <= 10
    with weather.world.database.reading() as tx:
        assert tx.session.scalars(select(Mailbox)).one().paused_at is None


LASTING = {
    "breaks at one message": lambda t, a: [a[: middle(a)], HANG_UP],
    "claims four gigabytes for one message": lambda t, a: [b"* 3 FETCH (UID 3 BODY[] {4294967296}\r\nabc", STALL],
    "keeps one message back": lambda t, a: [t + b" OK done\r\n"],
    "refuses one message": lambda t, a: [t + b" NO cannot read it\r\n"],
}


@pytest.mark.parametrize("name", LASTING)
def test_one_message_that_never_comes_is_set_aside_and_the_others_are_read(weather: Weather, name: str) -> None:
    deliver(weather)
    weather.server.gusts = [Gust(r"FETCH (1:5|1,2,3,4,5|3) .*BODY\.PEEK\[\]", LASTING[name], 10_000)]
    weather.pass_time()
    assert weather.stored() == all_but(3)
    (kept,) = weather.set_aside()
    assert b"n3@people.example" in kept.raw
    assert "does not hand this message over" in kept.error
    weather.server.folders["INBOX"].add(mail(6))
    weather.world.clock.advance(timedelta(minutes=15))
    weather.pass_time()
    assert "n6@people.example" in weather.stored()


def test_a_refused_password_pauses_and_is_not_tried_again_and_again(weather: Weather) -> None:
    deliver(weather)
    weather.server.gusts = [Gust("LOGIN", lambda t, a: [t + b" NO [AUTHENTICATIONFAILED] wrong\r\n"], 1000)]
    before = weather.server.logins
    weather.pass_time(timedelta(hours=1), every_s=240)
    assert weather.server.logins - before <= 10
    with weather.world.database.reading() as tx:
        assert tx.session.scalars(select(Mailbox)).one().paused_at is not None


def test_a_server_that_breaks_for_an_hour_is_signed_in_to_ten_times_at_most(weather: Weather) -> None:
    deliver(weather)
    weather.server.gusts = [Gust("EXAMINE", lambda t, a: [HANG_UP], 10_000)]
    before = weather.server.logins
    weather.pass_time(timedelta(minutes=59), every_s=120)
    assert weather.server.logins - before <= 10


@pytest.mark.parametrize(
    "lie", [{"UIDNEXT": 1}, {"UIDNEXT": 0}, {"UIDNEXT": 4_294_967_295}, {"EXISTS": 1}, {"EXISTS": 4_000_000_000}]
)
def test_a_server_that_misstates_its_numbers_hides_no_mail(
    sqlite_database: Database, clock: FixedClock, tmp_path: Path, lie: dict[str, int]
) -> None:
    with bad_imap() as server:
        server.lie = dict(lie)
        weather = begin(World(sqlite_database, clock, tmp_path), server)
        deliver(weather, 3)
        weather.pass_time()
        server.folders["INBOX"].add(mail(4))
        weather.pass_time()
        server.folders["INBOX"].add(mail(5))
        weather.pass_time()
        assert weather.stored() == all_but()


def test_numbers_begun_anew_raise_no_event_twice(weather: Weather) -> None:
    deliver(weather)
    weather.pass_time()
    folder = weather.server.folders["INBOX"]
    folder.uid_validity -= 3
    folder.mails = {uid + 100: raw for uid, raw in folder.mails.items()}
    folder.next_uid += 100
    folder.add(mail(6))
    weather.pass_time()
    assert weather.stored() == sorted([*all_but(), "n6@people.example"])


def test_a_vanished_message_is_no_fault(weather: Weather) -> None:
    deliver(weather)

    def vanish(_tag: bytes, answer: bytes) -> list[bytes]:
        del weather.server.folders["INBOX"].mails[2]
        return [answer]

    weather.server.gusts = [Gust("SEARCH", vanish)]
    assert weather.pass_time() == []
    assert weather.stored() == all_but(2)


def test_folder_names_in_modified_utf_7_are_found(sqlite_database: Database, clock: FixedClock, tmp_path: Path) -> None:
    listed = [
        b'* LIST (\\HasNoChildren) "/" INBOX\r\n',
        b'* LIST (\\HasNoChildren) "/" "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-"\r\n',
        b'* LIST (\\Noselect) "/" Sent\r\n',
    ]
    with bad_imap("IMAP4rev1", listed) as server:
        sent = server.folders.pop("Sent")
        server.folders["&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-"] = sent
        del server.folders["Junk"]
        weather = begin(World(sqlite_database, clock, tmp_path), server)
        sent.add(mail(1).replace(b"From: creator0@people.example", f"From: {MIA}".encode()).replace(
            f"To: {MIA}".encode(), b"To: creator0@people.example"
        ))  # fmt: skip
        weather.pass_time()
        assert [message.kind for message in weather.world.messages()] == ["manual"]


def test_a_huge_message_comes_in_pieces_and_says_that_it_was_cut(weather: Weather) -> None:
    """The server of this test knows no partial fetch, so the limit of one literal is what holds."""
    deliver(weather, 1)
    weather.server.folders["INBOX"].add(mail(2, size=41_000_000))
    weather.pass_time()
    assert weather.stored() == ["n1@people.example"]
    (kept,) = weather.set_aside()
    assert b"n2@people.example" in kept.raw
