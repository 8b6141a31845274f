"""Wire: the report on outreach by text, in words: step, variant, version."""

from collections.abc import Callable, Iterable

from sequences.reports.outreach import Funnel
from sequences.reports.outreach_kept import Figures
from sequences.reports.texts import TextRow
from web.reports.rates import make_rates
from web.reports.sheet import Part
from web.words import _


def make_texts(figures: Figures) -> list[Part]:
    """Return rates by step, by variant of a step, and by version of a sequence. One query."""
    rows = figures.list_texts()
    several = len({row.sequence for row in rows}) > 1
    return [_steps(rows, several=several), _variants(rows, several=several), _versions(rows)]


def _steps(rows: list[TextRow], *, several: bool) -> Part:
    found = _sum(rows, lambda row: _name(row, several=several))
    how = _(
        "Every mail of a sequence that left in this time, follow-ups too. An answer counts for the last mail of the "
        "run that left before it. Rate: answered of those that did not bounce; range: 95 % (Wilson)."
    )
    return make_rates("steps", _("Reply rate by step"), _("Step"), found, how)


def _variants(rows: list[TextRow], *, several: bool) -> Part:
    tested = {(row.sequence, row.step) for row in rows if row.variant}
    chosen = [row for row in rows if (row.sequence, row.step) in tested]
    texts: dict[tuple[str, str], set[str]] = {}
    for row in chosen:
        texts.setdefault((row.sequence, row.step), set()).add(row.variant)
    chosen = [row for row in chosen if len(texts[row.sequence, row.step]) > 1]
    found = _sum(chosen, lambda row: f"{_name(row, several=several)}, {row.variant.upper() or '–'}")
    how = _(
        "Texts that stand against each other in one step, counted as the steps are. A test that stops early or is "
        "looked at often misleads; whether it is settled stands on the sequence's own report."
    )
    return make_rates("variants", _("Reply rate by variant"), _("Variant"), found, how, wide=False)


def _versions(rows: list[TextRow]) -> Part:
    found = _sum(rows, lambda row: _("%(sequence)s, version %(number)s", sequence=row.sequence, number=row.version))
    how = _("All mails of the runs that stand in a version now, counted as the steps are.")
    return make_rates("versions", _("Reply rate by version of the texts"), _("Version"), found, how, wide=False)


def _sum(rows: Iterable[TextRow], name: Callable[[TextRow], str]) -> dict[str, Funnel]:
    found: dict[str, Funnel] = {}
    for row in rows:
        one = Funnel(written=row.written, bounced=row.bounced, replied=row.replied)
        found[name(row)] = found.get(name(row), Funnel()) + one
    return found


def _name(row: TextRow, *, several: bool) -> str:
    step = row.step.replace("-", " ")
    return f"{row.sequence}: {step}" if several else step
