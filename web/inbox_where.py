"""Wire: where in the inbox somebody is: the filters of the address, carried through every link and form of the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import request

from crm.inbox_page import Spot, Wanted
from web import forms
from web.auth import local_path
from web.whose import mine_of

# Said about one look only, not about where one is.
_PASSING = frozenset({"ask", "before"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The query of the inbox, unknown parameters included."""

    query: Mapping[str, str]

    @property
    def wanted(self) -> Wanted:
        """Return which conversations the list shows."""
        return Wanted(
            turn=self.turn, kind=self.kind, mailbox_id=self.mailbox_id, brand_id=self.brand_id, mine_of=mine_of()
        )

    @property
    def turn(self) -> str:
        """Return whose turn is chosen."""
        return self.query.get("turn", "")

    @property
    def kind(self) -> str:
        """Return what kind of answer is chosen."""
        return self.query.get("kind", "")

    @property
    def mailbox_id(self) -> int | None:
        """Return the mailbox that is chosen."""
        return forms.read_int(self.query.get("mailbox"))

    @property
    def brand_id(self) -> int | None:
        """Return the brand that is chosen."""
        return forms.read_int(self.query.get("brand"))

    @property
    def after(self) -> Spot | None:
        """Return the place after which the page begins."""
        return Spot.read(self.query.get("after", ""))

    def list(self, **changes: object) -> str:
        """Return the address of the list; with other filters it begins anew."""
        kept = {name: text for name, text in self.query.items() if not (changes and name == "after")}
        return _address("/inbox", kept, changes)

    def thread(self, thread_id: int, **changes: object) -> str:
        """Return the address of a conversation beside this list."""
        return _address(f"/inbox/{thread_id}", self.query, changes)

    def earlier(self, thread_id: int, before: int) -> str:
        """Return the address of what stands before a mail of a conversation."""
        return _address(f"/inbox/{thread_id}/earlier", self.query, {"before": before})


def read_where(field: str = "back") -> Where:
    """Return where this request is: by its address, or by where its form came from, as a field says."""
    given = dict(request.args.items())
    if request.method == "POST":
        came = urlsplit(local_path(request.form.get(field)))
        given = dict(parse_qsl(came.query)) if came.path.startswith("/inbox") else {}
    return Where(query={name: text for name, text in given.items() if name not in _PASSING})


def place_after() -> str:
    """Return where to go once a conversation is dealt with: its list, or the page that asked, such as Today."""
    came = local_path(request.form.get("back"))
    elsewhere = request.form.get("back") and not urlsplit(came).path.startswith("/inbox")
    return came if elsewhere else read_where().list()


def keep_filters(place: str, came_from: str) -> str:
    """Return a conversation's place beside the list that somebody came from; any other place as it is."""
    there, came = urlsplit(place), urlsplit(came_from)
    inside = there.path.startswith("/inbox/") and came.path.startswith("/inbox")
    return f"{place}?{came.query}" if inside and came.query and not there.query and not there.fragment else place


def _address(path: str, query: Mapping[str, str], changes: Mapping[str, object]) -> str:
    whole = {**query, **{name: str(value) for name, value in changes.items()}}
    words = urlencode({name: text for name, text in whole.items() if text}, safe="~:")
    return f"{path}?{words}" if words else path
