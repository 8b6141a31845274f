"""One contract for signing in with tokens: the fake, and Dovecot with Postfix asking a real issuer about them."""

from collections.abc import Iterator

import pytest

from mailer.errors import LoginError
from mailer.fakes import FakeMailServer
from mailer.servers import parse_server
from mailer.types import Login
from tests.contracts.mail_worlds import ANNA, BO, NOW
from tests.contracts.token_worlds import TokenWorld, real_servers
from tests.servers.fixtures import USERS
from tests.servers.issuer import running_issuer

_REAL = [pytest.mark.server("dovecot"), pytest.mark.server("postfix")]


@pytest.fixture(scope="module", params=["fake", *(pytest.param(name, marks=_REAL) for name in ("both", "bearer"))])
def tokens(request: pytest.FixtureRequest) -> Iterator[TokenWorld]:
    with running_issuer() as issuer:
        if request.param == "fake":
            server = FakeMailServer(now=lambda: NOW, accounts=USERS, introspect=issuer.active.get)
            yield TokenWorld(server, parse_server("smtps://fake.test"), parse_server("imaps://fake.test"), issuer)
        else:
            folder = request.getfixturevalue("server_folder") / f"tokens-{request.param}"
            offered = " xoauth2 oauthbearer" if request.param == "both" else " oauthbearer"
            with real_servers(folder, issuer, USERS, offered) as world:
                yield world


def test_a_good_token_lets_us_in_to_both(tokens: TokenWorld) -> None:
    imap = tokens.transport.open_imap(tokens.imap, tokens.login(ANNA))
    assert imap.select("INBOX").uid_validity > 0
    imap.close()
    smtp = tokens.transport.open_smtp(tokens.smtp, tokens.login(ANNA), helo="client.test")
    raw = f"From: {ANNA}\r\nTo: {BO}\r\nSubject: x\r\nMessage-ID: <tokens@brand.test>\r\n\r\nHi\r\n".encode()
    smtp.prepare(ANNA, BO, size=len(raw))
    assert smtp.transmit(raw).code == 250
    smtp.close()


def test_no_other_token_does(tokens: TokenWorld) -> None:
    for login in (tokens.login(ANNA, token="made-up"), tokens.login(BO, token=tokens.issuer.grant(ANNA)[0])):
        with pytest.raises(LoginError):
            tokens.transport.open_imap(tokens.imap, login)
        with pytest.raises(LoginError):
            tokens.transport.open_smtp(tokens.smtp, login, helo="client.test")


def test_a_token_is_no_password_and_a_password_no_token(tokens: TokenWorld) -> None:
    token = tokens.issuer.grant(ANNA)[0]
    for login in (Login(user=ANNA, secret=token), Login(user=ANNA, secret=USERS[ANNA], mechanism="xoauth2")):
        with pytest.raises(LoginError):
            tokens.transport.open_imap(tokens.imap, login)


def test_a_long_token_gets_through(tokens: TokenWorld) -> None:
    token = "t" * 2500  # as Microsoft's are
    tokens.issuer.active[token] = ANNA
    tokens.transport.open_imap(tokens.imap, tokens.login(ANNA, token=token)).close()
    tokens.transport.open_smtp(tokens.smtp, tokens.login(ANNA, token=token), helo="client.test").close()
