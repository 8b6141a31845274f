"""Wire: the tags there are, as a page, and as suggestions where a tag is typed."""

from flask import Blueprint, Response

from crm.tag_list import count_tags
from web.request import this_tx
from web.respond import page

blueprint = Blueprint("tags", __name__)


@blueprint.get("/tags")
def index() -> Response:
    """List tags with how many people have each."""
    return page("tags/page.html", part="tags/_options.html", tags=count_tags(this_tx()))
