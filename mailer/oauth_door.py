"""Wire: the issuers' token and device endpoints. Values in, values out; `now` is an argument; nothing is logged.

No redirect is followed, no answer is read beyond a bound, and nothing but https is spoken to another machine.
"""

import http.client
import json
import ssl
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any, Never
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request, build_opener

from mailer.errors import ConsentError, IssuerError
from mailer.oauth import DEVICE_GRANT, DeviceCode, Tokens, Waiting, read_device_code, read_fault, read_tokens
from mailer.oauth_providers import Provider
from mailer.servers import is_loopback
from mailer.tls import make_tls_context

_LARGEST = 65_536
_MOST_PIECES = 50
_OK = 200
Fields = Mapping[str, str]


class Issuers:
    """The OAuth clients of this installation by name, and the way to their issuers."""

    def __init__(
        self,
        providers: Mapping[str, Provider] | None = None,
        *,
        timeout_s: float = 20.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.providers = dict(providers or {})
        self._timeout_s = timeout_s
        self._tls = tls

    def find(self, name: str) -> Provider:
        """Return a client by its name. Raises IssuerError: settings may come back, consent is not in doubt."""
        if name not in self.providers:
            raise IssuerError(f"No OAuth client “{name}” is set up here: set RAPPORT_OAUTH_{name.upper()}_ID.")
        return self.providers[name]

    def title_of(self, name: str) -> str:
        """Return what people call an issuer; the client's own name where it is not set up any more."""
        return self.providers[name].title if name in self.providers else name

    def redeem(self, provider: Provider, code: str, *, redirect_uri: str, verifier: str, now: datetime) -> Tokens:
        """Give a code for the first tokens (RFC 6749 4.1.3).

        Raises:
            ConsentError: the code is not good, or no lasting consent came. LoginError: our client is not known.
            IssuerError: no sense was to be had.
        """
        fields = {"code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
        tokens = self._ask_tokens(provider, {"grant_type": "authorization_code", **fields}, now)
        return _lasting(provider, _ended(tokens))

    def refresh(self, provider: Provider, refresh_token: str, *, now: datetime) -> Tokens:
        """Give a refresh token for the next tokens (RFC 6749 6); errors as in `redeem`."""
        asked = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return _ended(self._ask_tokens(provider, asked, now))

    def begin_device(self, provider: Provider, *, now: datetime) -> DeviceCode:
        """Ask for a code that a person types in elsewhere (RFC 8628 3.1); errors as in `redeem`."""
        if not provider.device_url:
            raise ConsentError(f"{provider.no_device} Use a browser instead.")
        asked = _client(provider) | {"scope": provider.scopes}
        status, answer = self._post(provider, provider.device_url, asked)
        if status != _OK:
            _refuse(read_fault(status, answer, provider))
        return read_device_code(answer, now)

    def ask_device(self, provider: Provider, code: str, *, now: datetime) -> Tokens | Waiting:
        """Ask what became of a device code (RFC 8628 3.4); errors as in `redeem`."""
        asked = {"grant_type": DEVICE_GRANT, "device_code": code}
        found = self._ask_tokens(provider, asked, now)
        return found if isinstance(found, Waiting) else _lasting(provider, found)

    def _ask_tokens(self, provider: Provider, asked: Fields, now: datetime) -> Tokens | Waiting:
        status, answer = self._post(provider, provider.token_url, {**_client(provider), **asked})
        if status == _OK:
            return read_tokens(answer, now)
        fault = read_fault(status, answer, provider)
        return fault if isinstance(fault, Waiting) else _refuse(fault)

    def _post(self, provider: Provider, url: str, fields: Fields) -> tuple[int, dict[str, Any]]:
        heads = {"Accept": "application/json", "User-Agent": "Rapport"}
        try:
            request = Request(url, urlencode(fields).encode(), heads)  # noqa: S310 - the opener speaks https, see below
            status, kind, body = _read(self._open(url), request, self._timeout_s)
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise IssuerError(f"{provider.title} cannot be reached for a token: {reason}.") from error
        if len(body) > _LARGEST:
            raise IssuerError(f"{provider.title} answers a request for a token with far too much.")
        return status, _read_json(provider, status, kind, body)

    def _open(self, url: str) -> OpenerDirector:
        parts = urlsplit(url)
        is_here = is_loopback(parts.hostname or "")
        if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
            raise ValueError("only https is spoken to another machine")
        self._tls = self._tls or make_tls_context()
        return build_opener(ProxyHandler({} if is_here else None), HTTPSHandler(context=self._tls), _StayHere())


class _StayHere(HTTPRedirectHandler):
    """Follows nobody: a secret was in the request."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: http.client.HTTPMessage, newurl: str
    ) -> None:
        """Return nothing, which makes the redirect the answer."""
        del req, fp, code, msg, headers, newurl


def _read(opener: OpenerDirector, request: Request, timeout_s: float) -> tuple[int, str, bytes]:
    try:
        with opener.open(request, timeout=timeout_s) as answer:
            return answer.status, answer.headers.get_content_type(), _drain(answer)
    except HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers.get_content_type(), _drain(refusal)


def _drain(answer: Any) -> bytes:
    """Return the body, as far as it comes in some dozen pieces: each has its time limit, a trickle has no end."""
    body = b""
    for _ in range(_MOST_PIECES):
        piece = answer.read1(_LARGEST + 1 - len(body))
        body += piece
        if not piece or len(body) > _LARGEST:
            break
    return body


def _read_json(provider: Provider, status: int, kind: str, body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body) if kind == "application/json" else None
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict):
        return answer
    if status == _OK:
        raise IssuerError(f"{provider.title} answers a request for a token with something else.")
    return {}


def _client(provider: Provider) -> dict[str, str]:
    """Return how we name ourselves (RFC 6749 2.3.1); a public client has no secret."""
    secret = {"client_secret": provider.client_secret} if provider.client_secret else {}
    return {"client_id": provider.client_id, **secret}


def _ended(found: Tokens | Waiting) -> Tokens:
    if isinstance(found, Waiting):
        raise IssuerError("The issuer asks us to wait, where there is nothing to wait for.")
    return found


def _lasting(provider: Provider, tokens: Tokens) -> Tokens:
    if tokens.refresh is None:
        raise ConsentError(
            f"{provider.title} gave no refresh token, so consent would end within the hour. "
            "Take the access away in the account's settings, or ask for offline access in the scopes, and try again."
        )
    return tokens


def _refuse(fault: Exception | Waiting) -> Never:
    raise fault if isinstance(fault, Exception) else IssuerError("The issuer asks us to wait.")
