"""Wire: the report on feedback, in words."""

from collections import Counter
from datetime import datetime

from crm.reports.feedback import MOST, Month, OutTheme, Theme, count_months, list_out, list_themes
from kit.tx import Tx
from sequences.telling.progress import count_told
from web.reports.sheet import Part, Sheet, make_bars
from web.words import _, ngettext

_SHOWN = 12


def make_feedback(tx: Tx, since: datetime, until: datetime) -> Sheet:
    """Return themes by product and month, and the loops that are closed. Four queries."""
    themes, months = list_themes(tx, since, until), count_months(tx, since, until)
    out = list_out(tx)
    told = count_told(tx, [one.id for one in out])
    grid = _theme_months([one for one in months if one.theme])
    return Sheet(verdict=_verdict(themes), parts=(_themes(themes), _months(months), grid, _loops(out, told)))


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


def _months(months: list[Month]) -> Part:
    totals: Counter[str] = Counter()
    products: Counter[tuple[str, str]] = Counter()
    for one in months:
        totals[one.month] += one.count
        products[one.month, one.product] += one.count
    rows = tuple((month, product or _("no product"), str(count)) for (month, product), count in products.items())
    marks = make_bars(((month, count, "") for month, count in sorted(totals.items())), tone="them-l")
    how = _("By the month in which a note was kept (UTC).")
    return Part(key="months", title=_("Month by month"), how=how, heads=(_("Month"), _("Product"), _("Notes")),
                rows=rows, chart="bars", marks=marks, wide=False)  # fmt: skip


def _theme_months(found: list[Month]) -> Part:
    """Return the themes that are said most down and months across, the newest twelve."""
    months = sorted({one.month for one in found})[-_SHOWN:]
    cells: dict[tuple[str, str], Counter[str]] = {}
    for one in found:
        cells.setdefault((one.theme, one.product), Counter())[one.month] += one.count
    largest = sorted(cells.items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))[:MOST]
    rows = tuple(
        (theme, product or _("no product"), *(str(counts[month]) for month in months))
        for (theme, product), counts in largest
    )
    how = _("Notes of each theme by the month in which they were said (UTC), the newest twelve months of this time.")
    heads = (_("Theme"), _("Product"), *months)
    return Part(key="theme-months", title=_("Themes by product and month"), how=how, heads=heads, rows=rows)


def _loops(out: list[OutTheme], told: dict[int, int]) -> Part:
    rows = tuple(
        (one.name, one.product or _("no product"), one.out_on.isoformat() if one.out_on else "–", str(one.people),
         str(told.get(one.id, 0)), str(max(0, one.people - told.get(one.id, 0))))
        for one in out
    )  # fmt: skip
    marks = make_bars(
        (one.name, told.get(one.id, 0), _("of %(total)s told", total=one.people)) for one in out[:_SHOWN] if one.people
    )
    how = _(
        "All themes that are out, whenever they came out. Raised by: different creators with a note under the theme. "
        "Told: a mail about it really left; a loop counts as closed once all were told."
    )
    heads = (_("Theme"), _("Product"), _("Out since"), _("Raised by"), _("Told"), _("Still to tell"))
    return Part(key="loops", title=_("Loops that are closed"), how=how, heads=heads, rows=rows, chart="bars",
                marks=marks, wide=False, said=_say_loops(out, told))  # fmt: skip


def _say_loops(out: list[OutTheme], told: dict[int, int]) -> str:
    raised = [one for one in out if one.people]
    if not raised:
        return ""
    closed = sum(told.get(one.id, 0) >= one.people for one in raised)
    return ngettext(
        "%(closed)s of %(num)s loop is closed.", "%(closed)s of %(num)s loops are closed.", len(raised), closed=closed
    )
