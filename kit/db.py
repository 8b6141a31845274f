"""Wire: the database engine for SQLite and PostgreSQL, and the column types that behave alike on both."""

import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Self

from sqlalchemy import (
    JSON,
    URL,
    Boolean,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Insert,
    MetaData,
    String,
    Update,
    create_engine,
    event,
    make_url,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement, GenericFunction
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault
from sqlalchemy.types import TypeDecorator
from sqlalchemy.util import LRUCache

log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 30_000

# synchronous=FULL: a commit that says "sent" must survive a power cut, or the mail would go out again.
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={BUSY_TIMEOUT_MS}",
    "foreign_keys=ON",
    "secure_delete=ON",
)
_PLAIN = "-c jit=off -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1"


class Base(DeclarativeBase):
    """The declarative base; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime: `timestamptz` on PostgreSQL, naive UTC text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive datetime: it would be read as some zone nobody chose."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        if value.tzinfo is not UTC:
            value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return what was stored, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class lowered(GenericFunction[str]):  # noqa: N801 - reads as the SQL function it is
    """Text in lower case: `lower` on PostgreSQL; on SQLite, whose own knows a to z only, a function of ours."""

    type = String()
    inherit_cache = True


@compiles(lowered)
def _lower(element: lowered, compiler: SQLCompiler, **given: Any) -> str:
    name = "lower_all" if compiler.dialect.name == "sqlite" else "lower"
    return f"{name}({compiler.process(element.clauses, **given)})"


class is_one_of(FunctionElement[bool]):  # noqa: N801 - reads as the SQL operator it is
    """`is_one_of(column, select(...).scalar_subquery())`: that a column is one of the few that a question finds.

    PostgreSQL is told as an array: it takes each question for half the table where it cannot know, and would read all
    of the column's table instead of looking the few up.
    """

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Self:  # noqa: ARG002 - as it is called
        """Stand as it is: compared with 1, as functions are on SQLite, it would be no look at an index."""
        return self


@compiles(is_one_of)
def _is_one_of(element: is_one_of, compiler: SQLCompiler, **given: Any) -> str:
    column, question = (compiler.process(part, **given) for part in element.clauses)
    return f"{column} IN {question}" if compiler.dialect.name == "sqlite" else f"{column} = ANY(ARRAY{question})"


class _Many:
    """A statement compiled once: how a row of values becomes what the driver takes."""

    def __init__(self, statement: Insert | Update, dialect: Dialect, names: frozenset[str]) -> None:
        keys = sorted(names) if isinstance(statement, Insert) else None
        compiled = statement.compile(dialect=dialect, column_keys=keys)
        self.sql = compiled.string
        self._order = compiled.positiontup
        self._fixed = {name: value for name, value in compiled.params.items() if name not in names}
        for column in compiled.insert_prefetch:
            if isinstance(column.default, ScalarElementColumnDefault):
                self._fixed[column.key] = column.default.arg
        self._made: dict[str, Callable[[Any], Any]] = {
            column.key: column.default.arg
            for column in compiled.insert_prefetch
            if isinstance(column.default, CallableColumnDefault)
        }
        types = {name: bind.type.dialect_impl(dialect) for bind, name in compiled.bind_names.items()}
        found = ((name, kind.bind_processor(dialect)) for name, kind in types.items())
        self._processors = [(name, processor) for name, processor in found if processor]

    def bind(self, row: Mapping[str, Any]) -> Any:
        """Return one row as the driver wants it: a tuple, or a mapping where values have names."""
        values = {**self._fixed, **row}
        for name, make in self._made.items():
            if name not in row:
                values[name] = make(None)
        for name, process in self._processors:
            values[name] = process(values[name])
        return values if self._order is None else tuple([values[name] for name in self._order])


_many = lru_cache(maxsize=64)(_Many)
_compiled: LRUCache[Any, Any] = LRUCache(2000)
_families: dict[URL, Dialect] = {}


def execute_many(connection: Connection, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute a statement for many rows that name the same columns, in one call of the driver.

    SQLAlchemy prepares the values of each row anew, at several times the cost; here that is done once. The statement
    is kept: build it once, for the life of the program.
    """
    many = _many(statement, connection.dialect, frozenset(rows[0]))
    connection.exec_driver_sql(many.sql, [many.bind(row) for row in rows])


Document: JSON = JSON().with_variant(JSONB(), "postgresql")


def make_engine(url: str) -> Engine:
    """Return an engine for `sqlite:///path` or `postgresql://...`.

    SQLite: SQLAlchemy, not the driver, opens transactions; writers begin IMMEDIATE, because a deferred
    transaction that reads and then writes fails at once instead of waiting its turn.
    """
    options = {"compiled_cache": _compiled}
    if url.startswith("sqlite"):
        wait = {"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000}
        engine = create_engine(url, connect_args=wait, execution_options=options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        # To compile a question, or to start helpers for it, takes longer than any of ours runs; and what an index leads
        # to lies in memory, or on a disk that does not turn. Options of the address come after these, and hold.
        plain = {"options": f"{_PLAIN} {make_url(url).query.get('options', '')}".strip()}
        engine = create_engine(
            url, connect_args=plain, pool_size=10, max_overflow=10, pool_pre_ping=True, execution_options=options
        )
    _join_family(engine)
    return engine


def _join_family(engine: Engine) -> None:
    """Let the engines of a process that speak to one server, or to SQLite, compile each statement once.

    Every rehearsal has an engine of its own, and compiling everything again was most of its work. What is compiled
    belongs to a dialect, so they share one: that of the first engine that has asked its server what it can.
    """
    server = engine.url.set(database="")
    if server in _families:
        engine.dialect = _families[server]
    else:
        event.listen(engine, "connect", lambda _connection, _record: _families.setdefault(server, engine.dialect))


def wipe_freed(engine: Engine, *, at_most: int | None = None) -> None:
    """Write a SQLite file anew and empty its log, so that nothing removed is left on disk.

    Outside any transaction. Left out for a file larger than `at_most` bytes, which would hold writers up for long.
    PostgreSQL does it by itself, by VACUUM, in its own time.
    """
    if engine.dialect.name != "sqlite":
        return
    try:
        with closing(engine.raw_connection()) as connection:
            cursor = connection.cursor()
            size = cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[
                0
            ]
            if at_most is None or size <= at_most:
                cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.OperationalError:
        log.warning("wipe_freed_failed", exc_info=True)


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    connection.create_function("lower_all", 1, _lower_text, deterministic=True)


def _lower_text(text: object) -> object:
    return text.lower() if isinstance(text, str) else text


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
