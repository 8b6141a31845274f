"""Wire: `rapport db`."""

from pathlib import Path

import click

from crm.search_index import count_faults, install, rebuild
from kit.config import ensure_home, load_settings
from kit.db import make_engine
from web.cli.door import enter
from web.schema import backup_database, restore_database, upgrade_schema


@click.group("db")
def db_command() -> None:
    """Schema and data."""


@db_command.command("upgrade")
def upgrade() -> None:
    """Bring the schema to this version."""
    settings = load_settings()
    ensure_home(settings.home)
    done = upgrade_schema(make_engine(settings.database_url))
    enter()
    click.echo("The schema was upgraded." if done else "The schema is up to date.")


@db_command.command("check")
def check() -> None:
    """Say whether the schema fits and the data is whole."""
    house = enter()
    if house.database.engine.dialect.name == "sqlite":
        with house.database.engine.connect() as connection:
            result = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if result != "ok" or orphans:
            raise click.ClickException(f"The database is damaged: {result}, {len(orphans)} broken references.")
    with house.database.engine.connect() as connection:
        faults = count_faults(connection)
    if faults:
        raise click.ClickException(f"Search misses {faults} things. Mend it with: rapport db reindex")
    click.echo("The schema is up to date and the data is whole.")


@db_command.command("reindex")
def reindex() -> None:
    """Write the index of words anew, which search looks into; nothing else is touched."""
    house = enter()
    with house.database.transaction() as tx:
        connection = tx.session.connection()
        install(connection)
        rebuild(connection)
    click.echo("Search knows everything that is stored.")


@db_command.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write a consistent copy to FILE, while others go on working."""
    backup_database(enter().database.engine, file)
    click.echo(f"Saved to {file}. Keep the secret key with it: without it stored passwords cannot be opened.")


@db_command.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def restore(file: Path) -> None:
    """Replace all data by the copy in FILE; nothing is sent until a person releases it."""
    from sequences.sending.holding import hold_outbox

    house = enter()
    restore_database(house.database.engine, file)
    upgrade_schema(house.database.engine)
    with house.database.transaction() as tx:
        held = hold_outbox(tx)
    click.echo(
        f"Restored. {held} sequences and mailboxes are paused, because mail sent after the backup is not known here. "
        "Look at the Sent folders, then go on with: rapport sequences resume NAME, rapport mailboxes resume ADDRESS"
    )
