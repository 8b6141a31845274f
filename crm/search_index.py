"""Wire: the index of words. Triggers of the database keep it, so that nothing written in any way is left out.

Mails they only put on a list, whose words the beat adds: whoever sends hundreds waits for none of it.

SQLite: FTS5 tables that keep no texts. PostgreSQL: tables of tsvectors with GIN indexes. Both hold, under the
same number, the words of people, accounts, addresses, mails, notes and feedback, folded alike.
"""

from sqlalchemy import Connection, bindparam, inspect, literal_column, select, table, text

from crm.search_sources import INDEXES, SOURCES, WAITING, Source, sqlite_fold
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
    if not inspect(connection).has_table(WAITING):
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
    for index in INDEXES:
        empty = f"INSERT INTO {index}({index}) VALUES ('delete-all')" if is_sqlite else f"TRUNCATE {index}"  # noqa: S608
        connection.exec_driver_sql(empty)
    for source in SOURCES:
        where = f"WHERE {source.when.format(row='r')}" if source.when else ""
        connection.exec_driver_sql(_fill(source, where, is_sqlite=is_sqlite))
    connection.exec_driver_sql(f"DELETE FROM {WAITING}")  # noqa: S608 - a name of ours
    purge(connection)


def is_waiting(connection: Connection) -> bool:
    """Return whether the words of any mail wait to be added."""
    return connection.execute(select(literal_column("1")).select_from(table(WAITING)).limit(1)).first() is not None


def index_waiting(connection: Connection, *, most: int = 1000) -> int:
    """Add the words of mails that wait, the oldest first; return how many. Nothing is written when none does."""
    is_sqlite = connection.dialect.name == "sqlite"
    # Two beats at once take different ones.
    lock = "" if is_sqlite else " FOR UPDATE SKIP LOCKED"
    waiting = text(f"SELECT message_id FROM {WAITING} ORDER BY message_id LIMIT :most{lock}")  # noqa: S608 - as above
    numbers = [row[0] for row in connection.execute(waiting, {"most": most})]
    for source in SOURCES if numbers else ():
        if source.waits:
            fill = _fill(source, f"WHERE r.{source.key} IN :numbers", is_sqlite=is_sqlite)
            connection.execute(text(fill).bindparams(bindparam("numbers", expanding=True)), {"numbers": numbers})
    if numbers:
        done = text(f"DELETE FROM {WAITING} WHERE message_id IN :numbers")  # noqa: S608 - as above
        connection.execute(done.bindparams(bindparam("numbers", expanding=True)), {"numbers": numbers})
    return len(numbers)


def _fill(source: Source, where: str, *, is_sqlite: bool) -> str:
    into = f"{source.index}(rowid, words)" if is_sqlite else f"{source.index}(id, words)"
    words = sqlite_fold(source.text("r")) if is_sqlite else f"search_vector({source.text('r')})"
    chosen = f"SELECT {source.number('r')}, {words} FROM {source.table} r {where} ORDER BY r.{source.key}"  # noqa: S608 - names of ours
    return f"INSERT INTO {into} {chosen}"


def purge(connection: Connection) -> None:
    """Wipe words that were taken out: SQLite keeps them in old parts of the index until these are merged."""
    if connection.dialect.name == "sqlite":
        for index in INDEXES:
            connection.exec_driver_sql(f"INSERT INTO {index}({index}) VALUES ('optimize')")  # noqa: S608


def count_faults(connection: Connection) -> int:
    """Return how many things are missing in the index, or stand there without being stored any more."""
    if not inspect(connection).has_table(WAITING):
        return 0
    is_sqlite = connection.dialect.name == "sqlite"
    return sum(_count_faults_of(connection, f"{index}_docsize" if is_sqlite else index, index) for index in INDEXES)


def _count_faults_of(connection: Connection, held: str, index: str) -> int:
    waiting = f"SELECT message_id FROM {WAITING}"  # noqa: S608
    stored = " UNION ALL ".join(
        f"SELECT {one.number('r')} AS id FROM {one.table} r"  # noqa: S608
        + (f" WHERE {one.when.format(row='r')}" if one.when else "")
        + (f" WHERE r.{one.key} NOT IN ({waiting})" if one.waits else "")
        for one in SOURCES
        if one.index == index
    )
    missing = connection.exec_driver_sql(
        f"SELECT count(*) FROM ({stored}) s LEFT JOIN {held} h ON h.id = s.id WHERE h.id IS NULL"  # noqa: S608
    ).scalar_one()
    total = connection.exec_driver_sql(f"SELECT count(*) FROM ({stored}) s").scalar_one()  # noqa: S608
    indexed = connection.exec_driver_sql(f"SELECT count(*) FROM {held}").scalar_one()  # noqa: S608
    return int(missing + (indexed - (total - missing)))
