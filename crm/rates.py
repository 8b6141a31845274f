"""Use cases: what an account asks for, by format, from the day it was said and by whom; older rates stay on record.

The account's own price, which lists and filters show, is the current rate of its first format (crm.rate_formats).
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from crm.account_figures import latest_day
from crm.changes import Undone, is_its, record_change
from crm.models import Change, Handle, HandleRate
from crm.rate_formats import FORMATS, current_rates, default_format
from crm.timeline import record_entry
from kit.errors import InvalidError, NotFoundError, say
from kit.tx import Tx

SET, REMOVED = "handle.rate", "handle.rate_removal"
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRate:
    """A rate as it was said: `said_by` names who, or where it stood."""

    format: str
    amount: Decimal
    currency: str
    said_on: date
    said_by: str = ""
    message_id: int | None = None


def set_rate(tx: Tx, handle: Handle, rate: NewRate, *, actor: str) -> Change:
    """Keep a rate, told on the timeline and undoable."""
    row = keep_rate(tx, handle, rate, actor=actor)
    summary = say(
        "New rate of %(name)s: %(amount)s %(currency)s",
        name=handle.username,
        amount=str(row.amount),
        currency=row.currency,
    )
    data = {"handle": handle.id, "rate": row.id}
    change = record_change(tx, SET, actor=actor, summary=summary, data=data)
    _tell(tx, handle, summary, actor, format=row.format)
    return change


def keep_rate(tx: Tx, handle: Handle, rate: NewRate, *, actor: str) -> HandleRate:
    """Keep a rate beside what else happens in this transaction, which tells of it."""
    if rate.format not in FORMATS:
        raise InvalidError(say("Choose what the rate is for."), field="format")
    if not rate.currency.isascii() or not rate.currency.isalpha() or len(rate.currency) != 3:  # noqa: PLR2004 ISO 4217
        raise InvalidError(say("Write the currency as three letters, such as EUR."), field="currency")
    if rate.said_on > latest_day(tx.now):
        raise InvalidError(
            say("A rate is kept from the day it was said, which cannot lie in the future."), field="said_on"
        )
    _keep_known(tx, handle)
    row = HandleRate(
        handle_id=handle.id,
        format=rate.format,
        amount=rate.amount.quantize(_CENT),
        currency=rate.currency.upper(),
        said_on=rate.said_on,
        said_by=rate.said_by[:200],
        actor=actor,
        message_id=rate.message_id,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    refresh_price(tx, handle)
    return row


def remove_rate(tx: Tx, rate_id: int, *, actor: str) -> tuple[Change, int]:
    """Forget a rate that was kept by mistake; return the change, and whose it was."""
    row = tx.session.get(HandleRate, rate_id)
    if row is None:
        raise NotFoundError(say("There is no such rate."))
    handle = tx.session.get_one(Handle, row.handle_id)
    kept: dict[str, Any] = {
        "format": row.format,
        "currency": row.currency,
        "said_by": row.said_by,
        "actor": row.actor,
        "message_id": row.message_id,
        "import_id": row.import_id,
    }
    data = {
        "handle": handle.id,
        "kept": kept,
        "amount": str(row.amount),
        "said_on": row.said_on.isoformat(),
        "created_at": row.created_at.isoformat(),
    }
    forget_rate(tx, row)
    summary = say(
        "Forgot a rate of %(name)s: %(amount)s %(currency)s",
        name=handle.username,
        amount=data["amount"],
        currency=row.currency,
    )
    change = record_change(tx, REMOVED, actor=actor, summary=summary, data=data)
    _tell(tx, handle, summary, actor, format=kept["format"])
    return change, handle.contact_id


def forget_rate(tx: Tx, row: HandleRate) -> None:
    """Delete a rate; the account shows what holds without it."""
    handle = tx.session.get_one(Handle, row.handle_id)
    tx.session.delete(row)
    tx.session.flush()
    refresh_price(tx, handle)


def refresh_price(tx: Tx, handle: Handle) -> None:
    """Let the account show the rate that holds."""
    rows = tx.session.scalars(select(HandleRate).where(HandleRate.handle_id == handle.id))
    found = current_rates(rows)
    handle.price_amount, handle.price_currency = (found[0].amount, found[0].currency) if found else (None, None)


def main_format(tx: Tx, handle: Handle) -> str:
    """Return the format whose rate stands for an account, or would."""
    rows = tx.session.scalars(select(HandleRate).where(HandleRate.handle_id == handle.id))
    found = current_rates(rows)
    return found[0].format if found else default_format(handle.platform)


def list_rates(tx: Tx, handle_ids: list[int]) -> list[HandleRate]:
    """Return all rates of accounts, the newest first."""
    query = select(HandleRate).where(HandleRate.handle_id.in_(handle_ids))
    return list(tx.session.scalars(query.order_by(HandleRate.said_on.desc(), HandleRate.id.desc())))


def reverse_rate(tx: Tx, change: Change, actor: str) -> Undone:
    """Forget a rate again."""
    row = tx.session.get(HandleRate, change.data["rate"])
    if row is None or not is_its(change, row):
        return Undone(change=change, undone=0, left=1, why=say("It was forgotten since."))
    handle = tx.session.get_one(Handle, row.handle_id)
    forget_rate(tx, row)
    _tell(tx, handle, say("Taken back: a rate of %(name)s", name=handle.username), actor)
    return Undone(change=change, undone=1)


def reverse_removal(tx: Tx, change: Change, actor: str) -> Undone:
    """Keep a forgotten rate again."""
    handle = tx.session.get(Handle, change.data["handle"])
    if handle is None:
        return Undone(change=change, undone=0, left=1, why=say("The account is gone."))
    day, amount = date.fromisoformat(change.data["said_on"]), Decimal(change.data["amount"])
    # Older changes do not say since when it was kept.
    since = datetime.fromisoformat(change.data.get("created_at", tx.now.isoformat()))
    kept = change.data["kept"]
    tx.session.add(HandleRate(handle_id=handle.id, amount=amount, said_on=day, created_at=since, **kept))
    tx.session.flush()
    refresh_price(tx, handle)
    _tell(tx, handle, say("Taken back: a rate of %(name)s was forgotten", name=handle.username), actor)
    return Undone(change=change, undone=1)


def _keep_known(tx: Tx, handle: Handle) -> None:
    """Put the price that an account shows on record, if it was kept before there were records."""
    if handle.price_amount is None or tx.session.scalar(
        select(HandleRate.id).where(HandleRate.handle_id == handle.id).limit(1)
    ):
        return
    row = HandleRate(
        handle_id=handle.id,
        format=default_format(handle.platform),
        amount=handle.price_amount,
        currency=handle.price_currency or "EUR",
        said_on=handle.created_at.date(),
        actor="system",
        created_at=handle.created_at,
    )
    tx.session.add(row)
    tx.session.flush()


def _tell(tx: Tx, handle: Handle, summary: str, actor: str, **more: str) -> None:
    record_entry(tx, handle.contact_id, "rate", str(summary), actor=actor, data={"handle": handle.id, **more})
