"""The schema's life: names, upgrade, refusal of what is newer."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session

from crm.models import ThemeMove
from kit.errors import RefusedError
from web.schema import backup_database, require_schema, restore_database, upgrade_schema

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def test_files_are_named_after_their_revision_and_the_last_is_the_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    names = {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("*.py")}
    assert {script.revision for script in scripts.walk_revisions()} == names
    assert scripts.get_current_head() == max(names)


def test_a_newer_database_is_refused(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for opening in (upgrade_schema, require_schema):
        with pytest.raises(RefusedError, match="newer Rapport"):
            opening(engine)


def test_a_backup_brings_everything_back(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO stages (name, position) VALUES ('Found', 0)"))
    backup_database(engine, tmp_path / "backup")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM stages"))
    restore_database(engine, tmp_path / "backup")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM stages")).scalar() == "Found"


def test_themes_begun_twice_become_one_and_circles_open(engine: Engine) -> None:
    with engine.begin() as connection:
        _migrate(connection, "0023")
        for number, key, into in ((1, "lid", None), (2, "lid", None), (3, "a", None), (4, "b", 3)):
            connection.execute(
                text(
                    "INSERT INTO themes (id, name, key, state, state_since, plan, did, created_at, merged_into_id)"
                    " VALUES (:id, :key, :key, 'listening', :at, '', '', :at, :into)"
                ),
                {"id": number, "key": key, "into": into, "at": "2026-11-23 09:00:00"},
            )
        connection.execute(text("UPDATE themes SET merged_into_id = 4 WHERE id = 3"))
        connection.execute(
            text(
                "INSERT INTO feedback (quote, kind, theme_id, heard, from_audience, source, said_by, said_email,"
                " actor, created_at) VALUES ('Leaks', 'problem', 2, '', false, 'hand', '', '', 'user:1',"
                " '2026-11-23 09:00:00')"
            )
        )
        _migrate(connection, "0024")
        found = connection.execute(text("SELECT id, merged_into_id FROM themes ORDER BY id")).all()
        assert [tuple(row) for row in found] == [(1, None), (2, 1), (3, None), (4, 3)]
        assert connection.execute(text("SELECT theme_id FROM feedback")).scalar() == 1
    with Session(engine) as session:
        assert session.scalars(select(ThemeMove.kind)).all() == ["merged", "merged"]
        assert all(session.scalars(select(ThemeMove.at)))


def _migrate(connection: Connection, target: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    (command.downgrade if target == "0023" else command.upgrade)(config, target)
