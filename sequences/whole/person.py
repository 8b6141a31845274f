"""Use cases: everything about one person: as one document, and as a folder of JSON, CSV and mail files."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import LargeBinary, Table, select

from crm.contacts import get_contact
from crm.csv_writing import BOM, write_rows
from crm.export_job import HEAD, list_rows
from crm.models import Message
from kit.db import Base
from kit.tx import Tx
from sequences.privacy.erasure import is_theirs
from sequences.privacy.fates import FATES, Fate
from sequences.whole.lines import plain_value
from sequences.whole.mail_file import StoredMail, mail_bytes
from sequences.whole.mails import iterate_mails

_SAYS = """\
Everything Rapport keeps about one person.

person.json    every row of every table that is about them
person.csv     the person, as the list of contacts has it
timeline.csv   what happened, in order
mails/         each mail as it is stored; mails.csv says which are the bytes that came, and which were written
               anew from what is kept of them, because the bytes were not
"""


def read_rows(tx: Tx, contact_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return every row about a person by table, as plain values; bytes are left to the files of mails."""
    found = {}
    for table in Base.metadata.sorted_tables:
        fate = FATES.get(table.name) or Fate(deed="delete" if "contact_id" in table.c else "search")
        if fate.deed in {"delete", "blank"} and table.name != "contacts":
            found[table.name] = _rows(tx, table, fate, contact_id)
    return {name: rows for name, rows in found.items() if rows}


def iterate_person_files(tx: Tx, contact_id: int, record: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file of a person's export; `record` is what `contacts show` tells."""
    get_contact(tx, contact_id)
    yield "README.txt", _SAYS.encode()
    yield "person.json", json.dumps(record, ensure_ascii=False, indent=1, default=plain_value).encode() + b"\n"
    yield "person.csv", BOM + write_rows([HEAD, *list_rows(tx, [contact_id], None)])
    lines = [(one["at"], one["kind"], one["actor"], one["summary"]) for one in reversed(record["timeline"])]
    yield "timeline.csv", BOM + write_rows([("at", "kind", "actor", "summary"), *lines])
    told: list[Sequence[object]] = [("file", "at", "direction", "kind", "subject", "bytes")]
    for message, mail in iterate_mails(tx, contact_id):
        name = f"mails/{message.id:08d}-{message.direction}.eml"
        yield name, mail_bytes(mail)
        told.append(_told(name, message, mail))
    yield "mails.csv", BOM + write_rows(told)


def _rows(tx: Tx, table: Table, fate: Fate, contact_id: int) -> list[dict[str, Any]]:
    columns = [column for column in table.c if not isinstance(column.type, LargeBinary)]
    order = list(table.primary_key.columns)
    rows = tx.session.execute(select(*columns).where(is_theirs(table, fate, contact_id)).order_by(*order))
    return [{column.name: plain_value(value) for column, value in zip(columns, row, strict=True)} for row in rows]


def _told(name: str, message: Message, mail: StoredMail) -> Sequence[object]:
    kept = "as they came" if mail.raw else "written anew"
    return name, message.at.isoformat(), message.direction, message.kind, message.subject, kept
