"""Pure: what the forms of readings and rates say: figures as people write them, days, money."""

from collections.abc import Mapping
from datetime import date

from crm.figures import Reading
from crm.rates import NewRate
from kit.errors import InvalidError, say
from web import forms
from web.account_form import read_amount, read_figure


def read_reading(given: Mapping[str, str], today: date) -> Reading:
    """Return a reading; engagement is written in per cent. Raises InvalidError naming what cannot be read."""
    engagement = read_figure(given, "engagement_rate")
    return Reading(
        read_on=forms.read_day(given.get("read_on")) or today,
        source=given.get("source", "").strip()[:200] or "by hand",
        followers=read_figure(given, "followers"),
        avg_views=read_figure(given, "avg_views"),
        avg_likes=read_figure(given, "avg_likes"),
        avg_comments=read_figure(given, "avg_comments"),
        engagement_rate=None if engagement is None else engagement / 100,
    )


def read_rate(given: Mapping[str, str], today: date) -> NewRate:
    """Return a rate. Raises InvalidError naming what cannot be read."""
    amount = read_amount(given, "amount")
    if amount is None:
        raise InvalidError(say("Write the amount first."), field="amount")
    return NewRate(
        format=given.get("format", ""),
        amount=amount,
        currency=given.get("currency", "").strip().upper() or "EUR",
        said_on=forms.read_day(given.get("said_on")) or today,
        said_by=given.get("said_by", "").strip()[:200],
    )
