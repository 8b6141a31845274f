"""Use cases: everything out: each table as lines of JSON, people as CSV, mails as mbox, and a manifest of it all.

One reading transaction sees one moment. What is written is the same bytes for the same data, on every database.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, String, Table, select, text

from crm.csv_writing import BOM, write_rows
from crm.export_job import HEAD, list_rows
from crm.models import Contact, WorkspaceSetting
from kit.tx import Tx
from sequences.whole.lines import make_writer
from sequences.whole.mail_file import mbox_bytes
from sequences.whole.mails import iterate_mails
from sequences.whole.plan import FORMAT, KEY_MARK, blanked, list_tables

MANIFEST, PEOPLE, MAILS = "manifest.json", "people.csv", "mails.mbox"
_ROWS = 500


@dataclass(slots=True, kw_only=True)
class Counted:
    """What went into one file so far."""

    rows: int = 0
    digest: Any = field(default_factory=hashlib.sha256)


def export_whole(tx: Tx, *, schema: str, with_secrets: bool = False) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield each file's name and its pieces, the manifest last; each must be read before the next is asked for.

    `tx` has asked nothing yet.
    """
    if tx.session.get_bind().dialect.name == "postgresql":
        # SQLite's readers see one moment anyway.
        tx.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    files: dict[str, Counted] = {}
    for table in list_tables(with_secrets=with_secrets):
        name = table_file(table)
        files[name] = Counted()
        yield name, _lines(tx, table, files[name], with_secrets=with_secrets)
    yield PEOPLE, _people(tx)
    yield MAILS, (mbox_bytes(mail) for _, mail in iterate_mails(tx))
    yield MANIFEST, iter([_manifest(tx, files, schema, with_secrets=with_secrets)])


def table_file(table: Table) -> str:
    """Return the name of a table's file."""
    return f"tables/{table.name}.jsonl"


def read_key_mark(tx: Tx) -> str:
    """Return the mark of the key that seals this installation's secrets."""
    row = tx.session.get(WorkspaceSetting, KEY_MARK)
    return str(row.value) if row else ""


def _lines(tx: Tx, table: Table, counted: Counted, *, with_secrets: bool) -> Iterator[bytes]:
    write = make_writer(table, blanked(table, with_secrets=with_secrets))
    query = select(table).order_by(*(_plain_order(tx, column) for column in table.primary_key.columns))
    if table is WorkspaceSetting.__table__:
        query = query.where(table.c.name != KEY_MARK)
    for row in tx.session.execute(query.execution_options(yield_per=_ROWS)):
        line = write(row)
        counted.rows += 1
        counted.digest.update(line)
        yield line


def _plain_order(tx: Tx, column: Column[Any]) -> Any:
    """Return a column in the order of its bytes: each database has its own idea of the alphabet."""
    is_text = isinstance(column.type, String) and tx.session.get_bind().dialect.name == "postgresql"
    return column.collate("C") if is_text else column


def _people(tx: Tx) -> Iterator[bytes]:
    yield BOM + write_rows([HEAD])
    ids = list(tx.session.scalars(select(Contact.id).where(Contact.erased_at.is_(None)).order_by(Contact.id)))
    for start in range(0, len(ids), _ROWS):
        yield write_rows(list_rows(tx, ids[start : start + _ROWS], None))


def _manifest(tx: Tx, files: dict[str, Counted], schema: str, *, with_secrets: bool) -> bytes:
    listed = {name: {"rows": one.rows, "sha256": one.digest.hexdigest()} for name, one in files.items()}
    whole = {
        "format": FORMAT,
        "schema": schema,
        "secrets": with_secrets,
        "key": read_key_mark(tx) if with_secrets else "",
        "files": listed,
    }
    return json.dumps(whole, indent=1, sort_keys=True).encode() + b"\n"
