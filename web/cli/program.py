"""Wire: the root command: which module holds which command, and how refusals and faults end."""

import importlib
import sys

import click

from kit.errors import RapportError

# Command to module; each module has a click command or group of the same name.
_COMMANDS = {
    "up": "run",
    "web": "run",
    "worker": "run",
    "beat": "run",
    "tick": "run",
    "demo": "demo",
    "db": "db",
    "users": "users",
    "brands": "brands",
    "contacts": "contacts",
    "mailboxes": "mailboxes",
    "sequences": "sequences",
    "enrolments": "enrolments",
    "sends": "sends",
    "timeline": "timeline",
    "feedback": "timeline",
    "suppressions": "suppressions",
    "mail": "mail",
    "settings": "settings",
    "doctor": "settings",
}


class _Program(click.Group):
    """Loads a command's module only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the manual."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing what it needs."""
        del ctx
        module = _COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = getattr(importlib.import_module(f"web.cli.{module}"), f"{cmd_name}_command")
        return command


@click.command(cls=_Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rapport", prog_name="rapport")
def program() -> None:
    """Rapport: personal pitches, polite follow-ups, and silence the moment a person answers."""


def main() -> None:
    """Run the command line: 0 on success, 1 on a refusal with one sentence, 2 on wrong usage."""
    try:
        program.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except RapportError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        click.echo(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), err=True)
        sys.exit(1)
