"""Use cases: on what lawful basis we write to a person: which, since when, and how we know; changed and taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement

from crm.changes import Undone, record_change
from crm.contacts import display_name, lock_contact
from crm.models import Change, Contact
from crm.timeline import record_entry
from kit.db import lowered
from kit.errors import InvalidError, say
from kit.tx import Tx

KIND = "contact.basis"
NONE, ANY = "none", "any"
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Why we may write: in words, since a day, and where that is written down."""

    words: str = ""
    since: date | None = None
    source: str = ""

    def document(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {"words": self.words, "since": self.since.isoformat() if self.since else None, "source": self.source}

    @classmethod
    def of_document(cls, kept: Mapping[str, Any]) -> "Basis":
        """Return what a row kept."""
        since = date.fromisoformat(kept["since"]) if kept["since"] else None
        return cls(words=kept["words"], since=since, source=kept["source"])


def read_basis(contact: Contact) -> Basis:
    """Return on what basis we write to a person."""
    return Basis(words=contact.basis, since=contact.basis_since, source=contact.basis_source)


def put_basis(contact: Contact, basis: Basis) -> None:
    """Set a person's basis; whoever calls writes the timeline."""
    contact.basis, contact.basis_since = basis.words[:_LONGEST], basis.since if basis.words else None
    contact.basis_source = basis.source[:_LONGEST] if basis.words else ""


def set_basis(tx: Tx, contact_id: int, wanted: Basis, *, actor: str) -> Change | None:
    """Write down why we may write to a person; without a day, since today. None when nothing is different."""
    contact = lock_contact(tx, contact_id)
    if wanted.since and wanted.since > tx.now.date():
        raise InvalidError(say("A basis cannot begin in the future. Nothing was changed."))
    before = read_basis(contact)
    since = wanted.since or (before.since if before.words == wanted.words else None) or tx.now.date()
    put_basis(contact, Basis(words=wanted.words.strip(), since=since, source=wanted.source.strip()))
    after = read_basis(contact)
    if after == before:
        return None
    data = {"contact": contact.id, "before": before.document(), "after": after.document()}
    summary = say("Changed the basis of %(name)s", name=display_name(contact))
    change = record_change(tx, KIND, actor=actor, summary=summary, data=data)
    words = say("Basis for writing: %(basis)s", basis=after.words or "-")
    record_entry(tx, contact.id, "basis", str(words), actor=actor, data={"change": change.id, **after.document()})
    return change


def reverse_basis(tx: Tx, change: Change, actor: str) -> Undone:
    """Put the basis before back, unless somebody changed it since."""
    contact = lock_contact(tx, change.data["contact"])
    if read_basis(contact) != Basis.of_document(change.data["after"]):
        return Undone(change=change, undone=0, left=1, why=say("Somebody changed it since."))
    put_basis(contact, Basis.of_document(change.data["before"]))
    record_entry(tx, contact.id, "basis", str(say("Taken back: the basis for writing")), actor=actor)
    return Undone(change=change, undone=1)


def with_basis(word: str) -> ColumnElement[bool] | None:
    """Return the condition for `none`, nothing written down; `any`; or words of it. None for no condition."""
    word = word.strip()
    if not word:
        return None
    if word in {NONE, ANY}:
        return Contact.basis == "" if word == NONE else Contact.basis != ""
    plain = word.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return lowered(Contact.basis).like(f"%{plain}%", escape="\\")
