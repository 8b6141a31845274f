"""Wire: processes that understand large batches of mail beside us; a mail that hurts one costs only itself (B6).

Processes of our own instead of a pool from the library: one that hangs is ended at once, one whose parent was killed
ends by itself, and nothing of the program that starts them is imported twice.
"""

import os
import pickle
import queue
import select
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Self

from mailer.reader_process import LENGTH, write_frame
from mailer.types import Fetched, ParsedMail

Reading = ParsedMail | Exception
_PROGRAM = ["-m", "mailer.reader_process"]
_HOME = Path(__file__).resolve().parent.parent


class UnreadableError(ValueError):
    """A mail that took too long, too much memory, or met a fault nobody foresaw."""


class Readers:
    """`count` processes; `submit` hands over a batch, and its future gives one reading a mail, in order."""

    def __init__(self, count: int, *, longest_s: float = 20.0) -> None:
        self._longest_s = longest_s
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="reader")
        self._idle: queue.SimpleQueue[_Process | None] = queue.SimpleQueue()
        for _ in range(count):
            self._idle.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        while not self._idle.empty():
            process = self._idle.get()
            if process:
                process.end()

    def submit(self, mails: Sequence[Fetched], ours: frozenset[str]) -> "Future[list[Reading]]":
        """Let a batch be understood."""
        return self._threads.submit(self._read, list(mails), ours)

    def _read(self, mails: list[Fetched], ours: frozenset[str]) -> list[Reading]:
        readings: list[Reading] = []
        process = self._idle.get()
        try:
            while len(readings) < len(mails):
                process = process or _Process(self._longest_s)
                try:
                    process.read(mails[len(readings) :], ours, readings)
                except (OSError, EOFError) as error:
                    process.end()
                    process = None
                    if len(readings) < len(mails):
                        readings.append(UnreadableError(f"This mail could not be understood: {error}"))
        finally:
            self._idle.put(process)
        return readings


class _Process:
    """One reading process and the pipes to it."""

    def __init__(self, longest_s: float) -> None:
        self._longest_s = longest_s
        self._process = subprocess.Popen(  # noqa: S603  a program of our own, with nothing in its words
            [sys.executable, *_PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(_HOME)},
            start_new_session=True,  # Ctrl-C is for us; it ends when we close its input
        )

    def read(self, mails: Sequence[Fetched], ours: frozenset[str], readings: list[Reading]) -> None:
        """Append a reading for each mail. OSError or EOFError at the first mail that gets none."""
        if self._process.stdin is None or self._process.stdout is None:
            raise EOFError("it has no pipes")
        write_frame(self._process.stdin, (ours, [(mail.raw, mail.received_at) for mail in mails]))  # type: ignore[arg-type]
        for _ in mails:
            words, parsed = pickle.loads(self._take(LENGTH.unpack(self._take(LENGTH.size))[0]))  # noqa: S301  our own child
            readings.append(parsed if words is None else UnreadableError(words))

    def end(self) -> None:
        """End it; what it had in hand is lost to nobody."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        self._process.wait()

    def _take(self, size: int) -> bytes:
        data = bytearray()
        number = self._process.stdout.fileno() if self._process.stdout else -1
        poll = select.poll()
        poll.register(number, select.POLLIN)
        while len(data) < size:
            if not poll.poll(self._longest_s * 1000):
                raise TimeoutError("it took too long")
            more = os.read(number, min(1 << 20, size - len(data)))
            if not more:
                raise EOFError("its reader ended")
            data += more
        return bytes(data)
