"""Pure: the triggers that keep the index of words, for SQLite and PostgreSQL."""

from crm.search_sources import INDEXES, MAIL, SHIFT, SOURCES, WAITING, Source, postgres_vector, sqlite_fold


def sqlite_triggers() -> list[str]:
    """Return what sets the triggers of SQLite; those of the same names are taken away first."""
    made = [statement for one in SOURCES for statement in _of_source(one)] + _subject_triggers()
    return [f"DROP TRIGGER IF EXISTS {statement.split()[2]}" for statement in made] + made


def _of_source(one: Source) -> list[str]:
    new, old = (_wait(f"NEW.{one.key}") if one.waits else _sqlite_insert(one, "NEW")), _sqlite_delete(one, "OLD")
    has_new, has_old = (one.when.format(row=row) or "1" for row in ("NEW", "OLD"))
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in one.columns)
    update = f"UPDATE OF {', '.join(one.columns)} ON {one.table}"
    # The subject of a mail that goes as a whole is gone already: its own trigger has done this.
    still = " AND EXISTS (SELECT 1 FROM messages WHERE id = OLD.message_id)" if one.kind == MAIL else ""
    # What waits is not in the index yet: nothing is to be taken out.
    known = f" AND {_is_known(f'OLD.{one.key}')}" if one.waits else ""
    return [
        _trigger(one.table, "new", f"AFTER INSERT ON {one.table} WHEN {has_new}", new),
        _trigger(one.table, "old", f"BEFORE DELETE ON {one.table} WHEN ({has_old}){still}{known}", old),
        _trigger(one.table, "out", f"BEFORE {update} WHEN ({has_old}) AND ({changed}){known}", old),
        _trigger(one.table, "in", f"AFTER {update} WHEN ({has_new}) AND ({changed})", new),
    ]


def _subject_triggers() -> list[str]:
    """A mail's subject stands in another table than its text: it may change, or go first when both are deleted."""
    number = f"({MAIL << SHIFT} + OLD.id)"
    words = sqlite_fold("OLD.subject || ' ' || (SELECT new_text FROM message_bodies WHERE message_id = OLD.id)")
    out = f"INSERT INTO {INDEXES[1]}({INDEXES[1]}, rowid, words) VALUES ('delete', {number}, {words});"  # noqa: S608 - names of ours
    has = f"EXISTS (SELECT 1 FROM message_bodies WHERE message_id = OLD.id) AND {_is_known('OLD.id')}"  # noqa: S608 - as above
    renamed = f"AFTER UPDATE OF subject ON messages WHEN OLD.subject IS NOT NEW.subject AND {has}"
    return [
        _trigger("messages", "old", f"BEFORE DELETE ON messages WHEN {has}", out),
        _trigger("messages", "out", renamed, f"{out} {_wait('NEW.id')}"),
        _trigger("messages", "gone", "AFTER DELETE ON messages", f"DELETE FROM {WAITING} WHERE message_id = OLD.id;"),  # noqa: S608 - as above
    ]


def _wait(number: str) -> str:
    return f"INSERT OR IGNORE INTO {WAITING}(message_id) VALUES ({number});"  # noqa: S608 - names of ours


def _is_known(number: str) -> str:
    return f"NOT EXISTS (SELECT 1 FROM {WAITING} WHERE message_id = {number})"  # noqa: S608 - names of ours


def _trigger(table: str, name: str, when: str, body: str) -> str:
    return f"CREATE TRIGGER search_{table}_{name} {when} BEGIN {body} END"


def _sqlite_insert(one: Source, row: str) -> str:
    words = sqlite_fold(one.text(row))
    return f"INSERT INTO {one.index}(rowid, words) VALUES ({one.number(row)}, {words});"  # noqa: S608 - names of ours


def _sqlite_delete(one: Source, row: str) -> str:
    words = sqlite_fold(one.text(row))
    return f"INSERT INTO {one.index}({one.index}, rowid, words) VALUES ('delete', {one.number(row)}, {words});"  # noqa: S608 - names of ours


def postgres_triggers(*, has_icu: bool) -> list[str]:
    """Return what sets the triggers of PostgreSQL, with the functions they call."""
    made = [postgres_vector('COLLATE "und-x-icu"' if has_icu else "")]
    for one in SOURCES:
        has_new = one.when.format(row="NEW") or "true"
        insert = f"INSERT INTO {one.index}(id, words) VALUES ({one.number('NEW')}, search_vector({one.text('NEW')}))"  # noqa: S608
        new = _postgres_wait(f"NEW.{one.key}") if one.waits else insert
        gone = f"DELETE FROM {WAITING} WHERE message_id = OLD.{one.key};" if one.waits else ""  # noqa: S608
        made += [
            f"""CREATE OR REPLACE FUNCTION search_{one.table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF TG_OP <> 'INSERT' THEN DELETE FROM {one.index} WHERE id = {one.number("OLD")}; {gone} END IF;
IF TG_OP <> 'DELETE' THEN IF {has_new} THEN {new}; END IF; END IF;
RETURN NULL; END $$""",  # noqa: S608
            *_postgres_trigger(one.table, f"AFTER INSERT OR DELETE OR UPDATE OF {', '.join(one.columns)}"),
        ]
    made += [
        f"""CREATE OR REPLACE FUNCTION search_messages() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM message_bodies WHERE message_id = NEW.id) THEN {_postgres_wait("NEW.id")};
DELETE FROM {INDEXES[1]} WHERE id = {MAIL << SHIFT} + NEW.id; END IF;
RETURN NULL; END $$""",  # noqa: S608
        *_postgres_trigger("messages", "AFTER UPDATE OF subject"),
    ]
    return made


def _postgres_wait(number: str) -> str:
    return f"INSERT INTO {WAITING}(message_id) VALUES ({number}) ON CONFLICT DO NOTHING"  # noqa: S608 - names of ours


def _postgres_trigger(table: str, when: str) -> list[str]:
    return [
        f"DROP TRIGGER IF EXISTS search_{table} ON {table}",
        f"CREATE TRIGGER search_{table} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION search_{table}()",
    ]
