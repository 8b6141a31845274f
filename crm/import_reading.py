"""Use cases: reads from the database the people whom some rows may mean, in a constant number of queries."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from crm.contacts import lock_contacts
from crm.csv_files import Candidate
from crm.erased import find_erased
from crm.import_people import CODES, HANDLE_COLUMNS, TEXTS, Directory, HandleKey, KnownHandle, Person, identity
from crm.models import Contact, ContactAddress, ContactTag, Handle, HandleSnapshot, Relationship
from kit.tx import Tx

# SQLite takes 32,766 variables in a statement, PostgreSQL's protocol 65,535.
_SLICE = 10_000

T = TypeVar("T")


def find_people(
    tx: Tx, directory: Directory, candidates: Iterable[Candidate], brand_id: int | None, *, lock: bool = False
) -> None:
    """Add to the directory everybody whom the rows may mean and whom it does not know yet; see `load_people`."""
    emails: set[str] = set()
    handles: set[HandleKey] = set()
    names: set[str] = set()
    for candidate in candidates:
        identifying, keys, name = identity(candidate)
        emails.update(email for email in identifying if email not in directory.by_email)
        # Websites too, though they need not identify: one may be somebody else's already.
        keys += [(handle.platform, handle.username) for handle in candidate.handles]
        handles.update(key for key in keys if key not in directory.by_handle)
        if name and name not in directory.by_bare_name:
            names.add(name)
    found = _by_email(tx, emails) | _by_handle(tx, handles) | _by_bare_name(tx, names)
    for person in load_people(tx, sorted(found - directory.by_id.keys()), brand_id, lock=lock):
        directory.add(person)
    _add_erased(tx, directory, emails, handles)


def _add_erased(tx: Tx, directory: Directory, emails: set[str], handles: set[HandleKey]) -> None:
    """Let rows meet the people who were erased, of whom only marks are known."""
    lost_emails, lost_handles = find_erased(tx, emails, handles)
    for email in lost_emails:
        directory.by_email.setdefault(email, Person(erased=True))
    for key in lost_handles:
        directory.by_handle.setdefault(key, Person(erased=True))


def load_people(tx: Tx, ids: Sequence[int], brand_id: int | None, *, lock: bool = False) -> list[Person]:
    """Return people with all that an import may change; `lock` lets nobody else change them meanwhile."""
    if lock:
        lock_contacts(tx, ids)
    people = {person.id: person for person in _contacts(tx, ids) if person.id is not None}
    by_place = (ContactAddress.contact_id, ContactAddress.position, ContactAddress.id)
    for part in sliced(ids):
        query = select(ContactAddress.contact_id, ContactAddress.email).where(ContactAddress.contact_id.in_(part))
        for contact_id, email in tx.session.execute(query.order_by(*by_place)):
            people[contact_id].emails.append(email)
        tags = select(ContactTag.contact_id, ContactTag.tag).where(ContactTag.contact_id.in_(part))
        for contact_id, tag in tx.session.execute(tags):
            people[contact_id].tags.add(tag)
        if brand_id is not None:
            brands = select(Relationship.contact_id).where(Relationship.brand_id == brand_id)
            for contact_id in tx.session.scalars(brands.where(Relationship.contact_id.in_(part))):
                people[contact_id].related = True
    _load_handles(tx, people, ids)
    return list(people.values())


def sliced(values: Iterable[T], size: int = _SLICE) -> Iterator[list[T]]:
    """Yield values in lists that fit into one statement."""
    rest = list(values)
    for start in range(0, len(rest), size):
        yield rest[start : start + size]


def columns_of(model: type[Any], names: Iterable[str]) -> list[InstrumentedAttribute[Any]]:
    """Return a model's columns by name."""
    return [getattr(model, name) for name in names]


def _contacts(tx: Tx, ids: Sequence[int]) -> Iterator[Person]:
    facts = (*TEXTS, *CODES)
    for part in sliced(ids):
        query = select(Contact.id, Contact.fields, Contact.erased_at, *columns_of(Contact, facts))
        for row in tx.session.execute(query.where(Contact.id.in_(part))):
            person = Person(
                id=row[0],
                fields=dict(row[1] or {}),
                erased=row[2] is not None,
                facts=dict(zip(facts, row[3:], strict=True)),
            )
            person.stored = person.columns()
            yield person


def _load_handles(tx: Tx, people: dict[int, Person], ids: Sequence[int]) -> None:
    handles: dict[int, KnownHandle] = {}
    for part in sliced(ids):
        query = select(
            Handle.contact_id, Handle.id, Handle.platform, Handle.username, *columns_of(Handle, HANDLE_COLUMNS)
        ).where(Handle.contact_id.in_(part))
        for row in tx.session.execute(query):
            values = dict(zip(HANDLE_COLUMNS, row[4:], strict=True)) | {"posts": None, "score": None}
            handles[row[1]] = known = KnownHandle(row[2], row[3], values, id=row[1], stored=dict(values))
            people[row[0]].handles[known.key] = known
    for some in sliced(handles):
        taken = select(HandleSnapshot.handle_id, HandleSnapshot.taken_at).where(HandleSnapshot.handle_id.in_(some))
        for handle_id, at in tx.session.execute(taken):
            handles[handle_id].days.add(at.date())
        snapshots = (
            select(HandleSnapshot.handle_id, HandleSnapshot.posts, HandleSnapshot.score)
            .where(HandleSnapshot.handle_id.in_(some))
            .where(or_(HandleSnapshot.posts.is_not(None), HandleSnapshot.score.is_not(None)))
            .order_by(HandleSnapshot.taken_at, HandleSnapshot.id)
        )
        for handle_id, posts, score in tx.session.execute(snapshots):
            newest = {name: value for name, value in (("posts", posts), ("score", score)) if value is not None}
            handles[handle_id].values |= newest


def _by_email(tx: Tx, emails: set[str]) -> set[int]:
    found: set[int] = set()
    for part in sliced(sorted(emails)):
        found.update(tx.session.scalars(select(ContactAddress.contact_id).where(ContactAddress.email.in_(part))))
    return found


def _by_handle(tx: Tx, handles: set[HandleKey]) -> set[int]:
    found: set[int] = set()
    platforms = sorted({platform for platform, _ in handles})
    for part in sliced(sorted({username for _, username in handles})):
        query = select(Handle.contact_id, Handle.platform, Handle.username)
        rows = tx.session.execute(query.where(Handle.platform.in_(platforms), Handle.username.in_(part)))
        found.update(contact_id for contact_id, *key in rows if tuple(key) in handles)
    return found


def _by_bare_name(tx: Tx, names: set[str]) -> set[int]:
    found: dict[str, int] = {}
    for part in sliced(sorted(names)):
        query = select(Contact.name, Contact.id).where(
            Contact.name.in_(part),
            Contact.erased_at.is_(None),
            ~exists().where(ContactAddress.contact_id == Contact.id),
            ~exists().where(Handle.contact_id == Contact.id),
        )
        for name, contact_id in tx.session.execute(query.order_by(Contact.id)):
            found.setdefault(name, contact_id)
    return set(found.values())
