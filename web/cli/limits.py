"""Wire: `rapport limits`."""

from dataclasses import asdict

import click

from sequences.sending.workspace_limits import read_workspace_limits, set_workspace_limit
from web.cli.door import enter, json_option, print_json, print_table
from web.forms import read_limit

_WORDS = "A number of mails in 24 hours, or none."


@click.command("limits")
@click.option("--workspace", default=None, metavar="N", help=f"All mail. {_WORDS}")
@click.option("--sending-domain", default=None, metavar="N", help=f"All mail from one domain of ours. {_WORDS}")
@click.option(
    "--recipient-domain", default=None, metavar="N", help=f"All mail to one domain, free mail apart. {_WORDS}"
)
@json_option
def limits_command(
    workspace: str | None, sending_domain: str | None, recipient_domain: str | None, as_json: bool
) -> None:
    """Show, and with options change, how much the whole workspace may send in 24 hours."""
    given = {"workspace": workspace, "sending_domain": sending_domain, "recipient_domain": recipient_domain}
    changes = {name: read_limit(text, "none") for name, text in given.items() if text is not None}
    database = enter().database
    with database.transaction() if changes else database.reading() as tx:
        for name, number in changes.items():
            set_workspace_limit(tx, name, number)
        limits = asdict(read_workspace_limits(tx))
    if as_json:
        print_json(limits)
    else:
        rows = [(name.replace("_", "-"), "none" if number is None else number) for name, number in limits.items()]
        print_table(("limit", "mails in 24 hours"), rows)
