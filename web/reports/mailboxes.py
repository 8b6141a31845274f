"""Wire: the report on mailboxes, in words."""

from datetime import datetime

from babel.dates import format_date

from kit.tx import Tx
from sequences.insight.wilson import Rate
from sequences.reports.mailboxes import Week, list_weeks, sum_weeks
from web.reports.sheet import Part, Sheet, make_bars, make_ranges, say_range
from web.words import _, ngettext, pgettext, this_locale

_SHOWN = 26
_MUCH = 0.02


def make_mailboxes(tx: Tx, since: datetime, until: datetime) -> Sheet:
    """Return each mailbox week by week. Three queries."""
    weeks = list_weeks(tx, since, until)
    return Sheet(verdict=_verdict(weeks), parts=(_totals(weeks), _bounces(weeks), _table(weeks)))


def _verdict(weeks: list[Week]) -> str:
    sent, bounced = sum(one.sent for one in weeks), sum(one.bounced for one in weeks)
    if not sent:
        return _("Nothing left in this time.")
    said = ngettext("%(num)s message left", "%(num)s messages left", sent)
    rate = Rate(bounced, sent)
    share = f"{100 * bounced / sent:.1f}"
    if rate.low > _MUCH:
        return _("%(said)s, and %(share)s %% bounced. That is over 2 %%: check the addresses before the next list.",
                 said=said, share=share)  # fmt: skip
    if rate.high > _MUCH:
        return _("%(said)s, and %(share)s %% bounced. Whether that is under 2 %% cannot be told from so few.",
                 said=said, share=share)  # fmt: skip
    return _("%(said)s, and %(share)s %% bounced: well under 2 %%.", said=said, share=share)


def _totals(weeks: list[Week]) -> Part:
    whole = list(sum_weeks(weeks).values())[-_SHOWN:]
    marks = make_bars(
        (format_date(one.monday, "d MMM y", locale=this_locale()), one.sent, _("%(num)s replies", num=one.replies))
        for one in whole
    )
    rows = tuple(
        (one.monday.isoformat(), str(one.sent), str(one.bounced), str(one.complaints), str(one.replies))
        for one in whole
    )
    heads = (_("Week from"), _("Sent"), _("Bounced"), _("Complaints"), _("Replies"))
    how = _(
        "All mailboxes together, weeks from Monday (UTC). Bounced: of those sent in that week, whenever it came back."
    )
    return Part(key="weeks", title=_("Sent, week by week"), how=how, heads=heads, rows=rows, chart="bars", marks=marks)


def _bounces(weeks: list[Week]) -> Part:
    rates: dict[str, Rate] = {}
    for one in weeks:
        before = rates.get(one.address, Rate(0, 0))
        rates[one.address] = Rate(before.hits + one.bounced, before.of + one.sent)
    marks, ticks = make_ranges(rates)
    rows = tuple((name, str(rate.of), str(rate.hits), *say_range(rate)) for name, rate in rates.items())
    heads = (_("Mailbox"), _("Sent"), _("Bounced"), pgettext("share", "Rate"), _("95 % range"))
    how = _("Bounced of sent. Dot: measured; bar: the 95 % range (Wilson).")
    return Part(key="bounces", title=_("Bounces by mailbox"), how=how, heads=heads, rows=rows, chart="ranges",
                marks=marks, ticks=ticks)  # fmt: skip


def _table(weeks: list[Week]) -> Part:
    rows = tuple(
        (one.address, one.monday.isoformat(), str(one.sent), str(one.bounced), str(one.complaints), str(one.replies))
        for one in reversed(weeks)
    )
    heads = (_("Mailbox"), _("Week from"), _("Sent"), _("Bounced"), _("Complaints"), _("Replies"))
    how = _("Every mailbox by itself, the newest week first. Complaints: reports that came back by mail.")
    return Part(key="each", title=_("Every mailbox and week"), how=how, heads=heads, rows=rows)
