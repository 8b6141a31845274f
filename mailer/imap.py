"""Wire: one connection to a mailbox; the only user of IMAPClient.

Folders are opened read-only and bodies are peeked at, so nothing in a person's mailbox ever changes but for the
copies that we append ourselves. Plain UID search and fetch suffice; IDLE and CONDSTORE only make it faster. Servers
repeat, leave out, mix up and misstate: what was asked for is compared with what came.
"""

import imaplib
import logging
import re
import select
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from typing import Any, Self

from imapclient import IMAPClient
from imapclient.exceptions import ProtocolError

from mailer.errors import DroppedError, FolderError
from mailer.folder_names import choose_folders
from mailer.imap_answers import PIECE, message_id_of, received_at, split_by_size
from mailer.imap_door import enter
from mailer.imap_guard import Guard
from mailer.tls import make_tls_context
from mailer.types import UNDATED, Fetched, Folders, FolderState, Login, Server

logging.getLogger("imapclient").setLevel(logging.WARNING)  # at DEBUG it writes whole dialogues

_BATCH = 100
_LONGEST_MAIL = 16_000_000  # what lies beyond is not fetched: Fetched.size says how long the mail really is
_SEARCH_SPAN = 50_000  # UIDs asked for in one search: a line of answer stays below imaplib's limit of 1 MB
_MOST_SPANS = 100
_LONGEST_IDLE_S = 540.0
_COMMAND_TIMEOUTS = 4  # a whole command may take this many read time-outs, however it drips
# What the library raises over answers that no server should give.
_GARBLED = (ProtocolError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


class ImapSession:
    """A signed-in connection; for one thread at a time."""

    def __init__(self, client: IMAPClient, *, timeout_s: float = 30.0) -> None:
        self._client = client
        self._guard = Guard(client._imap, longest_s=_COMMAND_TIMEOUTS * timeout_s)  # noqa: SLF001  its one such use
        self._uid_next = 0
        self._exists = 0
        self._is_idle = False

    @classmethod
    def open(cls, server: Server, login: Login, *, timeout_s: float = 30.0, tls: ssl.SSLContext | None = None) -> Self:
        """Connect, secure the connection as `server` demands, and sign in.

        Raises:
            UnreachableError: no connection, or the server is too busy. TlsError: it cannot be secured.
            LoginError: the login was refused. DroppedError: it broke.
        """
        session = cls(enter(server, login, timeout_s=timeout_s, tls=tls or make_tls_context()), timeout_s=timeout_s)
        try:
            session._use_condstore()
        except DroppedError:
            session.close()
            raise
        return session

    def folders(self, overrides: Mapping[str, str] | None = None) -> Folders:
        """Return the folders to poll; see `choose_folders` for the rules and errors."""
        with self._dropping():
            rows = self._client.list_folders()
        delimiter = next((row[1].decode("ascii", "replace") for row in rows if row[1]), "")
        listed = [([flag.decode("ascii", "replace") for flag in flags], str(name)) for flags, _, name in rows]
        return choose_folders(listed, overrides or {}, delimiter=delimiter)

    def select(self, name: str) -> FolderState:
        """Open a folder read-only (EXAMINE); raises FolderError when it is missing or refused."""
        with self._dropping():
            state = self._client.select_folder(name, readonly=True)
            numbers = {key: int(state.get(key) or 0) for key in (b"UIDNEXT", b"UIDVALIDITY", b"EXISTS")}
            modseq = state.get(b"HIGHESTMODSEQ") or 0
        self._uid_next, self._exists = numbers[b"UIDNEXT"], numbers[b"EXISTS"]
        return FolderState(
            name=name,
            uid_validity=numbers[b"UIDVALIDITY"],
            uid_next=self._uid_next,
            exists=self._exists,
            modseq=int(modseq[0] if isinstance(modseq, list | tuple) else modseq),
        )

    def uids_after(self, last_uid: int) -> list[int]:
        """Return the UIDs above `last_uid`, ascending.

        `n:*` names the last message even when its UID is below n (RFC 3501 6.4.8), hence the filter.
        """
        found: set[int] = set()
        start = last_uid + 1
        # Only many messages make a long answer: a server may announce any next UID.
        for _ in range(_MOST_SPANS if self._exists > _SEARCH_SPAN else 0):
            if start + _SEARCH_SPAN >= self._uid_next:
                break
            found.update(self._search(["UID", f"{start}:{start + _SEARCH_SPAN - 1}"]))
            start += _SEARCH_SPAN
        found.update(self._search(["UID", f"{start}:*"]))
        found = {uid for uid in found if uid > last_uid}
        self._uid_next = max(self._uid_next, *(uid + 1 for uid in found), 0)
        return sorted(found)

    def uids_between(self, low: int, high: int) -> list[int]:
        """Return the UIDs from `low` to `high`, ascending."""
        found: set[int] = set()
        for start in range(low, high + 1, _SEARCH_SPAN):
            found.update(self._search(["UID", f"{start}:{min(high, start + _SEARCH_SPAN - 1)}"]))
        return sorted(uid for uid in found if low <= uid <= high)

    def highest_uid(self) -> int:
        """Return the UID of the last message, 0 in an empty folder; UIDNEXT may be missing or wrong."""
        return max(self._search(["UID", "*"]), default=0) if self._exists else 0

    def uids_since(self, day: date) -> list[int]:
        """Return the UIDs received on `day` (by the server's own calendar) or later, ascending."""
        return sorted(set(self._search(["SINCE", day])))

    def uids_with_message_id(self, message_id: str) -> list[int]:
        """Return the UIDs of messages with exactly this Message-ID (no brackets), ascending.

        SEARCH HEADER finds parts of words as well, so every hit is looked at.
        """
        if not re.fullmatch(r"[!-~]+", message_id):
            return []
        uids = self._search(["HEADER", "Message-ID", message_id])
        wanted = f"<{message_id}>".encode()
        return [mail.uid for mail in self.fetch(uids, headers_only=True) if message_id_of(mail.raw) == wanted]

    def fetch(self, uids: Sequence[int], *, headers_only: bool = False) -> Iterator[Fetched]:
        """Yield messages in UID order without marking them read; vanished ones are left out.

        Memory holds one batch at a time: 100 messages or 8 MB. A long mail comes in pieces, and one above 16 MB cut
        off; `size` is its length. Raises DroppedError when the server keeps back a message that is there.
        """
        ordered = sorted(set(uids))
        for start in range(0, len(ordered), _BATCH):
            part = ordered[start : start + _BATCH]
            sizes = self._sizes(part)
            batches = [list(sizes)] if headers_only else split_by_size(sizes)
            for batch in batches:
                if not headers_only and sizes[batch[0]] > PIECE:
                    yield from self._fetch_long(batch[0], sizes[batch[0]])
                else:
                    yield from self._fetch_batch(batch, "HEADER" if headers_only else "", sizes)

    def append(self, folder: str, raw: bytes, at: datetime) -> None:
        r"""Store our own copy of a mail; only this copy is marked \Seen."""
        with self._dropping():
            self._client.append(folder, raw, (b"\\Seen",), at)

    def begin_idle(self) -> socket.socket | None:
        """Ask to be told of news in the open folder; None when the server cannot.

        Return the socket that becomes readable; until `end_idle` nothing else may be asked. `idle_check` is not used:
        it loses lines that arrive in pieces and spins on a dead connection.
        """
        with self._dropping():
            if not self._client.has_capability("IDLE"):
                return None
            self._client.idle()
            self._is_idle = True
            sock: socket.socket = self._client.socket()
        return sock

    def is_told(self) -> bool:
        """Return whether something of the wait's was received already that the socket will not show."""
        return self._guard.is_waiting()

    def end_idle(self) -> bool:
        """End the wait; return whether the server told of new mail meanwhile."""
        with self._dropping():
            self._is_idle = False
            _, untagged = self._client.idle_done()
        return any(len(line) > 1 and line[1] == b"EXISTS" for line in untagged if isinstance(line, tuple))

    def wait_for_news(self, timeout_s: float) -> bool:
        """Wait until the open folder changes (IDLE), at most 9 minutes; False at once without IDLE.

        What came since we last looked is news at once: IDLE would not tell of it again, or would tell so early that
        the line waits in a buffer where `select` cannot see it. NOOP comes first, because SEARCH alone looks at what
        the server last told us.
        """
        with self._dropping():
            self._client.noop()
        if self.uids_after(self._uid_next - 1):
            return True
        sock = self.begin_idle()
        if sock is None:
            return False
        ready = self.is_told() or bool(select.select([sock], [], [], min(timeout_s, _LONGEST_IDLE_S))[0])
        return self.end_idle() or ready

    def close(self) -> None:
        """Say goodbye if possible; never raises. Nothing but DONE may be said while idle, so that is no goodbye."""
        with suppress(OSError, imaplib.IMAP4.error, *_GARBLED), self._guard.watching():
            if not self._is_idle:
                self._client.logout()
        with suppress(OSError, imaplib.IMAP4.error):
            self._client.shutdown()

    def _use_condstore(self) -> None:
        """Ask for HIGHESTMODSEQ with every folder (RFC 7162); must come before the first one is opened."""
        with suppress(FolderError), self._dropping():
            if self._client.has_capability("ENABLE") and self._client.has_capability("CONDSTORE"):
                self._client.enable("CONDSTORE")

    def _search(self, criteria: list[Any]) -> list[int]:
        with self._dropping():
            return [int(uid) for uid in self._client.search(criteria)]

    def _sizes(self, uids: Sequence[int]) -> dict[int, int]:
        with self._dropping():
            rows = self._client.fetch(uids, ["RFC822.SIZE"])
            sizes = {uid: int(rows[uid][b"RFC822.SIZE"]) for uid in uids if b"RFC822.SIZE" in rows.get(uid, {})}
        self._demand(uids, sizes)
        return sizes

    def _fetch_batch(self, uids: Sequence[int], section: str, sizes: Mapping[int, int]) -> Iterator[Fetched]:
        rows = self._rows(uids, f"BODY.PEEK[{section}]")
        found: dict[int, Fetched] = {}
        for uid in uids:
            row = rows.get(uid, {})
            raw = next((value for key, value in row.items() if key.startswith(b"BODY[")), None)
            if isinstance(raw, bytes):
                found[uid] = Fetched(uid=uid, received_at=received_at(row), size=sizes[uid], raw=raw)
        self._demand(uids, found)
        yield from found.values()

    def _fetch_long(self, uid: int, size: int) -> Iterator[Fetched]:
        """Fetch one long mail piece by piece, up to the limit."""
        pieces, at, begin = [], UNDATED, 0
        while begin < min(size, _LONGEST_MAIL):
            row = self._rows([uid], f"BODY.PEEK[]<{begin}.{PIECE}>").get(uid, {})
            piece = next((value for key, value in row.items() if key.startswith(b"BODY[")), None)
            if not isinstance(piece, bytes) or not piece:
                break
            pieces.append(piece)
            at, begin = received_at(row), begin + len(piece)
            if len(piece) < PIECE:  # a short piece is the last one (RFC 9051 6.4.5)
                break
        self._demand([uid], [uid] if pieces else [])
        if pieces:
            yield Fetched(uid=uid, received_at=at, size=size, raw=b"".join(pieces)[:_LONGEST_MAIL])

    def _rows(self, uids: Sequence[int], part: str) -> Mapping[int, Any]:
        """Fetch a part and the time of arrival; without the time where the server's cannot be read."""
        try:
            with self._dropping(translate=False):
                rows: Mapping[int, Any] = self._client.fetch(uids, ["INTERNALDATE", part])
        except _GARBLED:
            with self._dropping():
                rows = self._client.fetch(uids, [part])
        return rows

    def _demand(self, uids: Sequence[int], found: Mapping[int, object] | Sequence[int]) -> None:
        """Tell what has vanished from what the server keeps back: only the one is left out."""
        missing = [uid for uid in uids if uid not in found]
        if not missing:
            return
        with self._dropping():
            self._client.noop()
        there = set(self._search(["UID", ",".join(map(str, missing))])) & set(missing)
        if there:
            raise DroppedError(f"The server did not hand over message {min(there)}.")

    @contextmanager
    def _dropping(self, *, translate: bool = True) -> Iterator[None]:
        """Turn the library's errors into ours; a command refused by the server concerns the folder.

        An answer that cannot be understood is `translate`d like a broken connection: nobody knows what comes next.
        """
        try:
            with self._guard.watching():
                yield
        except imaplib.IMAP4.abort as error:
            raise DroppedError(f"The connection broke: {error}.") from error
        except OSError as error:
            self._client.shutdown()
            raise DroppedError(f"The connection broke or fell silent: {error}.") from error
        except _GARBLED as error:
            if not translate:
                raise
            raise DroppedError(f"The server's answer cannot be understood: {error}.") from error
        except imaplib.IMAP4.error as error:
            raise FolderError(f"The server refused: {error}.") from error
