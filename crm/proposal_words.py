"""Pure: a proposed fact in words, for pages, the timeline and the command line."""

from collections.abc import Mapping
from datetime import date

from kit.errors import say

_FEEDBACK = {
    "problem": say("a problem with the product"),
    "idea": say("an idea for the product"),
    "praise": say("praise for the product"),
}


def describe(kind: str, data: Mapping[str, str]) -> str:
    """Return a fact in a few words, such as "1,200.50 EUR for one reel"."""
    if kind == "price":
        return _price(data)
    if kind == "meeting":
        return _meeting(data)
    if kind == "later":
        return say("ask again on %(day)s", day=_day(data["on"]))
    if kind == "representative":
        name = " ".join(word for word in (data.get("name"), _bracketed(data)) if word)
        return say("%(name)s speaks for them", name=name)
    if kind == "address":
        return say("new address %(email)s", email=data["email"])
    return _FEEDBACK.get(data.get("kind", ""), say("something about the product"))


def _price(data: Mapping[str, str]) -> str:
    amount, currency = _amount(data["amount"]), data.get("currency", "")
    if data.get("most"):
        amount = say("%(least)s to %(most)s", least=amount, most=_amount(data["most"]))
    if currency:
        amount = say("%(text)s %(currency)s", text=amount, currency=currency)
    return say("%(text)s for %(what)s", text=amount, what=data["what"]) if data.get("what") else amount


def _amount(text: str) -> str:
    whole, _, part = text.partition(".")
    return f"{int(whole):,}" + (f".{part:0<2.2}" if part.strip("0") else "")


def _meeting(data: Mapping[str, str]) -> str:
    if data.get("link"):
        return say("a date from their calendar: %(link)s", link=data["link"])
    if data.get("at"):
        return say("the date %(day)s, %(time)s their time", day=_day(data["on"]), time=data["at"][:5])
    return say("the date %(day)s", day=_day(data["on"]))


def _bracketed(data: Mapping[str, str]) -> str:
    email = data.get("email", "")
    return f"<{email}>" if email and data.get("name") else email


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day:%A} {day.day} {day:%B %Y}"
