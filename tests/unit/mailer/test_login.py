"""Signing in: the words on the wire, and what must not get into them."""

from base64 import b64encode

import pytest

from mailer.errors import LoginError
from mailer.login import (
    TokenTalk,
    choose_mechanism,
    read_challenge,
    read_refusal,
    sasl_oauthbearer,
    sasl_plain,
    sasl_xoauth2,
)
from mailer.types import Login, Server

PASSWORD = Login(user="anna", secret="geheim")
SERVER = Server(protocol="imap", host="mx.test", port=993, security="tls")
TOKEN = Login(user="anna", secret="token", mechanism="xoauth2")


def test_words() -> None:
    assert sasl_plain(PASSWORD) == "\0anna\0geheim"
    assert sasl_xoauth2(TOKEN) == "user=anna\1auth=Bearer token\1\1"
    assert sasl_oauthbearer(TOKEN, SERVER) == "n,a=anna,\1host=mx.test\1port=993\1auth=Bearer token\1\1"
    odd = Login(user="a,b=c", secret="t", mechanism="xoauth2")
    assert sasl_oauthbearer(odd, SERVER).startswith("n,a=a=2Cb=3Dc,\1")


@pytest.mark.parametrize("bad", ["a\0b", "a\1b", "a\rb", "a\nb"])
def test_refuses_controls_without_telling_the_secret(bad: str) -> None:
    for login in (Login(user=bad, secret="x"), Login(user="x", secret=bad)):
        for words in (sasl_plain, sasl_xoauth2, lambda login: sasl_oauthbearer(login, SERVER)):
            with pytest.raises(ValueError, match="control characters") as refusal:
                words(login)
            assert bad not in str(refusal.value)


@pytest.mark.parametrize(
    ("login", "offered", "chosen"),
    [
        (PASSWORD, {"LOGIN", "PLAIN", "XOAUTH2"}, "PLAIN"),
        (PASSWORD, {"LOGIN"}, "LOGIN"),
        (TOKEN, {"PLAIN", "XOAUTH2"}, "XOAUTH2"),
        (TOKEN, {"OAUTHBEARER", "XOAUTH2"}, "XOAUTH2"),
        (TOKEN, {"OAUTHBEARER", "PLAIN"}, "OAUTHBEARER"),
        (PASSWORD, {"XOAUTH2"}, None),
        (TOKEN, {"PLAIN"}, None),
        (PASSWORD, set[str](), None),
    ],
)
def test_chooses_what_both_sides_know(login: Login, offered: set[str], chosen: str | None) -> None:
    if chosen is None:
        with pytest.raises(LoginError):
            choose_mechanism(login, offered)
    else:
        assert choose_mechanism(login, offered) == chosen


def test_a_login_never_shows_its_secret() -> None:
    assert "geheim" not in repr(PASSWORD)


@pytest.mark.parametrize(
    ("mechanism", "challenge", "agreed", "reason"),
    [
        ("XOAUTH2", b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}', b"", "400"),
        ("OAUTHBEARER", b'{"status":"invalid_token","scope":"mail"}', b"\1", "invalid_token"),
        ("XOAUTH2", b"nonsense", b"", ""),
        ("OAUTHBEARER", b"", b"\1", ""),
    ],
)
def test_a_refused_token_is_agreed_to_and_explained(
    mechanism: str, challenge: bytes, agreed: bytes, reason: str
) -> None:
    talk = TokenTalk(mechanism, TOKEN, SERVER)
    assert talk(b"") == talk.first
    assert talk(challenge) == agreed
    assert talk.reason == reason
    assert talk.explain("NO") == (f"NO (the token: {reason})" if reason else "NO")


def test_a_token_said_back_is_not_told() -> None:
    talk = TokenTalk("XOAUTH2", TOKEN, SERVER)
    said = talk.explain(f"NO bad {b64encode(talk.first).decode()} or Bearer {TOKEN.secret}")
    assert said == "NO bad ... or Bearer ..."


def test_a_server_that_never_ends_is_left() -> None:
    talk = TokenTalk("XOAUTH2", TOKEN, SERVER)
    for _ in range(4):
        talk(b"")
    with pytest.raises(LoginError, match="goes on asking"):
        talk(b"")


@pytest.mark.parametrize(
    "challenge",
    [
        b"",
        b"[]",
        b"3",
        b'{"status":null',
        b'{"status":"a b"}',
        b'{"status":"' + b"4" * 5000 + b'"}',
        b"[" * 4000,
        b"\xff",
    ],
)
def test_odd_reasons_are_none(challenge: bytes) -> None:
    assert read_refusal(challenge) == ""


def test_challenges_that_are_no_base64_are_none() -> None:
    assert read_challenge(b"eyJzdGF0dXMiOiI0MDEifQ==") == b'{"status":"401"}'
    assert read_challenge(b"go ahead") == b""
