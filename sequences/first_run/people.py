"""Use cases: the first people: a pasted list or three by hand as a table for the importer, and who came of it."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

from sqlalchemy import select

from crm.basis import Basis, put_basis
from crm.imports import ImportResult
from crm.models import Contact, ContactAddress
from crm.timeline import record_entries
from kit.errors import InvalidError, say
from kit.tx import Tx
from sequences.first_run.progress import keep_progress, read_progress

MOST = 200
SHOWN = 10
HEADS = ("name", "email")
_NAMED = re.compile(r"\s*\"?([^\"<>,;]*?)\"?\s*<([^<>\s]+@[^<>\s]+)>\s*[,;]?")
_BARE = re.compile(r"[^\s<>,;\"]+@[^\s<>,;\"]+")


def read_pasted(text: str) -> list[tuple[str, str]]:
    """Return (name, address) of what was pasted: `Name <a@b>`, or addresses between blanks, commas and lines."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        named = [(name.strip(), email) for name, email in _NAMED.findall(line)]
        rest = _NAMED.sub(" ", line)
        found += [*named, *(("", email.rstrip(".")) for email in _BARE.findall(rest))]
    return list(dict.fromkeys(found))


def write_table(rows: Iterable[Sequence[str]]) -> str:
    """Return rows of (name, email) as a CSV file."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADS)
    writer.writerows(rows)
    return out.getvalue()


def check_size(rows: int) -> None:
    """Refuse more people than a first pitch wants."""
    if rows > MOST:
        raise InvalidError(
            say(
                "These are %(rows)s rows. For a first pitch at most %(most)s; nothing was read. Bring the rest later.",
                rows=rows,
                most=MOST,
            )
        )


def keep_people(
    tx: Tx, result: ImportResult, *, basis: str, lines: Mapping[str, str], actor: str, owner_id: int
) -> None:
    """Note on what grounds we write to those who came, whose they are, and add them to the first run."""
    ids = list(dict.fromkeys(row["contact"] for row in result.rows if row["contact"]))
    people = list(tx.session.scalars(select(Contact).where(Contact.id.in_(ids))))
    by_email = _emails(tx, ids)
    entries = []
    for contact in people:
        contact.owner_id = contact.owner_id or owner_id
        line = next((lines[email] for email in by_email.get(contact.id, ()) if lines.get(email)), "")
        contact.personal_line = contact.personal_line or line
        if basis and not contact.basis:
            put_basis(contact, Basis(words=basis, since=tx.now.date(), source=contact.source))
            summary = say("Basis for writing: %(basis)s", basis=contact.basis)
            entries.append({"contact_id": contact.id, "kind": "basis", "summary": summary, "actor": actor})
    record_entries(tx, entries)
    left_out = [[row["line"], row["reason"]] for row in result.rows if row["verdict"] == "rejected"][:20]
    before = read_progress(tx).contacts
    people_kept: dict[str, Any] = {"counts": dict(result.counts), "mapping": dict(result.mapping), "basis": basis}
    keep_progress(tx, contacts=list(dict.fromkeys([*before, *ids])), people=people_kept | {"left_out": left_out})


def list_people(tx: Tx, contact_ids: Sequence[int], *, limit: int = SHOWN) -> list[tuple[Contact, str]]:
    """Return the first people with the address we would write to. Two queries."""
    some = list(contact_ids)[:limit]
    rows = {
        contact.id: contact
        for contact in tx.session.scalars(select(Contact).where(Contact.id.in_(some), Contact.erased_at.is_(None)))
    }
    emails = _emails(tx, list(rows))
    return [(rows[number], next(iter(emails.get(number, ())), "")) for number in some if number in rows]


def _emails(tx: Tx, ids: Sequence[int]) -> dict[int, list[str]]:
    query = select(ContactAddress.contact_id, ContactAddress.email).where(
        ContactAddress.contact_id.in_(ids), ContactAddress.retired_at.is_(None)
    )
    found: dict[int, list[str]] = {}
    for contact_id, email in tx.session.execute(query.order_by(ContactAddress.position, ContactAddress.id)):
        found.setdefault(contact_id, []).append(email)
    return found
