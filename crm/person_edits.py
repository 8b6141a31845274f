"""Use cases: people change one person's facts, tags and owner by hand; each undoable, each on the timeline.

What was typed over something newer is refused: a form carries the mark of what it showed (`mark_of`).
"""

import hashlib
from collections.abc import Mapping
from typing import cast

from sqlalchemy import select

from crm.basis import Basis, put_basis
from crm.changes import Undone, record_change
from crm.contacts import display_name, lock_contact, refresh_search_text, split_name
from crm.models import Change, Contact, ContactTag, User
from crm.places import read_place
from crm.timeline import record_entry
from crm.twins import refresh_twins
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx

EDIT, TAG, OWNER = "contact.edit", "contact.tag", "contact.owner"
# What may be changed by hand, and how long it may be.
FACTS: dict[str, int] = {
    "name": 300,
    "pronouns": 60,
    "topic": 200,
    "country": 2,
    "city": 120,
    "language": 12,
    "zone": 60,
    "personal_line": 2_000,
    "basis": 200,
    "ships_to": 1_000,
}
_PLACES = frozenset({"country", "language", "zone"})
# What tells people apart, or shows that two are one.
_TELLING = frozenset({"name", "country", "city", "topic"})
_MAX_TAG = 80


def mark_of(contact: Contact) -> str:
    """Return a mark of a person's facts as they are now; another mark means that somebody changed them."""
    shown = "\0".join(str(getattr(contact, name) or "") for name in FACTS)
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def edit_facts(tx: Tx, contact_id: int, facts: Mapping[str, str], *, seen: str, actor: str) -> Change | None:
    """Change facts of a person; None when nothing is different. Raises ConflictError when `seen` is out of date."""
    contact = lock_contact(tx, contact_id)
    held = {name: getattr(contact, name) or "" for name in FACTS}
    wanted = {
        name: _clean(name, value) for name, value in facts.items() if name in held and value.strip() != held[name]
    }
    if not wanted.get("name", contact.name):
        raise InvalidError(say("A person needs a name. Nothing was changed."), field="name")
    changed = {
        name: [getattr(contact, name), value]
        for name, value in wanted.items()
        if (getattr(contact, name) or "") != (value or "")
    }
    if not changed:
        return None
    if seen != mark_of(contact):
        raise ConflictError(
            say("Somebody changed this person meanwhile. Nothing of yours was saved; it is still below.")
        )
    names = [contact.first_name, contact.last_name]
    _put(tx, contact, {name: pair[1] for name, pair in changed.items()})
    return _keep(tx, contact, EDIT, {"fields": changed, "names": names}, actor)


def add_tag(tx: Tx, contact_id: int, tag: str, *, actor: str) -> Change | None:
    """Tag a person; None when the tag is there."""
    contact, tag = lock_contact(tx, contact_id), _clean_tag(tag)
    if tx.session.get(ContactTag, (contact.id, tag)):
        return None
    tx.session.add(ContactTag(contact_id=contact.id, tag=tag))
    refresh_search_text(tx, contact)
    return _keep(tx, contact, TAG, {"tag": tag, "added": True}, actor)


def remove_tag(tx: Tx, contact_id: int, tag: str, *, actor: str) -> Change | None:
    """Take a tag off; None when there is none."""
    contact = lock_contact(tx, contact_id)
    row = tx.session.get(ContactTag, (contact.id, tag))
    if row is None:
        return None
    tx.session.delete(row)
    refresh_search_text(tx, contact)
    return _keep(tx, contact, TAG, {"tag": tag, "added": False}, actor)


def give_to(tx: Tx, contact_id: int, user_id: int | None, *, actor: str) -> Change | None:
    """Say whose person this is, or nobody's; None when it is so."""
    contact = lock_contact(tx, contact_id)
    if user_id is not None and tx.session.get(User, user_id) is None:
        raise NotFoundError(say("There is no such colleague."))
    if contact.owner_id == user_id:
        return None
    before, contact.owner_id = contact.owner_id, user_id
    return _keep(tx, contact, OWNER, {"before": before, "after": user_id}, actor)


def list_colleagues(tx: Tx) -> list[User]:
    """Return those who may own people and tasks, by name."""
    return list(tx.session.scalars(select(User).where(User.disabled_at.is_(None)).order_by(User.name, User.id)))


