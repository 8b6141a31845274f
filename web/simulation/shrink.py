"""Pure: from a script that breaks a rule to a short one that still breaks the same rule (delta debugging)."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
_TRIES = 120


def shrink(things: Sequence[T], fails: Callable[[Sequence[T]], bool], *, tries: int = _TRIES) -> list[T]:
    """Return a part of `things` for which `fails` still holds, as short as `tries` attempts can find.

    The order is kept. Larger parts are tried first, then ever smaller ones.
    """
    kept, size = list(things), max(1, len(things) // 2)
    while tries > 0:
        removed_any = False
        begin = 0
        while begin < len(kept) and tries > 0:
            shorter = kept[:begin] + kept[begin + size :]
            tries -= 1
            if fails(shorter):
                kept, removed_any = shorter, True
            else:
                begin += size
        if size == 1 and not removed_any:
            break
        size = max(1, size // 2) if not removed_any or size > 1 else 1
    return kept
