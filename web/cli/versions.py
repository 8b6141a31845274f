"""Wire: `rapport sequences versions`, `diff`, `migrate`, `rollback` and `restore`: changing what already runs."""

from dataclasses import asdict
from typing import Any

import click

from kit.errors import RefusedError
from sequences.versions.migration import PlannedMove, plan_migration
from sequences.versions.published import get_sequence
from sequences.versions.revisions import compare_versions, list_revisions, restore_version
from sequences.versions.version_diff import Change, VersionDiff
from sequences.versions.version_moves import migrate
from sequences.versions.version_undo import rollback
from web.cli.door import ACTOR, enter, json_option, print_json, print_table

_NAME = click.argument("name")
_FATES = {"moves": "move", "ends": "are at the end there", "stays": "stay"}


@click.command("versions")
@_NAME
@json_option
def versions(name: str, as_json: bool) -> None:
    """List the versions of a sequence and how many people follow each."""
    with enter().database.reading() as tx:
        rows = [asdict(one) for one in list_revisions(tx, get_sequence(tx, name))]
    if as_json:
        print_json(rows)
    else:
        heads = ("number", "at", "actor", "note", "runs")
        print_table(heads, [[row[head] for head in heads] for row in rows])


@click.command("diff")
@_NAME
@click.option("--from", "old", type=int, metavar="N", help="The version before; the one before --to.")
@click.option("--to", "new", type=int, metavar="N", help="The version after; the newest.")
@json_option
def diff(name: str, old: int | None, new: int | None, as_json: bool) -> None:
    """Say what changed between two versions."""
    with enter().database.reading() as tx:
        before, after, found = compare_versions(tx, get_sequence(tx, name), old, new)
    if as_json:
        print_json({"from": before, "to": after, **asdict(found)})
    else:
        click.echo("\n".join([f"{name}, version {before} to {after}", *_diff_lines(found)]))


@click.command("migrate")
@_NAME
@click.option("--to", "number", type=int, metavar="N", help="The version to follow; the newest.")
@click.option("--dry-run", is_flag=True, help="Show who would be moved, and move nobody.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def migrate_(name: str, number: int | None, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Move people to another version; step and date of each are shown first."""
    house = enter()
    with house.database.reading() as tx:
        moves = plan_migration(tx, get_sequence(tx, name), number)
    if not as_json:
        _print_moves(moves)
    going = sum(move.effect is not None for move in moves)
    if going and not dry_run:
        if not yes and (as_json or not click.confirm(f"Move {going} people?")):
            raise RefusedError("Nobody was moved. Say --yes to move them.")
        with house.database.transaction() as tx:
            moves = list(migrate(tx, get_sequence(tx, name), number, actor=ACTOR).moves)
    if as_json:
        print_json({"applied": bool(going) and not dry_run, "moves": [_move(move) for move in moves]})
    elif going and not dry_run:
        click.echo(f"Moved. Take it back with: rapport sequences rollback {name!r}")


@click.command("rollback")
@_NAME
@json_option
def rollback_(name: str, as_json: bool) -> None:
    """Take the last move back; who has gone on since stays."""
    with enter().database.transaction() as tx:
        found = rollback(tx, get_sequence(tx, name), actor=ACTOR)
    if as_json:
        print_json({"back": found.back, "people": [asdict(one) for one in found.returns]})
        return
    click.echo(f"{found.back} of {len(found.returns)} are back where they were.")
    for one in found.returns:
        if one.stays:
            click.echo(f"{one.name} stays: {one.stays}")


@click.command("restore")
@_NAME
@click.option("--version", "number", type=int, required=True, metavar="N", help="The version to publish again.")
def restore(name: str, number: int) -> None:
    """Publish the text of an older version again; people stay where they are."""
    with enter().database.transaction() as tx:
        version = restore_version(tx, get_sequence(tx, name), number, actor=ACTOR)
    click.echo(f"{name}, version {version.number}. Move people to it with: rapport sequences migrate {name!r}")


COMMANDS = (versions, diff, migrate_, rollback_, restore)


def _move(move: PlannedMove) -> dict[str, Any]:
    names = (
        "name",
        "email",
        "from_number",
        "to_number",
        "fate",
        "old_step",
        "new_step",
        "old_at",
        "new_at",
        "sentence",
    )
    return {name: getattr(move, name) for name in names}


def _print_moves(moves: list[PlannedMove]) -> None:
    rows = [
        [one.email, one.fate, one.old_step, one.old_at, one.new_step, one.new_at, one.sentence]
        for one in moves
        if one.is_felt
    ]
    if rows:
        print_table(("email", "fate", "step", "date", "new step", "new date", ""), rows)
    counts = [f"{sum(one.fate == fate for one in moves)} {words}" for fate, words in _FATES.items()]
    same = sum(not one.is_felt for one in moves)
    click.echo(f"Of {len(moves)} people {', '.join(counts)}. For {same} nothing changes but the version.")


def _diff_lines(found: VersionDiff) -> list[str]:
    if found.is_empty:
        return ["Nothing differs."]
    lines = [line for change in found.settings for line in _change_lines(change)]
    for step in found.steps:
        was = f" (was {step.was})" if step.was else ""
        lines.append(f"{step.key}: {step.fate}{was}")
        lines += [f"  {line}" for change in step.changes for line in _change_lines(change)]
    return lines


def _change_lines(change: Change) -> list[str]:
    if change.lines:
        return [f"{change.what}:", *(f"  {line}" for line in change.lines)]
    return [f"{change.what}: {change.old or 'nothing'} -> {change.new or 'nothing'}"]
