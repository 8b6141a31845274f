"""Wire: what the contacts page and the board are asked in this request: a saved view, or the address's own filters."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from crm.models import SavedView
from crm.people import PeopleFilter
from crm.saved_views import ViewShelf, read_shelf
from crm.segments import write_segment
from web import forms
from web.people_query import PLACES, WHERE, fold_lists, is_name, list_unread, read_filter, read_query_text, write_query
from web.request import this_tx, this_user
from web.segment_form import PREFIX, is_form, read_segment_form


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleView:
    """The query in full, what it means, and the saved view it stands for; `changed` once it asks for something else.

    `unread` says what was left out of the query because nobody can read it.
    """

    query: dict[str, str]
    wanted: PeopleFilter
    shelf: ViewShelf
    current: SavedView | None
    changed: bool
    unread: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The query as a saved view keeps it."""
        return write_query(self.query)


def read_people_view() -> PeopleView:
    """Return what is asked. A saved view gives its query unless the address has filters of its own."""
    given, user = fold_form(fold_lists(request.args.lists())), this_user()
    shelf = read_shelf(this_tx(), user.id)
    current = shelf.find(given["view"]) if given.get("view") else None
    query = given
    if current is not None and not _asks(given):
        query = {**read_query_text(current.query), **given}
    changed = current is not None and sorted(read_query_text(current.query).items()) != sorted(
        read_query_text(write_query(query)).items()
    )
    unread = list_unread(query)
    query = {name: value for name, value in query.items() if name not in unread}
    wanted = read_filter(query, user_id=user.id)
    return PeopleView(
        query=query, wanted=wanted, shelf=shelf, current=current, changed=changed, unread=tuple(unread.values())
    )


def fold_form(query: Mapping[str, str]) -> dict[str, str]:
    """Return a query in which the fields of the segment's form have become the segment's text."""
    if not is_form(query):
        return dict(query)
    rest = {name: value for name, value in query.items() if not name.startswith(PREFIX) and name != WHERE}
    where = write_segment(read_segment_form(query))
    if where:
        return {**rest, WHERE: where}
    # A view that would come back by itself leaves with the last filter.
    return rest if _asks(rest) else {name: value for name, value in rest.items() if name != "view"}


def change_people(query: Mapping[str, str], **changes: str | None) -> dict[str, str]:
    """Return a query with some parameters changed; a view that would come back by itself leaves with the last filter.

    Unknown parameters stay, the page starts anew.
    """
    changed = forms.change_query(query, **changes)
    if any(map(is_name, changes)) and not _asks(changed):
        changed.pop("view", None)
    return changed


def _asks(query: Mapping[str, str]) -> bool:
    return any(name not in PLACES for name in query)
