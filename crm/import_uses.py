"""Use cases: which addresses and accounts that an import added are in use since, so that taking it back leaves them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, ColumnElement, select

from crm.import_people import HandleKey
from crm.import_reading import sliced
from crm.models import (
    ContactAddress,
    Handle,
    HandleName,
    HandlePost,
    HandleRate,
    HandleSnapshot,
    Message,
    Suppression,
    TimelineEntry,
)
from kit.db import Base
from kit.tx import Tx

_MEASURED = (HandleSnapshot, HandleRate, HandlePost, HandleName)


def find_used_emails(tx: Tx, people: Collection[int], emails: Collection[str], own: ColumnElement[bool]) -> set[str]:
    """Return those of the addresses that mail went to or came from, that get none, or that somebody worked with."""
    if not emails:
        return set()
    used: set[str] = set()
    for part in sliced(emails):
        for owner, email in _email_columns():
            used |= set(tx.session.scalars(select(email).where(owner.in_(people), email.in_(part)).distinct()))
        used |= set(tx.session.scalars(select(Suppression.target).where(Suppression.target.in_(part))))
    wanted = set(emails)
    mails = select(Message.sender, Message.recipients).where(Message.contact_id.in_(people))
    for sender, recipients in tx.session.execute(mails):
        used |= wanted.intersection([sender, *(str(one).lower() for one in recipients)])
    touched = _named_since(tx, people, "address", own)
    rows = select(ContactAddress).where(ContactAddress.contact_id.in_(people))
    for row in tx.session.scalars(rows):
        if row.email in wanted and (row.id in touched or row.retired_at or row.mailable != "unknown"):
            used.add(row.email)
    return used


def find_used_handles(tx: Tx, people: Collection[int], ids: Collection[int], own: ColumnElement[bool]) -> set[int]:
    """Return those of the accounts that others measured, or that somebody worked with."""
    if not ids:
        return set()
    used = _named_since(tx, people, "handle", own)
    for part in sliced(ids):
        for kind in _MEASURED:
            used |= set(tx.session.scalars(select(kind.handle_id).where(kind.handle_id.in_(part))))
        changed = Handle.is_main | Handle.retired_at.is_not(None)
        used |= set(tx.session.scalars(select(Handle.id).where(Handle.id.in_(part), changed)))
    topped_up = _topped_up_since(tx, people, own)
    rows = select(Handle.id, Handle.platform, Handle.username).where(Handle.contact_id.in_(people))
    used |= {row.id for row in tx.session.execute(rows) if (row.platform, row.username) in topped_up}
    return used.intersection(ids)


def _email_columns() -> list[tuple[Column[Any], Column[Any]]]:
    """Return the columns that name a contact beside an address it was reached by: runs, mail that goes out."""
    return [
        (column, table.columns["email"])
        for table in Base.metadata.tables.values()
        if "email" in table.columns and table is not ContactAddress.__table__
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname == "contacts.id"
    ]


def _named_since(tx: Tx, people: Collection[int], name: str, own: ColumnElement[bool]) -> set[int]:
    """Return the numbers under `name` in what was told of addresses, accounts and rates by others than the import."""
    query = select(TimelineEntry.data).where(
        TimelineEntry.contact_id.in_(people), ~own, TimelineEntry.kind.in_(("address", "handle", "rate"))
    )
    return {data[name] for data in tx.session.scalars(query) if name in data}


def _topped_up_since(tx: Tx, people: Collection[int], own: ColumnElement[bool]) -> set[HandleKey]:
    """Return the accounts whose figures another import changed."""
    query = select(TimelineEntry.data).where(
        TimelineEntry.contact_id.in_(people), ~own, TimelineEntry.kind == "updated"
    )
    return {
        (platform, username)
        for data in tx.session.scalars(query)
        for platform, username, _ in data.get("added", {}).get("figures", [])
    }
