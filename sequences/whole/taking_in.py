"""Use cases: everything back in: into an empty installation, whole or not at all; afterwards nothing is sent."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Table, bindparam, delete, func, insert, select, text, update

from crm.models import WorkspaceSetting
from kit.db import Base
from kit.errors import InvalidError, RefusedError, say
from kit.tx import Tx
from sequences.sending.holding import hold_outbox
from sequences.whole.export import read_key_mark, table_file
from sequences.whole.lines import read_line
from sequences.whole.plan import FORMAT, KEY_MARK, PASSING, SEEDED, list_tables, own_references

_BATCH = 500
Opener = Callable[[str], Iterable[bytes]]


def import_whole(tx: Tx, manifest: bytes, open_file: Opener, *, schema: str) -> tuple[int, int]:
    """Take an export in; return how many rows came, and how many sequences and mailboxes are held.

    Raises InvalidError for files that are not an export or were changed, RefusedError where it does not fit here.
    """
    told = _read_manifest(tx, manifest, schema)
    require_empty(tx)
    for name in SEEDED:
        table = Base.metadata.tables[name]
        keep = [table.c.name == KEY_MARK] if table is WorkspaceSetting.__table__ else []
        tx.session.execute(delete(table).where(*(~one for one in keep)))
    rows = 0
    tables = list_tables(with_secrets=bool(told["secrets"]))
    for table in tables:
        rows += _take_table(tx, table, open_file(table_file(table)), told["files"].get(table_file(table)))
    for table in tables:
        _go_on_counting(tx, table)
    tx.session.expire_all()
    return rows, hold_outbox(tx)


def require_empty(tx: Tx) -> None:
    """Refuse an installation in which anything is."""
    for table in Base.metadata.sorted_tables:
        if table.name in PASSING | SEEDED:
            continue
        if tx.session.execute(select(table).limit(1)).first() is not None:
            raise RefusedError(
                say("There is data here already. Take an export in where nothing is yet: set RAPPORT_HOME to a new "
                    "folder, or RAPPORT_DATABASE_URL to an empty database. Nothing was changed."),
                code="not_empty",
            )  # fmt: skip


def _read_manifest(tx: Tx, manifest: bytes, schema: str) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(manifest)
        made_by, files, form = str(told["schema"]), told["files"], told["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidError(say("This is not an export of Rapport: its manifest cannot be read.")) from error
    if form != FORMAT or made_by != schema or not isinstance(files, dict):
        raise RefusedError(
            say("This export was made by another version of Rapport (schema %(made_by)s, here %(schema)s). Take it in "
                "with that version, then upgrade.", made_by=made_by, schema=schema),
            code="other_schema",
        )  # fmt: skip
    if told.get("secrets") and told.get("key") != read_key_mark(tx):
        raise RefusedError(
            say("The secrets in this export were sealed with another key. Set RAPPORT_SECRET_KEY to that key, or "
                "export without secrets."),
            code="wrong_key",
        )  # fmt: skip
    return told


def _take_table(tx: Tx, table: Table, lines: Iterable[bytes], told: dict[str, Any] | None) -> int:
    digest, count = hashlib.sha256(), 0
    later: list[dict[str, Any]] = []
    own = [column.name for column in own_references(table)]
    for batch in _batches(_noting(lines, digest)):
        rows = [_read(table, line) for line in batch]
        later += [
            {"_id": row["id"], **{name: row[name] for name in own}} for row in rows if any(row[name] for name in own)
        ]
        tx.session.execute(insert(table), [row | dict.fromkeys(own) for row in rows])
        count += len(rows)
    if later:
        # A row may point at one that comes after it.
        point = update(table).where(table.c.id == bindparam("_id")).values({name: bindparam(name) for name in own})
        tx.session.connection().execute(point, later)
    if told is None or told.get("rows") != count or told.get("sha256") != digest.hexdigest():
        raise InvalidError(
            say("The file %(name)s is not as it was exported. Nothing was taken in.", name=table_file(table))
        )
    return count


def _read(table: Table, line: bytes) -> dict[str, Any]:
    try:
        return read_line(table, line)
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidError(
            say("The file %(name)s is not as it was exported. Nothing was taken in.", name=table_file(table))
        ) from error


def _noting(lines: Iterable[bytes], digest: Any) -> Iterator[bytes]:
    for line in lines:
        digest.update(line)
        yield line


def _batches(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    while batch := list(islice(lines, _BATCH)):
        yield batch


def _go_on_counting(tx: Tx, table: Table) -> None:
    """Let PostgreSQL number new rows after those that came; SQLite does by itself."""
    if tx.session.get_bind().dialect.name != "postgresql" or "id" not in table.c:
        return
    last = tx.session.scalar(select(func.max(table.c.id)))
    if last is not None:
        tx.session.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
                           {"name": table.name, "last": last})  # fmt: skip
