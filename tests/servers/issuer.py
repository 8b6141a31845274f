"""An OAuth issuer on loopback: consent by browser and by device code, tokens that rotate, introspection, and faults."""

import hashlib
import json
import secrets
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from mailer.oauth_providers import Provider

CLIENT, SECRET = "rapport-client", "client-secret"
SCOPES = "mail offline_access"


@dataclass
class _Code:
    challenge: str
    redirect_uri: str
    user: str


@dataclass
class _Device:
    user: str = ""
    state: str = "authorization_pending"


@dataclass
class Fault:
    """One answer that says something else than the truth. `once` per path."""

    status: int
    body: bytes
    kind: str = "application/json"
    heads: dict[str, str] = field(default_factory=dict)


class Issuer:
    """`asked` holds every request's path and fields; `on_refresh` happens before a refresh is answered."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.faults: dict[str, list[Fault]] = {}
        self.active: dict[str, str] = {}
        self.refreshable: dict[str, str] = {}
        self.codes: dict[str, _Code] = {}
        self.devices: dict[str, _Device] = {}
        self.rotates = True
        self.gives_refresh = True
        self.expires_in: object = 3600
        self.interval = 5
        self.on_refresh: Callable[[], object] | None = None
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def provider(self, name: str = "house", **changes: str) -> Provider:
        addresses = {"authorise_url": f"{self.url}/authorise", "token_url": f"{self.url}/token"}
        values = {**addresses, "device_url": f"{self.url}/device", "client_secret": SECRET, "scopes": SCOPES, **changes}
        return Provider(name=name, title="The house", client_id=CLIENT, **values)  # type: ignore[arg-type]

    def environment(self, name: str = "HOUSE") -> dict[str, str]:
        """What the settings say about this issuer."""
        parts = {
            "ID": CLIENT,
            "SECRET": SECRET,
            "SCOPES": SCOPES,
            "AUTHORISE_URL": f"{self.url}/authorise",
            "TOKEN_URL": f"{self.url}/token",
            "DEVICE_URL": f"{self.url}/device",
        }
        return {f"RAPPORT_OAUTH_{name}_{part}": value for part, value in parts.items()}

    def fail(
        self, path: str, status: int, body: bytes | str = b"{}", *, kind: str = "application/json", **heads: str
    ) -> None:
        """Answer the next request for `path` with this."""
        raw = body.encode() if isinstance(body, str) else body
        self.faults.setdefault(path, []).append(Fault(status, raw, kind, heads))

    def answer_device(self, state: str, user: str = "") -> None:
        """Let the person at the device page answer: `approved`, `access_denied`, `expired_token`, `slow_down`."""
        for device in self.devices.values():
            device.state, device.user = state, user

    def consent(self, url: str, user: str) -> str:
        """Agree at the consent page in a browser; return where the browser is sent."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.asked.append(("/authorise", asked))
        code = secrets.token_urlsafe(12)
        self.codes[code] = _Code(asked["code_challenge"], asked["redirect_uri"], user)
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def grant(self, user: str) -> tuple[str, str]:
        """Make an access and a refresh token as if consent had been given."""
        access, refresh = f"access-{secrets.token_urlsafe(9)}", f"refresh-{secrets.token_urlsafe(9)}"
        self.active[access], self.refreshable[refresh] = user, user
        return access, refresh

    def requests(self, grant: str) -> list[dict[str, str]]:
        return [fields for path, fields in self.asked if path == "/token" and fields.get("grant_type") == grant]

    def answer(self, path: str, fields: dict[str, str]) -> Fault:
        with self._lock:
            self.asked.append((path, fields))
            if self.faults.get(path):
                return self.faults[path].pop(0)
        match path:
            case "/token":
                return self._token(fields)
            case "/device":
                return self._device(fields)
            case "/authorise":  # the person is there and agrees at once
                asked = f"{self.url}/authorise?{urlencode(fields)}"
                return Fault(302, b"", heads={"Location": self.consent(asked, fields["login_hint"])})
            case "/introspect":
                return self._introspect(fields.get("token", ""))
        return Fault(404, b"{}")

    def _token(self, fields: dict[str, str]) -> Fault:
        if (fields.get("client_id"), fields.get("client_secret")) != (CLIENT, SECRET):
            return _say(401, error="invalid_client")
        match fields.get("grant_type"):
            case "authorization_code":
                return self._redeem(fields)
            case "refresh_token":
                return self._refresh(fields)
            case "urn:ietf:params:oauth:grant-type:device_code":
                return self._ask_device(fields)
        return _say(400, error="unsupported_grant_type")

    def _redeem(self, fields: dict[str, str]) -> Fault:
        code = self.codes.pop(fields.get("code", ""), None)
        digest = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
        if code is None or code.challenge != challenge or code.redirect_uri != fields.get("redirect_uri"):
            return _say(400, error="invalid_grant")
        return self._tokens(code.user)

    def _refresh(self, fields: dict[str, str]) -> Fault:
        if self.on_refresh:
            self.on_refresh()
        with self._lock:
            old = fields.get("refresh_token", "")
            user = self.refreshable.get(old)
            if user is None:
                return _say(400, error="invalid_grant")
            if self.rotates:
                del self.refreshable[old]
        return self._tokens(user, with_refresh=self.rotates)

    def _tokens(self, user: str, *, with_refresh: bool = True) -> Fault:
        access, refresh = self.grant(user)
        more = {"refresh_token": refresh} if with_refresh and self.gives_refresh else {}
        return _say(200, access_token=access, token_type="Bearer", expires_in=self.expires_in, **more)

    def _device(self, fields: dict[str, str]) -> Fault:
        code = secrets.token_urlsafe(12)
        self.devices[code] = _Device()
        return _say(
            200,
            device_code=code,
            user_code="WDJB-MJHT",
            verification_uri=f"{self.url}/where",
            expires_in=900,
            interval=self.interval,
        )

    def _ask_device(self, fields: dict[str, str]) -> Fault:
        device = self.devices.get(fields.get("device_code", ""))
        if device is None:
            return _say(400, error="invalid_grant")
        if device.state == "approved":
            return self._tokens(device.user)
        state, device.state = device.state, "authorization_pending"
        return _say(400, error=state)

    def _introspect(self, token: str) -> Fault:
        user = self.active.get(token)
        if user is None:
            return _say(200, active=False)
        return _say(200, active=True, email=user, username=user, client_id=CLIENT, scope=SCOPES)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                fields = {name: values[0] for name, values in parse_qs(body).items()}
                self._reply(issuer.answer(urlsplit(self.path).path, fields))

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                fields = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self._reply(issuer.answer(parts.path, fields))

            def _reply(self, answer: Fault) -> None:
                self.send_response(answer.status)
                for name, value in {"Content-Type": answer.kind, **answer.heads}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    try:
        yield issuer
    finally:
        issuer.stop()


def _say(status: int, **answer: object) -> Fault:
    return Fault(status, json.dumps(answer).encode())
