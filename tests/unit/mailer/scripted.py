"""A server on loopback that says exactly what a test tells it to."""

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

HANG_UP = b"<hang up>"
SILENCE = b"<silence>"
EHLO = b"250-scripted.test\r\n250 ENHANCEDSTATUSCODES\r\n"
FRIENDLY: Mapping[str, bytes] = {
    "<greeting>": b"220 scripted.test ESMTP\r\n",
    "EHLO": EHLO,
    "MAIL": b"250 2.1.0 Ok\r\n",
    "RCPT": b"250 2.1.5 Ok\r\n",
    "DATA": b"354 go on\r\n",
    "<content>": b"250 2.0.0 Ok: queued as 4711\r\n",
    "RSET": b"250 Ok\r\n",
    "QUIT": b"221 Bye\r\n",
}


class ScriptedServer:
    """Answers each command by its verb (the second word of an IMAP line); `heard` holds all lines and contents."""

    def __init__(self, replies: Mapping[str, bytes], *, tls: ssl.SSLContext | None, is_imap: bool) -> None:
        self.heard: list[bytes] = []
        self.replies = dict(replies)
        self._tls = tls
        self._is_imap = is_imap
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(5)
        self.port = int(self._listener.getsockname()[1])
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def verbs(self) -> list[str]:
        return [self._verb(line) for line in self.heard]

    def stop(self) -> None:
        self._done.set()
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            link, _ = self._listener.accept()
            with link:
                link.settimeout(5)
                if self._tls:
                    with self._tls.wrap_socket(link, server_side=True) as secured:
                        self._talk(secured)
                else:
                    self._talk(link)

    def _talk(self, link: socket.socket) -> None:
        with link.makefile("rb") as lines:
            if not self._say(link, "<greeting>", b""):
                return
            while line := lines.readline():
                self.heard.append(line)
                verb = self._verb(line)
                if not self._say(link, verb, line.partition(b" ")[0]):
                    return
                if verb == "DATA" and self.replies["DATA"].startswith(b"354"):
                    content = b""
                    while not content.endswith(b"\r\n.\r\n") and (more := lines.readline()):
                        content += more
                    self.heard.append(content)
                    if not self._say(link, "<content>", b""):
                        return

    def _say(self, link: socket.socket, key: str, tag: bytes) -> bool:
        reply = self.replies.get(key, b"502 5.5.1 not in the script\r\n")
        if reply == HANG_UP:
            return False
        if reply == SILENCE:
            self._done.wait(5)
            return False
        link.sendall(reply.replace(b"<tag>", tag))
        return True

    def _verb(self, line: bytes) -> str:
        words = line.decode("ascii", "replace").upper().split() or [""]
        return words[1] if self._is_imap and len(words) > 1 else words[0]


@contextmanager
def scripted(
    changes: Mapping[str, bytes] | None = None, *, tls: ssl.SSLContext | None = None
) -> Iterator[ScriptedServer]:
    """Run an SMTP server that is friendly but for `changes`."""
    server = ScriptedServer({**FRIENDLY, **(changes or {})}, tls=tls, is_imap=False)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def scripted_imap(replies: Mapping[str, bytes]) -> Iterator[ScriptedServer]:
    """Run an IMAP server; `<tag>` in a reply stands for the command's tag."""
    server = ScriptedServer({"<greeting>": b"* OK ready\r\n", **replies}, tls=None, is_imap=True)
    try:
        yield server
    finally:
        server.stop()
