"""Wire: counts sign-in tries of this process, so that passwords cannot be guessed in bulk. Bounded, never stored."""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

MAX_TRIES = 10
PER = timedelta(minutes=15)
_MAX_KEYS = 10_000


class SignInTries:
    """The latest failed tries by address and origin; the oldest keys are forgotten first."""

    def __init__(self) -> None:
        self._tries: OrderedDict[str, list[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def may_try(self, key: str, now: datetime) -> bool:
        """Return whether another try is allowed; does not count it."""
        with self._lock:
            return len(self._recent(key, now)) < MAX_TRIES

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
