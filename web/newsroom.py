"""Wire: who waits for news: a bounded number of open streams, each told when something happened."""

import threading
from collections.abc import Callable, Iterator

_SEATS = 24  # each holds one thread of the web server; whoever finds none polls instead
_LOOKS = 25  # a stream ends by itself, so that closed windows free their seat


class Newsroom:
    """Streams of news for open pages. `look` says what is newest; it is asked once a second for each stream."""

    def __init__(self, look: Callable[[], str], *, look_every_s: float = 1.0) -> None:
        self._look, self._look_every_s = look, look_every_s
        self._seats = threading.BoundedSemaphore(_SEATS)
        self._closed = threading.Event()

    def take_seat(self) -> bool:
        """Return whether there was room; who took a seat leaves it."""
        return not self._closed.is_set() and self._seats.acquire(blocking=False)

    def tell(self, seen: str = "") -> Iterator[str]:
        """Yield server-sent events until the stream's time is over.

        `seen` is what whoever listens knows of: what came between that and the first look is news as well.
        """
        newest = self._look()
        yield "retry: 1000\n\n"
        if seen and newest != seen:
            yield _news(newest)
        for _ in range(_LOOKS):
            if self._closed.wait(self._look_every_s):
                return
            seen, newest = newest, self._look()
            yield _news(newest) if newest != seen else ": quiet\n\n"

    def leave(self) -> None:
        """Give a seat back, however its stream ended."""
        self._seats.release()

    def close(self) -> None:
        """End every stream, so that a server that stops need not wait for them."""
        self._closed.set()


def _news(newest: str) -> str:
    return f"id: {newest}\nevent: news\ndata: .\n\n"
