"""Wire: feedback over the API: in pages by id, and handed in by programs, each request kept once."""

import re
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g, jsonify, request, url_for
from sqlalchemy import select

from crm.brands import get_brand, list_brands
from crm.feedback import KINDS, MAX_QUOTE, NoteRow, Origin, find_request, log_feedback, read_notes_after
from crm.feedback_person import find_speaker
from crm.models import Brand, Feedback, Product
from kit.errors import InvalidError
from kit.tx import Tx
from mailer.addresses import normalise_email
from web.api.door import attach_door, read_limit, read_number
from web.request import this_tx

blueprint = Blueprint("api_feedback", __name__, url_prefix="/api/v1")
attach_door(blueprint)
_TEXTS = {"quote": MAX_QUOTE, "kind": 10, "brand": 120, "product": 120, "theme": 200, "heard": 60, "email": 320,
          "name": 200, "said_at": 40}  # fmt: skip
_KNOWN = {*_TEXTS, "contact", "reach", "from_audience"}
_MOST = 2_000_000_000
_KEY = 60
# Zero bytes and halves of characters: no database takes them.
_BROKEN = re.compile(r"[\x00\ud800-\udfff]")


@blueprint.get("/feedback")
def index() -> Response:
    """Return notes by id, `after` one; `next` leads on while there are more."""
    tx, limit = this_tx(), read_limit()
    rows = read_notes_after(tx, read_number("after") or 0, limit + 1)
    shown = rows[:limit]
    after = url_for("api_feedback.index", after=shown[-1].note.id, limit=limit) if len(rows) > limit else None
    return jsonify({"feedback": [describe(row) for row in shown], "next": after})


@blueprint.post("/feedback")
def create() -> tuple[Response, int]:
    """Keep a note; the same Idempotency-Key answers with the same note and never keeps a second one."""
    tx, given = this_tx(), _read_body()
    key = _read_key()
    known = find_request(tx, key)
    note = known or _keep(tx, given, key)
    if known is not None and (known.quote, known.kind) != (given["quote"].strip(), given["kind"]):
        raise InvalidError("This Idempotency-Key was used for another note. Use a new key for each note.")
    row = next(iter(read_notes_after(tx, note.id - 1, 1)))
    return jsonify(describe(row)), 200 if known else 201


def describe(row: NoteRow) -> dict[str, Any]:
    """Return a note as programs read it."""
    names = ("id", "quote", "kind", "contact_id", "brand_id", "product_id", "message_id", "theme_id", "heard",
             "from_audience", "reach", "source", "said_by", "said_email", "actor")  # fmt: skip
    plain = {name: getattr(row.note, name) for name in names}
    return plain | {"product": row.product, "theme": row.theme, "at": row.note.created_at.isoformat()}


def _keep(tx: Tx, given: dict[str, Any], key: str | None) -> Feedback:
    brand = get_brand(tx, given["brand"]) if given.get("brand") else _only(list_brands(tx))
    email = normalise_email(given["email"]) if given.get("email") else ""
    if email is None:
        raise InvalidError("email is no email address.")
    contact_id = given.get("contact") or find_speaker(tx, email)
    return log_feedback(
        tx,
        given["quote"],
        kind=given["kind"],
        actor=f"token:{g.token_id}",
        contact_id=contact_id,
        brand_id=brand.id,
        product_id=_product(tx, brand, given.get("product", "")),
        theme=given.get("theme", ""),
        from_audience=given.get("from_audience", False),
        origin=Origin(
            source="api",
            heard=given.get("heard", ""),
            said_by=given.get("name", ""),
            said_email="" if contact_id else email,
            request_key=key,
            reach=given.get("reach"),
            at=_moment(given.get("said_at", ""), tx.now),
        ),
    )


def _read_body() -> dict[str, Any]:
    """Return the note that was sent, or say what is wrong with it."""
    given = request.get_json(silent=True) if request.is_json else None
    if not isinstance(given, dict):
        raise InvalidError("Send one JSON object with Content-Type: application/json.")
    faults = [f"{name} is not known here." for name in sorted(set(given) - _KNOWN)]
    for name, most in _TEXTS.items():
        value = given.get(name, "")
        if not isinstance(value, str) or len(value) > most or _BROKEN.search(value):
            faults.append(f"{name} is a text of at most {most} characters.")
    faults += [fault for name, fault in _FAULTS.items() if name in given and not _is_right(name, given[name])]
    if not faults and not given.get("quote", "").strip():
        faults.append("quote is missing: the words to keep.")
    if given.get("kind") not in KINDS:
        faults.append(f"kind is one of: {', '.join(KINDS)}.")
    if faults:
        raise InvalidError(" ".join(faults), faults=tuple(faults))
    return given


_FAULTS = {
    "contact": "contact is the number of a contact.",
    "reach": "reach is a whole number of people.",
    "from_audience": "from_audience is true or false.",
}


def _is_right(name: str, value: object) -> bool:
    if name == "from_audience":
        return isinstance(value, bool)
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST


def _read_key() -> str | None:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return None
    if len(key) > _KEY or not key.isprintable() or not key.isascii():
        raise InvalidError(f"Idempotency-Key is at most {_KEY} printable characters.")
    return f"api:{g.token_id}:{key}"


def _only(brands: list[Brand]) -> Brand:
    if len(brands) != 1:
        raise InvalidError("brand is missing: say which one by its name.")
    return brands[0]


def _product(tx: Tx, brand: Brand, name: str) -> int | None:
    if not name.strip():
        return None
    found = tx.session.scalar(select(Product.id).where(Product.brand_id == brand.id, Product.name == name.strip()))
    if found is None:
        raise InvalidError(f"There is no product named {name!r}.")
    return found


def _moment(text: str, now: datetime) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidError("said_at is an instant such as 2026-11-24T09:00:00+00:00.") from error
    if found.tzinfo is None or found > now or found.year < 2000:  # noqa: PLR2004 - nobody said it then
        raise InvalidError("said_at is an instant with its zone, and not in the future.")
    return found
