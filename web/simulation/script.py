"""Pure: the script of a world: everything that will happen to it, drawn beforehand, so that it can be cut."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

# Worlds begin on any day of two years, so that all clock changes and holidays are met.
_FIRST_DAY = datetime(2026, 1, 5, tzinfo=UTC)
_DAYS = 700
_HOUR_S = 3600

WORK = {"pass": 1, "due": 12, "drain": 2, "sweep": 1, "poll": 5, "beat": 1}
FAULTS = {
    "connect refused": 2,
    "connect 421": 1,
    "ehlo dropped": 1,
    "login 535": 1,
    "login 454": 1,
    "mail dropped": 1,
    "mail 421": 1,
    "mail 451": 1,
    "mail 550": 1,
    "rcpt dropped": 1,
    "rcpt 421": 1,
    "rcpt 450": 2,
    "rcpt 550": 2,
    "rcpt 554": 1,
    "data dropped": 1,
    "data 451": 1,
    "data 554": 1,
    "content dropped": 3,
    "final dropped": 4,
    "final 421": 1,
    "final 451": 1,
    "final 554": 1,
    "imap refused": 2,
    "imap login refused": 1,
    "imap dropped": 4,
    "greylisting": 3,
    "stall": 4,
    "duplicate": 2,
    "uidvalidity": 3,
    "vanished": 1,
    "crash": 14,
    "other worker": 6,
}
PEOPLE = {
    "reply": 8,
    "reply in junk": 2,
    "reply without thread": 2,
    "reply from elsewhere": 2,
    "reply by a colleague": 1,
    "opt-out": 2,
    "opt-out link": 1,
    "away until": 2,
    "away": 1,
    "left": 1,
    "complaint": 1,
    "hard bounce": 2,
    "soft bounce": 1,
    "delay report": 1,
    "manual mail": 2,
    "noise": 1,
    "stranger": 1,
    "unreadable": 1,
}
OPERATORS = {
    "pause mailbox": 3,
    "resume mailbox": 12,
    "pause sequence": 2,
    "resume sequence": 5,
    "edit zone": 1,
    "edit name": 1,
    "move stage": 2,
    "publish": 1,
    "suppress": 1,
    "suppress domain": 1,
    "forbid": 1,
    "approve": 14,
    "skip": 1,
    "edit draft": 2,
    "take out": 1,
    "task done": 8,
    "resolve as sent": 2,
    "resolve again": 2,
    "answer": 2,
    "enrol": 3,
    "restart": 2,
}
# Only where a world is asked for it, so that the worlds of the seeds stay what they were.
MERGES = {"merge": 3, "unmerge": 2}
_MERGES_PER_DAY = 1.5
ARCHIVES = {"archive": 2, "bring back": 3}
_ARCHIVES_PER_DAY = 0.8
# Per day of a world.
_RATES = ((WORK, 2.4), (FAULTS, 1.9), (PEOPLE, 1.0), (OPERATORS, 1.9))
# What may happen in the middle of the work: at the n-th step of the wire, not between two jobs.
_INSIDE = 0.6
_DEEP = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happens at `at`; with `inside`, in the middle of the work that follows, after so many steps.

    `seed` makes every choice that is left to the moment.
    """

    at: datetime
    kind: str
    inside: int
    seed: int


def begins_of(seed: int) -> datetime:
    """Return the instant at which the world of a seed begins."""
    rng = Random(f"begin {seed}")
    return _FIRST_DAY + timedelta(days=rng.randrange(_DAYS), hours=rng.randrange(24))


def draw_script(seed: int, days: int, *, merges: bool = False) -> list[Event]:
    """Return what happens in the world of a seed, in order.

    With `merges`, contacts become one and two again, and sequences are archived and brought back.
    """
    rng = Random(f"script {seed}")
    events = [
        event
        for kinds, rate in _RATES
        for kind in rng.choices(list(kinds), weights=list(kinds.values()), k=round(rate * days))
        for event in [_draw(rng, seed, kind, days)]
    ]
    if merges:
        more = Random(f"merges {seed}")
        kinds = more.choices(list(MERGES), weights=list(MERGES.values()), k=round(_MERGES_PER_DAY * days))
        events += [_draw(more, seed, kind, days) for kind in kinds]
        away = Random(f"archives {seed}")
        kinds = away.choices(list(ARCHIVES), weights=list(ARCHIVES.values()), k=round(_ARCHIVES_PER_DAY * days))
        events += [_draw(away, seed, kind, days) for kind in kinds]
    return sorted(events, key=lambda event: (event.at, event.seed))


def family_of(kind: str) -> str:
    """Return who does a thing: work, fault, people or operator."""
    for name, kinds in (("work", WORK), ("fault", FAULTS), ("people", PEOPLE)):
        if kind in kinds:
            return name
    return "operator"


def _draw(rng: Random, seed: int, kind: str, days: int) -> Event:
    inside = rng.randrange(1, _DEEP) if kind not in WORK and (kind == "crash" or rng.random() < _INSIDE) else 0
    at = begins_of(seed) + timedelta(seconds=rng.randrange(days * 24 * _HOUR_S), microseconds=rng.randrange(10**6))
    return Event(at=at, kind=kind, inside=inside, seed=rng.getrandbits(48))
