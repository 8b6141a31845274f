"""Pure: what a row of a file comes to: a candidate for a contact, or a rejection with its reason."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateHandle:
    """One account with its figures. `engagement_rate` is a fraction; `price_amount` has two places.

    `read_on` is when the figures were read, None for the day of the file.
    """

    platform: str
    username: str
    url: str
    followers: int | None = None
    avg_views: int | None = None
    avg_likes: int | None = None
    avg_comments: int | None = None
    engagement_rate: float | None = None
    posts: int | None = None
    score: float | None = None
    topic: str | None = None
    country: str | None = None
    language: str | None = None
    price_amount: Decimal | None = None
    price_currency: str | None = None
    last_post_on: date | None = None
    read_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One row, read. Emails are normalised and unique; handles are unique; `warnings` are sentences for people."""

    line: int
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    emails: tuple[str, ...] = ()
    handles: tuple[CandidateHandle, ...] = ()
    country: str | None = None
    city: str | None = None
    language: str | None = None
    zone: str | None = None
    topic: str | None = None
    pronouns: str | None = None
    tags: tuple[str, ...] = ()
    notes: str | None = None
    own: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that cannot become a contact, and why."""

    line: int
    reason: str
