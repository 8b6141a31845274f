"""Signing in: the words on the wire, and what must not get into them."""

import pytest

from mailer.errors import LoginError
from mailer.login import choose_mechanism, sasl_plain, sasl_xoauth2
from mailer.types import Login

PASSWORD = Login(user="anna", secret="geheim")
TOKEN = Login(user="anna", secret="token", mechanism="xoauth2")


def test_words() -> None:
    assert sasl_plain(PASSWORD) == "\0anna\0geheim"
    assert sasl_xoauth2(TOKEN) == "user=anna\1auth=Bearer token\1\1"


@pytest.mark.parametrize("bad", ["a\0b", "a\1b", "a\rb", "a\nb"])
def test_refuses_controls_without_telling_the_secret(bad: str) -> None:
    for login in (Login(user=bad, secret="x"), Login(user="x", secret=bad)):
        for words in (sasl_plain, sasl_xoauth2):
            with pytest.raises(ValueError, match="control characters") as refusal:
                words(login)
            assert bad not in str(refusal.value)


@pytest.mark.parametrize(
    ("login", "offered", "chosen"),
    [
        (PASSWORD, {"LOGIN", "PLAIN", "XOAUTH2"}, "PLAIN"),
        (PASSWORD, {"LOGIN"}, "LOGIN"),
        (TOKEN, {"PLAIN", "XOAUTH2"}, "XOAUTH2"),
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
