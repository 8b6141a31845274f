"""Wire: the report on outreach by segment, in words: saved views, platform, size."""

from kit.tx import Tx
from sequences.reports.outreach import Funnel, largest_first
from sequences.reports.outreach_kept import Figures
from sequences.reports.segments import BANDS
from web.audiences import MOST, list_audiences
from web.figures import channel, short
from web.reports.rates import make_rates
from web.reports.sheet import Part
from web.shell import this_brand_id
from web.words import _


def make_segments(tx: Tx, figures: Figures) -> list[Part]:
    """Return rates by saved view, by platform and by size. Three queries, and what the views' conditions ask for."""
    accounts = figures.count_accounts()
    platforms: dict[str, Funnel] = {}
    sizes: dict[int | None, Funnel] = {}
    for platform, size, one in accounts:
        label = channel(platform)[1] if platform else _("no account")
        platforms[label] = platforms.get(label, Funnel()) + one
        sizes[size] = sizes.get(size, Funnel()) + one
    how = _("By the largest account of each person, as it is now. Counted as the funnel is.")
    by_size = {_band(size): sizes[size] for size in sorted(sizes, key=lambda size: -1 if size is None else size)}
    return [
        _views(tx, figures),
        make_rates("platforms", _("Reply rate by platform"), _("Platform"), largest_first(platforms), how, wide=False),
        make_rates("sizes", _("Reply rate by size"), _("Followers"), by_size, how, wide=False),
    ]


def _views(tx: Tx, figures: Figures) -> Part:
    found = figures.count_views(list_audiences(tx, this_brand_id()))
    how = _(
        "By the first %(num)s shared views of the contacts page, with the people each one shows now; one person may be "
        "in several. Counted as the funnel is.",
        num=MOST,
    )
    return make_rates("segments", _("Reply rate by saved view"), _("View"), largest_first(found), how)


def _band(size: int | None) -> str:
    if size is None:
        return _("unknown")
    if size == 0:
        return _("under %(most)s", most=short(BANDS[0]))
    if size == len(BANDS):
        return _("%(least)s and more", least=short(BANDS[-1]))
    return _("%(least)s to %(most)s", least=short(BANDS[size - 1]), most=short(BANDS[size]))
