"""Wire: reply rates side by side: measured, with the range, and who is ahead only once the ranges are apart."""

from collections.abc import Mapping

from sequences.insight.wilson import Rate
from sequences.reports.outreach import Funnel, find_best
from web.reports.sheet import Part, make_ranges, say_range
from web.words import _, pgettext

_SHOWN = 12


def say_best(rates: Mapping[str, Rate]) -> str:
    """Return who is ahead, and nobody while ranges overlap; empty where there is nothing to compare."""
    known = [rate for rate in rates.values() if rate.of]
    if len(known) < 2:  # noqa: PLR2004 - one alone beats nobody
        return ""
    best = find_best(rates)
    if best is None:
        return _("Nobody is ahead yet: the ranges still overlap.")
    return _("%(name)s is ahead: its range lies above all others.", name=best)


def make_rates(key: str, title: str, head: str, found: Mapping[str, Funnel], how: str, *, wide: bool = True) -> Part:
    """Return rates by name, the most written to first."""
    rates = {name: one.rate for name, one in found.items()}
    marks, ticks = make_ranges(dict(list(rates.items())[:_SHOWN]))
    rows = tuple(
        (name, str(one.written), str(one.bounced), str(one.replied), *say_range(one.rate))
        for name, one in found.items()
    )
    heads = (head, _("Written to"), _("Bounced"), _("Replied"), pgettext("share", "Rate"), _("95 % range"))
    return Part(key=key, title=title, how=how, heads=heads, rows=rows, chart="ranges", marks=marks, ticks=ticks,
                wide=wide, said=say_best(rates))  # fmt: skip
