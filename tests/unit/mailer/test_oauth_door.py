"""The way to an issuer: what is sent, and what every odd answer comes to. Nothing here may show a token."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from mailer.errors import ConsentError, IssuerError, LoginError, MailError
from mailer.oauth import Tokens, Waiting, write_consent_url
from mailer.oauth_door import Issuers, _drain
from tests.servers.issuer import SECRET, Issuer, running_issuer
from tests.servers.process import free_port

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MIA = "mia@pastel.test"
BACK = "http://127.0.0.1:4711/"


@pytest.fixture(scope="module")
def server() -> Iterator[Issuer]:
    with running_issuer() as issuer:
        yield issuer


@pytest.fixture
def issuer(server: Issuer) -> Issuer:
    server.__dict__.update(faults={}, rotates=True, gives_refresh=True, expires_in=3600, devices={}, asked=[])
    return server


DOOR = Issuers(timeout_s=5)


def consented(issuer: Issuer, verifier: str = "v" * 43) -> str:
    url = write_consent_url(issuer.provider(), redirect_uri=BACK, state="s", verifier=verifier, hint=MIA)
    return issuer.consent(url, MIA).partition("code=")[2].partition("&")[0]


def test_a_code_is_redeemed_once_with_its_verifier_only(issuer: Issuer) -> None:
    code = consented(issuer)
    with pytest.raises(ConsentError):
        DOOR.redeem(issuer.provider(), code, redirect_uri=BACK, verifier="w" * 43, now=NOW)
    code = consented(issuer)
    tokens = DOOR.redeem(issuer.provider(), code, redirect_uri=BACK, verifier="v" * 43, now=NOW)
    assert issuer.active[tokens.access] == MIA
    assert tokens.expires_at == NOW + timedelta(hours=1)
    with pytest.raises(ConsentError):
        DOOR.redeem(issuer.provider(), code, redirect_uri=BACK, verifier="v" * 43, now=NOW)


def test_a_consent_that_would_not_last_is_refused(issuer: Issuer) -> None:
    issuer.gives_refresh = False
    with pytest.raises(ConsentError, match="no refresh token"):
        DOOR.redeem(issuer.provider(), consented(issuer), redirect_uri=BACK, verifier="v" * 43, now=NOW)


def test_refresh_tokens_rotate_or_stay(issuer: Issuer) -> None:
    _, refresh = issuer.grant(MIA)
    tokens = DOOR.refresh(issuer.provider(), refresh, now=NOW)
    assert tokens.refresh not in (None, refresh)
    with pytest.raises(ConsentError):
        DOOR.refresh(issuer.provider(), refresh, now=NOW)
    issuer.rotates = False
    assert DOOR.refresh(issuer.provider(), tokens.refresh or "", now=NOW).refresh is None


def test_a_public_client_sends_no_secret(issuer: Issuer) -> None:
    with pytest.raises(LoginError, match="invalid_client"):
        DOOR.refresh(issuer.provider(client_secret=""), "r", now=NOW)
    assert "client_secret" not in issuer.asked[-1][1]


def test_the_device_dance(issuer: Issuer) -> None:
    provider = issuer.provider()
    code = DOOR.begin_device(provider, now=NOW)
    assert (code.user_code, code.interval_s) == ("WDJB-MJHT", 5)
    assert DOOR.ask_device(provider, code.code, now=NOW) is Waiting.PENDING
    for state, expected in (("slow_down", Waiting.SLOW_DOWN), ("authorization_pending", Waiting.PENDING)):
        issuer.answer_device(state)
        assert DOOR.ask_device(provider, code.code, now=NOW) is expected
    for state in ("access_denied", "expired_token"):
        issuer.answer_device(state)
        with pytest.raises(ConsentError):
            DOOR.ask_device(provider, code.code, now=NOW)
    issuer.answer_device("approved", MIA)
    found = DOOR.ask_device(provider, code.code, now=NOW)
    assert isinstance(found, Tokens)
    assert issuer.active[found.access] == MIA


def test_no_device_codes_without_an_address(issuer: Issuer) -> None:
    with pytest.raises(ConsentError, match="Use a browser"):
        DOOR.begin_device(issuer.provider(device_url=""), now=NOW)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (500, "{}", "application/json"),
        (503, "<h1>Busy</h1>", "text/html"),
        (200, "{broken", "application/json"),
        (200, "[]", "application/json"),
        (200, "[" * 60_000, "application/json"),
        (200, '{"access_token":"a","token_type":"bearer"}', "text/html"),
        (200, '{"access_token":"' + "a" * 70_000 + '"}', "application/json"),
        (200, b"\xff\xfe\x00", "application/json"),
        (200, "{}", "application/json"),
        (403, "<h1>No</h1>", "text/html"),
        (400, '{"error": ["invalid_grant"]}', "application/json"),
    ],
)
def test_odd_answers_put_no_consent_in_doubt(issuer: Issuer, status: int, body: str | bytes, kind: str) -> None:
    issuer.fail("/token", status, body, kind=kind)
    with pytest.raises(MailError) as fault:
        DOOR.refresh(issuer.provider(), "refresh-secret", now=NOW)
    assert not isinstance(fault.value, ConsentError)
    assert "refresh-secret" not in str(fault.value)
    assert SECRET not in str(fault.value)


class Trickle(BytesIO):
    """Gives one octet at a time and counts how often it was asked."""

    asked = 0

    def read1(self, _size: int | None = -1) -> bytes:
        self.asked += 1
        return self.read(1)


def test_a_trickle_has_an_end() -> None:
    trickle = Trickle(b"x" * 1000)
    assert len(_drain(trickle)) == trickle.asked < 100
    assert _drain(Trickle(b"whole")) == b"whole"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(issuer: Issuer, status: int) -> None:
    issuer.fail("/token", status, "", Location=f"{issuer.url}/elsewhere")
    with pytest.raises(IssuerError, match=str(status)):
        DOOR.refresh(issuer.provider(), "r", now=NOW)
    assert [path for path, _ in issuer.asked] == ["/token"]


@pytest.mark.parametrize(
    "url", ["http://issuer.example/token", "ftp://127.0.0.1/token", "file:///etc/passwd", "http://[x", "nonsense"]
)
def test_nothing_but_https_is_spoken_to_others(issuer: Issuer, url: str) -> None:
    with pytest.raises(IssuerError, match="cannot be reached"):
        DOOR.refresh(issuer.provider(token_url=url), "r", now=NOW)


def test_nobody_there(issuer: Issuer, tmp_path: Path) -> None:
    with pytest.raises(IssuerError, match="cannot be reached"):
        DOOR.refresh(issuer.provider(token_url=f"http://127.0.0.1:{free_port()}/"), "r", now=NOW)
    # It speaks no TLS, so the certificate cannot be checked.
    with pytest.raises(IssuerError, match="cannot be reached"):
        DOOR.refresh(issuer.provider(token_url=issuer.url.replace("http", "https")), "r", now=NOW)


def test_a_client_that_left_the_settings_is_no_lost_consent() -> None:
    with pytest.raises(IssuerError, match="RAPPORT_OAUTH_HOUSE_ID"):
        DOOR.find("house")
