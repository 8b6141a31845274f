"""Wire: whose work a page shows, mine or everyone's: as its address says, else as its reader chose last."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import g, request

from crm.whose import MINE, WHO
from web import forms
from web.request import this_user

# What makes no sense beside another choice.
_PASSING = frozenset({"who", "after"})


def this_who() -> str:
    """Return whose work this page shows."""
    return forms.choose(g.get("who") or request.args.get("who", ""), WHO, this_user().whose)


def mine_of() -> int | None:
    """Return whose this page's lists and counts are; None for everyone's."""
    return this_user().id if this_who() == MINE else None


def address_with(place: str, who: str) -> str:
    """Return the address of a page with another choice."""
    there = urlsplit(place)
    kept = [(name, text) for name, text in parse_qsl(there.query) if name not in _PASSING]
    return f"{there.path}?{urlencode([*kept, ('who', who)], safe='~:')}"
