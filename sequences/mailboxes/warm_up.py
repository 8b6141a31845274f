"""Use cases: the warm-up of a mailbox: its cap day by day against what it sent, and when it reaches full speed."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm.models import Mailbox
from kit.tx import Tx
from sequences.sending.limits import past_days
from sequences.sending.throttle import SendingDay, ramped_cap

SHOWN = 28
_FURTHEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUp:
    """`caps` and `sent` begin on the same sending day; `sent` ends before today, `caps` goes on as if all went well.

    `day` is today's number, `days` when full speed comes; None without a limit, for there is no end then.
    """

    day: int
    days: int | None
    first: int
    caps: tuple[int, ...]
    sent: tuple[int, ...]
    cap_today: int
    full: int | None


def read_warm_up(tx: Tx, mailbox: Mailbox) -> WarmUp | None:
    """Return the plan; None for a mailbox that does not warm up."""
    return plan_warm_up(mailbox.daily_cap, past_days(tx, mailbox)) if mailbox.ramp else None


def plan_warm_up(cap: int | None, past: Sequence[SendingDay]) -> WarmUp:
    """Say how the days went and how they go on when nothing bounces."""
    days = list(past)
    day = len(days) + 1
    end = _days_until(cap, days)
    last = max(day, min(end or day + SHOWN // 2, day + SHOWN))
    first = max(1, min(day - SHOWN // 2 + 1, last - SHOWN + 1))
    ahead = days + [SendingDay(sent=1, bounced=0)] * (last - len(days))
    return WarmUp(
        day=day,
        days=end,
        first=first,
        caps=tuple(ramped_cap(cap, ahead[: number - 1]) for number in range(first, last + 1)),
        sent=tuple(one.sent for one in days[first - 1 :]),
        cap_today=ramped_cap(cap, days),
        full=cap,
    )


def _days_until(cap: int | None, days: list[SendingDay]) -> int | None:
    """Return the number of the sending day on which the cap is reached, today included."""
    if cap is None:
        return None
    ahead = list(days)
    while ramped_cap(cap, ahead) < cap and len(ahead) < _FURTHEST:
        ahead.append(SendingDay(sent=1, bounced=0))
    return len(ahead) + 1
