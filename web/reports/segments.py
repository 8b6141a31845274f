"""Wire: the report on outreach by segment, in words: saved views, platform, size."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crm.people_filter import conditions
from crm.saved_views import list_shared_views
from kit.errors import InvalidError
from kit.tx import Tx
from sequences.reports.outreach import Funnel
from sequences.reports.segments import BANDS, count_accounts, count_views
from web.figures import channel, short
from web.people_query import read_filter_text
from web.reports.rates import make_rates
from web.reports.sheet import Part
from web.shell import this_brand_id
from web.words import _

_VIEWS = 8


def make_segments(tx: Tx, since: datetime, until: datetime) -> list[Part]:
    """Return rates by saved view, by platform and by size. Three queries, and what the views' conditions ask for."""
    accounts = count_accounts(tx, since, until)
    platforms: dict[str, Funnel] = {}
    sizes: dict[int | None, Funnel] = {}
    for platform, size, one in accounts:
        label = channel(platform)[1] if platform else _("no account")
        platforms[label] = platforms.get(label, Funnel()) + one
        sizes[size] = sizes.get(size, Funnel()) + one
    how = _("By the largest account of each person, as it is now. Counted as the funnel is.")
    by_size = {_band(size): sizes[size] for size in sorted(sizes, key=lambda size: -1 if size is None else size)}
    return [
        _views(tx, since, until),
        make_rates("platforms", _("Reply rate by platform"), _("Platform"), _largest_first(platforms), how, wide=False),
        make_rates("sizes", _("Reply rate by size"), _("Followers"), by_size, how, wide=False),
    ]


def _views(tx: Tx, since: datetime, until: datetime) -> Part:
    views: dict[str, list[Any]] = {}
    for view in list_shared_views(tx, limit=_VIEWS):
        try:
            views[view.name] = conditions(tx, read_filter_text(view.query), this_brand_id())
        except InvalidError:
            continue  # it asks for nobody in particular
    found = count_views(tx, since, until, views)
    how = _(
        "By the first %(num)s shared views of the contacts page, with the people each one shows now; one person may be "
        "in several. Counted as the funnel is.",
        num=_VIEWS,
    )
    return make_rates("segments", _("Reply rate by saved view"), _("View"), _largest_first(found), how)


def _largest_first(found: Mapping[str, Funnel]) -> dict[str, Funnel]:
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].written, pair[0])))


def _band(size: int | None) -> str:
    if size is None:
        return _("unknown")
    if size == 0:
        return _("under %(most)s", most=short(BANDS[0]))
    if size == len(BANDS):
        return _("%(least)s and more", least=short(BANDS[-1]))
    return _("%(least)s to %(most)s", least=short(BANDS[size - 1]), most=short(BANDS[size]))
