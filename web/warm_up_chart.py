"""Pure: the warm-up as a chart: bars for what was sent, a dashed line of steps for the cap."""

from dataclasses import dataclass

from sequences.mailboxes.warm_up import WarmUp

_LEFT, _RIGHT, _FLOOR, _HIGH = 30.0, 760.0, 140.0, 128.0
_LINES = 4
_GAP = 0.7  # of a day's width is bar


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUpChart:
    """Places in a picture of 760 by 168: `bars` as (x, y, width, height), `days` as (x, number), `lines` as (y, n)."""

    bars: tuple[tuple[float, float, float, float], ...]
    path: str
    lines: tuple[tuple[float, int], ...]
    days: tuple[tuple[float, int], ...]
    today: tuple[float, float]


def draw_warm_up(plan: WarmUp, today: int) -> WarmUpChart:
    """Place every sending day of a plan; `today` is what has left today."""
    sent = [*plan.sent, today]
    top = _round_up(max(*plan.caps, *sent, 1))
    wide = (_RIGHT - _LEFT) / len(plan.caps)
    tall = _HIGH / top
    steps = [
        f"{'L' if n else 'M'}{_LEFT + n * wide:.1f} {_FLOOR - cap * tall:.1f} "
        f"L{_LEFT + (n + 1) * wide:.1f} {_FLOOR - cap * tall:.1f}"
        for n, cap in enumerate(plan.caps)
    ]
    here = plan.day - plan.first
    named = sorted({0, len(plan.caps) // 4, len(plan.caps) // 2, 3 * len(plan.caps) // 4, len(plan.caps) - 1})
    return WarmUpChart(
        bars=tuple(
            (round(_LEFT + n * wide + wide * (1 - _GAP) / 2, 1), round(_FLOOR - count * tall, 1),
             round(wide * _GAP, 1), round(count * tall, 1))
            for n, count in enumerate(sent[: len(plan.caps)])
        ),
        path=" ".join(steps),
        lines=tuple((round(_FLOOR - top * n / _LINES * tall, 1), top * n // _LINES) for n in range(_LINES + 1)),
        days=tuple((round(_LEFT + (n + 0.5) * wide, 1), plan.first + n) for n in named),
        today=(round(_LEFT + (here + 0.5) * wide, 1), round(_FLOOR - plan.caps[here] * tall - 8, 1)),
    )  # fmt: skip


def _round_up(number: int) -> int:
    return -(-number // (2 * _LINES)) * 2 * _LINES
