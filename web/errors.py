"""Wire: the one place where a refusal becomes an HTTP status and a page that says what is safe."""

import logging
from http import HTTPStatus

from flask import Flask, Response, make_response, redirect, render_template
from werkzeug.exceptions import HTTPException

from kit.errors import ConflictError, InvalidError, NotFoundError, RapportError, RefusedError
from web.plain_address import find_plain_address
from web.refused_forms import find_form_page, show_refused
from web.request import drop_tx, is_partial
from web.words import _, lazy, said, translate

_LOG = logging.getLogger(__name__)
_STATUS: tuple[tuple[type[RapportError], int], ...] = (
    (NotFoundError, 404),
    (ConflictError, 409),
    (InvalidError, 422),
    (RefusedError, 403),
)
_TITLES = {
    403: lazy("That is not allowed"),
    404: lazy("There is nothing here"),
    405: lazy("That is not how this page works"),
    409: lazy("Something changed meanwhile"),
    413: lazy("That is too large"),
    422: lazy("That cannot be used as it is"),
    500: lazy("Something went wrong on our side"),
}
# Who may not do this, or comes from elsewhere, is not helped by the form.
_NOT_OF_THE_FORM = frozenset({"not_allowed", "forged"})
_SAFE_500 = lazy(
    "Nothing was changed and nothing was sent by this click. It is in the log; try again, or go back to Today."
)


def attach_errors(app: Flask) -> None:
    """Answer every error of `app` with a sentence."""
    app.register_error_handler(RapportError, _answer_refusal)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_bug)


def status_of(error: RapportError) -> int:
    """Return the HTTP status a refusal is answered with."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 400)


def _answer_refusal(error: RapportError) -> Response:
    drop_tx()
    if error.code not in _NOT_OF_THE_FORM and (again := show_refused(error, status_of(error))) is not None:
        return again
    return _show(
        status_of(error),
        said(error),
        faults=tuple(map(translate, error.faults)) if isinstance(error, InvalidError) else (),
    )


def _answer_http(error: HTTPException) -> Response:
    drop_tx()
    status = error.code or 500
    if status < HTTPStatus.BAD_REQUEST:
        return make_response(error.get_response())
    lost = status == HTTPStatus.NOT_FOUND
    if lost and (plain := find_plain_address()):
        return make_response(redirect(plain))
    return _show(status, _("The address may be mistyped, or the page has moved.") if lost else error.description or "")


def _answer_bug(error: Exception) -> Response:
    drop_tx()
    log_bug(error)
    return _show(500, _(_SAFE_500))


def log_bug(error: Exception) -> None:
    """Keep what went wrong on our side in the log."""
    _LOG.error("page_failed", exc_info=error)


def _show(status: int, sentence: str, *, faults: tuple[str, ...] = ()) -> Response:
    template = "errors/_sentence.html" if is_partial() else "errors/page.html"
    title = _(_TITLES.get(status, lazy("That did not work")))
    words = {"title": title, "sentence": sentence, "faults": faults, "form_page": find_form_page()}
    return make_response(render_template(template, **words), status)
