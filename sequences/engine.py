"""Pure: what the engine needs from outside, handed over once by the wiring."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from kit.clock import Clock, FixedClock
from kit.seal import Seal
from kit.tx import Database, Tx
from mailer.oauth_door import Issuers
from mailer.resolver import Resolver, SilentResolver
from mailer.transport import Transport
from sequences.sending.links import Links

if TYPE_CHECKING:
    from sequences.reports.outreach_kept import Audience


@dataclass(slots=True, kw_only=True)
class Engine:
    """The doors through which the engine meets the world, and its few numbers.

    `fence_s`: how old the poll before a follow-up may be when `sending` is committed (A7). `lease_s`: how long a
    claim holds; it outlasts the longest legal SMTP dialogue (RFC 5321 4.5.3.2). `batch`: how many mails one claim
    takes when no gap is set. `together`: how many mails are committed as `sending` in one transaction and handed over
    one after the other: quicker, and that many are unknown after a crash. Times are in seconds of the engine's clock.
    `make_resolver` makes what asks DNS for one check; by default nobody is asked.
    `readers`: how many processes help to understand mail when hundreds wait.
    `list_audiences` returns the shared views that reports count, as a brand sees them.
    `make_stage` makes an engine for rehearsals: an empty database in memory, a clock that stands at the given instant.
    """

    database: Database
    clock: Clock
    transport: Transport
    seal: Seal
    links: Links
    issuers: Issuers = field(default_factory=Issuers)
    fence_s: float = 10.0
    lease_s: float = 1800.0
    batch: int = 20
    together: int = 1
    readers: int = 2
    helo: str = "localhost"
    make_resolver: Callable[[], Resolver] = SilentResolver
    list_audiences: "Callable[[Tx, int | None], list[Audience]]" = lambda _tx, _brand_id: []
    make_stage: "Callable[[datetime], tuple[Engine, FixedClock]] | None" = None
