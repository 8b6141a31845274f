"""Wire: words that were typed when the session ended come back with the answer, ready to be sent again."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Flask, Response, g, make_response, render_template, request

from web.auth import PUBLIC
from web.forgery import is_from_here
from web.page_forms import PAGE
from web.request import find_user, is_partial

# Never handed back: what signs in somewhere, and what belongs to the old page alone.
_SECRET = ("password", "secret", "token", "key")
_SHORT = 30
Pairs = Sequence[tuple[str, str]]


def attach_kept_words(app: Flask) -> None:
    """Let `app` hand typed words back when the session ended under them."""
    app.after_request(_hand_back)


def _hand_back(response: Response) -> Response:
    """Answer with the words where the form's sender is signed out, or its token is of an older session."""
    if response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return response
    if request.method != "POST" or request.endpoint in PUBLIC or request.blueprint == "review" or is_partial():
        return response
    signed_out = find_user() is None
    if not (signed_out or g.get("is_stale_form")) or not is_from_here():
        return response
    pairs = [(name, text) for name, text in request.form.items(multi=True) if not _is_secret(name)]
    words = [(name, text) for name, text in pairs if len(text) > _SHORT or " " in text.strip() or "\n" in text.strip()]
    if not words:
        return response
    rest = [pair for pair in pairs if pair not in words]
    return hand_back("errors/kept.html", words, rest, action=request.path, signed_out=signed_out)


def hand_back(template: str, words: Pairs, rest: Pairs, *, action: str, signed_out: bool) -> Response:
    """Return a form with what was typed, and with the `rest` that nobody typed, to be sent to `action` again."""
    kept = render_template(template, words=words, rest=rest, action=action, signed_out=signed_out)
    return make_response(kept, HTTPStatus.UNAUTHORIZED if signed_out else HTTPStatus.FORBIDDEN)


def _is_secret(name: str) -> bool:
    return name in {"csrf_token", PAGE} or any(word in name.lower() for word in _SECRET)
