"""Wire: who may read and hand in over the API, what a refusal looks like there, and when a token was last used."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, Response, g, jsonify, request
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from crm.models import ApiToken
from crm.tokens import find_token
from kit.errors import InvalidError, RapportError, RefusedError
from kit.tx import Tx
from sequences.leases import beat
from sequences.models import Heartbeat
from web.errors import log_bug, status_of
from web.request import drop_tx, this_house, this_tx

MOST, USUAL = 200, 50
_ONCE_IN = timedelta(minutes=1)


class _NoTokenError(RefusedError):
    """Nobody said who it is."""


def attach_door(blueprint: Blueprint) -> None:
    """Let only a bearer of a token in, and answer every refusal as a problem."""
    blueprint.before_request(_check)
    blueprint.register_error_handler(RapportError, _refuse)
    blueprint.register_error_handler(Exception, _answer_bug)


def problem(status: int, detail: str) -> Response:
    """Return a refusal as RFC 9457 wants it."""
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    answer = jsonify(document)
    answer.status_code, answer.mimetype = status, "application/problem+json"
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Rapport"'
    return answer


def read_limit() -> int:
    """Return how many the caller wants."""
    return max(1, min(MOST, read_number("limit") or USUAL))


def read_number(name: str) -> int | None:
    """Return a whole number of the query; nothing when it is not there, a refusal when it is none."""
    text = request.args.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < len("9999999999")):
        raise InvalidError(f"{name} is a whole number.")
    return int(text)


def list_uses(tx: Tx, tokens: Sequence[ApiToken]) -> dict[int, datetime]:
    """Return when tokens were last used, to the minute."""
    names = {f"token:{token.id}": token.id for token in tokens}
    rows = tx.session.execute(select(Heartbeat.name, Heartbeat.at).where(Heartbeat.name.in_(names)))
    return {names[name]: at for name, at in rows}


def _check() -> None:
    if request.method == "OPTIONS":
        return
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    token = find_token(this_tx(), secret.strip()[:200]) if scheme.lower() == "bearer" else None
    if token is None:
        raise _NoTokenError("Send a token that holds as: Authorization: Bearer rapport_...")
    wanted = "read" if request.method in ("GET", "HEAD") else "feedback"
    if wanted not in token.scopes.split():
        raise RefusedError(f"This token may not do that: it needs the scope {wanted}. Ask an admin for another one.")
    g.token_id = token.id
    _note_use(token.id)


def _note_use(token_id: int) -> None:
    """Note that a token was used, once a minute: a look in a transaction of its own, a post in the one it has."""
    tx = this_tx()
    used = tx.session.get(Heartbeat, f"token:{token_id}")
    if used is not None and used.at >= tx.now - _ONCE_IN:
        return
    if request.method not in ("GET", "HEAD"):
        with suppress(IntegrityError), tx.session.begin_nested():  # SQLite has one writer, and it is this request
            beat(tx, f"token:{token_id}")
            tx.session.flush()
        return
    with suppress(IntegrityError), this_house().database.transaction() as own:  # two first uses at once
        beat(own, f"token:{token_id}")


def _refuse(error: RapportError) -> Response:
    drop_tx()
    return problem(401 if isinstance(error, _NoTokenError) else status_of(error), str(error))


def _answer_bug(error: Exception) -> Response:
    drop_tx()
    status = getattr(error, "code", None)
    if isinstance(status, int) and status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return problem(status, str(getattr(error, "description", "") or "This cannot be answered."))
    log_bug(error)
    return problem(500, "Something went wrong on our side. Nothing was changed; it is in the log.")
