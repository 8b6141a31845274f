"""Use cases: who else goes by what names a person: nobody who stays is to lose a name, an address or an account."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from crm.models import Contact, ContactAddress, Handle, User
from kit.tx import Tx
from sequences.privacy.traces import Traces, fold_name, make_traces


def find_own(tx: Tx, contact_id: int, traces: Traces) -> Traces:
    """Return the traces that are this person's alone, with what of others' must not be taken for one of them."""
    named = _read_names(tx, contact_id, traces)
    known = {fold_name(name) for name in named}
    names = [name for name in traces.names if fold_name(name) not in known]
    taken = _read_accounts(tx, contact_id, traces)
    accounts = [one for one in traces.accounts if one.partition("/")[2].casefold() not in taken]
    others = [*(name for name in named if _is_near(name, names)), *_read_beginnings(tx, traces)]
    return make_traces(traces.emails, names, accounts, others)


def _read_names(tx: Tx, contact_id: int, traces: Traces) -> set[str]:
    """Return how others go by who may share a name. The database only narrows it down: it cannot fold all letters."""
    needles = make_traces([], traces.names, []).needles()
    people = select(Contact.name).where(Contact.id != contact_id, _holds(Contact.name, needles))
    team = select(User.name).where(_holds(User.name, needles))
    return {*tx.session.scalars(people.union(team))}


def _is_near(name: str, names: Iterable[str]) -> bool:
    """Return whether somebody's name holds one of these, or begins one."""
    folded = fold_name(name).rstrip(".")
    return any(fold_name(one) in folded or fold_name(one).startswith(folded) for one in names) and bool(folded)


def _read_beginnings(tx: Tx, traces: Traces) -> list[str]:
    """Return addresses of others that begin one of these, as info@kettle.co does info@kettle.co.uk."""
    heads = {email[:size] for email in traces.emails for size in range(email.index("@") + 2, len(email))}
    return list(tx.session.scalars(select(ContactAddress.email).where(ContactAddress.email.in_(heads))))


def _read_accounts(tx: Tx, contact_id: int, traces: Traces) -> set[str]:
    """Return the names of accounts under which somebody else goes, on whichever platform."""
    names = {account.partition("/")[2] for account in traces.accounts}
    others = select(Handle.username).where(Handle.contact_id != contact_id, _holds(Handle.username, names))
    return {name.casefold() for name in tx.session.scalars(others)}


def _holds(column: InstrumentedAttribute[str], words: Iterable[str]) -> ColumnElement[bool]:
    return or_(false(), *(column.icontains(word, autoescape=True) for word in words))
