"""A copy that a server refuses is left out and named; the mail goes to everybody else, once."""

import pytest

from mailer.errors import ReplyError
from mailer.fakes import FakeMailServer, FaultPoint
from mailer.servers import parse_server
from mailer.transport import SmtpPort
from mailer.types import Accepted, Login, Parcel
from tests.contracts.mail_worlds import ANNA, NOW
from tests.contracts.pipelining_server import pipelining_server
from tests.contracts.test_transmit_many import PLAIN_EHLO, parcel, session
from tests.servers.fixtures import USERS

TO, ONE, TWO = "to@elsewhere.test", "one@elsewhere.test", "two@elsewhere.test"
RAW = b"Subject: hello\r\n\r\nHello.\r\n"


def hand_over(port: SmtpPort) -> Accepted:
    port.prepare(ANNA, TO, size=len(RAW), copies=(ONE, TWO))
    return port.transmit(RAW)


def fake() -> tuple[FakeMailServer, SmtpPort]:
    server = FakeMailServer(now=lambda: NOW, accounts=USERS)
    login = Login(user=ANNA, secret=USERS[ANNA])
    return server, server.open_smtp(parse_server("smtps://fake.test"), login, helo="client.test")


def test_the_fake_leaves_a_refused_copy_out() -> None:
    server, port = fake()
    server.fail(FaultPoint.RCPT, code=550, text="5.1.1 no", address=ONE)
    assert [(one.email, one.code) for one in hand_over(port).refused] == [(ONE, 550)]
    assert [taken.recipient for taken in server.outbox] == [TO, TWO]
    assert hand_over(port).refused == ()


@pytest.mark.parametrize("ehlo", [{}, {("EHLO", 0): PLAIN_EHLO}])
def test_every_copy_is_named_to_the_server_and_one_word_is_heard_for_each(ehlo: dict[tuple[str, int], bytes]) -> None:
    with pipelining_server(ehlo) as server, session(server) as opened:
        assert hand_over(opened).refused == ()
        assert opened.is_usable
        many = [parcel(1), Parcel(sender=ANNA, recipient=TO, copies=(ONE,), raw=RAW), parcel(2)]
        assert all(isinstance(one, Accepted) for one in opened.transmit_many(many))
    assert server.heard.count("RCPT") == 3 + 4
    assert len(server.taken) == 4


@pytest.mark.parametrize("ehlo", [{}, {("EHLO", 0): PLAIN_EHLO}])
def test_a_server_that_refuses_all_refuses_the_mail_and_stays_in_step(ehlo: dict[tuple[str, int], bytes]) -> None:
    with pipelining_server({("RCPT", 1): b"550 5.1.1 no\r\n", **ehlo}) as server, session(server) as opened:
        with pytest.raises(ReplyError) as caught:
            hand_over(opened)
        assert (caught.value.stage, caught.value.code) == ("rcpt", 550)
        assert isinstance(hand_over(opened), Accepted)
    assert len(server.taken) == 1
