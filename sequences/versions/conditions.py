"""Pure: what an `if` asks of a contact, and whether it holds.

What is not known never compares: such a condition does not hold, and `not` in front of it does.
Source: docs/commands.md, steps and branches.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from kit.errors import join_said, say
from mailer.types import ReplyKind

PLAIN_FIELDS = ("country", "language", "city", "topic")
METRICS = ("followers", "avg_views", "engagement_rate")
_STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, serialize_by_alias=True)
_COMPARISON = re.compile(r"(>=|<=|>|<|=)?\s*(\d[\d_,]*(?:\.\d+)?)\s*%?")
_IN_WORDS = {
    ">=": say("at least"),
    "<=": say("at most"),
    ">": say("more than"),
    "<": say("less than"),
    "=": say("exactly"),
}
_METRIC_WORDS = {
    "followers": say("followers"),
    "avg_views": say("average views"),
    "engagement_rate": say("engagement in percent"),
}


def _words(value: object) -> tuple[str, ...]:
    """Read one word or a list of words; YAML reads a bare `no` as false, which nobody means."""
    items = value if isinstance(value, list | tuple) else [value]
    if not items or any(not isinstance(item, str | int | float) or isinstance(item, bool) for item in items):
        raise ValueError("write a word or a list of words; yes and no need quotes.")
    words = tuple(str(item).strip() for item in items)
    if not all(words):
        raise ValueError("an empty word says nothing.")
    return words


def _comparison(value: object) -> str:
    text = str(value).strip()
    _read_comparison(text)
    return text


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Comparison = Annotated[str, BeforeValidator(_comparison)]


class HandleWhen(BaseModel):
    """What is asked of a handle: the main one, or the one on a platform."""

    model_config = _STRICT
    platform: str | None = None
    followers: Comparison | None = None
    avg_views: Comparison | None = None
    engagement_rate: Comparison | None = None


class When(BaseModel):
    """A condition: all that is said must hold. A list holds when one of its words does."""

    model_config = _STRICT
    reply_kind: Words | None = None
    stage: Words | None = None
    tag: Words | None = None
    field: dict[str, Words] | None = None
    handle: HandleWhen | None = None
    negated: "When | None" = Field(default=None, alias="not")

    @field_validator("reply_kind", mode="before")
    @classmethod
    def _check_reply_kind(cls, value: object) -> object:
        if value is None:
            return None
        items = value if isinstance(value, list | tuple) else [value]
        kinds = [kind.value for kind in ReplyKind]
        words = ["no" if item is False else item for item in items]
        for word in words:
            if word not in kinds:
                close = get_close_matches(str(word), kinds, n=1)
                hint = f" Did you mean {close[0]!r}?" if close else f" Use one of {', '.join(kinds)}."
                raise ValueError(f"there is no reply kind {word!r}.{hint}")
        return words

    @model_validator(mode="after")
    def _check_says_something(self) -> Self:
        said = [value for _, value in self if value is not None]
        if not said or self.field == {} or (self.handle and all(value is None for _, value in self.handle)):
            raise ValueError("an empty condition always holds; say what must be true.")
        return self


class Metrics(NamedTuple):
    """A handle's figures; `engagement_rate` in percent."""

    platform: str
    followers: float | None = None
    avg_views: float | None = None
    engagement_rate: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a contact when a condition is judged. `handles`: the main one first."""

    reply_kind: str | None = None
    stage: str | None = None
    tags: frozenset[str] = frozenset()
    fields: Mapping[str, Any] = field(default_factory=dict)
    handles: tuple[Metrics, ...] = ()


class Judgement(NamedTuple):
    """Whether a condition holds, and the facts that decided it in words."""

    holds: bool
    because: str


def judge(when: When, known: Known) -> Judgement:
    """Return whether a condition holds: the first fact that speaks against it decides, else all of them."""
    parts = _parts(when, known)
    against = next((part for part in parts if not part.holds), None)
    return against or Judgement(holds=True, because=join_said([part.because for part in parts]))


def holds(when: When, known: Known) -> bool:
    """Return whether a condition holds."""
    return judge(when, known).holds


def _parts(when: When, known: Known) -> list[Judgement]:
    parts = []
    if when.reply_kind:
        said = (
            say("the newest answer is %(reply_kind)r", reply_kind=known.reply_kind)
            if known.reply_kind
            else say("no answer of a known kind came")
        )
        parts.append(Judgement(known.reply_kind in when.reply_kind, said))
    if when.stage:
        is_there = known.stage is not None and _fold(known.stage) in map(_fold, when.stage)
        parts.append(
            Judgement(
                is_there, say("the stage is %(stage)s", stage=known.stage) if known.stage else say("no stage is known")
            )
        )
    if when.tag:
        found = next((tag for tag in sorted(known.tags) if _fold(tag) in map(_fold, when.tag)), None)
        parts.append(
            Judgement(
                found is not None,
                say("tagged %(name)s", name=found) if found else say("not tagged %(name)s", name=_either(when.tag)),
            )
        )
    for name, wanted in (when.field or {}).items():
        parts.append(_field_part(name, wanted, known.fields.get(name)))
    if when.handle:
        parts += _handle_parts(when.handle, known.handles)
    if when.negated:
        inner = judge(when.negated, known)
        parts.append(Judgement(not inner.holds, inner.because))
    return parts


def _field_part(name: str, wanted: tuple[str, ...], value: object) -> Judgement:
    values = [str(one) for one in (value if isinstance(value, list | tuple) else [value]) if one not in (None, "")]
    if not values:
        return Judgement(holds=False, because=say("%(name)s is not known", name=name))
    return Judgement(
        any(_fold(one) in map(_fold, wanted) for one in values),
        say("%(name)s is %(values)s", name=name, values=", ".join(values)),
    )


def _handle_parts(asked: HandleWhen, handles: tuple[Metrics, ...]) -> list[Judgement]:
    found = next((one for one in handles if not asked.platform or _fold(one.platform) == _fold(asked.platform)), None)
    if found is None:
        return [Judgement(holds=False, because=_no_handle(asked.platform))]
    asks = [(name, getattr(asked, name)) for name in METRICS if getattr(asked, name) is not None]
    parts = [_compare(name, getattr(found, name), comparison, asked) for name, comparison in asks]
    return parts or [Judgement(holds=True, because=_on(say("there is a handle"), asked))]


def _compare(name: str, value: float | None, comparison: str, asked: HandleWhen) -> Judgement:
    what = _on(_METRIC_WORDS[name], asked)
    if value is None:
        return Judgement(holds=False, because=say("no %(what)s are known", what=what))
    sign, limit = _read_comparison(comparison)
    result = {
        ">=": value >= limit, "<=": value <= limit, ">": value > limit, "<": value < limit, "=": value == limit,
    }[sign]  # fmt: skip
    figures = {"value": f"{value:,.10g}", "what": what, "how": _IN_WORDS[sign], "limit": f"{limit:,.10g}"}
    because = (
        say("%(value)s %(what)s are %(how)s %(limit)s", **figures)
        if result
        else say("%(value)s %(what)s are not %(how)s %(limit)s", **figures)
    )
    return Judgement(result, because)


def _no_handle(platform: str | None) -> str:
    return say("no handle on %(platform)s is known", platform=platform) if platform else say("no handle is known")


def _on(words: str, asked: HandleWhen) -> str:
    return say("%(words)s on %(platform)s", words=words, platform=asked.platform) if asked.platform else words


def _read_comparison(text: str) -> tuple[str, float]:
    found = _COMPARISON.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no comparison; write a number, or >=, <=, > or < and a number.")
    return found[1] or "=", float(found[2].replace(",", "").replace("_", ""))


def _either(words: tuple[str, ...]) -> str:
    return " or ".join(words)


def _fold(text: str) -> str:
    return text.strip().casefold()
