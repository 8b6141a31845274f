"""Wire: `rapport enrolments`."""

from dataclasses import asdict

import click

from kit.errors import InvalidError
from sequences.course.enrolments import Verdict, enrol
from sequences.course.leaving import note_added
from sequences.insight.listing import list_enrolments
from sequences.versions.published import get_sequence
from web.cli.chosen import Chosen, find_chosen, who_options
from web.cli.door import ACTOR, enter, json_option, print_json, print_table

AT_ONCE = 500


@click.group("enrolments")
def enrolments_command() -> None:
    """Who runs through which sequence."""


@enrolments_command.command("add")
@click.argument("sequence")
@who_options
@click.option("--mailbox", default=None, help="Which mailbox writes.")
@click.option("--override", default="", metavar="REASON", help="Why the rules of the team do not hold this time.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@json_option
def add(
    sequence: str,
    emails: tuple[str, ...],
    everybody: bool,
    query: str,
    view: str,
    mailbox: str | None,
    override: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Put contacts into SEQUENCE; each gets a verdict."""
    chosen = Chosen(emails, everybody, query, view)
    if not chosen.is_given:
        raise InvalidError("Say who: --email ADDRESS, several times if needed, --all, --filter QUERY, or --view NAME.")
    database = enter().database
    with database.reading() as tx:
        found = get_sequence(tx, sequence)
        contact_ids, unknown = find_chosen(tx, chosen, brand_id=found.brand_id)
    verdicts = []
    # A transaction for some hundred at a time, so that mail goes on meanwhile.
    for begin in range(0, max(1, len(contact_ids)), AT_ONCE):
        some = contact_ids[begin : begin + AT_ONCE]
        with database.reading() if dry_run else database.transaction() as tx:
            found = get_sequence(tx, sequence)
            these = enrol(tx, found, some, actor=ACTOR, mailbox=mailbox, override=override, dry_run=dry_run)
            if not dry_run:
                note_added(tx, found, count=sum(one.enrolled for one in these), actor=ACTOR)
        verdicts += these
    verdicts += unknown
    if as_json:
        print_json([{**asdict(verdict), "verdict": _word(verdict)} for verdict in verdicts])
        return
    print_table(
        ("contact", "address", "verdict", "why"),
        [(one.name, one.email, _word(one), one.sentence) for one in verdicts],
    )
    taken = sum(one.enrolled for one in verdicts)
    click.echo(f"{taken} {'would be added' if dry_run else 'added'}, {len(verdicts) - taken} refused.")


@enrolments_command.command("list")
@click.argument("sequence", required=False)
@json_option
def list_(sequence: str | None, as_json: bool) -> None:
    """List runs, each with what came back."""
    with enter().database.reading() as tx:
        rows = list_enrolments(tx, get_sequence(tx, sequence) if sequence else None)
    if as_json:
        print_json(rows)
    else:
        heads = ("email", "sequence", "state", "reason", "reply_kind", "steps_sent", "replies")
        print_table(heads, [[row[head] for head in heads] for row in rows])


def _word(verdict: Verdict) -> str:
    return "enrolled" if verdict.enrolled else "refused"
