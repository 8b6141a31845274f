"""Wire: `rapport timeline`."""

import click

from crm.contacts import get_contact_by_email
from crm.timeline import list_entries
from web.cli.door import enter, json_option, print_json, print_table


@click.command("timeline")
@click.argument("email")
@json_option
def timeline_command(email: str, as_json: bool) -> None:
    """Show everything that happened with a contact, newest first."""
    with enter().database.reading() as tx:
        contact = get_contact_by_email(tx, email)
        entries = list_entries(tx, contact.id)
    rows = [
        {"at": one.at, "kind": one.kind, "actor": one.actor, "summary": one.summary, "data": one.data}
        for one in entries
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(("at", "kind", "actor", "summary"), [list(row.values())[:4] for row in rows])
