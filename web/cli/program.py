"""Wire: the root command: which module holds which command, and how refusals and faults end."""

import importlib
import sys

import click

from kit.errors import RapportError
from web.garbage import look_seldom

# Command: the module that holds it, and its line in the help, so that help loads nothing.
_COMMANDS = {
    "up": ("run", "Run everything in one process: pages, beat, workers."),
    "web": ("run", "Answer requests only: for many machines."),
    "worker": ("run", "Send and read only: for many machines."),
    "beat": ("run", "Sweep and ring only: for many machines."),
    "tick": ("run", "Plan, send and read in the foreground until nothing is due."),
    "demo": ("demo", "A company, a mail world and creators who answer; nothing leaves this machine."),
    "simulate": ("simulate", "Whole worlds with faults, crashes and people; every rule is checked after every step."),
    "db": ("db", "Schema and data: upgrade, check, reindex, backup, restore."),
    "users": ("users", "People who sign in."),
    "brands": ("brands", "On whose behalf we write."),
    "search": ("search", "People, mails, notes and feedback that have these words."),
    "contacts": ("contacts", "People we may write to: import, show."),
    "mailboxes": ("mailboxes", "The accounts that mail leaves from and comes back to."),
    "dkim": ("dkim", "Keys that sign our mail, where no mail server does it for us."),
    "sequences": ("sequences", "Ordered steps: mails and things done by hand."),
    "enrolments": ("enrolments", "Who runs through which sequence."),
    "sends": ("sends", "Every mail that leaves, will leave, or was held back."),
    "forecast": ("forecast", "Every mail a sequence will send, and when; nothing is changed."),
    "limits": ("limits", "How much the whole workspace may send in 24 hours."),
    "team-rules": ("team", "What keeps colleagues from writing to the same person."),
    "incidents": ("incidents", "What about our sending a person has to look at."),
    "timeline": ("timeline", "Everything that happened with a contact."),
    "feedback": ("feedback", "What creators and their audiences say about products."),
    "proposals": ("proposals", "What mails state, such as a price or a date: accept, dismiss, undo."),
    "suppressions": ("suppressions", "Whom never to mail."),
    "mail": ("mail", "Understanding raw messages."),
    "settings": ("settings", "Every setting with its value and source."),
    "doctor": ("settings", "What is wrong with this installation, and the mend."),
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
        if cmd_name not in _COMMANDS:
            return None
        module, _summary = _COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"web.cli.{module}"), _attribute(cmd_name))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_module, summary) in _COMMANDS.items()])


def _attribute(command: str) -> str:
    return f"{command.replace('-', '_')}_command"


@click.command(cls=_Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rapport", prog_name="rapport")
def program() -> None:
    """Rapport: personal pitches, polite follow-ups, and silence the moment a person answers."""


def main() -> None:
    """Run the command line: 0 on success, 1 on a refusal with one sentence, 2 on wrong usage."""
    look_seldom()
    try:
        # Without its standalone mode click returns an exit code where a command asked for one.
        code = program.main(standalone_mode=False)
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
    sys.exit(code if isinstance(code, int) else 0)
