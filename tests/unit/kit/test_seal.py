"""Sealing and signing: what goes in comes out, and nothing that was touched does."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import InvalidError
from kit.seal import Seal

SEAL = Seal("correct-horse-battery-staple")
OTHER = Seal("correct-horse-battery-staples")


@given(st.text(), st.text())
def test_opens_what_it_sealed(plain: str, about: str) -> None:
    assert SEAL.open(SEAL.seal(plain, about=about), about=about) == plain


@given(st.text(), st.integers(min_value=0), st.integers(1, 255))
def test_one_changed_byte_opens_nothing(plain: str, place: int, change: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(SEAL.seal(plain, about="mailbox:1").removeprefix("v1:")))
    raw[place % len(raw)] ^= change
    with pytest.raises(InvalidError) as refusal:
        SEAL.open("v1:" + base64.urlsafe_b64encode(raw).decode(), about="mailbox:1")
    assert refusal.value.code == "wrong_key"


@given(st.text(max_size=60))
def test_any_other_text_is_a_refusal_and_never_a_crash(sealed: str) -> None:
    with pytest.raises(InvalidError):
        SEAL.open(sealed, about="mailbox:1")


def test_a_secret_opens_with_its_own_key_and_in_its_own_row_only() -> None:
    sealed = SEAL.seal("hunter2", about="mailbox:1")
    assert "hunter2" not in sealed
    with pytest.raises(InvalidError, match="RAPPORT_SECRET_KEY"):
        OTHER.open(sealed, about="mailbox:1")
    with pytest.raises(InvalidError, match="RAPPORT_SECRET_KEY"):
        SEAL.open(sealed, about="mailbox:2")
    with pytest.raises(InvalidError):
        SEAL.open(sealed[:-8], about="mailbox:1")


def test_sealing_twice_shows_no_likeness() -> None:
    assert SEAL.seal("hunter2", about="x") != SEAL.seal("hunter2", about="x")


@given(st.text(min_size=1), st.text())
def test_a_signature_holds_for_its_value_and_purpose_only(value: str, about: str) -> None:
    signed = SEAL.sign(value, about=about)
    assert SEAL.check(signed, about=about) == value
    assert SEAL.check(signed, about=about + "x") is None
    assert SEAL.check("x" + signed, about=about) is None
    assert OTHER.check(signed, about=about) is None
    assert SEAL.check(signed[:-1] + ("A" if signed[-1] != "A" else "B"), about=about) is None


@given(st.text())
def test_a_text_nobody_signed_is_refused(text: str) -> None:
    assert SEAL.check(text, about="opt-out") is None


def test_signing_is_the_same_each_time_and_says_nothing_of_the_seal() -> None:
    assert SEAL.sign("17", about="opt-out") == SEAL.sign("17", about="opt-out")
    assert SEAL.check(SEAL.sign("", about="opt-out"), about="opt-out") is None
