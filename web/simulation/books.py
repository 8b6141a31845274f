"""Pure: the state of the company as the record of its changes tells it, kept beside the product's own tables."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from web.simulation.wall_time import Place


@dataclass(slots=True, kw_only=True)
class RunFacts:
    """One contact's run through a sequence. `document` is the version it follows; `joined_at` when it changed hands."""

    id: int
    sequence_id: int
    contact_id: int
    mailbox_id: int
    email: str
    began_at: datetime
    document: Mapping[str, Any]
    state: str
    hold_until: datetime | None = None
    joined_at: datetime | None = None

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
    """One mail that lies in a mailbox of ours. `kind` says what it must do; "" for nothing.

    It concerns whoever has the mail it is `about`, or else `contact_id`. `email` is whom a bounce is about.
    """

    kind: str
    contact_id: int | None
    mailbox_id: int
    message_id: str
    at: datetime
    step: int
    is_worth_filing: bool = True
    about: SendFacts | None = None
    email: str = ""

    @property
    def concerns(self) -> int | None:
        """Whose runs it ends."""
        return self.about.contact_id if self.about else self.contact_id


@dataclass(slots=True)
class Books:
    """Everything the rules ask about, as of the last change that was read."""

    sends: dict[int, SendFacts] = field(default_factory=dict)
    by_rfc: dict[str, SendFacts] = field(default_factory=dict)
    runs: dict[int, RunFacts] = field(default_factory=dict)
    paused: set[int] = field(default_factory=set)
    sequences: dict[int, str] = field(default_factory=dict)
    bans: dict[int, tuple[str, str, int | None]] = field(default_factory=dict)
    stages: dict[tuple[int, int], int] = field(default_factory=dict)
    replies: dict[int, tuple[int | None, datetime]] = field(default_factory=dict)
    owners: dict[str, int] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)
    places: dict[int, Place] = field(default_factory=dict)
    past_zones: dict[int, set[str]] = field(default_factory=dict)
    filed: Counter[tuple[int, str]] = field(default_factory=Counter)
    told: Counter[tuple[int, int, str]] = field(default_factory=Counter)
    taken: list[Taken] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    set_aside: Counter[tuple[int, str]] = field(default_factory=Counter)

    @property
    def suppressed(self) -> set[str]:
        """The addresses and domains never to mail."""
        return {target for target, _, _ in self.bans.values()}

    @property
    def never(self) -> set[int]:
        """The contacts who asked for no more mail, or complained."""
        return {who for _, reason, who in self.bans.values() if who and reason in ("opt_out", "complaint")}

    def replied(self, contact_id: int) -> list[datetime]:
        """Return when a contact answered, as far as we had read it."""
        return [at for who, at in self.replies.values() if who == contact_id]

    def taken_of(self, send: SendFacts) -> list[Taken]:
        """Return when a server took this mail."""
        return [one for one in self.taken if one.send is send]

    def step_of(self, send: SendFacts) -> Mapping[str, Any]:
        """Return the step of a mail in the version that its run follows."""
        found: Mapping[str, Any] = next(
            step for step in self.runs[send.run_id or 0].document["steps"] if step["key"] == send.step_key
        )
        return found
