"""Wire: `rapport incidents`."""

import click

from sequences.incidents import close_incident, list_open_incidents
from web.cli.door import ACTOR, enter, json_option, print_json, print_table


@click.group("incidents")
def incidents_command() -> None:
    """What about our sending a person has to look at."""


@incidents_command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List what nobody has closed yet, newest first."""
    with enter().database.reading() as tx:
        rows = [
            {
                "id": one.id,
                "kind": one.kind,
                "at": one.at,
                "sentence": one.sentence,
                "mailbox_id": one.mailbox_id,
                "sequence_id": one.sequence_id,
                "contact_id": one.contact_id,
            }
            for one in list_open_incidents(tx)
        ]
    if as_json:
        print_json(rows)
    else:
        heads = ("id", "kind", "at", "sentence")
        print_table(heads, [[row[head] for head in heads] for row in rows])


@incidents_command.command("close")
@click.argument("incident_id", metavar="ID", type=int)
@json_option
def close(incident_id: int, as_json: bool) -> None:
    """Say that somebody has looked."""
    with enter().database.transaction() as tx:
        incident = close_incident(tx, incident_id, actor=ACTOR)
        closed = {"id": incident.id, "closed_at": incident.closed_at, "closed_by": incident.closed_by}
    if as_json:
        print_json(closed)
    else:
        click.echo(f"Incident {incident_id} is closed.")
