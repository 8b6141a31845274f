"""Pure: the formats a creator is paid for, and which of several current rates stands for an account in a list."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

# In the order in which one stands for the account: what costs most work first.
FORMATS = ("video", "reel", "short", "post", "story", "live", "newsletter", "podcast", "other")
_DEFAULTS = {
    "youtube": "video", "tiktok": "video", "instagram": "reel", "twitch": "live", "newsletter": "newsletter",
    "podcast": "podcast",
}  # fmt: skip
# What people write for each, the more particular first: an "Instagram story" is no post.
_WORDS = (
    ("short", ("short",)),
    ("reel", ("reel",)),
    ("story", ("story", "stories")),
    ("newsletter", ("newsletter",)),
    ("podcast", ("podcast", "episode")),
    ("live", ("live", "stream")),
    ("video", ("video", "film", "integration", "youtube", "tiktok")),
    ("post", ("post", "carousel", "photo", "feed")),
)


R = TypeVar("R")


def default_format(platform: str) -> str:
    """Return what a platform is mostly paid for."""
    return _DEFAULTS.get(platform, "post")


def format_of(words: str, platform: str) -> str:
    """Return the format that words such as `two Instagram stories` speak of, else the platform's usual one."""
    folded = words.lower()
    return next((name for name, known in _WORDS if any(word in folded for word in known)), default_format(platform))


def current_rates(rates: Iterable[R]) -> list[R]:
    """Return the rate that holds for each format: the one said last; in the order of `FORMATS`."""
    newest: dict[str, Any] = {}
    for rate in sorted(rates, key=_age):
        newest[_format(rate)] = rate
    order = {name: number for number, name in enumerate(FORMATS)}
    return sorted(newest.values(), key=lambda one: order.get(_format(one), len(FORMATS)))


def _age(rate: Any) -> tuple[date, int]:
    return rate.said_on, rate.id


def _format(rate: Any) -> str:
    return str(rate.format)
