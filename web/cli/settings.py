"""Wire: `rapport settings` and `rapport doctor`."""

import click

from kit.config import load_settings
from web.cli.door import enter, json_option, print_json, print_table
from web.findings import find_faults


@click.command("settings")
@json_option
def settings_command(as_json: bool) -> None:
    """List every setting with its value and where it comes from."""
    listed = load_settings().listed
    if as_json:
        print_json([{"name": s.name, "value": s.value, "source": s.source, "about": s.about} for s in listed])
    else:
        print_table(("setting", "value", "source", "meaning"), [(s.name, s.value, s.source, s.about) for s in listed])


@click.command("doctor")
@json_option
def doctor_command(as_json: bool) -> None:
    """Say what is wrong with this installation, and the mend."""
    with enter().database.reading() as tx:
        findings = [{"what": one["what"], "mend": one["mend"]} for one in find_faults(tx)]
    if as_json:
        print_json(findings)
    elif not findings:
        click.echo("Nothing is wrong.")
    else:
        print_table(("what", "mend"), [(one["what"], one["mend"]) for one in findings])
    if findings:
        raise click.exceptions.Exit(1)
