"""Wire: answers: a page or, for htmx, its live part; and the way back after a post, with a word about what happened."""

from flask import Response, flash, make_response, redirect, render_template, request

from web.auth import local_path
from web.listing import keep_list
from web.request import is_partial


def page(template: str, *, part: str | None = None, status: int = 200, **context: object) -> Response:
    """Return a page; when htmx asks and the page has a live `part`, that part with the navigation's counts."""
    if part is not None and is_partial():
        return make_response(render_template("_part.html", part=part, **context), status)
    return make_response(render_template(template, **context), status)


def done(place: str, say: str = "", *, undo: str = "", back: bool = True) -> Response:
    """Return to `place`, or with `back` to where the form says; `say` is shown once, with a way to take it back."""
    if say:
        flash(say, undo or "note")
    wanted = request.form.get("back") if back else None
    return make_response(redirect(keep_list(local_path(wanted) if wanted else place), code=303))


def send_csv(content: bytes, name: str) -> Response:
    """Return a file to be kept, never opened in place."""
    answer = make_response(content)
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
