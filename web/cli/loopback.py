"""Wire: the browser comes back to this machine: one answer, to one request, on a free loopback port (RFC 8252 7.3)."""

from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from kit.clock import Clock
from kit.errors import RefusedError
from mailer.errors import ConsentError
from mailer.oauth import read_return

_LOOK_S = 1.0
_MOST_VISITS = 1000
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Rapport</title>
<p>{sentence} You may close this window and go back to the terminal.</p></html>"""


class Loopback:
    """Listens while it is open; `redirect_uri` is what the issuer is told, with the name it wants for this machine."""

    def __init__(self, host: str, state: str) -> None:
        self._state = state
        self._code: str | None = None
        self._refusal: ConsentError | None = None
        self._server = TCPServer(("127.0.0.1", 0), self._make_handler())
        self._server.timeout = _LOOK_S
        self.redirect_uri = f"http://{host}:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.server_close()

    def wait(self, clock: Clock, for_: timedelta) -> str:
        """Return the code the browser brings, or refuse; other visitors are sent away."""
        until = clock.now() + for_
        for _ in range(_MOST_VISITS):
            self._server.handle_request()
            if self._refusal is not None:
                raise RefusedError(f"{self._refusal} Nothing was changed.", code="consent") from self._refusal
            if self._code is not None:
                return self._code
            if clock.now() >= until:
                break
        raise RefusedError("The browser did not come back in time. Begin again.", code="consent")

    def visit(self, query: str) -> tuple[int, str]:
        """Take what a visitor brings; return a status and a sentence for them."""
        try:
            code = read_return(query, self._state)
        except ValueError:
            code = None
        except ConsentError as error:
            self._refusal = error
            return 200, "Nothing was changed."
        if code is None:
            return 404, "This is not the answer that Rapport waits for."
        self._code = code
        return 200, "Thank you."

    def _make_handler(self) -> type[BaseHTTPRequestHandler]:
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10  # a visitor that says nothing

            def do_GET(self) -> None:
                status, sentence = loopback.visit(urlsplit(self.path).query)
                body = _PAGE.format(sentence=sentence).encode()
                self.send_response(status)
                for name, value in (
                    ("Content-Type", "text/html; charset=utf-8"),
                    ("Content-Length", str(len(body))),
                    ("Cache-Control", "no-store"),
                    ("Referrer-Policy", "no-referrer"),
                    ("Content-Security-Policy", "default-src 'none'"),
                ):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's own name
                """Log nothing: the code is in the address."""

        return Handler
