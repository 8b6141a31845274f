"""DNS as data: zones that answer, names that do not, and how often they were asked."""

from collections.abc import Mapping

from mailer.resolver import Answer

Zone = Mapping[str, Answer]


class Zones:
    """Knows records by "name KIND", or by the name alone for TXT; None there means that nobody answers."""

    def __init__(self, records: Zone, *, is_dead: bool = False) -> None:
        self._records = records
        self._is_dead = is_dead
        self.asked: list[str] = []

    def find(self, name: str, kind: str) -> Answer:
        self.asked.append(name)
        if self._is_dead:
            return None
        key = f"{name} {kind}"
        if key in self._records:
            return self._records[key]
        return self._records.get(name, ()) if kind == "TXT" else ()
