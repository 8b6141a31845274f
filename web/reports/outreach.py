"""Wire: the report on outreach, in words."""

from collections.abc import Mapping
from datetime import datetime

from crm.models import ContactField
from kit.tx import Tx
from sequences.insight.wilson import Rate
from sequences.reports.outreach import DAYS, SLOTS, Funnel, find_best
from sequences.reports.outreach_kept import Figures, find_figures
from web.reports.rates import say_best
from web.reports.segments import make_segments
from web.reports.sheet import Part, Sheet, make_bars, make_ranges, say_range
from web.reports.texts import make_texts
from web.request import this_user
from web.words import _, lazy, ngettext, pgettext

_DAYS = (lazy("Mon"), lazy("Tue"), lazy("Wed"), lazy("Thu"), lazy("Fri"), lazy("Sat"), lazy("Sun"))
_SHOWN, _VALUES = 12, 30
# Kinds of own fields whose values are few enough to split by.
SPLITS = ("choice", "yes_no", "text")


def make_outreach(tx: Tx, since: datetime, until: datetime, field: ContactField | None = None) -> Sheet:
    """Return funnel and rates by sequence, text, sender, segment and hour, and by an own field if one is given.

    Eight queries, and what views ask for; four once they are kept.
    """
    figures = find_figures(tx, since, until, this_user().zone)
    found = figures.read_outreach()
    parts = [_funnel(found.all)]
    parts.append(_rates("sequences", _("Reply rate by sequence"), _("Sequence"), found.sequences))
    parts.append(_hours(figures.read_hours()))
    parts.append(_rates("mailboxes", _("Reply rate by sender"), _("Mailbox"), found.mailboxes, wide=False))
    parts += make_texts(figures)
    parts += make_segments(tx, figures)
    if field:
        parts.append(_by_field(figures, field))
    return Sheet(verdict=_verdict(found.all, found.sequences), parts=tuple(parts), as_of=figures.as_of)


def _by_field(figures: Figures, field: ContactField) -> Part:
    """Return the rates by what people have in an own field; of many values the largest, and the rest together."""
    found = {_name(field, value): one for value, one in figures.read_by_field(field).items()}
    many = list(found.items())
    shown = dict(many[:_VALUES])
    if len(many) > _VALUES:
        shown[_("All others")] = sum((one for _value, one in many[_VALUES:]), Funnel())
    return _rates("by-field", _("Reply rate by %(field)s", field=field.label), field.label, shown)


def _name(field: ContactField, value: str) -> str:
    if not value:
        return _("Not known")
    return {"yes": _("Yes"), "no": _("No")}.get(value, value) if field.kind == "yes_no" else value


def _verdict(whole: Funnel, sequences: Mapping[str, Funnel]) -> str:
    if not whole.written:
        return _("No first mail left in this time.")
    said = ngettext(
        "%(replied)s of %(num)s person reached wrote back.", "%(replied)s of %(num)s people reached wrote back.",
        whole.delivered, replied=whole.replied,
    )  # fmt: skip
    rates = {name: one.rate for name, one in sequences.items()}
    best = find_best(rates)
    if best is not None:
        return _("%(said)s “%(name)s” earns more replies than the others: the ranges do not overlap.",
                 said=said, name=best)  # fmt: skip
    if len(rates) > 1:
        return _("%(said)s No sequence is ahead yet: the ranges still overlap.", said=said)
    return said


def _funnel(whole: Funnel) -> Part:
    lines = [
        (_("Written to"), whole.written, ""),
        (_("Reached"), whole.delivered, _("%(num)s bounced", num=whole.bounced)),
        (_("Replied"), whole.replied, _of(whole.replied, whole.delivered)),
        (_("Interested"), whole.interested, _of(whole.interested, whole.replied)),
        (_("Agreed"), whole.agreed, _of(whole.agreed, whole.interested)),
    ]
    bars = make_bars(lines)
    marks = (*bars[:2], *make_bars([lines[0], *lines[2:]], tone="them")[1:])
    how = _(
        "People whose first mail left in this time. Replied: wrote after it; auto-replies do not count. "
        "Interested: their answer was read as interested, a question or a counter-offer. "
        "Agreed: they stand at Agreed or later. Each share is of the line before."
    )
    rows = tuple((label, str(number), note) for label, number, note in lines)
    heads = (_("Stage"), _("People"), _("Share"))
    return Part(key="funnel", title=_("From pitch to yes"), how=how, heads=heads, rows=rows, chart="bars", marks=marks,
                wide=False)  # fmt: skip


def _of(part: int, whole: int) -> str:
    return _("%(share)s %% of the line before", share=round(100 * part / whole)) if whole else ""


def _rates(key: str, title: str, head: str, found: Mapping[str, Funnel], *, wide: bool = True) -> Part:
    marks, ticks = make_ranges({name: one.rate for name, one in list(found.items())[:_SHOWN]})
    rows = tuple(
        (name, str(one.written), str(one.bounced), str(one.replied), *say_range(one.rate), str(one.interested),
         str(one.agreed))
        for name, one in found.items()
    )  # fmt: skip
    heads = (
        head,
        _("Written to"),
        _("Bounced"),
        _("Replied"),
        pgettext("share", "Rate"),
        _("95 % range"),
        _("Interested"),
        _("Agreed"),
    )
    how = _(
        "Rate: replied of reached. Dot: measured; bar: the 95 % range (Wilson). Where ranges overlap, nobody is ahead."
    )
    return Part(key=key, title=title, how=how, heads=heads, rows=rows, chart="ranges", marks=marks, ticks=ticks,
                wide=wide, said=say_best({name: one.rate for name, one in found.items()}))  # fmt: skip


def _hours(cells: dict[tuple[int, int], Rate]) -> Part:
    slots = tuple(f"{low}–{high}" for low, high in SLOTS)
    nobody = Rate(0, 0)
    grid = tuple(
        (_(_DAYS[day]), tuple((one.hits, one.of) for one in (cells.get((day, n), nobody) for n in range(len(SLOTS)))))
        for day in range(DAYS)
        if day < 5 or any(key[0] == day for key in cells)  # noqa: PLR2004 - weekends only where mail left
    )
    rows = tuple(
        (label, slot, str(of), str(hits), *say_range(Rate(hits, of)))
        for label, line in grid
        for slot, (hits, of) in zip(slots, line, strict=True)
        if of
    )
    heads = (_("Day"), _("Hours"), _("Reached"), _("Replied"), pgettext("share", "Rate"), _("95 % range"))
    how = _(
        "By when the first mail left, on the reader's own clock. Outlined cells have under 15 mails, too few to colour."
    )
    return Part(key="hours", title=_("Which hours earn replies"), how=how, heads=heads, rows=rows, chart="heat",
                cells=grid, slots=slots)  # fmt: skip
