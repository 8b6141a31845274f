"""Wire: one connection to a mailbox; the only user of IMAPClient.

Folders are opened read-only and bodies are peeked at, so nothing in a person's mailbox ever changes but for the
copies that we append ourselves. Plain UID search and fetch suffice; IDLE only makes it faster.
"""

import imaplib
import logging
import re
import select
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from typing import Any, Self

from imapclient import IMAPClient

from mailer.errors import DroppedError, FolderError
from mailer.folder_names import choose_folders
from mailer.imap_door import enter
from mailer.tls import make_tls_context
from mailer.types import Fetched, Folders, FolderState, Login, Server

logging.getLogger("imapclient").setLevel(logging.WARNING)  # at DEBUG it writes whole dialogues

_BATCH = 100
_BATCH_BYTES = 8_000_000
_LONGEST_MAIL = 32_000_000  # what lies beyond is not fetched: Fetched.size says how long the mail really is
_SEARCH_SPAN = 50_000  # UIDs asked for in one search: a line of answer stays below imaplib's limit of 1 MB
_LONGEST_IDLE_S = 540.0


class ImapSession:
    """A signed-in connection; for one thread at a time."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client
        self._uid_next = 0

    @classmethod
    def open(cls, server: Server, login: Login, *, timeout_s: float = 30.0, tls: ssl.SSLContext | None = None) -> Self:
        """Connect, secure the connection as `server` demands, and sign in.

        Raises:
            UnreachableError: no connection, or the server is too busy. TlsError: it cannot be secured.
            LoginError: the login was refused. DroppedError: it broke.
        """
        return cls(enter(server, login, timeout_s=timeout_s, tls=tls or make_tls_context()))

    def folders(self, overrides: Mapping[str, str] | None = None) -> Folders:
        """Return the folders to poll; see `choose_folders` for the rules and errors."""
        with self._dropping():
            rows = self._client.list_folders()
        delimiter = next((row[1].decode() for row in rows if row[1]), "")
        listed = [([flag.decode("ascii", "replace") for flag in flags], str(name)) for flags, _, name in rows]
        return choose_folders(listed, overrides or {}, delimiter=delimiter)

    def select(self, name: str) -> FolderState:
        """Open a folder read-only (EXAMINE); raises FolderError when it is missing or refused."""
        with self._dropping():
            state = self._client.select_folder(name, readonly=True)
        self._uid_next = int(state.get(b"UIDNEXT", 0))
        return FolderState(
            name=name,
            uid_validity=int(state.get(b"UIDVALIDITY", 0)),
            uid_next=self._uid_next,
            exists=int(state.get(b"EXISTS", 0)),
        )

    def uids_after(self, last_uid: int) -> list[int]:
        """Return the UIDs above `last_uid`, ascending.

        `n:*` names the last message even when its UID is below n (RFC 3501 6.4.8), hence the filter.
        """
        found: set[int] = set()
        start = last_uid + 1
        while start + _SEARCH_SPAN < self._uid_next:
            found.update(self._search(["UID", f"{start}:{start + _SEARCH_SPAN - 1}"]))
            start += _SEARCH_SPAN
        found.update(self._search(["UID", f"{start}:*"]))
        self._uid_next = max(self._uid_next, *(uid + 1 for uid in found), 0)
        return sorted(uid for uid in found if uid > last_uid)

    def uids_since(self, day: date) -> list[int]:
        """Return the UIDs received on `day` (by the server's own calendar) or later, ascending."""
        return sorted(self._search(["SINCE", day]))

    def uids_with_message_id(self, message_id: str) -> list[int]:
        """Return the UIDs of messages with exactly this Message-ID (no brackets), ascending.

        SEARCH HEADER finds parts of words as well, so every hit is looked at.
        """
        if not re.fullmatch(r"[!-~]+", message_id):
            return []
        uids = self._search(["HEADER", "Message-ID", message_id])
        wanted = f"<{message_id}>".encode()
        return [mail.uid for mail in self.fetch(uids, headers_only=True) if _message_id(mail.raw) == wanted]

    def fetch(self, uids: Sequence[int], *, headers_only: bool = False) -> Iterator[Fetched]:
        """Yield messages in UID order without marking them read; vanished ones are left out.

        Memory holds one batch at a time: 100 messages or 8 MB. A mail above 32 MB comes cut off; `size` is its length.
        """
        ordered = sorted(set(uids))
        for start in range(0, len(ordered), _BATCH):
            sizes = self._sizes(ordered[start : start + _BATCH])
            part = "BODY.PEEK[HEADER]" if headers_only else f"BODY.PEEK[]<0.{_LONGEST_MAIL}>"
            for batch in [list(sizes)] if headers_only else _split_by_size(sizes):
                yield from self._fetch_batch(batch, part, sizes)

    def append(self, folder: str, raw: bytes, at: datetime) -> None:
        r"""Store our own copy of a mail; only this copy is marked \Seen."""
        with self._dropping():
            self._client.append(folder, raw, (b"\\Seen",), at)

    def wait_for_news(self, timeout_s: float) -> bool:
        """Wait until the open folder changes (IDLE), at most 9 minutes; False at once without IDLE.

        What came since we last looked is news at once: IDLE would not tell of it again, or would tell so early that
        the line waits in a buffer where `select` cannot see it. NOOP comes first, because SEARCH alone looks at what
        the server last told us. `idle_check` is not used: it loses lines that arrive in pieces and spins on a dead
        connection.
        """
        with self._dropping():
            self._client.noop()
        if self.uids_after(self._uid_next - 1):
            return True
        with self._dropping():
            if not self._client.has_capability("IDLE"):
                return False
            self._client.idle()
            sock = self._client.socket()
            pending = isinstance(sock, ssl.SSLSocket) and sock.pending() > 0
            ready = pending or bool(select.select([sock], [], [], min(timeout_s, _LONGEST_IDLE_S))[0])
            _, untagged = self._client.idle_done()
        return ready or any(len(line) > 1 and line[1] == b"EXISTS" for line in untagged)

    def close(self) -> None:
        """Say goodbye if possible; never raises."""
        with suppress(OSError, imaplib.IMAP4.error):
            self._client.logout()
        with suppress(OSError, imaplib.IMAP4.error):
            self._client.shutdown()

    def _search(self, criteria: list[Any]) -> list[int]:
        with self._dropping():
            return [int(uid) for uid in self._client.search(criteria)]

    def _sizes(self, uids: Sequence[int]) -> dict[int, int]:
        with self._dropping():
            rows = self._client.fetch(uids, ["RFC822.SIZE"])
        return {uid: int(rows[uid][b"RFC822.SIZE"]) for uid in sorted(rows) if b"RFC822.SIZE" in rows[uid]}

    def _fetch_batch(self, uids: Sequence[int], part: str, sizes: Mapping[int, int]) -> Iterator[Fetched]:
        with self._dropping():
            rows = self._client.fetch(uids, ["INTERNALDATE", part])
        for uid in sorted(rows):
            row = rows[uid]
            raw = next((value for key, value in row.items() if key.startswith(b"BODY[")), None)
            at = row.get(b"INTERNALDATE")
            if isinstance(raw, bytes) and isinstance(at, datetime):
                yield Fetched(uid=uid, received_at=at.astimezone(UTC), size=sizes[uid], raw=raw)

    @contextmanager
    def _dropping(self) -> Iterator[None]:
        """Turn the library's errors into ours; a command refused by the server concerns the folder."""
        try:
            yield
        except imaplib.IMAP4.abort as error:
            raise DroppedError(f"The connection broke: {error}.") from error
        except imaplib.IMAP4.error as error:
            raise FolderError(f"The server refused: {error}.") from error
        except OSError as error:
            self._client.shutdown()
            raise DroppedError(f"The connection broke or fell silent: {error}.") from error


def _split_by_size(sizes: Mapping[int, int]) -> list[list[int]]:
    batches: list[list[int]] = []
    room = 0
    for uid, size in sizes.items():
        if not batches or size > room:
            batches.append([])
            room = _BATCH_BYTES
        batches[-1].append(uid)
        room -= size
    return batches


def _message_id(head: bytes) -> bytes | None:
    found = re.search(rb"(?im)^message-id[ \t]*:\s*(<[^>\r\n]*>)", head)
    return found.group(1) if found else None
