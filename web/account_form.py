"""Pure: what the form of an account on a platform says: figures as people write them, 47.2K or 8,2."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from crm.csv_files import parse_handle
from crm.handles import Account
from kit.errors import InvalidError, say
from web import forms

_MAX_FIGURE = 1e12
_CURRENCY = 3


def read_account(given: Mapping[str, str]) -> Account:
    """Return the account a form describes. Raises InvalidError naming the field that cannot be read."""
    engagement = read_figure(given, "engagement_rate")
    amount = read_amount(given, "price_amount")
    currency = given.get("price_currency", "").strip().upper()[:_CURRENCY]
    return Account(
        platform=given.get("platform", "").strip().lower()[:30],
        username=given.get("username", "").strip()[:200],
        url=given.get("url", "").strip()[:500],
        followers=read_figure(given, "followers"),
        avg_views=read_figure(given, "avg_views"),
        engagement_rate=None if engagement is None else engagement / 100,
        price_amount=amount,
        price_currency=(currency or "EUR") if amount is not None else None,
        why=given.get("why", "").strip()[:200],
    )


def read_channel(given: Mapping[str, str]) -> Account | None:
    """Return the account that one line names: a link, or a name there on a platform; None for nothing.

    Raises InvalidError for what is neither.
    """
    text = given.get("handle", "").strip()
    if not text:
        return None
    found = parse_handle(text, given.get("platform", "").strip().lower() or None)
    if found is None:
        raise InvalidError(
            say("%(given)s is no account I can read. Write its link, or choose the platform too.", given=text),
            field="handle",
        )
    return Account(platform=found.platform, username=found.username, url=found.url)


def read_figure(given: Mapping[str, str], name: str) -> float | None:
    """Return a figure such as 47.2k, None for nothing. Raises InvalidError for anything else."""
    text = given.get(name, "").strip()
    if not text:
        return None
    number = forms.read_number(text.replace(",", "."))
    if number is None or not 0 <= number < _MAX_FIGURE:
        raise InvalidError(
            say("%(given)s is no number I can read. Write it like 47.2k or 8.2.", given=text), field=name
        )
    return number


def read_amount(given: Mapping[str, str], name: str) -> Decimal | None:
    """Return a price such as 1800.50, None for nothing. Raises InvalidError for anything else."""
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        amount = Decimal(text.replace(",", "."))
    except InvalidOperation:
        amount = Decimal("nan")
    if not amount.is_finite() or not 0 <= amount < Decimal("1e11"):
        raise InvalidError(
            say("%(given)s is no price I can read. Write it like 1800 or 1800.50.", given=text), field=name
        )
    return round(amount, 2)
