"""What issuers answer and what it means; no answer, however odd, is taken for another."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import ConsentError, IssuerError, LoginError, MailError
from mailer.oauth import (
    Tokens,
    Waiting,
    make_challenge,
    read_device_code,
    read_fault,
    read_tokens,
    write_consent_url,
)
from mailer.oauth_providers import Provider, choose_provider, find_advice, make_providers

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
GOOD = {"access_token": "abc", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "def"}
DEVICE = {"device_code": "abc", "user_code": "WDJB", "verification_uri": "https://issuer.example/d", "expires_in": 900}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["access_token", "refresh_token", "token_type", "expires_in", "scope", "error", "error_description",
     "device_code", "user_code", "verification_uri", "interval"]
)  # fmt: skip


def google() -> Provider:
    return make_providers({"google": {"id": "client", "secret": "hush"}})["google"]


def test_the_challenge_is_the_one_of_the_standard() -> None:
    # RFC 7636, appendix B
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert make_challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_way_to_consent_says_who_asks_what_for_whom() -> None:
    url = write_consent_url(
        google(), redirect_uri="http://127.0.0.1:4711/", state="s", verifier="v" * 43, hint="mia@pastel.example"
    )
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert url.startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    assert asked == {
        "response_type": "code", "client_id": "client", "redirect_uri": "http://127.0.0.1:4711/",
        "scope": "https://mail.google.com/", "state": "s", "code_challenge": make_challenge("v" * 43),
        "code_challenge_method": "S256", "login_hint": "mia@pastel.example", "access_type": "offline",
        "prompt": "consent",
    }  # fmt: skip
    assert "hush" not in url


def test_presets_and_own_issuers() -> None:
    found = make_providers(
        {
            "microsoft": {"id": "m", "tenant": "pastel.example"},
            "house": {
                "id": "h",
                "token_url": "https://id.example/token",
                "scopes": "mail",
                "device_url": "https://id.example/d",
            },
        }
    )
    microsoft, house = found["microsoft"], found["house"]
    assert microsoft.device_url == "https://login.microsoftonline.com/pastel.example/oauth2/v2.0/devicecode"
    assert microsoft.scopes.split()[2] == "offline_access"
    assert (house.token_url, house.scopes, house.authorise_url) == ("https://id.example/token", "mail", "")
    assert choose_provider(found, {"smtp.office365.com"}) is microsoft
    assert choose_provider(found, {"mx.pastel.example"}) is house
    assert choose_provider(found, {"mx.pastel.example"}, wanted="microsoft") is microsoft
    for hosts, wanted, says in (
        ({"imap.gmail.com"}, None, "RAPPORT_OAUTH_GOOGLE_ID"),
        ({"imap.gmail.com"}, "other", "RAPPORT_OAUTH_OTHER_ID, its endpoints"),
    ):
        with pytest.raises(ConsentError, match=says):
            choose_provider(found, hosts, wanted=wanted)
    with pytest.raises(ConsentError, match="name one of house, second"):
        choose_provider(
            {**found, "second": Provider(name="second", title="", client_id="", token_url="", scopes="")}, {"x"}
        )
    assert "hush" not in repr(google())


def test_who_uses_a_password_at_microsoft_is_told() -> None:
    assert "December 2026" in find_advice("smtp.office365.com")
    assert find_advice("smtp.gmail.com") == find_advice("mx.pastel.example") == ""


def test_tokens_are_read_and_never_shown() -> None:
    tokens = read_tokens(GOOD, NOW)
    assert tokens == Tokens(access="abc", refresh="def", expires_at=NOW + timedelta(hours=1))
    assert "abc" not in repr(tokens)
    assert "def" not in repr(tokens)


@pytest.mark.parametrize(
    ("given_span", "expected_s"),
    [
        (None, 600),
        ("3599", 3599),
        (-5, 600),
        (0, 600),
        ("soon", 600),
        (True, 1),
        (1e300, 2592000),
        (float("nan"), 600),
        (10**400, 600),
    ],
)
def test_a_token_ends_within_sensible_bounds(given_span: object, expected_s: float) -> None:
    assert read_tokens({**GOOD, "expires_in": given_span}, NOW).expires_at == NOW + timedelta(seconds=expected_s)


@pytest.mark.parametrize(
    "changes",
    [
        {"access_token": None}, {"access_token": ""}, {"access_token": "a b"}, {"access_token": "a\r\nb"},
        {"access_token": "a\1"}, {"access_token": "x" * 9001}, {"access_token": ["a"]}, {"token_type": "mac"},
        {"token_type": None}, {"refresh_token": 5}, {"refresh_token": ""}, {"access_token": "a\n"},
    ],
)  # fmt: skip
def test_what_is_no_token_is_not_used(changes: dict[str, object]) -> None:
    with pytest.raises(IssuerError) as refusal:
        read_tokens({**GOOD, **changes}, NOW)
    assert refusal.value.temporary


def test_device_codes() -> None:
    assert read_device_code(DEVICE, NOW).interval_s == 5
    assert read_device_code({**DEVICE, "interval": 10**9}, NOW).interval_s == 60
    old = {**DEVICE, "verification_url": DEVICE["verification_uri"]}
    del old["verification_uri"]
    assert read_device_code(old, NOW).verify_url == "https://issuer.example/d"
    for wrong in (
        {"verification_uri": "javascript:x"}, {"verification_uri": "https://[x"}, {"user_code": "a\nb"},
        {"user_code": "x" * 41}, {"device_code": 1},
    ):  # fmt: skip
        with pytest.raises(IssuerError):
            read_device_code({**DEVICE, **wrong}, NOW)


@pytest.mark.parametrize(
    ("status", "answer", "kind", "says"),
    [
        (400, {"error": "invalid_grant"}, ConsentError, "withdrawn or has expired"),
        (400, {"error": "interaction_required"}, ConsentError, "withdrawn"),
        (400, {"error": "access_denied"}, ConsentError, "refused"),
        (400, {"error": "authorization_declined"}, ConsentError, "refused"),
        (400, {"error": "expired_token"}, ConsentError, "in time"),
        (401, {"error": "invalid_client"}, LoginError, "RAPPORT_OAUTH_GOOGLE_ID"),
        (400, {"error": "unauthorized_client", "error_description": "AADSTS7000218: x"}, LoginError, "AADSTS7000218"),
        (400, {"error": "temporarily_unavailable"}, IssuerError, "just now"),
        (500, {"error": "invalid_grant"}, IssuerError, "500"),
        (503, {}, IssuerError, "503"),
        (429, {"error": "invalid_grant"}, IssuerError, "429"),
        (400, {}, IssuerError, "no known reason"),
        (302, {}, IssuerError, "302"),
    ],
)
def test_faults_are_told_apart(status: int, answer: dict[str, object], kind: type[MailError], says: str) -> None:
    fault = read_fault(status, answer, google())
    assert type(fault) is kind
    assert says in str(fault)


def test_waiting_is_no_fault() -> None:
    assert read_fault(400, {"error": "authorization_pending"}, google()) is Waiting.PENDING
    assert read_fault(400, {"error": "slow_down"}, google()) is Waiting.SLOW_DOWN


def test_an_issuer_s_free_text_is_not_repeated() -> None:
    said = str(read_fault(400, {"error": "x\nSECRET", "error_description": "token abc"}, google()))
    assert "SECRET" not in said
    assert "abc" not in said


@given(st.dictionaries(NAMES, JSON), st.integers(100, 599))
def test_any_answer_is_a_value_or_a_mail_error(answer: dict[str, object], status: int) -> None:
    read_fault(status, answer, google())
    for read in (read_tokens, read_device_code):
        with suppress(IssuerError):
            read({**GOOD, **DEVICE, **answer}, NOW)
