"""Wire: `rapport contacts`."""

from pathlib import Path
from typing import Any

import click

from crm.import_undo import undo_import
from crm.imports import preview_import, run_import
from kit.errors import InvalidError
from web.cli.door import ACTOR, enter, json_option, print_json, print_table

VERDICTS = ("created", "updated", "unchanged", "duplicate", "rejected")


@click.group("contacts")
def contacts_command() -> None:
    """People we may write to."""


@contacts_command.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--brand", default=None, help="The only brand is the default.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option("--map", "maps", multiple=True, metavar="COLUMN=FIELD", help="Correct the guess for one column.")
@click.option("--platform", default=None, help="Where the handles of the file are, such as instagram.")
@json_option
def import_(
    file: Path, brand: str | None, dry_run: bool, maps: tuple[str, ...], platform: str | None, as_json: bool
) -> None:
    """Read contacts from FILE: any delimiter, encoding and order of columns."""
    house = enter()
    overrides = _read_maps(maps)
    if not as_json:
        _show_mapping(file, overrides, platform)
    result = run_import(
        house.database, file, brand_name=brand, overrides=overrides, platform=platform, dry_run=dry_run, actor=ACTOR
    )
    if as_json:
        print_json(
            {"import": result.import_id, "counts": result.counts, "mapping": result.mapping, "rows": result.rows}
        )
        return
    for row in result.rows:
        if row["verdict"] == "rejected":
            click.echo(f"Line {row['line']}: {row['reason']}")
    counts = ", ".join(f"{result.counts[verdict]} {verdict}" for verdict in VERDICTS)
    click.echo(f"{'Nothing was written. Would be: ' if dry_run else ''}{counts}.")
    if result.import_id:
        click.echo(f"Take it back with: rapport contacts unimport {result.import_id}")


@contacts_command.command("unimport")
@click.argument("import_id", metavar="ID", type=int)
@json_option
def unimport(import_id: int, as_json: bool) -> None:
    """Take an import back; contacts with a history since then stay, and are counted."""
    with enter().database.transaction() as tx:
        result = undo_import(tx, import_id, actor=ACTOR)
    if as_json:
        print_json({"counts": result.counts, "kept": result.kept})
        return
    for one in result.kept:
        click.echo(f"Kept contact {one['contact']}: {one['reason']}")
    click.echo(", ".join(f"{number} {name}" for name, number in result.counts.items()))


@contacts_command.command("show")
@click.argument("email")
@json_option
def show(email: str, as_json: bool) -> None:
    """Show all that is known about a contact."""
    from sequences.insight.records import contact_record

    with enter().database.reading() as tx:
        record = contact_record(tx, email)
    if as_json:
        print_json(record)
        return
    print_table(
        ("what", "value"), [(key, _word(value)) for key, value in record.items() if key not in {"timeline", "stored"}]
    )


@contacts_command.command("export")
@click.argument("email")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def export(email: str, folder: Path) -> None:
    """Write everything about a contact to DIR: JSON, CSV, and each mail as a file."""
    from crm.contacts import get_contact_by_email
    from crm.disclosures import record_disclosure
    from sequences.insight.records import contact_record
    from sequences.whole.person import iterate_person_files
    from web.folders import make_private_folder, write_private

    house = enter()
    with house.database.reading() as tx:
        contact = get_contact_by_email(tx, email)
        record = contact_record(tx, email)
        make_private_folder(folder)
        for name, content in iterate_person_files(tx, contact.id, record):
            write_private(folder / name, [content])
    with house.database.transaction() as tx:
        record_disclosure(tx, "person", actor=ACTOR, contact_id=contact.id)
    click.echo(f"Everything about {email} is in {folder}.")


@contacts_command.command("erase")
@click.argument("email")
@click.option("--reason", type=click.Choice(["asked", "no_basis", "mistake"]), required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(email: str, reason: str, yes: bool) -> None:
    """Erase a contact for good: only a salted hash stays, so that they are refused from then on."""
    from crm.contacts import get_contact_by_email
    from sequences.jobs.runner import run_job
    from sequences.privacy.erasure import erase_contact
    from web.wiring import make_engine_of

    house = enter()
    if not yes:
        click.confirm(f"Erase everything about {email}? This cannot be taken back", abort=True)
    with house.database.transaction() as tx:
        job_id = erase_contact(tx, get_contact_by_email(tx, email).id, reason=reason, actor=ACTOR).id
    while run_job(make_engine_of(house), job_id):
        pass
    click.echo("Erased. Backups made before today still hold this person: delete them when you can.")


def _read_maps(maps: tuple[str, ...]) -> dict[str, str]:
    overrides = {}
    for pair in maps:
        column, sign, field = pair.rpartition("=")
        if not sign or not column:
            raise InvalidError(f"--map wants COLUMN=FIELD, not {pair!r}.")
        overrides[column] = field
    return overrides


def _show_mapping(file: Path, overrides: dict[str, str], platform: str | None) -> None:
    plan = preview_import(file, overrides, platform)
    if plan.mapping.preset:
        click.echo(f"Read as a file of {plan.mapping.preset}, by the names of its columns.\n")
    print_table(
        ("column", "read as", "because"),
        [(column, field, plan.mapping.reasons.get(column, "")) for column, field in plan.mapping.columns.items()],
    )
    click.echo("")


def _word(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_word(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_word(one)}" for key, one in value.items() if one not in (None, "", [], {}))
    return "-" if value is None else str(value)
