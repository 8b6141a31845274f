"""Use cases: promises as lists: what is owed by when, what waits for a yes, and what became of the others."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, or_, select

from crm.models import Contact, Promise, User
from crm.promises import BROKEN, KEPT, OPEN, PROPOSED
from kit.tx import Tx

SHOWN = 50
_SETTLED_SHOWN = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRow:
    """One promise, to whom it was given, and who of us gave it."""

    promise: Promise
    contact: Contact
    user: User | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Promises that wait for a yes, the open ones by their day, and those settled in the last 30 days."""

    proposed: tuple[PromiseRow, ...]
    open: tuple[PromiseRow, ...]
    settled: tuple[PromiseRow, ...]


def owed_by(user_ids: Collection[int] | None, today: date) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a promise is owed by today: by these colleagues or nobody, or by anyone."""
    return Promise.state == OPEN, Promise.due_on <= today, *([] if user_ids is None else [_of(user_ids)])


def read_ledger(tx: Tx, *, user_ids: Collection[int] | None, brand_id: int | None = None) -> Ledger:
    """Return the ledger of some colleagues, with what is nobody's, or of everyone; of a brand or all. Three queries."""
    whose = [] if user_ids is None else [_of(user_ids)]
    whose += [] if brand_id is None else [Promise.brand_id == brand_id]
    undated = Promise.due_on.is_(None)
    proposed = _query().where(Promise.state == PROPOSED, *whose).order_by(Promise.id.desc())
    owed = _query().where(Promise.state == OPEN, *whose).order_by(undated, Promise.due_on, Promise.id)
    settled = _query().where(
        Promise.state.in_((KEPT, BROKEN)), Promise.decided_at > tx.now - _SETTLED_SHOWN, *whose
    )  # fmt: skip
    return Ledger(
        proposed=tuple(_rows(tx, proposed.limit(SHOWN))),
        open=tuple(_rows(tx, owed.limit(SHOWN))),
        settled=tuple(_rows(tx, settled.order_by(Promise.decided_at.desc(), Promise.id).limit(SHOWN))),
    )


def _query() -> Select[Promise, Contact, User]:
    return (
        select(Promise, Contact, User)
        .join(Contact, Contact.id == Promise.contact_id)
        .outerjoin(User, User.id == Promise.user_id)
        .where(Contact.erased_at.is_(None))
    )


def _of(user_ids: Collection[int]) -> ColumnElement[bool]:
    return or_(Promise.user_id.in_(list(user_ids)), Promise.user_id.is_(None))


def _rows(tx: Tx, query: Select[Promise, Contact, User]) -> list[PromiseRow]:
    found = tx.session.execute(query)
    return [PromiseRow(promise=promise, contact=contact, user=user) for promise, contact, user in found]
