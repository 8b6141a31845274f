"""Wire: `rapport sends`."""

import click

from kit.errors import InvalidError
from sequences.insight.explain import explain_send
from sequences.insight.listing import is_send_state, list_sends
from sequences.models import SEND_STATES
from sequences.reviewing import review
from sequences.sending.unclear import resolve_unknown
from web.cli.door import ACTOR, enter, json_option, print_json, print_table


@click.group("sends")
def sends_command() -> None:
    """Every mail that leaves, will leave, or was held back."""


@sends_command.command("list")
@click.option("--state", default=None, help=", ".join(SEND_STATES))
@json_option
def list_(state: str | None, as_json: bool) -> None:
    """List sends, newest first."""
    if state and not is_send_state(state):
        raise InvalidError(f"There is no state {state!r}; choose one of: {', '.join(SEND_STATES)}.")
    with enter().database.reading() as tx:
        rows = list_sends(tx, state=state)
    if as_json:
        print_json(rows)
    else:
        heads = ("id", "email", "sequence", "step", "mailbox", "state", "reason", "due_at", "sent_at")
        print_table(heads, [[row[head] for head in heads] for row in rows])


@sends_command.command("explain")
@click.argument("send_id", metavar="ID", type=int)
@json_option
def explain(send_id: int, as_json: bool) -> None:
    """Say why a mail was sent, or what holds it and until when."""
    with enter().database.reading() as tx:
        found = explain_send(tx, send_id)
    if as_json:
        print_json(found)
        return
    click.echo(f"Mail {send_id} is {found['state']}{': ' + found['reason'] if found['reason'] else ''}")
    for hold in found["held_by"]:
        until = f" until {hold['until']:%Y-%m-%d %H:%M %Z}" if hold["until"] else ""
        click.echo(f"  Held{until}: {hold['sentence']} {hold['remedy']}")
    for part in found["tree"]:
        click.echo(f"{part['question']}:")
        for line in part["lines"]:
            click.echo(f"  {line}")
    for attempt in found["attempts"]:
        click.echo(f"  Tried {attempt['at']:%Y-%m-%d %H:%M}: {attempt['outcome']} {attempt['text']}".rstrip())


@sends_command.command("approve")
@click.argument("send_ids", metavar="ID...", type=int, nargs=-1, required=True)
def approve(send_ids: tuple[int, ...]) -> None:
    """Let drafts leave that wait for review; all of them or, if one is refused, none."""
    with enter().database.transaction() as tx:
        for send_id in send_ids:
            send = review.approve(tx, send_id, actor=ACTOR)
            click.echo(f"Mail {send.id} is {send.state}{': ' + send.reason if send.reason else ''}")


@sends_command.command("resolve")
@click.argument("send_id", metavar="ID", type=int)
@click.option("--as", "verdict", type=click.Choice(["sent", "again"]), required=True)
def resolve(send_id: int, verdict: str) -> None:
    """Settle a mail whose end is unclear: treat it as sent, or send it again."""
    with enter().database.transaction() as tx:
        send = resolve_unknown(tx, send_id, verdict=verdict, actor=ACTOR)
    click.echo(f"Mail {send.id} is {send.state}.")
