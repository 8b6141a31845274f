"""Wire: a report of a sequence in words: one sentence of verdict, and names of its lines."""

from sequences.insight.experiments import NoVerdict
from sequences.insight.outcome import Outcome
from sequences.insight.touches_report import Row, overlap
from web.words import _, lazy, ngettext

WEEKDAYS = (lazy("Mon"), lazy("Tue"), lazy("Wed"), lazy("Thu"), lazy("Fri"), lazy("Sat"), lazy("Sun"))
BY = {
    "step": lazy("Step"), "variant": lazy("Variant"), "mailbox": lazy("Mailbox"), "version": lazy("Version"),
    "weekday": lazy("Weekday"),
}  # fmt: skip
KINDS = {
    "interested": lazy("Interested"), "question": lazy("Question"), "counter_offer": lazy("Counter-offer"),
    "not_now": lazy("Not now"), "no": lazy("No"), "referral": lazy("Sent us to someone else"), "other": lazy("Other"),
}  # fmt: skip


def say_outcome(outcome: Outcome) -> str:
    """Return the first sentence: who wrote back."""
    if not outcome.delivered:
        return _("Nothing has left yet, so there is nothing to judge.")
    if outcome.agreed:
        return _(
            "%(replied)s of %(all)s people wrote back, and %(agreed)s said yes.",
            replied=outcome.replied, all=outcome.delivered, agreed=outcome.agreed,
        )  # fmt: skip
    return _("%(replied)s of %(all)s people wrote back.", replied=outcome.replied, all=outcome.delivered)


def say_comparison(outcome: Outcome) -> str:
    """Return which text looks stronger, never more than the figures allow; empty when nothing is compared."""
    for experiment in outcome.experiments:
        rows = [row for row in outcome.steps if row.key[0] == experiment.step and row.reached]
        if len(rows) > 1:
            return compare(rows, verdict_more(experiment.verdict), is_settled=experiment.kind == "winner")
    return ""


def verdict_more(verdict: object) -> int:
    """Return how many more contacts of all texts together would settle it; 0 when it is settled or never will be."""
    return max(1, verdict.needed - verdict.so_far) if isinstance(verdict, NoVerdict) and verdict.needed else 0


def compare(rows: list[Row], more: int, *, is_settled: bool) -> str:
    """Return how the best of some texts stands against the next one."""
    best, second = sorted(rows, key=lambda row: -row.rate)[:2]
    names = {"best": best.key[-1].upper(), "second": second.key[-1].upper()}
    if is_settled:
        return _("Text %(best)s earns more replies. Looking again does not change that.", **names)
    if best.rate == second.rate:
        return _("No text is ahead.")
    if overlap(best, second):
        said = _("Text %(best)s looks stronger than %(second)s, but the ranges still overlap.", **names)
    else:
        said = _("Text %(best)s looks stronger than %(second)s; it is not settled yet.", **names)
    each = -(-more // len(rows))
    if not more:
        return said
    needed = ngettext(
        "About %(num)s more send of each would settle it.",
        "About %(num)s more sends of each would settle it.",
        _round(each),
    )
    return f"{said} {needed}"


def name_row(row: Row, by: str, titles: dict[str, str], order: list[str]) -> str:
    """Return what a line of the report is called."""
    first = row.key[0]
    if by == "weekday":
        return _(WEEKDAYS[int(first)])
    if by == "version":
        return _("Version %(number)s", number=int(first))
    if by == "mailbox":
        return first or _("By hand")
    name = titles.get(first) or first.replace("-", " ").replace("_", " ").capitalize()
    number = f"{order.index(first) + 1} " if first in order else ""
    return f"{number}{name}" + (f", {row.key[1].upper()}" if by == "variant" and row.key[1] else "")


def _round(number: int) -> int:
    unit: int = 10 ** max(0, len(str(number)) - 2)
    return -(-number // unit) * unit
