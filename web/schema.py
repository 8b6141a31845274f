"""Wire: the schema's life: upgrade, check, back up, restore."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.engine import make_url

from kit.config import Settings
from kit.db import make_engine
from kit.errors import InvalidError, RefusedError

_SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"


def upgrade_schema(engine: Engine) -> bool:
    """Bring the schema to this program's version; return whether anything was done.

    Raises RefusedError when the database was written by a newer program.
    """
    head, found = head_revision(), _found(engine)
    if found == head:
        return False
    if found is not None and found not in _known():
        raise RefusedError(
            "The database was written by a newer Rapport. Start that version, or restore a backup made by this one.",
            code="newer_schema",
        )
    # Alembic takes a third of a second to load: only who upgrades pays for it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True


def require_schema(engine: Engine) -> None:
    """Raise RefusedError unless the schema is this program's."""
    found = _found(engine)
    if found == head_revision():
        return
    if found is not None and found not in _known():
        raise RefusedError("The database was written by a newer Rapport.", code="newer_schema")
    raise RefusedError("The database is not ready. Run: rapport db upgrade", code="old_schema")


def backup_database(engine: Engine, to: Path) -> None:
    """Write a consistent copy to `to` while others go on working.

    SQLite: the online backup. PostgreSQL: `pg_dump`, which must be installed.
    """
    if to.exists():
        raise RefusedError(f"{to} exists already; name a new file.")
    to.parent.mkdir(parents=True, exist_ok=True)
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(engine.url.database))) as source, closing(sqlite3.connect(to)) as target:
            source.backup(target)
        to.chmod(0o600)
        return
    _run_postgres("pg_dump", engine, "--format=custom", f"--file={to}")
    to.chmod(0o600)


def back_up_before_upgrade(settings: Settings) -> Path | None:
    """Copy a database whose schema is about to change; return where to, None when nothing changes."""
    engine = make_engine(settings.database_url)
    if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).exists():
        return None
    found = _found(engine)
    if found is None or found == head_revision() or found not in _known():
        return None
    to = settings.home / "backups" / f"before-{head_revision()}-from-{found}.backup"
    if not to.exists():
        backup_database(engine, to)
    engine.dispose()
    return to


def restore_database(engine: Engine, source: Path) -> None:
    """Replace the whole database by a backup. The caller then holds the outbox."""
    if not source.exists():
        raise InvalidError(f"There is no backup at {source}.")
    if engine.dialect.name == "sqlite":
        _require_sqlite_file(source)
        with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(str(engine.url.database))) as target:
            copy.backup(target)
        return
    _run_postgres("pg_restore", engine, "--clean", "--if-exists", "--single-transaction", str(source))


def _require_sqlite_file(path: Path) -> None:
    if not path.read_bytes()[:16].startswith(b"SQLite format 3"):
        raise InvalidError(f"{path} is not a backup of a SQLite database.")


def _run_postgres(program: str, engine: Engine, *arguments: str) -> None:
    found = shutil.which(program)
    if not found:
        raise RefusedError(f"{program} is not installed; it comes with PostgreSQL's client.")
    url = make_url(engine.url)
    environment = dict(os.environ) | {"PGPASSWORD": str(url.password or "")}
    flags = [f"--host={url.host or ''}", f"--port={url.port or 5432}", f"--username={url.username or ''}"]
    target = [f"--dbname={url.database}"]
    run = subprocess.run(  # noqa: S603 - the program was looked up, the arguments are ours
        [found, *flags, *target, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise RefusedError(f"{program} refused: {run.stderr.strip().splitlines()[-1] if run.stderr else 'no word'}")


def found_revision(connection: Connection) -> str | None:
    """Return the revision of a database's schema; None when it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def head_revision() -> str:
    """Return the schema's revision that this program works with."""
    return max(_known())


def _known() -> set[str]:
    """Return the revisions this program has: each file is named after its own (tests hold them to it)."""
    return {path.name.partition("_")[0] for path in (_SCRIPTS / "versions").glob("[0-9]*_*.py")}


def _found(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return found_revision(connection)
