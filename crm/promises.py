"""Use cases: the promise ledger: what we promised whom by when; proposed, confirmed, moved, kept or broken."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from crm.changes import Undone, record_change
from crm.contacts import get_contact
from crm.models import Change, Promise, User
from crm.timeline import record_entry
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx
from mailer.said import Promised

KIND = "promise"
MAX_WHAT = 300
PROPOSED, OPEN, KEPT, BROKEN, DISMISSED = "proposed", "open", "kept", "broken", "dismissed"
# What a promise may become, from where it stands.
_WAYS = {PROPOSED: (OPEN, DISMISSED), OPEN: (KEPT, BROKEN), KEPT: (), BROKEN: (), DISMISSED: ()}
_KNOWN = 200


def propose_promises(
    tx: Tx, contact_id: int, found: Sequence[Promised], *, user_id: int | None, brand_id: int | None,
    message_id: int | None = None,
) -> list[Promise]:  # fmt: skip
    """Keep what one of us seems to have promised until a person says yes or no; the same is never asked twice."""
    if not found:
        return []
    known = select(Promise.what, Promise.due_on).where(Promise.contact_id == contact_id)
    seen = {(row[0], row[1]) for row in tx.session.execute(known.order_by(Promise.id.desc()).limit(_KNOWN))}
    rows = [
        Promise(
            contact_id=contact_id, brand_id=brand_id, message_id=message_id, user_id=user_id,
            what=one.what[:MAX_WHAT], sentence=one.sentence, due_on=one.on, first_due_on=one.on, state=PROPOSED,
            created_at=tx.now,
        )
        for one in found
        if (one.what[:MAX_WHAT], one.on) not in seen
    ]  # fmt: skip
    tx.session.add_all(rows)
    tx.session.flush()
    return rows


def make_promise(
    tx: Tx, contact_id: int, what: str, due_on: date | None, *, user_id: int | None, brand_id: int | None, actor: str
) -> tuple[Promise, Change]:
    """Write down what was promised elsewhere: on the telephone, at a fair."""
    contact, what = get_contact(tx, contact_id), _clean(what)
    _require_user(tx, user_id)
    row = Promise(
        contact_id=contact.id, brand_id=brand_id, user_id=user_id, what=what, due_on=due_on, first_due_on=due_on,
        state=OPEN, created_at=tx.now, decided_at=tx.now, decided_by=actor,
    )  # fmt: skip
    tx.session.add(row)
    tx.session.flush()
    return row, _keep(tx, row, {"state": DISMISSED}, say("Promised: %(what)s", what=what), actor)


def confirm_promise(tx: Tx, promise_id: int, *, actor: str) -> Change:
    """Say yes to a proposed promise."""
    row = _decide(tx, promise_id, OPEN)
    return _settle(tx, row, OPEN, say("Promised: %(what)s", what=row.what), actor)


def dismiss_promise(tx: Tx, promise_id: int, *, actor: str) -> Change:
    """Say that a proposed promise is none."""
    row = _decide(tx, promise_id, DISMISSED)
    return _settle(tx, row, DISMISSED, say("No promise: %(what)s", what=row.what), actor)


def keep_promise(tx: Tx, promise_id: int, *, actor: str) -> Change:
    """Say that we did what we promised."""
    row = _decide(tx, promise_id, KEPT)
    return _settle(tx, row, KEPT, say("Promise kept: %(what)s", what=row.what), actor)


def break_promise(tx: Tx, promise_id: int, *, actor: str) -> Change:
    """Say that we did not, and will not."""
    row = _decide(tx, promise_id, BROKEN)
    return _settle(tx, row, BROKEN, say("Promise broken: %(what)s", what=row.what), actor)


def move_promise(tx: Tx, promise_id: int, due_on: date | None, *, actor: str) -> Change | None:
    """Promise another day; None when it is that day already. What was promised at first stays known."""
    row = get_promise(tx, promise_id)
    if row.state not in (PROPOSED, OPEN):
        raise ConflictError(say("This promise is settled already. Take that back first."))
    if due_on is None:
        raise InvalidError(say("Choose the new day."), field="due_on")
    if row.due_on == due_on:
        return None
    before = _state(row)
    row.due_on = due_on
    row.moves += row.state == OPEN
    day = due_on.isoformat()
    return _keep(tx, row, before, say("Promise moved to %(day)s: %(what)s", day=day, what=row.what), actor)


def reverse_promise(tx: Tx, change: Change, actor: str) -> Undone:
    """Put a promise back to how it stood, unless somebody changed it since."""
    row = tx.session.get(Promise, change.data["promise"], with_for_update=True)
    if row is None or _state(row) != change.data["after"]:
        return Undone(change=change, undone=0, left=1, why=say("Somebody changed it since."))
    before = _state(row) | change.data["before"]
    row.state, row.moves = before["state"], before["moves"]
    row.due_on = date.fromisoformat(before["due_on"]) if before["due_on"] else None
    if row.state == PROPOSED:
        row.decided_at, row.decided_by = None, ""
    _tell(tx, row, say("As before: %(what)s", what=row.what), actor)
    return Undone(change=change, undone=1)


def get_promise(tx: Tx, promise_id: int) -> Promise:
    """Return a promise to change, or refuse."""
    row = tx.session.get(Promise, promise_id, with_for_update=True)
    if row is None:
        raise NotFoundError(say("There is no such promise."))
    return row


def _decide(tx: Tx, promise_id: int, state: str) -> Promise:
    row = get_promise(tx, promise_id)
    if state not in _WAYS[row.state]:
        raise ConflictError(say("Somebody has decided about this promise already."))
    return row


def _settle(tx: Tx, row: Promise, state: str, summary: str, actor: str) -> Change:
    before = _state(row)
    row.state, row.decided_at, row.decided_by = state, tx.now, actor
    return _keep(tx, row, before, summary, actor)


def _keep(tx: Tx, row: Promise, before: dict[str, Any], summary: str, actor: str) -> Change:
    _tell(tx, row, summary, actor)
    data = {"promise": row.id, "before": before, "after": _state(row), "place": f"/contacts/{row.contact_id}"}
    return record_change(tx, KIND, actor=actor, summary=summary, data=data)


def _tell(tx: Tx, row: Promise, summary: str, actor: str) -> None:
    data = {"promise": row.id, **_state(row)}
    record_entry(
        tx, row.contact_id, KIND, str(summary), actor=actor, brand_id=row.brand_id, message_id=row.message_id, data=data
    )


def _state(row: Promise) -> dict[str, Any]:
    return {"state": row.state, "due_on": row.due_on.isoformat() if row.due_on else None, "moves": row.moves}


def _clean(what: str) -> str:
    what = " ".join(what.split())[:MAX_WHAT]
    if not what:
        raise InvalidError(say("Say what was promised."), field="what")
    return what


def _require_user(tx: Tx, user_id: int | None) -> None:
    if user_id is not None and tx.session.get(User, user_id) is None:
        raise NotFoundError(say("There is no such colleague."), field="user_id")
