"""Pure: the state of the company as the record of its changes tells it, kept beside the product's own tables."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from web.simulation.wall_time import Place


@dataclass(slots=True, kw_only=True)
class RunFacts:
    """One contact's run through a sequence. `document` is the version it follows."""

    id: int
    sequence_id: int
    contact_id: int
    mailbox_id: int
    email: str
    began_at: datetime
    document: Mapping[str, Any]
    state: str
    hold_until: datetime | None = None

    @property
    def stops(self) -> tuple[str, ...]:
        """What ends it."""
        return tuple(self.document["stop_on"])

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.state in ("stopped", "finished")


@dataclass(slots=True, kw_only=True)
class SendFacts:
    """One mail on its way. `sending_at` and `claimed_at` are of the last try."""

    id: int
    run_id: int | None
    contact_id: int
    mailbox_id: int
    sequence_id: int | None
    step_key: str | None
    step: int
    email: str
    rfc_id: str
    is_follow_up: bool
    state: str
    claimed_at: datetime | None = None
    claimed_step: int = 0
    sending_at: datetime | None = None
    is_repeated: bool = False
    is_settled_by_hand: bool = False


@dataclass(slots=True, kw_only=True)
class Taken:
    """One mail that a server took: the claim and the commitment behind it."""

    send: SendFacts
    at: datetime
    claimed_at: datetime
    sending_at: datetime


@dataclass(slots=True, kw_only=True)
class Letter:
    """One mail that lies in a mailbox of ours. `kind` says what it must do; "" for nothing."""

    kind: str
    contact_id: int | None
    mailbox_id: int
    message_id: str
    at: datetime
    step: int
    is_worth_filing: bool = True


@dataclass(slots=True)
class Books:
    """Everything the rules ask about, as of the last change that was read."""

    sends: dict[int, SendFacts] = field(default_factory=dict)
    by_rfc: dict[str, SendFacts] = field(default_factory=dict)
    runs: dict[int, RunFacts] = field(default_factory=dict)
    paused: set[int] = field(default_factory=set)
    sequences: dict[int, str] = field(default_factory=dict)
    suppressed: set[str] = field(default_factory=set)
    never: set[int] = field(default_factory=set)
    stages: dict[tuple[int, int], int] = field(default_factory=dict)
    replied: dict[int, list[datetime]] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)
    places: dict[int, Place] = field(default_factory=dict)
    past_zones: dict[int, set[str]] = field(default_factory=dict)
    filed: Counter[tuple[int, str]] = field(default_factory=Counter)
    told: Counter[tuple[int, int, str]] = field(default_factory=Counter)
    taken: list[Taken] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    set_aside: Counter[tuple[int, str]] = field(default_factory=Counter)

    def taken_of(self, send: SendFacts) -> list[Taken]:
        """Return when a server took this mail."""
        return [one for one in self.taken if one.send is send]

    def step_of(self, send: SendFacts) -> Mapping[str, Any]:
        """Return the step of a mail in the version that its run follows."""
        found: Mapping[str, Any] = next(
            step for step in self.runs[send.run_id or 0].document["steps"] if step["key"] == send.step_key
        )
        return found
