"""Wire: `rapport proposals`: what mails state, and a person's yes or no."""

from datetime import UTC
from zoneinfo import ZoneInfo

import click

from crm import proposals
from crm.accepting import accept
from crm.contacts import get_contact_by_email
from crm.models import Proposal
from crm.proposal_words import describe
from crm.undoing import take_back
from web.cli.door import ACTOR, enter, json_option, print_json, print_table

_UTC = ZoneInfo(str(UTC))


@click.group("proposals")
def proposals_command() -> None:
    """What mails state: a price, a date, an agent, a new address, feedback; nothing is applied without a yes."""


@proposals_command.command("list")
@click.option("--email", default="", help="Only those of one contact.")
@json_option
def list_(email: str, as_json: bool) -> None:
    """List what waits for a decision, the newest mail first."""
    with enter().database.reading() as tx:
        contact_id = get_contact_by_email(tx, email).id if email else None
        rows = [_as_json(row) for row in proposals.list_waiting(tx, contact_id=contact_id)]
    if as_json:
        print_json(rows)
    else:
        heads = ("message", "number", "kind", "words", "confidence", "sentence")
        print_table(heads, [[row[head] for head in heads] for row in rows])


@proposals_command.command("accept")
@click.argument("message", type=int)
@click.argument("number", type=int)
def accept_(message: int, number: int) -> None:
    """Apply proposal NUMBER of MESSAGE."""
    with enter().database.transaction() as tx:
        row = accept(tx, message, number, actor=ACTOR, zone=_UTC)
    click.echo(f"Accepted: {describe(row.kind, row.data)}.")


@proposals_command.command("dismiss")
@click.argument("message", type=int)
@click.argument("number", type=int)
def dismiss(message: int, number: int) -> None:
    """Say that proposal NUMBER of MESSAGE is not so, or not wanted."""
    with enter().database.transaction() as tx:
        row = proposals.dismiss(tx, message, number, actor=ACTOR)
    click.echo(f"Dismissed: {describe(row.kind, row.data)}.")


@proposals_command.command("undo")
@click.argument("message", type=int)
@click.argument("number", type=int)
def undo(message: int, number: int) -> None:
    """Take a decision back, with what it did."""
    with enter().database.transaction() as tx:
        row = take_back(tx, message, number, actor=ACTOR)
    click.echo(f"Taken back: {describe(row.kind, row.data)}.")


def _as_json(row: Proposal) -> dict[str, object]:
    return {
        "message": row.message_id,
        "number": row.number,
        "contact": row.contact_id,
        "kind": row.kind,
        "words": describe(row.kind, row.data),
        "data": row.data,
        "sentence": row.sentence,
        "confidence": row.confidence,
    }
