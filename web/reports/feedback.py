"""Wire: the report on feedback, in words."""

from collections import Counter
from datetime import datetime

from crm.reports.feedback import Theme, count_months, list_themes
from kit.tx import Tx
from web.reports.sheet import Part, Sheet, make_bars
from web.words import _, ngettext

_SHOWN = 12


def make_feedback(tx: Tx, since: datetime, until: datetime) -> Sheet:
    """Return themes by product and month. Two queries."""
    themes, months = list_themes(tx, since, until), count_months(tx, since, until)
    return Sheet(verdict=_verdict(themes), parts=(_themes(themes), _months(months)))


def _verdict(themes: list[Theme]) -> str:
    if not themes:
        return _("Nothing was noted in this time.")
    notes = ngettext("%(num)s note", "%(num)s notes", sum(one.count for one in themes))
    named = [one for one in themes if one.theme]
    if not named:
        return _("%(notes)s, none of them under a theme yet.", notes=notes)
    first = named[0]
    people = ngettext("%(num)s person", "%(num)s people", first.people)
    return _("%(notes)s. “%(theme)s” is said most: by %(people)s.", notes=notes, theme=first.theme, people=people)


def _themes(themes: list[Theme]) -> Part:
    rows = tuple(
        (one.theme or _("no theme"), one.product or _("no product"), str(one.count), str(one.people), str(one.problems),
         str(one.ideas), str(one.praise), str(one.audience))
        for one in themes
    )  # fmt: skip
    marks = make_bars(((one.theme or _("no theme"), one.count, one.product) for one in themes[:_SHOWN]), tone="them")
    heads = (
        _("Theme"),
        _("Product"),
        _("Notes"),
        _("People"),
        _("Problems"),
        _("Ideas"),
        _("Praise"),
        _("Audience too"),
    )
    how = _("Notes kept in this time, by theme and product. People: different creators who said it.")
    return Part(key="themes", title=_("What is said"), how=how, heads=heads, rows=rows, chart="bars", marks=marks)


def _months(months: list[tuple[str, str, int]]) -> Part:
    totals: Counter[str] = Counter()
    for month, _product, count in months:
        totals[month] += count
    rows = tuple((month, product or _("no product"), str(count)) for month, product, count in months)
    marks = make_bars(((month, count, "") for month, count in sorted(totals.items())), tone="them-l")
    how = _("By the month in which a note was kept (UTC).")
    return Part(key="months", title=_("Month by month"), how=how, heads=(_("Month"), _("Product"), _("Notes")),
                rows=rows, chart="bars", marks=marks, wide=False)  # fmt: skip
