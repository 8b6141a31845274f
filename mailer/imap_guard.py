"""Wire: bounds on what an IMAP server may make us hold or wait for, whatever it claims.

The socket's own time-out ends a silence; what drips, floods or claims four gigabytes would pass it. The library reads
through two methods of its connection; they are replaced here, and nowhere else.
"""

import imaplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

LONGEST_LITERAL = 40_000_000
LONGEST_ANSWER = 80_000_000  # bytes of one command's answers


class Guard:
    """Watches one connection: `watching` surrounds each command and hangs up when it takes too long."""

    def __init__(self, connection: Any, *, longest_s: float) -> None:
        self._connection = connection
        self._longest_s = longest_s
        self._heard = 0
        self._read: Callable[[int], bytes] = connection.read
        self._readline: Callable[[], bytes] = connection.readline
        connection.read = self.read
        connection.readline = self.readline

    def read(self, size: int) -> bytes:
        """Return a literal, unless it claims to be longer than anything we asked for."""
        if size > LONGEST_LITERAL:
            raise imaplib.IMAP4.abort(f"it announced {size} bytes at once")
        self._note(size)
        return self._read(size)

    def readline(self) -> bytes:
        """Return a line of an answer that has an end."""
        line = self._readline()
        self._note(len(line))
        return line

    def is_waiting(self) -> bool:
        """Return whether something was received that `select` cannot see: in TLS's buffer, or in the library's."""
        sock = self._connection.sock
        if isinstance(sock, ssl.SSLSocket) and sock.pending() > 0:
            return True
        timeout_s = sock.gettimeout()
        sock.settimeout(0)
        try:
            return bool(self._connection.file.peek(1))
        except OSError:
            return False
        finally:
            sock.settimeout(timeout_s)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Hang up from outside when what happens inside takes too long: `idle_done` may never return by itself."""
        self._heard = 0
        timer = threading.Timer(self._longest_s, self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _note(self, size: int) -> None:
        self._heard += size
        if self._heard > LONGEST_ANSWER:
            raise imaplib.IMAP4.abort("its answer has no end")

    def _hang_up(self) -> None:
        with suppress(OSError):
            self._connection.sock.shutdown(socket.SHUT_RDWR)
