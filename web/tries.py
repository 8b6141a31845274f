"""Wire: counts tries of this process: passwords cannot be guessed, forms not be filled in bulk. Bounded, not stored."""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

MAX_TRIES = 10
PER = timedelta(minutes=15)
_MAX_KEYS = 10_000


class SignInTries:
    """The latest tries by who makes them; the oldest keys are forgotten first."""

    def __init__(self, most: int = MAX_TRIES) -> None:
        self._most = most
        self._tries: OrderedDict[str, list[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def may_try(self, key: str, now: datetime) -> bool:
        """Return whether another try is allowed; does not count it."""
        with self._lock:
            return len(self._recent(key, now)) < self._most

    def record(self, key: str, now: datetime) -> None:
        """Count one failed try."""
        with self._lock:
            self._tries[key] = [*self._recent(key, now), now]
            self._tries.move_to_end(key)
            while len(self._tries) > _MAX_KEYS:
                self._tries.popitem(last=False)

    def forget(self, key: str) -> None:
        """Begin anew after a success."""
        with self._lock:
            self._tries.pop(key, None)

    def _recent(self, key: str, now: datetime) -> list[datetime]:
        return [at for at in self._tries.get(key, ()) if now - at < PER]
