"""One contract for handing over many mails: the fake, the sandbox, Postfix, and a server that fails on command."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.errors import DroppedError, ReplyError, UnclearError
from mailer.fakes import FakeMailServer, FaultPoint
from mailer.servers import parse_server
from mailer.smtp import SmtpSession
from mailer.types import Accepted, Login, Outcome, Parcel, Server
from tests.contracts.mail_worlds import ANNA, CY, MILA, NOW, MailWorld
from tests.contracts.pipelining_server import HANG_UP, LATE, SILENCE, PipeliningServer, Script, pipelining_server
from tests.contracts.test_mail_ports import last_uid, make_raw, new_id, wait_for_mail
from tests.servers.fixtures import USERS

PLAIN_EHLO = b"250-scripted.test\r\n250 ENHANCEDSTATUSCODES\r\n"
UTF8_EHLO = b"250-scripted.test\r\n250-PIPELINING\r\n250-SMTPUTF8\r\n250 SIZE 1000\r\n"


def parcel(number: int, recipient: str = "", body: bytes = b"Hello.\r\n") -> Parcel:
    raw = b"Subject: mail %d\r\n\r\n%b" % (number, body)
    return Parcel(sender=ANNA, recipient=recipient or f"p{number}@elsewhere.test", raw=raw)


def four() -> list[Parcel]:
    return [parcel(number) for number in range(1, 5)]


@contextmanager
def session(server: PipeliningServer, *, step_s: float = 0.3, final_s: float = 0.3) -> Iterator[SmtpSession]:
    address = Server(protocol="smtp", host="127.0.0.1", port=server.port, security="plain")
    opened = SmtpSession.open(address, None, helo="client.test", timeout_s=step_s, final_timeout_s=final_s)
    try:
        yield opened
    finally:
        opened.close()


def short(outcomes: Sequence[Outcome]) -> str:
    """Write outcomes in one line: ok, a stage with its code, ? for perhaps, - for never begun."""
    words = {Accepted: "ok", UnclearError: "?", DroppedError: "-"}
    return " ".join(f"{one.stage}{one.code}" if isinstance(one, ReplyError) else words[type(one)] for one in outcomes)


FAULTS = [
    ("MAIL", FaultPoint.MAIL, b"550 5.7.1 no\r\n", "mail550 ok ok"),
    ("MAIL", FaultPoint.MAIL, b"421 4.3.2 going\r\n", "mail421 - -"),
    ("MAIL", FaultPoint.MAIL, HANG_UP, "- - -"),
    ("RCPT", FaultPoint.RCPT, b"450 4.7.1 greylisted\r\n", "rcpt450 ok ok"),
    ("RCPT", FaultPoint.RCPT, b"421 4.3.2 going\r\n", "rcpt421 - -"),
    ("RCPT", FaultPoint.RCPT, HANG_UP, "- - -"),
    ("DATA", FaultPoint.DATA, b"451 4.3.0 later\r\n", "data451 ok ok"),
    ("DATA", FaultPoint.DATA, b"421 4.3.2 going\r\n", "data421 - -"),
    ("DATA", FaultPoint.DATA, HANG_UP, "- - -"),
    ("<line>", FaultPoint.CONTENT, HANG_UP, "? - -"),
    ("<content>", FaultPoint.FINAL, HANG_UP, "? - -"),
    ("<content>", FaultPoint.FINAL, b"554 5.7.1 spam\r\n", "final554 ok ok"),
    ("<content>", FaultPoint.FINAL, b"421 4.3.2 going\r\n", "final421 - -"),
]


@pytest.mark.parametrize("world", ["fake", "pipelining", "step by step"])
@pytest.mark.parametrize(("verb", "point", "reply", "expected"), FAULTS)
def test_a_fault_at_the_second_mail(world: str, verb: str, point: FaultPoint, reply: bytes, expected: str) -> None:
    if world == "fake":
        fake = FakeMailServer(now=lambda: NOW, accounts=USERS)
        port = fake.open_smtp(
            parse_server("smtps://fake.test"), Login(user=ANNA, secret=USERS[ANNA]), helo="client.test"
        )
        outcomes = port.transmit_many(four())
        first = next(outcomes)
        code, _, text = reply.decode().strip().partition(" ")
        fake.fail(point, code=None if reply == HANG_UP else int(code), text=text)
        found, usable = [first, *outcomes], port.is_usable
    else:
        script = {(verb, 2): reply} | ({} if world == "pipelining" else {("EHLO", 0): PLAIN_EHLO})
        with pipelining_server(script) as server, session(server) as opened:
            found, usable = list(opened.transmit_many(four())), opened.is_usable
    assert short(found) == f"ok {expected}"
    assert usable is not expected.endswith("-")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ({("MAIL", 2): SILENCE}, "- - -"),
        ({("RCPT", 2): SILENCE}, "- - -"),
        ({("DATA", 2): SILENCE}, "- - -"),
        ({("<content>", 2): SILENCE}, "? - -"),
        ({("MAIL", 2): b"what is this\r\n"}, "- - -"),
        ({("MAIL", 2): b"354 go on\r\n"}, "- - -"),
        ({("DATA", 2): b"250 Ok\r\n"}, "- - -"),
        ({("RCPT", 2): b"250 Ok\r\n250 twice\r\n"}, "- - -"),
        ({("<content>", 2): b"what is this\r\n"}, "? - -"),
        ({("<content>", 2): b"354 again\r\n"}, "? - -"),
        ({("<content>", 2): b"250 2.0.0 O" + HANG_UP}, "? - -"),
        ({("<content>", 2): b"250 " + b"x" * 9000 + b"\r\n"}, "? - -"),
        ({("<content>", 2): b"250-more\r\n" * 200 + b"250 Ok\r\n"}, "? - -"),
        ({("<content>", 2): b"250 Ok\r\n" + HANG_UP}, "ok - -"),
        ({("MAIL", 2): b"550 5.7.1 no\r\n" + HANG_UP}, "mail550 - -"),
        ({("RCPT", 2): b"550 5.1.1 no\r\n" + HANG_UP}, "rcpt550 - -"),
        ({("RCPT", 2): b"550 5.1.1 no\r\n", ("<content>", 2): b"554 no valid recipients\r\n"}, "rcpt550 ok ok"),
        ({("RCPT", 2): b"550 5.1.1 no\r\n", ("<content>", 2): HANG_UP}, "rcpt550 - -"),
        ({("RCPT", 2): b"550 5.1.1 no\r\n", ("<content>", 2): SILENCE}, "rcpt550 - -"),
        ({("RCPT", 2): b"550 no\r\n", ("DATA", 2): b"554 no\r\n", ("RSET", 2): b"500 never\r\n"}, "rcpt550 - -"),
        ({("RCPT", 2): b"550 no\r\n", ("DATA", 2): b"554 no\r\n", ("RSET", 2): HANG_UP}, "rcpt550 - -"),
    ],
)
def test_what_only_a_socket_can_do(script: Script, expected: str) -> None:
    with pipelining_server(script) as server, session(server) as opened:
        assert short(list(opened.transmit_many(four()))) == f"ok {expected}"
        assert opened.is_usable is not expected.endswith("-")


def test_takes_one_round_trip_a_mail() -> None:
    with pipelining_server(holds_back=True) as server, session(server) as opened:
        outcomes = opened.transmit_many(four())
        assert short([next(outcomes) for _ in range(3)]) == "ok ok ok"
        del outcomes  # the last word is never said
    server.join()
    assert [number for number, _ in server.taken] == [1, 2, 3]


@pytest.mark.parametrize("in_bytes", [True, False])
def test_replies_come_in_any_pieces(*, in_bytes: bool) -> None:
    script = {
        ("RCPT", 2): b"250-2.1.5 fine\r\n250 2.1.5 really\r\n",
        ("<content>", 2): b"250-2.0.0 Ok\r\n250 2.0.0 queued\r\n",
        ("MAIL", 3): b"550-5.7.1 not\r\n550 5.7.1 you\r\n",
        ("RCPT", 3): b"503 5.5.1 no\r\n",
        ("DATA", 3): b"503 5.5.1 no\r\n",
    }
    with pipelining_server(script, in_bytes=in_bytes) as server, session(server) as opened:
        first, second, third, fourth = opened.transmit_many(four())
    assert (first, fourth) == (Accepted(code=250, text="2.0.0 Ok: taken"),) * 2
    assert second == Accepted(code=250, text="2.0.0 Ok 2.0.0 queued")
    assert isinstance(third, ReplyError)
    assert (third.stage, third.enhanced, third.text, third.temporary) == (
        "mail",
        "5.7.1",
        "5.7.1 not 5.7.1 you",
        False,
    )


@pytest.mark.parametrize(
    ("script", "between"),
    [
        ({("MAIL", 2): b"550 no\r\n", ("RCPT", 2): b"503 no\r\n", ("DATA", 2): b"503 no\r\n"}, []),
        ({("RCPT", 2): b"550 no\r\n", ("DATA", 2): b"554 no\r\n"}, ["RSET"]),
        ({("RCPT", 2): b"550 no\r\n", ("<content>", 2): b"554 no\r\n"}, [".", "RSET"]),
        ({("DATA", 2): b"451 later\r\n"}, ["RSET"]),
        ({("<content>", 2): b"451 later\r\n"}, []),
    ],
)
def test_resets_only_where_an_envelope_may_be_left(script: Script, between: list[str]) -> None:
    with pipelining_server(script) as server, session(server) as opened:
        assert short(list(opened.transmit_many(four()[:3]))).endswith(" ok")
    server.join()
    mail = ["MAIL", "RCPT", "DATA"]
    assert server.heard == ["EHLO", *mail, *mail, *between, *mail, "QUIT"]


def test_a_prepared_mail_is_forgotten_first() -> None:
    with pipelining_server() as server, session(server) as opened:
        opened.prepare(ANNA, CY, size=1)
        assert short(list(opened.transmit_many(four()[:1]))) == "ok"
        opened.prepare(ANNA, CY, size=1)
    server.join()
    assert server.heard == ["EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA", "MAIL", "RCPT", "QUIT"]


@pytest.mark.parametrize("ehlo", [UTF8_EHLO, UTF8_EHLO.replace(b"PIPELINING", b"X-NOTHING")])
def test_our_own_refusals_stop_nobody_else(ehlo: bytes) -> None:
    parcels = [
        parcel(1, "not an address"),
        parcel(2),
        parcel(3, body=b"x" * 1000),
        parcel(4, "milá@creator.test"),
        Parcel(sender="bad\r\nRCPT TO:<x@y.test>", recipient=CY, raw=b"5\r\n"),
        Parcel(sender="", recipient=CY, raw=b"6\r\n", smtputf8=True),
        parcel(7, "mila@creator.test>\r\nDATA"),
    ]
    with pipelining_server({("EHLO", 0): ehlo}) as server, session(server) as opened:
        assert short(list(opened.transmit_many(parcels))) == "rcpt553 ok mail552 ok mail553 ok rcpt553"
        assert opened.is_usable
    assert len(server.taken) == 3
    without = ehlo.replace(b"SMTPUTF8", b"X-NOTHING")
    with pipelining_server({("EHLO", 0): without}) as server, session(server) as opened:
        assert short(list(opened.transmit_many(parcels[3:6]))) == "mail553 mail553 mail553"
        assert list(opened.transmit_many([])) == []
        assert opened.is_usable
    server.join()
    assert server.heard == ["EHLO", "QUIT"]


def test_no_content_leaves_before_its_outcome_is_asked_for() -> None:
    with pipelining_server() as server, session(server) as opened:
        outcomes = opened.transmit_many(four())
        assert server.heard == ["EHLO"]
        assert short([next(outcomes)]) == "ok"
        opened.close()  # must say nothing: the server waits for the second mail
        assert short(list(outcomes)) == "- - -"
        assert not opened.is_usable
    server.join()
    assert server.begun == [1]
    assert "QUIT" not in server.heard


def test_an_iterator_left_halfway_costs_the_connection() -> None:
    with pipelining_server() as server, session(server) as opened:
        for outcome in opened.transmit_many(four()):
            assert short([outcome]) == "ok"
            break
        assert not opened.is_usable
        assert short(list(opened.transmit_many(four()))) == "- - - -"
    server.join()
    assert server.begun == [1]


def test_waits_long_for_the_final_reply_only() -> None:
    script = {("<content>", 2): LATE + b"250 2.0.0 slow\r\n", ("RCPT", 4): LATE + b"250 Ok\r\n"}
    with pipelining_server(script) as server, session(server, step_s=0.3, final_s=5) as opened:
        assert short(list(opened.transmit_many(four()))) == "ok ok ok -"


def test_big_mail_and_dots_arrive_whole() -> None:
    bodies = [b"." * 90_000 + b"\r\n", b"line\r\n.\r\n" * 20_000, b"no end", b"bare\nline\rends"]
    parcels = [parcel(number, body=body) for number, body in enumerate(bodies, 1)]
    with pipelining_server() as server, session(server, step_s=5, final_s=5) as opened:
        assert short(list(opened.transmit_many(parcels))) == "ok ok ok ok"
    wires = [content.partition(b"\r\n\r\n")[2] for _, content in server.taken]
    ends = [b"." + bodies[0], b"line\r\n..\r\n" * 20_000, b"no end\r\n", b"bare\r\nline\r\nends\r\n"]
    assert wires == [end + b".\r\n" for end in ends]


_REPLIES = [b"250 Ok\r\n", b"354 go\r\n", b"450 later\r\n", b"550 no\r\n", b"421 bye\r\n", b"hm\r\n", HANG_UP, b""]
_REPLIES += [b"250 Ok\r\n" + HANG_UP, b"550 no\r\n" + HANG_UP, b"250-a\r\n250 b\r\n", b"354 go\r\n" + HANG_UP]
_VERBS = st.sampled_from(["MAIL", "RCPT", "DATA", "<content>", "RSET"])
_SCRIPTS = st.dictionaries(st.tuples(_VERBS, st.integers(1, 5)), st.sampled_from(_REPLIES), max_size=4)
_BREAKS = st.dictionaries(
    st.tuples(st.just("<line>"), st.integers(1, 5)), st.sampled_from([HANG_UP, b"421 bye\r\n" + HANG_UP]), max_size=1
)


@given(script=_SCRIPTS, breaks=_BREAKS, in_bytes=st.booleans())
@settings(max_examples=80, deadline=None)
def test_no_outcome_is_ever_untrue(script: Script, breaks: Script, *, in_bytes: bool) -> None:
    parcels = [parcel(number) for number in range(1, 6)]
    with (
        pipelining_server({**script, **breaks}, in_bytes=in_bytes) as server,
        session(server, step_s=0.1, final_s=0.1) as opened,
    ):
        outcomes = list(opened.transmit_many(parcels))
    server.join()
    assert len(outcomes) == len(parcels)
    begun = set(server.begun)
    taken = {number for number, _ in server.taken}
    for number, outcome in enumerate(outcomes, 1):
        assert not (isinstance(outcome, Accepted) and number not in begun)
        assert not (isinstance(outcome, DroppedError) and number in begun)
        assert not (isinstance(outcome, ReplyError) and number in taken)
    broken = [isinstance(one, (DroppedError, UnclearError)) for one in outcomes]
    if any(broken):
        assert all(isinstance(one, DroppedError) for one in outcomes[broken.index(True) + 1 :])
        assert not opened.is_usable


def test_many_mails_arrive_whole_and_in_order(mail_world: MailWorld) -> None:
    ids = [new_id() for _ in range(5)]
    recipients = [MILA, MILA, "nobody@creator.test", MILA, MILA]
    parcels = [
        Parcel(sender=ANNA, recipient=recipient, raw=make_raw(one, b".dot\r\n.\r\n" + one.encode() + b"\r\n"))
        for one, recipient in zip(ids, recipients, strict=True)
    ]
    with mail_world.reading() as inbox, mail_world.sending() as out:
        before = last_uid(inbox)
        outcomes = list(out.transmit_many(parcels))
        assert short(outcomes) == "ok ok rcpt550 ok ok"
        assert out.is_usable
        out.prepare(ANNA, CY, size=1)
        assert out.transmit(make_raw(new_id())).code == 250
        arrived = []
        for _ in range(20):
            arrived = wait_for_mail(inbox, before)
            if len(arrived) >= 4:
                break
    bodies = sorted(one.raw.partition(b"\r\n\r\n")[2] for one in arrived)
    expected = [parcels[place].raw.partition(b"\r\n\r\n")[2] for place in (0, 1, 3, 4)]
    assert bodies == sorted(expected)
