"""Wire: the list of people from which somebody came to a person's page: its query stands in the address there, as `in`.

What cannot be read is no list. Beside a person only those are offered who match, as on the list itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit

from flask import request

from crm.people_beside import COUNTED, Beside, find_beside
from crm.people_found import PAGE
from kit.errors import InvalidError
from web.people_query import read_filter, read_query_text, write_query
from web.request import this_tx, this_user
from web.shell import this_brand_id

_EVERYBODY = "all"
_LONGEST = 4_000
_PERSON = re.compile(r"/contacts/(\d+)(?:-[^/]*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list by its query, and who stands beside the person in it; None where nobody does."""

    query: Mapping[str, str]
    beside: Beside | None

    @property
    def kept(self) -> str:
        """The query of an address that keeps the list."""
        return keep(write_query(self.query))

    @property
    def is_counted(self) -> bool:
        """Whether the place is counted, and not only known to be further down."""
        return self.beside is not None and self.beside.place is not None and self.beside.place <= COUNTED

    @property
    def place(self) -> str:
        """The address of the list, at the page where the person stands."""
        number = (self.beside.place - 1) // PAGE + 1 if self.is_counted and self.beside and self.beside.place else 1
        words = [word for word in (write_query(self.query), f"page={number}" if number > 1 else "") if word]
        return f"/contacts?{'&'.join(words)}" if words else "/contacts"


def keep(text: str) -> str:
    """Return how the address of a person keeps the list they are opened from, by the list's query."""
    return f"in={quote(text or _EVERYBODY, safe='=:,.~')}"


def read_listing(contact_id: int) -> Listing | None:
    """Return the list that this request's address keeps; None for no list, and for one that nobody can read."""
    text = request.args.get("in", "")
    if not text or len(text) > _LONGEST:
        return None
    try:
        query = {} if text == _EVERYBODY else read_query_text(text)
    except InvalidError:
        return None
    wanted = read_filter(query, user_id=this_user().id)
    beside = None if wanted.fault else find_beside(this_tx(), wanted, contact_id, brand_id=this_brand_id())
    return Listing(query=query, beside=beside)


def keep_list(place: str) -> str:
    """Return where to go on to after a post: the page of a person with the list that the form's own page kept."""
    person = _PERSON.fullmatch(place)
    came = urlsplit(request.referrer or "")
    here = _PERSON.fullmatch(came.path)
    if person is None or here is None or person[1] != here[1] or came.netloc != request.host:
        return place
    try:
        kept = parse_qs(came.query, max_num_fields=50).get("in", [""])[0]
    except ValueError:
        return place
    return f"{place}?{keep(kept)}" if kept else place
