"""Use cases: people who were erased: known again by a salted hash of their addresses and accounts, and refused.

The salt lies with the data, so that a refusal holds after a restore and in another installation too. Who has the
whole database can try an address against it; nobody can read one from it.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select

from crm.models import Contact, ErasedMark, WorkspaceSetting
from kit.errors import RefusedError, Sentence, say
from kit.ids import new_token
from kit.tx import Tx

SALT, MAILS = "erasure_salt", "erasure_mails"
_SALT_SIZE = 32
_SLICE = 5_000

HandleKey = tuple[str, str]


def erased_sentence() -> Sentence:
    """Return what everybody hears who names a person who was erased."""
    return say("This person was erased from Rapport and stays so. Nothing was saved, and nothing is sent.")


def mark_people(tx: Tx, emails: Iterable[str], handles: Iterable[HandleKey]) -> None:
    """Remember addresses and accounts so that they are refused from now on, and nothing else."""
    salt = _make_salt(tx)
    marks = {_mark(salt, _of_email(email)) for email in emails} | {_mark(salt, _of_handle(key)) for key in handles}
    known = set(tx.session.scalars(select(ErasedMark.mark).where(ErasedMark.mark.in_(marks))))
    rows = [{"mark": mark, "at": tx.now} for mark in sorted(marks - known)]
    if rows:
        tx.session.execute(insert(ErasedMark), rows)


def find_erased(
    tx: Tx, emails: Collection[str], handles: Collection[HandleKey] = ()
) -> tuple[set[str], set[HandleKey]]:
    """Return which of these addresses and accounts belong to people who were erased; one query where nobody was."""
    salt = _find_salt(tx)
    if salt is None or not (emails or handles):
        return set(), set()
    by_mark: dict[str, str | HandleKey] = {_mark(salt, _of_email(email)): email for email in emails}
    by_mark |= {_mark(salt, _of_handle(key)): key for key in handles}
    found: list[str | HandleKey] = []
    marks = list(by_mark)
    for start in range(0, len(marks), _SLICE):
        some = marks[start : start + _SLICE]
        found += [by_mark[one] for one in tx.session.scalars(select(ErasedMark.mark).where(ErasedMark.mark.in_(some)))]
    return {one for one in found if isinstance(one, str)}, {one for one in found if not isinstance(one, str)}


def refuse_erased(tx: Tx, *, emails: Collection[str] = (), handles: Collection[HandleKey] = ()) -> None:
    """Refuse an address or account of somebody who was erased."""
    if any(find_erased(tx, emails, handles)):
        raise RefusedError(erased_sentence(), code="erased")


def is_here(contact_id: Any = Contact.id) -> ColumnElement[bool]:
    """Return that a contact was not erased, in words that an index answers without looking at the person."""
    here: ColumnElement[bool] = contact_id.not_in(select(Contact.id).where(Contact.erased_at.is_not(None)))
    return here


def has_erased(tx: Tx) -> bool:
    """Return whether anybody was ever erased here."""
    return _find_salt(tx) is not None


def count_erased(tx: Tx) -> tuple[int, int]:
    """Return how many addresses and accounts are refused, and how many mails of their people came in since."""
    marks = tx.session.scalar(select(func.count(ErasedMark.mark))) or 0
    row = tx.session.get(WorkspaceSetting, MAILS)
    return marks, int(row.value) if row else 0


def count_mails(tx: Tx, number: int) -> None:
    """Count mails of erased people that came in; nothing else of them is kept."""
    row = tx.session.get(WorkspaceSetting, MAILS, with_for_update=True)
    if row is not None and number:
        row.value = int(row.value) + number


def _find_salt(tx: Tx) -> bytes | None:
    row = tx.session.get(WorkspaceSetting, SALT)
    return None if row is None else bytes.fromhex(str(row.value))


def _make_salt(tx: Tx) -> bytes:
    salt = _find_salt(tx)
    if salt is not None:
        return salt
    value = hashlib.sha256(new_token(_SALT_SIZE).encode()).hexdigest()
    tx.session.add(WorkspaceSetting(name=SALT, value=value))
    tx.session.add(WorkspaceSetting(name=MAILS, value=0))
    tx.session.flush()
    return bytes.fromhex(value)


def _of_email(email: str) -> str:
    return f"email\0{email.strip().casefold()}"


def _of_handle(key: HandleKey) -> str:
    return f"handle\0{key[0].casefold()}\0{key[1].strip().casefold()}"


def _mark(salt: bytes, value: str) -> str:
    return hmac.new(salt, value.encode(), hashlib.sha256).hexdigest()
