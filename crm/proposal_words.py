"""Pure: a proposed fact in words, for pages, the timeline and the command line."""

from collections.abc import Mapping
from datetime import date

_FEEDBACK = {
    "problem": "a problem with the product",
    "idea": "an idea for the product",
    "praise": "praise for the product",
}


def describe(kind: str, data: Mapping[str, str]) -> str:
    """Return a fact in a few words, such as "1,200.50 EUR for one reel"."""
    if kind == "price":
        return _price(data)
    if kind == "meeting":
        return _meeting(data)
    if kind == "later":
        return f"ask again on {_day(data['on'])}"
    if kind == "representative":
        return " ".join(word for word in (data.get("name"), _bracketed(data)) if word) + " speaks for them"
    if kind == "address":
        return f"new address {data['email']}"
    return _FEEDBACK.get(data.get("kind", ""), "something about the product")


def _price(data: Mapping[str, str]) -> str:
    amount = _amount(data["amount"]) + (f" to {_amount(data['most'])}" if data.get("most") else "")
    what = f" for {data['what']}" if data.get("what") else ""
    return f"{amount} {data.get('currency', '')}".strip() + what


def _amount(text: str) -> str:
    whole, _, part = text.partition(".")
    return f"{int(whole):,}" + (f".{part:0<2.2}" if part.strip("0") else "")


def _meeting(data: Mapping[str, str]) -> str:
    if data.get("link"):
        return f"a date from their calendar: {data['link']}"
    at = f", {data['at'][:5]} their time" if data.get("at") else ""
    return f"the date {_day(data['on'])}{at}"


def _bracketed(data: Mapping[str, str]) -> str:
    email = data.get("email", "")
    return f"<{email}>" if email and data.get("name") else email


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day:%A} {day.day} {day:%B %Y}"
