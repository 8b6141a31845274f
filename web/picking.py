"""Wire: who is ticked on the list of contacts while one pages through it: numbers in the address, nothing else.

The buttons that page are part of the form around the list, so what is ticked goes along, with script or without.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Request

from web import forms
from web.people_query import PICKED, read_query_text

# What an address holds everywhere; who means more chooses all that match.
MOST = 400
_FORM = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """Who is ticked: `here` on the page that is shown, `elsewhere` on others."""

    here: tuple[int, ...]
    elsewhere: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many are ticked."""
        return len(self.here) + len(self.elsewhere)

    @property
    def is_full(self) -> bool:
        """Whether nobody more is kept from page to page."""
        return self.count >= MOST

    @property
    def rest(self) -> str:
        """Those of other pages, as a form takes them along."""
        return ",".join(map(str, self.elsewhere))


def split_picked(text: str, shown: Iterable[int]) -> Picked:
    """Return who is ticked by the address, of those who are shown and of others."""
    picked, on_page = read_numbers([text]), set(shown)
    return Picked(
        here=tuple(one for one in picked if one in on_page),
        elsewhere=tuple(one for one in picked if one not in on_page),
    )


def read_numbers(texts: Iterable[str]) -> list[int]:
    """Return numbers that stand in lists, each once, so many as are kept; what is none is passed over."""
    words = (word for text in texts for word in forms.read_list(text))
    numbers = dict.fromkeys(number for word in words if (number := forms.read_int(word)) is not None and number > 0)
    return list(numbers)[:MOST]


def turn_page(request: Request) -> str | None:
    """Return the address that a button for another page asks for, with who is ticked; None for anything else."""
    given = request.args
    if _FORM not in given:
        return None
    query = {name: value for name, value in read_query_text(given[_FORM]).items() if name not in {PICKED, "page"}}
    numbers = read_numbers(given.getlist("id"))
    query |= {PICKED: ",".join(map(str, numbers))} if numbers else {}
    query |= {"page": given["page"]} if given.get("page") else {}
    return f"/contacts?{urlencode(query, safe=',')}"
