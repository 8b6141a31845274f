"""Wire: saved views: kept, renamed, shared, changed and removed."""

from flask import Blueprint, Response, request

from crm import saved_views
from crm.models import SavedView
from crm.people_found import count_up_to
from web.auth import local_path
from web.figures import slug
from web.people_query import read_filter, read_query_text, write_query
from web.request import this_tx, this_user
from web.respond import done, page
from web.shell import this_brand_id
from web.words import _

blueprint = Blueprint("views", __name__)
# Counting is bounded: so many views, and each no further than this.
MOST_COUNTED, MOST_PEOPLE = 12, 1_000


@blueprint.get("/views")
def index() -> Response:
    """List the saved views with how many people each shows; htmx gets them as the tabs of the page it is on."""
    tx, user = this_tx(), this_user()
    shelf = saved_views.read_shelf(tx, user.id)
    counted = shelf.views[:MOST_COUNTED]
    asked = [read_filter(read_query_text(view.query), user_id=user.id) for view in counted]
    counts = count_up_to(tx, asked, MOST_PEOPLE, brand_id=this_brand_id())
    return page(
        "views/page.html",
        part="contacts/_tabs.html",
        view={"shelf": shelf, "current": shelf.find(request.args.get("view", ""))},
        counts=dict(zip((view.id for view in counted), counts, strict=True)),
        most=MOST_PEOPLE,
        home="/pipeline" if request.args.get("home") == "/pipeline" else "/contacts",
        chips=not request.args.get("all"),
    )


@blueprint.post("/views")
def create() -> Response:
    """Keep what the page is asked under a name."""
    view = saved_views.save_view(
        this_tx(), request.form.get("name", ""), _asked(), user_id=this_user().id, shared=_shared()
    )
    return done(_place(view), _("Saved as %(name)s.", name=view.name))


@blueprint.post("/views/<int:view_id>")
def change(view_id: int) -> Response:
    """Rename a view, share it, or let it ask for what the page is asked now."""
    form = request.form
    view = saved_views.change_view(
        this_tx(),
        view_id,
        user_id=this_user().id,
        name=form.get("name"),
        shared=_shared() if "name" in form else None,
        query=_asked() if "query" in form else None,
    )
    return done(_place(view), _("Saved as %(name)s.", name=view.name))


@blueprint.post("/views/<int:view_id>/removal")
def remove(view_id: int) -> Response:
    """Forget a view; nobody in it changes."""
    view = saved_views.remove_view(this_tx(), view_id, user_id=this_user().id)
    return done(_home(), _("Removed the view %(name)s. The people in it stay.", name=view.name))


def _asked() -> str:
    return write_query(read_query_text(request.form.get("query", "")))


def _shared() -> bool:
    return request.form.get("shared") == "1"


def _home() -> str:
    return "/pipeline" if local_path(request.form.get("home")) == "/pipeline" else "/contacts"


def _place(view: SavedView) -> str:
    return f"{_home()}?view={view.id}-{slug(view.name)}"
