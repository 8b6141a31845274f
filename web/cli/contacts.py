"""Wire: `rapport contacts`."""

from pathlib import Path
from typing import Any

import click

from crm.changes import undo_change
from crm.contacts import get_contact, get_contact_by_email
from crm.imports import preview_import, run_import
from crm.twin_list import count_twins, list_twins, look_through
from kit.errors import InvalidError
from kit.tx import Tx
from sequences.merging.merge import KIND, merge_contacts
from sequences.merging.unmerge import reverse_merge
from sequences.sending.imports_back import undo_import
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
        with house.database.reading() as tx:
            pairs = count_twins(tx, import_id=result.import_id)
        if pairs:
            click.echo(f"Pairs that may be one person: {pairs}. See: rapport contacts duplicates")
        click.echo(f"Take it back with: rapport contacts unimport {result.import_id}")


@contacts_command.command("unimport")
@click.argument("import_id", metavar="ID", type=int)
@json_option
def unimport(import_id: int, as_json: bool) -> None:
    """Take an import back; contacts with a history since then stay, and are counted."""
    with enter().database.transaction() as tx:
        result = undo_import(tx, import_id, actor=ACTOR)
    if as_json:
        print_json({"counts": result.counts, "kept": result.kept, "left": result.left})
        return
    for one in [*result.kept, *result.left]:
        click.echo(f"Contact {one['contact']}: {one['reason']}")
    click.echo(", ".join(f"{number} {name}" for name, number in result.counts.items()))


@contacts_command.command("duplicates")
@click.option("--look", is_flag=True, help="Look through everybody first; else those added or changed were looked at.")
@json_option
def duplicates(look: bool, as_json: bool) -> None:
    """List who may be known twice, the strongest evidence first."""
    database = enter().database
    if look:
        look_through(database)
    with database.reading() as tx:
        found = list_twins(tx)
        rows = [
            {"contacts": [one.low.id, one.high.id], "names": [one.low.name, one.high.name], "weight": one.weight,
             "evidence": [list(line) for line in one.evidence]}
            for one in found.rows
        ]  # fmt: skip
    if as_json:
        print_json({"total": found.total, "pairs": rows})
        return
    print_table(("contacts", "names", "weight"), [(_word(r["contacts"]), _word(r["names"]), r["weight"]) for r in rows])


@contacts_command.command("merge")
@click.argument("survivor")
@click.argument("absorbed")
@click.option("--keep", "keeps", multiple=True, metavar="FACT=SIDE", help="Such as topic=absorbed; else survivor's.")
@json_option
def merge(survivor: str, absorbed: str, keeps: tuple[str, ...], as_json: bool) -> None:
    """Merge ABSORBED into SURVIVOR, each an address or a number."""
    choices = dict(_read_keep(pair) for pair in keeps)
    with enter().database.transaction() as tx:
        numbers = [_find(tx, word) for word in (survivor, absorbed)]
        merged = merge_contacts(tx, numbers[0], numbers[1], actor=ACTOR, choices=choices)
        done = {"merge": merged.change.id, "survivor": numbers[0], "absorbed": numbers[1],
                "moved": dict(merged.moved), "runs_stopped": merged.stopped}  # fmt: skip
    if as_json:
        print_json(done)
        return
    click.echo(f"{merged.change.summary}. Take it back with: rapport contacts unmerge {merged.change.id}")


@contacts_command.command("unmerge")
@click.argument("change_id", metavar="ID", type=int)
@json_option
def unmerge(change_id: int, as_json: bool) -> None:
    """Take a merge back: both are as they were; what came since goes where it clearly belongs."""
    with enter().database.transaction() as tx:
        undone = undo_change(tx, change_id, actor=ACTOR, reversers={KIND: reverse_merge})
        data = undone.change.data
    if as_json:
        print_json({"survivor": data["survivor"], "absorbed": data["absorbed"], "since": data["since"],
                    "changed": data["changed"]})  # fmt: skip
        return
    click.echo(f"{data['names'][0]} and {data['names'][1]} are two contacts again. {undone.why}".strip())


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


def _find(tx: Tx, word: str) -> int:
    """Return the contact that an address or a number names."""
    if word.isascii() and word.isdigit():
        return get_contact(tx, int(word)).id
    return get_contact_by_email(tx, word).id


def _read_keep(pair: str) -> tuple[str, str]:
    name, _, side = pair.partition("=")
    if side not in ("survivor", "absorbed"):
        raise InvalidError(f"--keep wants FACT=survivor or FACT=absorbed, not {pair!r}.")
    return name, side


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
