"""Wire: `rapport db`."""

from functools import partial
from pathlib import Path

import click

from crm.search_index import count_faults, install, rebuild
from kit.config import ensure_home, load_settings
from kit.db import make_engine, wipe_freed
from web.cli.door import ACTOR, enter
from web.schema import backup_database, head_revision, restore_database, upgrade_schema


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
    from crm.disclosures import record_disclosure

    house = enter()
    backup_database(house.database.engine, file)
    with house.database.transaction() as tx:
        record_disclosure(tx, "backup", actor=ACTOR, count=0)
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


@db_command.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--with-secrets", is_flag=True, help="Passwords of mailboxes, keys and tokens too, sealed as they are.")
def export(folder: Path, with_secrets: bool) -> None:
    """Write everything to DIR as plain files: each table as JSONL, people as CSV, mails as mbox."""
    from crm.disclosures import record_disclosure
    from sequences.whole.export import export_whole
    from web.folders import make_private_folder, write_private

    house = enter()
    make_private_folder(folder)
    with house.database.transaction() as tx:
        record_disclosure(tx, "workspace", actor=ACTOR, count=0)
    with house.database.reading() as tx:
        for name, pieces in export_whole(tx, schema=head_revision(), with_secrets=with_secrets):
            write_private(folder / name, pieces)
    click.echo(
        f"Everything is in {folder}. "
        + ("It holds secrets, sealed with this installation's key. " if with_secrets else "It holds no passwords. ")
        + "Take it in elsewhere with: rapport db import DIR"
    )


@db_command.command("import")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def import_(folder: Path) -> None:
    """Take everything from DIR into an empty installation; nothing is sent until a person releases it."""
    from sequences.whole.export import MANIFEST
    from sequences.whole.taking_in import import_whole
    from web.folders import read_lines

    house = enter()
    manifest = (folder / MANIFEST).read_bytes()
    with house.database.transaction() as tx:
        rows, held = import_whole(tx, manifest, partial(read_lines, folder), schema=head_revision())
    click.echo(
        f"Took in {rows} rows. {held} sequences and mailboxes are paused: mail that was sent since the export is not "
        "known here. Give each mailbox its password again unless the export held secrets, look at the Sent folders, "
        "then go on with: rapport sequences resume NAME, rapport mailboxes resume ADDRESS"
    )


@db_command.command("vacuum")
def vacuum() -> None:
    """Write a SQLite database anew, so that nothing that was removed is left on disk; others wait meanwhile."""
    wipe_freed(enter().database.engine)
    click.echo("Done. On PostgreSQL this is VACUUM's business, which runs by itself.")
