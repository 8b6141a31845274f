"""Pure: what the engine needs from outside, handed over once by the wiring."""

from dataclasses import dataclass

from kit.clock import Clock
from kit.seal import Seal
from kit.tx import Database
from mailer.transport import Transport
from sequences.links import Links


@dataclass(slots=True, kw_only=True)
class Engine:
    """The doors through which the engine meets the world, and its few numbers.

    `fence_s`: how old the poll before a follow-up may be when `sending` is committed (A7). `lease_s`: how long a
    claim holds; it outlasts the longest legal SMTP dialogue (RFC 5321 4.5.3.2). `batch`: how many mails one claim
    takes when no gap is set. All in seconds of the engine's clock.
    """

    database: Database
    clock: Clock
    transport: Transport
    seal: Seal
    links: Links
    fence_s: float = 10.0
    lease_s: float = 1800.0
    batch: int = 20
    helo: str = "localhost"
