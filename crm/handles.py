"""Use cases: a person's accounts and their figures, as somebody read them on a day."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from crm.contacts import lock_contact, rank, refresh_search_text
from crm.erased import refuse_erased
from crm.models import Handle, HandleName, HandleSnapshot
from crm.rates import NewRate, keep_rate, main_format
from crm.timeline import record_entry
from crm.twins import refresh_twins
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx

_BY_HAND = "by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What somebody read: where, how large, what it costs. `engagement_rate` is a fraction; `why` it has a new name."""

    platform: str
    username: str
    url: str = ""
    followers: float | None = None
    avg_views: float | None = None
    engagement_rate: float | None = None
    price_amount: Decimal | None = None
    price_currency: str | None = None
    why: str = ""


def add_handle(tx: Tx, contact_id: int, account: Account, *, actor: str) -> Handle:
    """Add an account to a person; refused when it is somebody else's."""
    contact = lock_contact(tx, contact_id)
    _check(tx, account, None)
    handle = Handle(contact_id=contact.id, platform=account.platform, username=account.username, created_at=tx.now)
    tx.session.add(handle)
    _read_again(tx, handle, account, actor, say("Added the account %(name)s", name=account.username))
    refresh_search_text(tx, contact)
    refresh_twins(tx, [contact.id])
    return handle


def save_handle(tx: Tx, handle_id: int, account: Account, *, actor: str) -> Handle:
    """Keep what an account looks like today; older figures stay as they were read."""
    handle = get_handle(tx, handle_id)
    _check(tx, account, handle.id)
    if (handle.platform, handle.username) != (account.platform, account.username):
        keep_name(tx, handle, why=account.why, actor=actor)
    handle.platform, handle.username = account.platform, account.username
    _read_again(tx, handle, account, actor, say("Checked the account %(name)s", name=account.username))
    refresh_search_text(tx, lock_contact(tx, handle.contact_id))
    refresh_twins(tx, [handle.contact_id])
    return handle


def keep_name(tx: Tx, handle: Handle, *, why: str, actor: str) -> HandleName:
    """Keep the name that an account had until now."""
    row = HandleName(
        handle_id=handle.id,
        platform=handle.platform,
        username=handle.username,
        url=handle.url,
        until=tx.now,
        why=why.strip()[:200],
        actor=actor,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def get_handle(tx: Tx, handle_id: int) -> Handle:
    """Return an account, or refuse."""
    handle = tx.session.get(Handle, handle_id)
    if handle is None:
        raise NotFoundError(say("There is no such account."))
    return handle


def list_accounts(tx: Tx, contact_id: int) -> list[tuple[Handle, datetime | None]]:
    """Return a person's accounts, the main one first, and when each was last read."""
    newest = (
        select(func.max(HandleSnapshot.taken_at)).where(HandleSnapshot.handle_id == Handle.id).correlate(Handle)
    ).scalar_subquery()
    rows = tx.session.execute(select(Handle, newest).where(Handle.contact_id == contact_id))
    found = [(handle, at) for handle, at in rows]
    return sorted(found, key=lambda row: rank(row[0]))


def _check(tx: Tx, account: Account, own: int | None) -> None:
    if not account.platform or not account.username:
        raise InvalidError(say("Say which platform, and the name of the account there."), field="username")
    if account.url and not account.url.startswith("https://"):
        raise InvalidError(say("The address of an account begins with https://."), field="url")
    same = (Handle.platform == account.platform, Handle.username == account.username)
    taken = tx.session.scalar(select(Handle).where(*same))
    if taken is not None and taken.id != own:
        raise ConflictError(
            say("%(name)s already belongs to a person here.", name=account.username),
            field="username",
            contact_id=taken.contact_id,
        )
    if taken is None:
        refuse_erased(tx, handles=[(account.platform, account.username)])


def _read_again(tx: Tx, handle: Handle, account: Account, actor: str, summary: str) -> None:
    handle.url = account.url
    handle.followers, handle.avg_views = account.followers, account.avg_views
    handle.engagement_rate = account.engagement_rate
    tx.session.flush()
    snapshot = HandleSnapshot(
        handle_id=handle.id,
        taken_at=tx.now,
        followers=account.followers,
        avg_views=account.avg_views,
        avg_likes=handle.avg_likes,
        avg_comments=handle.avg_comments,
        engagement_rate=account.engagement_rate,
        source=_BY_HAND,
    )
    tx.session.add(snapshot)
    record_entry(tx, handle.contact_id, "handle", str(summary), actor=actor, data={"handle": handle.id})
    if account.price_amount is not None and account.price_amount != handle.price_amount:
        rate = NewRate(
            format=main_format(tx, handle),
            amount=account.price_amount,
            currency=account.price_currency or "EUR",
            said_on=tx.now.date(),
            said_by=_BY_HAND,
        )
        keep_rate(tx, handle, rate, actor=actor)
