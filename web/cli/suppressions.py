"""Wire: `rapport suppressions`."""

import click

from crm.suppressions import lift_suppression, list_suppressions, suppress
from web.cli.door import ACTOR, enter, json_option, print_json, print_table


@click.group("suppressions")
def suppressions_command() -> None:
    """Whom never to mail."""


@suppressions_command.command("add")
@click.argument("target")
@click.option("--why", default="", help="Where this wish comes from.")
def add(target: str, why: str) -> None:
    """Forbid mail to an address, or to a domain written as @example.com."""
    with enter().database.transaction() as tx:
        row = suppress(tx, target, reason="manual", source=why or "command line", actor=ACTOR)
    click.echo(f"{row.target} will not be mailed.")


@suppressions_command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List what is in force, newest first."""
    with enter().database.reading() as tx:
        rows = [
            {"target": one.target, "reason": one.reason, "source": one.source, "since": one.since}
            for one in list_suppressions(tx)
        ]
    if as_json:
        print_json(rows)
    else:
        print_table(("target", "reason", "source", "since"), [list(row.values()) for row in rows])


@suppressions_command.command("lift")
@click.argument("target")
@click.option("--why", required=True, help="Why this person may be written to again.")
def lift(target: str, why: str) -> None:
    """Allow mail again; the reason stays on record."""
    with enter().database.transaction() as tx:
        row = lift_suppression(tx, target, why=why, actor=ACTOR)
    click.echo(f"{row.target} may be mailed again.")
