"""Use cases: saved views: a name for a query string, mine or shared with everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select

from crm.models import SavedView, User
from kit.errors import ConflictError, InvalidError, NotFoundError, RefusedError, say
from kit.tx import Tx

_MOST_NAME, _MOST_QUERY = 60, 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewShelf:
    """The views a person sees, and the colleagues there are: both are read in one query."""

    views: tuple[SavedView, ...]
    colleagues: tuple[User, ...]

    def find(self, reference: str) -> SavedView | None:
        """Return the view that an address names: its number first, the rest is decoration; else by its name."""
        number = reference.partition("-")[0]
        if number.isascii() and number.isdigit():
            return next((view for view in self.views if view.id == int(number[:9])), None)
        return next((view for view in self.views if _plain(view.name) == _plain(reference)), None)


def read_shelf(tx: Tx, user_id: int) -> ViewShelf:
    """Return what a person sees: own views and shared ones by name, and all colleagues by name."""
    seen = or_(SavedView.owner_id == user_id, SavedView.shared)
    rows = tx.session.execute(
        select(User, SavedView)
        .outerjoin(SavedView, and_(SavedView.owner_id == User.id, seen))
        .order_by(User.name, User.id, SavedView.id)
    ).all()
    views = sorted(_views(rows), key=lambda view: (view.name.casefold(), view.id))
    return ViewShelf(views=tuple(views), colleagues=tuple(dict.fromkeys(user for user, _ in rows)))


def list_shared_views(tx: Tx, *, limit: int) -> list[SavedView]:
    """Return views that every colleague sees, by name."""
    return list(tx.session.scalars(select(SavedView).where(SavedView.shared).order_by(SavedView.name).limit(limit)))


def _views(rows: Sequence[Any]) -> list[SavedView]:
    return [row[1] for row in rows if row[1] is not None]


def get_view_by_name(tx: Tx, name: str) -> SavedView:
    """Return the view of that name for a command, where nobody is signed in; refuse when two have it."""
    found = [view for view in tx.session.scalars(select(SavedView)) if _plain(view.name) == _plain(name)]
    shared = [view for view in found if view.shared]
    if not found:
        raise NotFoundError(say("There is no saved view named %(name)s.", name=name))
    if len(found) > 1 and len(shared) != 1:
        raise InvalidError(say("Several views are named %(name)s. Rename one, or write its filter.", name=name))
    return (shared or found)[0]


def save_view(tx: Tx, name: str, query: str, *, user_id: int, shared: bool) -> SavedView:
    """Keep a query string under a name; the name must be new to this person."""
    view = SavedView(
        owner_id=user_id, name=_name(tx, name, user_id), query=_query(query), shared=shared, created_at=tx.now
    )
    tx.session.add(view)
    tx.session.flush()
    return view


def change_view(
    tx: Tx, view_id: int, *, user_id: int, name: str | None = None, shared: bool | None = None, query: str | None = None
) -> SavedView:
    """Rename a view, share it or not, or let it ask for something else."""
    view = _own(tx, view_id, user_id)
    if name is not None and name.strip() != view.name:
        view.name = _name(tx, name, user_id)
    if shared is not None:
        view.shared = shared
    if query is not None:
        view.query = _query(query)
    tx.session.flush()
    return view


def remove_view(tx: Tx, view_id: int, *, user_id: int) -> SavedView:
    """Forget a view; the people it showed stay."""
    view = _own(tx, view_id, user_id)
    tx.session.delete(view)
    tx.session.flush()
    return view


def _own(tx: Tx, view_id: int, user_id: int) -> SavedView:
    view = tx.session.get(SavedView, view_id)
    if view is None or (view.owner_id != user_id and not view.shared):
        raise NotFoundError(say("There is no such saved view."))
    if view.owner_id != user_id:
        raise RefusedError(say("Only who saved this view changes it. Save your own under another name."))
    return view


def _name(tx: Tx, name: str, user_id: int) -> str:
    name = " ".join(name.split())[:_MOST_NAME].strip()
    if not name:
        raise InvalidError(say("Give the view a name."), field="name")
    if tx.session.scalar(select(SavedView.id).where(SavedView.owner_id == user_id, SavedView.name == name)):
        raise ConflictError(say("You have a view named %(name)s already.", name=name), field="name")
    return name


def _query(query: str) -> str:
    """Return a query as it is: one that was cut would ask for other people."""
    if len(query) > _MOST_QUERY:
        raise InvalidError(say("This asks for too much to be kept. Save it as two views."))
    return query


def _plain(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name.casefold()).split())
