"""An SMTP server on loopback that answers by a script and that notes what was written to it."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

HANG_UP = b"<hang up>"
SILENCE = b"<silence>"
LATE = b"<late>"
_AGREES = {
    "EHLO": b"250-scripted.test\r\n250-SIZE 4000000\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES\r\n",
    "MAIL": b"250 2.1.0 Ok\r\n",
    "RCPT": b"250 2.1.5 Ok\r\n",
    "DATA": b"354 go on\r\n",
    "<line>": b"",
    "<content>": b"250 2.0.0 Ok: taken\r\n",
    "RSET": b"250 2.0.0 Ok\r\n",
    "QUIT": b"221 Bye\r\n",
}
Script = Mapping[tuple[str, int], bytes]


class PipeliningServer:
    """Serves one client.

    The script names a verb and the number of the mail (from 1; 0 for all); `<line>` is the moment after a content's
    first line, `<content>` the reply to the final dot. LATE in front of a reply waits a moment. With `holds_back` the
    word about a mail is kept until the next DATA has come: a client that waits for it gets nowhere.
    """

    def __init__(self, script: Script, *, holds_back: bool, in_bytes: bool) -> None:
        self.heard: list[str] = []
        self.begun: list[int] = []
        self.taken: list[tuple[int, bytes]] = []
        self._script = script
        self._holds_back = holds_back
        self._in_bytes = in_bytes
        self._held = b""
        self._number = 0
        self._done = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(5)
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._thread.join(0.05)
        self._done.set()
        self._thread.join(5)
        self._listener.close()

    def join(self) -> None:
        """Wait until the client has gone."""
        self._thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError, EOFError):
            link, _ = self._listener.accept()
            with link, link.makefile("rb") as lines:
                link.settimeout(5)
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                link.sendall(b"220 scripted.test ESMTP\r\n")
                while line := lines.readline():
                    verb = line.split()[0].decode("ascii", "replace").upper()
                    self.heard.append(verb)
                    self._number += verb == "MAIL"
                    if self._say(link, verb).startswith(b"354") and verb == "DATA":
                        self._take(link, lines.readline)

    def _take(self, link: socket.socket, readline: Callable[[], bytes]) -> None:
        content = line = readline()
        if not line:
            raise EOFError
        if line == b".\r\n":
            self.heard.append(".")
            self._say(link, "<content>")
            return
        self.begun.append(self._number)
        self._say(link, "<line>")
        while line != b".\r\n":
            if not (line := readline()):
                raise EOFError
            content += line
        if self._reply("<content>").removeprefix(LATE).startswith(b"2"):
            self.taken.append((self._number, content))
        self._say(link, "<content>")

    def _reply(self, verb: str) -> bytes:
        script = self._script
        return script.get((verb, self._number), script.get((verb, 0), _AGREES.get(verb, b"502 5.5.1 what?\r\n")))

    def _say(self, link: socket.socket, verb: str) -> bytes:
        reply = self._reply(verb)
        if reply.startswith(LATE):
            self._done.wait(0.6)
        if reply == SILENCE:
            self._done.wait(5)
        words = self._held + reply.removeprefix(LATE).replace(SILENCE, b"").replace(HANG_UP, b"")
        self._held = b""
        if self._holds_back and verb in {"<content>", "MAIL", "RCPT"} and self._number:
            self._held = words
        else:
            step = 1 if self._in_bytes else len(words) or 1
            for start in range(0, len(words), step):
                link.sendall(words[start : start + step])
        if reply.endswith((HANG_UP, SILENCE)):
            raise EOFError
        return reply


@contextmanager
def pipelining_server(
    script: Script | None = None, *, holds_back: bool = False, in_bytes: bool = False
) -> Iterator[PipeliningServer]:
    """Run a server that agrees to everything but what `script` says."""
    server = PipeliningServer(script or {}, holds_back=holds_back, in_bytes=in_bytes)
    try:
        yield server
    finally:
        server.stop()
