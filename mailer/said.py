"""Pure: what a person said in a mail, as values: each with the sentence it comes from and a confidence of 0 to 1."""

from dataclasses import asdict, dataclass
from datetime import date, time
from decimal import Decimal
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What all facts have. The sentence is the person's, at most 300 characters."""

    sentence: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Price(Fact):
    """What something costs: `amount`, for a range up to `most`; `currency` as ISO 4217, empty where not said."""

    amount: Decimal
    most: Decimal | None = None
    currency: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting(Fact):
    """A proposed day or call: a day and a time on the sender's clock, or a calendar link to choose one."""

    on: date | None = None
    at: time | None = None
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later(Fact):
    """The first day on which to ask again."""

    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative(Fact):
    """Somebody who speaks for them: an agent, a manager, a colleague; name or address may be empty, not both."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAddress(Fact):
    """An address to use from now on."""

    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion(Fact):
    """What they say about a product: `kind` is problem, idea or praise."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised(Fact):
    """What one of us promised, and by which day; the sentence is ours."""

    what: str
    on: date


Said: TypeAlias = Price | Meeting | Later | Representative | NewAddress | Opinion
Kind: TypeAlias = Literal["price", "meeting", "later", "representative", "address", "feedback"]
ASKS_BELOW = 0.6  # a guess less sure than this is shown as a question
NAMES: dict[type[Fact], Kind] = {
    Price: "price",
    Meeting: "meeting",
    Later: "later",
    Representative: "representative",
    NewAddress: "address",
    Opinion: "feedback",
}


def name_of(fact: Said) -> Kind:
    """Return the word under which a fact is kept."""
    return NAMES[type(fact)]


def as_document(fact: Said) -> dict[str, str]:
    """Return what is special about a fact as plain words, empty ones left out: days and times in ISO 8601."""
    values = {key: value for key, value in asdict(fact).items() if key not in ("sentence", "confidence")}
    return {key: str(value) for key, value in values.items() if value not in (None, "")}