def reverse_edit(tx: Tx, change: Change, actor: str) -> Undone:
    """Put back each fact that nobody changed since."""
    contact = lock_contact(tx, change.data["contact"])
    fields = change.data["fields"]
    back = {name: before for name, (before, after) in fields.items() if (getattr(contact, name) or "") == (after or "")}
    _put(tx, contact, back)
    if "name" in back and "names" in change.data:
        # A first name need not be the name's first word.
        contact.first_name, contact.last_name = change.data["names"]
    if back:
        _tell(tx, contact, "edited", say("Taken back: %(facts)s", facts=", ".join(_words(back))), {}, actor)
    left = len(fields) - len(back)
    return Undone(change=change, undone=len(back), left=left, why=_since() if left else "")


def reverse_tag(tx: Tx, change: Change, actor: str) -> Undone:
    """Take a tag off again, or put it back."""
    contact_id, tag, added = change.data["contact"], change.data["tag"], change.data["added"]
    contact = lock_contact(tx, contact_id)
    row = tx.session.get(ContactTag, (contact_id, tag))
    if (row is not None) != added:
        return Undone(change=change, undone=0, left=1, why=_since())
    if row is None:
        tx.session.add(ContactTag(contact_id=contact_id, tag=tag))
    else:
        tx.session.delete(row)
    refresh_search_text(tx, contact)
    _tell(tx, contact, "tag", say("Taken back: the tag %(tag)s", tag=tag), {}, actor)
    return Undone(change=change, undone=1)


def reverse_owner(tx: Tx, change: Change, actor: str) -> Undone:
    """Give a person back to whoever had them."""
    contact = lock_contact(tx, change.data["contact"])
    if contact.owner_id != change.data["after"]:
        return Undone(change=change, undone=0, left=1, why=_since())
    contact.owner_id = change.data["before"]
    _tell(tx, contact, "owner", say("Taken back: the owner"), {}, actor)
    return Undone(change=change, undone=1)


def _keep(tx: Tx, contact: Contact, kind: str, data: dict[str, object], actor: str) -> Change:
    summary = _summary(tx, contact, kind, data)
    change = record_change(tx, kind, actor=actor, summary=summary, data={"contact": contact.id, **data})
    _tell(tx, contact, {EDIT: "edited", TAG: "tag", OWNER: "owner"}[kind], summary, {"change": change.id}, actor)
    return change


def _summary(tx: Tx, contact: Contact, kind: str, data: dict[str, object]) -> str:
    name = display_name(contact)
    if kind == TAG:
        if data["added"]:
            return say("Tagged %(name)s with %(tag)s", name=name, tag=data["tag"])
        return say("Took the tag %(tag)s off %(name)s", name=name, tag=data["tag"])
    if kind == OWNER:
        owner = tx.session.get(User, data["after"]) if data["after"] else None
        if owner is None:
            return say("Nobody owns %(name)s any more", name=name)
        return say("Gave %(name)s to %(owner)s", name=name, owner=owner.name or owner.email)
    fields = cast("Mapping[str, object]", data["fields"])
    return say("Changed %(name)s: %(facts)s", name=name, facts=", ".join(_words(fields)))


def _tell(tx: Tx, contact: Contact, kind: str, summary: str, data: dict[str, object], actor: str) -> None:
    record_entry(tx, contact.id, kind, str(summary), actor=actor, data=data)


def _put(tx: Tx, contact: Contact, facts: Mapping[str, str | None]) -> None:
    for name, value in facts.items():
        setattr(contact, name, value)
    if "name" in facts:
        contact.first_name, contact.last_name = split_name(contact.name)
    if "basis" in facts:
        put_basis(contact, Basis(words=contact.basis, since=tx.now.date()))
    refresh_search_text(tx, contact)
    if _TELLING & facts.keys():
        refresh_twins(tx, [contact.id])


def _clean(name: str, value: str) -> str | None:
    if name in _PLACES:
        return read_place(name, value)
    return value.strip().replace("\r\n", "\n")[: FACTS[name]]


def _clean_tag(tag: str) -> str:
    tag = " ".join(tag.split())[:_MAX_TAG]
    if not tag:
        raise InvalidError(say("Write the tag first."), field="tag")
    return tag


def _words(fields: Mapping[str, object]) -> list[str]:
    return [name.replace("_", " ") for name in fields]


def _since() -> str:
    return say("Somebody changed it since.")
