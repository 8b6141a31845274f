"""Wire: an independent record of every change that was committed, kept by triggers of the simulated database.

The code under test knows nothing of it, and what was rolled back is not in it.
"""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from kit.db import make_engine

_TABLE = "CREATE TABLE sim_log (id INTEGER PRIMARY KEY, step INTEGER, at TEXT, what TEXT, a, b, c, d)"
_TRIGGER = """
CREATE TRIGGER sim_{number} AFTER {when} BEGIN
    INSERT INTO sim_log (step, at, what, a, b, c, d) VALUES (sim_step(), sim_now(), '{what}', {values});
END
"""
# What, when, and the four values that are kept.
_TRIGGERS = (
    ("send new", "INSERT ON sends", "NEW.id, NEW.state, NULL, NULL"),
    ("send", "UPDATE OF state ON sends WHEN OLD.state <> NEW.state", "NEW.id, OLD.state, NEW.state, NEW.reason"),
    ("run new", "INSERT ON enrolments", "NEW.id, NEW.state, NULL, NULL"),
    (
        "run",
        "UPDATE OF state, hold_until ON enrolments WHEN OLD.state <> NEW.state OR OLD.hold_until IS NOT NEW.hold_until",
        "NEW.id, OLD.state, NEW.state, NEW.reason || '|' || ifnull(NEW.hold_until, '')",
    ),
    (
        "mailbox",
        "UPDATE OF paused_at ON mailboxes WHEN OLD.paused_at IS NOT NEW.paused_at",
        "NEW.id, NEW.paused_at, NEW.pause_reason, NULL",
    ),
    ("sequence", "UPDATE OF state ON sequences WHEN OLD.state <> NEW.state", "NEW.id, OLD.state, NEW.state, NULL"),
    ("suppression", "INSERT ON suppressions", "NEW.target, NEW.reason, NEW.contact_id, NEW.id"),
    ("ban", "UPDATE ON suppressions", "NEW.target, NEW.reason, NEW.contact_id, NEW.id"),
    ("ban gone", "DELETE ON suppressions", "OLD.id, NULL, NULL, NULL"),
    ("relationship", "INSERT ON relationships", "NEW.contact_id, NEW.brand_id, NULL, NEW.stage_id"),
    (
        "stage",
        "UPDATE OF stage_id ON relationships WHEN OLD.stage_id <> NEW.stage_id",
        "NEW.contact_id, NEW.brand_id, OLD.stage_id, NEW.stage_id",
    ),
    (
        "relationship moved",
        "UPDATE OF contact_id ON relationships WHEN OLD.contact_id <> NEW.contact_id",
        "NEW.contact_id, NEW.brand_id, OLD.contact_id, NEW.stage_id",
    ),
    ("relationship gone", "DELETE ON relationships", "OLD.contact_id, OLD.brand_id, NULL, NULL"),
    (
        "run whose",
        "UPDATE OF contact_id ON enrolments WHEN OLD.contact_id <> NEW.contact_id",
        "NEW.id, OLD.contact_id, NEW.contact_id, NULL",
    ),
    (
        "send whose",
        "UPDATE OF contact_id ON sends WHEN OLD.contact_id <> NEW.contact_id",
        "NEW.id, OLD.contact_id, NEW.contact_id, NULL",
    ),
    (
        "message whose",
        "UPDATE OF contact_id ON messages WHEN OLD.contact_id IS NOT NEW.contact_id",
        "NEW.id, OLD.contact_id, NEW.contact_id, NULL",
    ),
    (
        "address whose",
        "UPDATE OF contact_id ON contact_addresses WHEN OLD.contact_id <> NEW.contact_id",
        "NEW.email, OLD.contact_id, NEW.contact_id, NULL",
    ),
    ("message", "INSERT ON messages", "NEW.id, NEW.mailbox_id, NEW.dedupe, NEW.direction || ' ' || NEW.kind"),
    ("entry", "INSERT ON timeline_entries", "NEW.contact_id, NEW.kind, NEW.data, NEW.message_id"),
    ("address", "UPDATE OF mailable ON contact_addresses", "NEW.email, NEW.mailable, NULL, NULL"),
    ("zone", "UPDATE OF zone, country ON contacts", "NEW.id, NEW.zone, NEW.country, NULL"),
    ("quarantine", "INSERT ON quarantine", "NEW.mailbox_id, NEW.folder, NEW.uid, NEW.raw"),
)


class Change(NamedTuple):
    """One committed change: in which step, when, of what, and up to four values (see the triggers)."""

    step: int
    at: datetime
    what: str
    a: Any
    b: Any
    c: Any
    d: Any


def install_ledger(path: Path) -> None:
    """Add the record to a migrated database."""
    with sqlite3.connect(path) as connection:
        connection.create_function("sim_step", 0, lambda: 0)
        connection.create_function("sim_now", 0, lambda: "")
        connection.execute(_TABLE)
        for number, (what, when, values) in enumerate(_TRIGGERS):
            connection.execute(_TRIGGER.format(number=number, what=what, when=when, values=values))
    connection.close()


def open_watched(path: Path, *, step: Callable[[], int], now: Callable[[], datetime]) -> Engine:
    """Return an engine on a recorded database. It does not wait for the disk: no power fails here."""
    engine = make_engine(f"sqlite:///{path}")

    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()
        functions: Any = connection
        functions.create_function("sim_step", 0, step)
        functions.create_function("sim_now", 0, lambda: now().isoformat())

    event.listen(engine, "connect", prepare)
    return engine


class Ledger:
    """Reads the record as it grows, over a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._seen = 0

    def news(self) -> Iterator[Change]:
        """Yield what was committed since the last time, in order."""
        rows = self._connection.execute(
            "SELECT id, step, at, what, a, b, c, d FROM sim_log WHERE id > ? ORDER BY id", (self._seen,)
        ).fetchall()
        for row in rows:
            self._seen = row[0]
            yield Change(row[1], datetime.fromisoformat(row[2]), *row[3:])

    def one(self, query: str, *values: object) -> sqlite3.Row:
        """Return the one row of a query."""
        row: sqlite3.Row = self._connection.execute(query, values).fetchone()
        return row

    def all(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        return self._connection.execute(query, values).fetchall()

    def close(self) -> None:
        """Stop reading."""
        self._connection.close()


def read_instant(text: str | None) -> datetime | None:
    """Return an instant as the database stores it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
