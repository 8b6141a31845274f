"""Wire: the index of words. Triggers of the database keep it, so that nothing written in any way is left out.

SQLite: one FTS5 table that keeps no texts. PostgreSQL: a table of tsvectors with a GIN index. Both hold, under the
same number, the words of people, accounts, addresses, mails, notes and feedback, folded alike.
"""

from sqlalchemy import Connection, inspect

from crm.search_sources import SOURCES, TABLE, sqlite_fold
from crm.search_triggers import postgres_triggers, sqlite_triggers


def prepare(connection: Connection) -> None:
    """Take the triggers away before tables are changed: SQLite copies a table to change it, and loses them."""
    if connection.dialect.name == "sqlite":
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'search@_%' ESCAPE '@'"
        )
        for (name,) in names.fetchall():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")


def install(connection: Connection) -> None:
    """Set the triggers, where there is an index; what is there already is set anew."""
    if not inspect(connection).has_table(TABLE):
        return
    if connection.dialect.name == "sqlite":
        statements = sqlite_triggers()
    else:
        icu = connection.exec_driver_sql("SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'").scalar()
        statements = postgres_triggers(has_icu=icu is not None)
    for statement in statements:
        connection.exec_driver_sql(statement)


def rebuild(connection: Connection) -> None:
    """Write the index anew from what is stored."""
    is_sqlite = connection.dialect.name == "sqlite"
    empty = f"INSERT INTO {TABLE}({TABLE}) VALUES ('delete-all')" if is_sqlite else f"TRUNCATE {TABLE}"  # noqa: S608
    connection.exec_driver_sql(empty)
    for source in SOURCES:
        where = f" WHERE {source.when.format(row='r')}" if source.when else ""
        if is_sqlite:
            into, words = f"{TABLE}(rowid, words)", sqlite_fold(source.text("r"))
        else:
            into, words = f"{TABLE}(id, words)", f"search_vector({source.text('r')})"
        order = f" ORDER BY r.{source.key}"
        connection.exec_driver_sql(
            f"INSERT INTO {into} SELECT {source.number('r')}, {words} FROM {source.table} r{where}{order}"  # noqa: S608
        )
    if is_sqlite:
        connection.exec_driver_sql(f"INSERT INTO {TABLE}({TABLE}) VALUES ('optimize')")  # noqa: S608


def purge(connection: Connection) -> None:
    """Wipe words that were taken out: SQLite keeps them in old parts of the index until these are merged."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"INSERT INTO {TABLE}({TABLE}) VALUES ('optimize')")  # noqa: S608


def count_faults(connection: Connection) -> int:
    """Return how many things are missing in the index, or stand there without being stored any more."""
    if not inspect(connection).has_table(TABLE):
        return 0
    is_sqlite = connection.dialect.name == "sqlite"
    held = f"{TABLE}_docsize" if is_sqlite else TABLE
    stored = " UNION ALL ".join(
        f"SELECT {one.number('r')} AS id FROM {one.table} r"  # noqa: S608
        + (f" WHERE {one.when.format(row='r')}" if one.when else "")
        for one in SOURCES
    )
    missing = connection.exec_driver_sql(
        f"SELECT count(*) FROM ({stored}) s LEFT JOIN {held} h ON h.id = s.id WHERE h.id IS NULL"  # noqa: S608
    ).scalar()
    total = connection.exec_driver_sql(f"SELECT count(*) FROM ({stored}) s").scalar()  # noqa: S608
    indexed = connection.exec_driver_sql(f"SELECT count(*) FROM {held}").scalar()  # noqa: S608
    surplus = (indexed or 0) - ((total or 0) - (missing or 0))
    return (missing or 0) + surplus
