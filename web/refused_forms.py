"""Wire: a refused form is shown again where it stands, with what was given and what is wrong under each field."""

from io import BytesIO
from typing import cast
from urllib.parse import unquote, urlsplit

from flask import Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from kit.errors import RapportError
from web.page_forms import PAGE, Refused, fill_again
from web.request import is_partial
from web.words import _, said

_WARN = '<svg class="i i-s" aria-hidden="true"><use href="#i-warn"/></svg>'
# Of the request that was refused, its body and what htmx or the browser said about this one post.
_NOT_PASSED_ON = (
    "CONTENT_", "wsgi.input", "werkzeug.", "flask.", "HTTP_HX_", "HTTP_ORIGIN", "HTTP_RANGE", "HTTP_IF_",
    "HTTP_ACCEPT_ENCODING",
)  # fmt: skip


def form_at(page: str) -> None:
    """Say where this request's form stands, for a browser that does not tell."""
    g.form_page = page


def find_form_page() -> str:
    """Return the address of our page that this request's form stands on; empty when nobody says."""
    if request.method != "POST" or not _is_readable():
        return ""
    came_from = urlsplit(request.referrer or "")
    referrer = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    given = (request.form.get(PAGE, ""), referrer if came_from.netloc == request.host else "", g.get("form_page", ""))
    ours = (page for page in given if page.startswith("/") and not page.startswith("//") and page.isprintable())
    return next((page for page in ours if urlsplit(page).path != request.path or _is_read(page)), "")


def show_refused(error: RapportError, status: int) -> Response | None:
    """Return the page the form stands on with the form filled again; None when that cannot be done."""
    page = find_form_page()
    if not page or is_partial() or not request.form:
        return None
    found = _read(page)
    if found.status_code != 200 or found.mimetype != "text/html":  # noqa: PLR2004 - the page as it is otherwise
        return None
    given = {name: values for name, values in request.form.lists() if name != PAGE}
    faults = {error.field: said(error)} if error.field else {}
    link = (f"/contacts/{error.contact_id}", _("Open their page")) if error.contact_id else None
    refused = Refused(request.path, given, said(error), page, faults, link)
    filled = fill_again(found.get_data(as_text=True), refused, _WARN)
    if filled is None:
        return None
    found.set_data(filled)
    found.status_code = status
    return found


def _is_readable() -> bool:
    """Return whether the body could be read at all; one that is too large cannot."""
    try:
        return request.form is not None
    except HTTPException:
        return False


def _is_read(page: str) -> bool:
    """Return whether there is a page at an address that is also posted to."""
    return "GET" in set(current_app.url_map.bind(request.host).allowed_methods(urlsplit(page).path))


def _read(page: str) -> Response:
    """Return a page of ours as this browser would get it; looking changes nothing."""
    parts = urlsplit(page)
    environ = {key: value for key, value in request.environ.items() if not key.startswith(_NOT_PASSED_ON)}
    environ |= {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": unquote(parts.path).encode().decode("latin-1"),
        "QUERY_STRING": parts.query,
        "wsgi.input": BytesIO(),
    }
    return cast("Response", Response.from_app(current_app.wsgi_app, environ, buffered=True))
