"""Wire: from UIDs to chunks of understood mail: fetched in order, and understood beside that when there are many."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailer.errors import MailError
from mailer.parse import parse_mail
from mailer.readers import Readers, Reading
from mailer.transport import ImapPort
from mailer.types import UNDATED, Fetched
from sequences.reading.chunks import BROKEN, ReadMail

CHUNK = 100
_CHUNK_BYTES = 8_000_000
_AHEAD = 4  # chunks that may be fetched before the first of them is stored
_CLOCKS_DIFFER = timedelta(days=1)


@dataclass(slots=True)
class Reader:
    """Reads one mailbox: its connection, its addresses, and the processes that help, if any."""

    imap: ImapPort
    ours: frozenset[str]
    now: datetime
    helpers: Readers | None = None

    def chunks(self, uids: Sequence[int]) -> Iterator[list[ReadMail]]:
        """Yield chunks in UID order; each fits into memory."""
        if self.helpers is None:
            for chunk in self._fetched(uids):
                yield [(mail, self._understand(mail)) for mail in chunk]
            return
        ahead: deque[tuple[list[Fetched], Future[list[Reading]]]] = deque()
        fault: MailError | None = None
        try:
            for chunk in self._fetched(uids):
                ahead.append((chunk, self.helpers.submit(chunk, self.ours)))
                if len(ahead) >= _AHEAD:
                    yield _join(*ahead.popleft())
        except MailError as error:
            fault = error
        # What was fetched before the connection broke is as good as any.
        while ahead:
            yield _join(*ahead.popleft())
        if fault:
            raise fault

    def _fetched(self, uids: Sequence[int]) -> Iterator[list[Fetched]]:
        chunk: list[Fetched] = []
        size = 0
        for fetched in self.imap.fetch(uids):
            mail = self._dated(fetched)
            if chunk and (len(chunk) >= CHUNK or size + len(mail.raw) > _CHUNK_BYTES):
                yield chunk
                chunk, size = [], 0
            chunk.append(mail)
            size += len(mail.raw)
        if chunk:
            yield chunk

    def _dated(self, mail: Fetched) -> Fetched:
        """Give a mail that the server received at no time, or tomorrow, the time at which it was found."""
        is_plausible = UNDATED < mail.received_at <= self.now + _CLOCKS_DIFFER
        return mail if is_plausible else replace(mail, received_at=self.now)

    def _understand(self, mail: Fetched) -> Reading:
        try:
            return parse_mail(mail.raw, received_at=mail.received_at, ours=self.ours)
        except BROKEN as error:
            return error


def _join(chunk: Sequence[Fetched], future: "Future[list[Reading]]") -> list[ReadMail]:
    return list(zip(chunk, future.result(), strict=True))
