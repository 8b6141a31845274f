"""The schema's life: names, upgrade, refusal of what is newer."""

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from kit.db import make_engine
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


def test_a_newer_database_is_refused(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for opening in (upgrade_schema, require_schema):
        with pytest.raises(RefusedError, match="newer Rapport"):
            opening(engine)
    engine.dispose()


def test_a_backup_brings_everything_back(database_url: str, tmp_path: Path) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO stages (name, position) VALUES ('Found', 0)"))
    backup_database(engine, tmp_path / "backup")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM stages"))
    restore_database(engine, tmp_path / "backup")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM stages")).scalar() == "Found"
    engine.dispose()
