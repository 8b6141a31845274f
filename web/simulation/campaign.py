"""Wire: many worlds, one after the other: their counts, and the short history of the first that breaks a rule."""

import gc
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from web.simulation.play import Outcome, play
from web.simulation.script import FAULTS, OPERATORS, PEOPLE, Event, draw_script
from web.simulation.shrink import shrink
from web.simulation.template import template

STOPS = (
    "stopped: reply",
    "stopped: opt_out",
    "stopped: bounce",
    "stopped: complaint",
    "stopped: left",
    "stopped: suppressed",
    "stopped: stage",
    "stopped: failed",
    "stopped: expired",
    "stopped: taken_out",
    "held: auto_reply",
)
_GARBAGE = (200_000, 20, 20)


@dataclass(slots=True)
class Campaign:
    """What many worlds came to. `outcome` and `script` are of the first that broke a rule."""

    worlds: int = 0
    sent: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    stops: Counter[str] = field(default_factory=Counter)
    outcome: Outcome | None = None
    script: Sequence[Event] = ()

    @property
    def missing(self) -> list[str]:
        """Return what never happened, of faults, people, operators and stops."""
        kinds = [kind for kind in (*FAULTS, *PEOPLE, *OPERATORS) if not self.counts[kind]]
        return kinds + [stop for stop in STOPS if not self.stops[stop]]


def simulate(
    seeds: Sequence[int], days: int, *, report: Callable[[Outcome], None] | None = None, merges: bool = False
) -> Campaign:
    """Live through the worlds of `seeds`; the first broken rule ends it. For `merges` see `draw_script`."""
    campaign = Campaign()
    with quietly():
        for seed in seeds:
            script = draw_script(seed, days, merges=merges)
            outcome = play(seed, script)
            campaign.worlds += 1
            campaign.sent += outcome.sent
            campaign.counts += outcome.counts
            campaign.stops += outcome.stops
            if report:
                report(outcome)
            if outcome.broken:
                campaign.outcome, campaign.script = outcome, script
                break
    return campaign


def shorten(outcome: Outcome, script: Sequence[Event], *, tries: int = 60) -> tuple[Outcome, list[Event]]:
    """Return a short script of the same seed that breaks the same rule, and what became of it."""
    if outcome.broken is None:
        return outcome, list(script)
    rule, last = outcome.broken.rule, outcome.history[-1][0]
    found = outcome

    def breaks(events: Sequence[Event]) -> bool:
        nonlocal found
        tried = play(outcome.seed, events)
        same = tried.broken is not None and tried.broken.rule == rule
        if same:
            found = tried
        return same

    with quietly():
        until = [event for event in script if event.at <= last]
        events = until if breaks(until) else list(script)
        return found, shrink(events, breaks, tries=tries)


def tell(history: Sequence[tuple[datetime, str]], *, last: int = 60) -> list[str]:
    """Return the end of a history as lines."""
    return [f"{at:%a %d %b %H:%M:%S}  {words}" for at, words in history[-last:]]


@contextmanager
def quietly() -> Iterator[None]:
    """Keep the log silent about the faults that were planted, and the garbage collector rare, while the block runs."""
    template()
    was, level = gc.get_threshold(), logging.root.manager.disable
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE)
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(level)
        gc.set_threshold(*was)
        gc.unfreeze()
