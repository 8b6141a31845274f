"""Pure: consent and tokens: what we ask an issuer (RFC 6749, 7636, 8628), and what its answers mean."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from mailer.errors import ConsentError, IssuerError, LoginError, MailError
from mailer.oauth_providers import Provider

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_UNSAID_FOR = timedelta(minutes=10)  # an issuer that says no time is asked again soon
_LONGEST = timedelta(days=30)
_LARGEST_TOKEN = 9000  # in base64 it fits the 12,288 octets of an AUTH line (RFC 4954 4)
_TOKEN = re.compile(r"[\x21-\x7e]+\Z")  # RFC 6749 A.12
_CODE = re.compile(r"[a-z_]{1,60}\Z")
_MICROSOFT_CODE = re.compile(r"AADSTS\d{4,8}")
_LONGEST_USER_CODE = 40
_INTERVAL_S, _LONGEST_INTERVAL_S = 5, 60
_TEMPORARY = frozenset({"temporarily_unavailable", "server_error"})
_ENDED = frozenset({"invalid_grant", "interaction_required", "login_required", "consent_required"})
_DENIED = frozenset({"access_denied", "authorization_declined"})
_SERVER_FAULT, _TOO_MANY = 500, 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """An access token with its end, and the refresh token that gets the next one: None means the old one stays."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    expires_at: datetime
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCode:
    """What a person types in elsewhere (`user_code` at `verify_url`), and how we ask what became of it."""

    code: str = field(repr=False)
    user_code: str
    verify_url: str
    expires_at: datetime
    interval_s: int


class Waiting(StrEnum):
    """The person has not answered yet; or we ask too often (RFC 8628 3.5)."""

    PENDING = "authorization_pending"
    SLOW_DOWN = "slow_down"


def make_challenge(verifier: str) -> str:
    """Return the S256 challenge of a PKCE verifier (RFC 7636 4.2)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def write_consent_url(provider: Provider, *, redirect_uri: str, state: str, verifier: str, hint: str) -> str:
    """Return the address at which a person agrees; `hint` is the mailbox's address."""
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": provider.scopes,
        "state": state,
        "code_challenge": make_challenge(verifier),
        "code_challenge_method": "S256",
        "login_hint": hint,
        **provider.asks,
    }
    return f"{provider.authorise_url}{'&' if '?' in provider.authorise_url else '?'}{urlencode(asked)}"


def read_return(query: str, state: str | None) -> str | None:
    """Return the code in the query that a browser came back with (RFC 6749 4.1.2).

    None when it carries another `state`: it is no answer to what we asked. A `state` of None was checked already.

    Raises:
        ConsentError: the person or the issuer said no.
    """
    found = {name: values[0] for name, values in parse_qs(query[: _LARGEST_TOKEN * 2], max_num_fields=50).items()}
    if state is not None and not hmac.compare_digest(found.get("state", "").encode(), state.encode()):
        return None
    if "code" in found:
        return found["code"]
    reason = found.get("error", "")
    raise ConsentError(f"Consent was refused ({reason if _CODE.match(reason) else 'no known reason'}).")


def read_tokens(answer: Mapping[str, Any], now: datetime) -> Tokens:
    """Read a successful answer (RFC 6749 5.1).

    Raises:
        IssuerError: it is none.
    """
    if str(answer.get("token_type", "")).lower() != "bearer":
        raise IssuerError("The issuer's answer holds no bearer token.")
    refresh = answer.get("refresh_token")
    return Tokens(
        access=_read_token(answer.get("access_token")),
        refresh=None if refresh is None else _read_token(refresh),
        expires_at=now + _read_span(answer.get("expires_in"), _UNSAID_FOR),
        scope=str(answer.get("scope") or "")[:1000],
    )


def read_device_code(answer: Mapping[str, Any], now: datetime) -> DeviceCode:
    """Read the answer to a request for a device code (RFC 8628 3.2); Google's older name for the address counts too.

    Raises:
        IssuerError: it is none.
    """
    user_code, url = str(answer.get("user_code") or ""), answer.get("verification_uri", answer.get("verification_url"))
    if not user_code.isprintable() or not 1 <= len(user_code) <= _LONGEST_USER_CODE or not _is_web_address(str(url)):
        raise IssuerError("The issuer's answer holds no code for a person to type in.")
    interval = answer.get("interval")
    seconds = interval if isinstance(interval, int) and interval > 0 else _INTERVAL_S
    return DeviceCode(
        code=_read_token(answer.get("device_code")),
        user_code=user_code,
        verify_url=str(url),
        expires_at=now + _read_span(answer.get("expires_in"), _UNSAID_FOR),
        interval_s=min(seconds, _LONGEST_INTERVAL_S),
    )


def read_fault(status: int, answer: Mapping[str, Any], provider: Provider) -> MailError | Waiting:
    """Say what an answer other than success means (RFC 6749 5.2, RFC 8628 3.5). Free text of the issuer is left out."""
    given = str(answer.get("error", ""))
    code = given if _CODE.match(given) else "no known reason"
    if code in tuple(Waiting) and status < _SERVER_FAULT:
        return Waiting(code)
    if status >= _SERVER_FAULT or status == _TOO_MANY or code in _TEMPORARY or not given:
        return IssuerError(f"{provider.title} gives no token just now: it answers {status} ({code}).")
    found = _MICROSOFT_CODE.search(str(answer.get("error_description", ""))[:500])
    words = f"{code}, {found[0]}" if found else code
    if code in _ENDED:
        return ConsentError(f"{provider.title} says that consent was withdrawn or has expired ({words}).")
    if code in _DENIED:
        return ConsentError(f"Consent was refused at {provider.title} ({words}).")
    if code == "expired_token":
        return ConsentError(f"The code was not typed in at {provider.title} in time. Begin again.")
    return LoginError(
        f"{provider.title} refuses our OAuth client ({words}): compare its registration with "
        f"RAPPORT_OAUTH_{provider.name.upper()}_ID and the settings beside it."
    )


def _read_token(given: object) -> str:
    if not isinstance(given, str) or len(given) > _LARGEST_TOKEN or not _TOKEN.match(given):
        raise IssuerError("The issuer's answer holds no token that could be used.")
    return given


def _read_span(given: object, otherwise: timedelta) -> timedelta:
    """Return a number of seconds, also one written as text, inside sensible bounds."""
    try:
        seconds = float(given) if isinstance(given, int | float | str) else 0.0
    except (ValueError, OverflowError):
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        return otherwise
    return timedelta(seconds=min(seconds, _LONGEST.total_seconds()))


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"https", "http"} and bool(parts.hostname) and url.isprintable()
