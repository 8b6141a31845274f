"""A bad-weather IMAP server on loopback: mailboxes like any other, and a script of what goes wrong at which command.

A gust strikes when a command that matches its pattern arrives, as often as it says, and then decides what is sent:
bytes, a pause, the end of the connection, or the honest answer with something done to it.
"""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

HONEST = "honest"
HANG_UP = b"<hang up>"
STALL = b"<stall>"
DRIP = b"<drip>"
Bend = Callable[[bytes, bytes], list[bytes]]


@dataclass
class Gust:
    """What goes wrong: at commands that match `at`, `times` times; `bend` turns (tag, honest answer) into pieces."""

    at: str
    bend: Bend
    times: int = 1


@dataclass
class Folder:
    """UID to (raw, INTERNALDATE)."""

    uid_validity: int = 7
    mails: dict[int, bytes] = field(default_factory=dict)
    next_uid: int = 1

    def add(self, raw: bytes) -> int:
        uid = self.next_uid
        self.mails[uid] = raw
        self.next_uid += 1
        return uid


class BadImap:
    """One account, any password but `wrong`."""

    def __init__(self, capabilities: str = "IMAP4rev1 IDLE", listed: list[bytes] | None = None) -> None:
        self.folders = {name: Folder() for name in ("INBOX", "Sent", "Junk")}
        self.gusts: list[Gust] = []
        self.capabilities = capabilities
        self.listed = listed or [
            b'* LIST () "/" INBOX\r\n',
            b'* LIST (\\Sent) "/" Sent\r\n',
            b'* LIST (\\Junk) "/" Junk\r\n',
        ]
        self.logins = 0
        self.heard: list[bytes] = []
        self.lie: dict[str, int] = {}
        self._done = threading.Event()
        self._links: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def stop(self) -> None:
        self._done.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for link in list(self._links):
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        with suppress(OSError):
            while not self._done.is_set():
                link, _ = self._listener.accept()
                self._links.add(link)
                thread = threading.Thread(target=self._serve, args=(link,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, link: socket.socket) -> None:
        with suppress(OSError), link, link.makefile("rb") as lines:
            session = _Session(self)
            if not self._say(link, self._bent(b"<greeting>", b"", b"* OK ready\r\n")):
                return
            while line := lines.readline():
                self.heard.append(line)
                tag, _, rest = line.strip().partition(b" ")
                if rest.upper() == b"IDLE":
                    if not self._say(link, self._bent(b"IDLE", tag, b"+ idling\r\n")):
                        return
                    if not lines.readline():
                        return
                    rest, answer = b"DONE", tag + b" OK done\r\n"
                else:
                    answer = session.answer(tag, rest)
                if not self._say(link, self._bent(rest, tag, answer)):
                    return
        self._links.discard(link)

    def _bent(self, command: bytes, tag: bytes, answer: bytes) -> list[bytes]:
        for gust in self.gusts:
            if gust.times > 0 and re.search(gust.at, command.decode("ascii", "replace"), re.IGNORECASE):
                gust.times -= 1
                return gust.bend(tag, answer)
        return [answer]

    def _say(self, link: socket.socket, pieces: list[bytes]) -> bool:
        for piece in pieces:
            if piece == HANG_UP:
                return False
            if piece == STALL:
                self._done.wait(3)
                return False
            if piece == DRIP:
                for _ in range(400):
                    if self._done.wait(0.02):
                        return False
                    link.sendall(b"*")
                return False
            link.sendall(piece)
        return True


class _Session:
    """One connection's dialogue, as a modest server would lead it."""

    def __init__(self, server: BadImap) -> None:
        self._server = server
        self._folder = Folder()

    def answer(self, tag: bytes, line: bytes) -> bytes:
        verb, _, rest = line.partition(b" ")
        name = verb.decode("ascii", "replace").upper()
        method = getattr(self, f"_{name.lower()}", None)
        untagged = method(rest) if method else b""
        if isinstance(untagged, tuple):
            return b"".join((untagged[1], tag, b" ", untagged[0], b"\r\n"))
        return untagged + tag + b" OK done\r\n"

    def _capability(self, _: bytes) -> bytes:
        return b"* CAPABILITY " + self._server.capabilities.encode() + b"\r\n"

    def _login(self, _: bytes) -> bytes:
        self._server.logins += 1
        return b""

    def _list(self, _: bytes) -> bytes:
        return b"".join(self._server.listed)

    def _examine(self, rest: bytes) -> bytes | tuple[bytes, bytes]:
        name = rest.strip().strip(b'"').decode("ascii", "replace")
        if name not in self._server.folders:
            return b"NO no such folder", b""
        self._folder = self._server.folders[name]
        exists = self._server.lie.get("EXISTS", len(self._folder.mails))
        uid_next = self._server.lie.get("UIDNEXT", self._folder.next_uid)
        return b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] x\r\n* OK [UIDNEXT %d] x\r\n" % (
            exists,
            self._folder.uid_validity,
            uid_next,
        )

    def _uid(self, rest: bytes) -> bytes:
        verb, _, rest = rest.partition(b" ")
        return self._search(rest) if verb.upper() == b"SEARCH" else self._fetch(rest)

    def _search(self, rest: bytes) -> bytes:
        uids = sorted(self._folder.mails)
        found = uids
        words = rest.split()
        if words[:1] == [b"UID"]:
            found = sorted(self._set(words[1]))
        if words[:1] == [b"HEADER"]:
            found = [uid for uid in uids if words[-1].strip(b'"') in self._folder.mails[uid]]
        return b"* SEARCH" + b"".join(b" %d" % uid for uid in found) + b"\r\n"

    def _set(self, text: bytes) -> set[int]:
        uids, found = sorted(self._folder.mails), set()
        last = uids[-1] if uids else 0
        for part in text.split(b","):
            low, colon, high = part.partition(b":")
            begin = last if low == b"*" else int(low)
            end = (last if high == b"*" else int(high)) if colon else begin
            begin, end = min(begin, end), max(begin, end)  # n:* names the last message whatever n is
            found.update(uid for uid in uids if begin <= uid <= end)
        return found

    def _fetch(self, rest: bytes) -> bytes:
        text, _, items = rest.partition(b" ")
        return b"".join(self._one(uid, items) for uid in sorted(self._set(text)))

    def _one(self, uid: int, items: bytes) -> bytes:
        raw = self._folder.mails[uid]
        number = sorted(self._folder.mails).index(uid) + 1
        parts = [b"UID %d" % uid]
        if b"RFC822.SIZE" in items:
            parts.append(b"RFC822.SIZE %d" % len(raw))
        if b"INTERNALDATE" in items:
            parts.append(b'INTERNALDATE "02-Mar-2026 09:00:00 +0000"')
        if b"BODY.PEEK[HEADER]" in items:
            head = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            parts.append(b"BODY[HEADER] {%d}\r\n%s" % (len(head), head))
        elif b"BODY.PEEK[]" in items:
            parts.append(b"BODY[] {%d}\r\n%s" % (len(raw), raw))
        return b"* %d FETCH (%s)\r\n" % (number, b" ".join(parts))


@contextmanager
def bad_imap(capabilities: str = "IMAP4rev1 IDLE", listed: list[bytes] | None = None) -> Iterator[BadImap]:
    server = BadImap(capabilities, listed)
    try:
        yield server
    finally:
        server.stop()
