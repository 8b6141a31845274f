"""Wire: `rapport sequences`."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from sequences.course.archive import archive_sequence, bring_back
from sequences.course.resume_plan import ResumedStep, plan_resume, resume_sequence
from sequences.insight.report import audience, step_numbers
from sequences.insight.variants import list_experiments
from sequences.pitches.pitch_lint import lint_source
from sequences.versions.authoring import import_sequence, pause_sequence, read_draft, start_sequence, workspace_pitches
from sequences.versions.published import get_sequence, get_version, list_sequences
from sequences.versions.sequence_file import SequenceFile, Variant, warnings_of
from web.cli.door import ACTOR, enter, json_option, print_json, print_table
from web.cli.versions import COMMANDS

_FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.group("sequences")
def sequences_command() -> None:
    """Ordered steps: mails and things done by hand."""


for _command in COMMANDS:
    sequences_command.add_command(_command)


@sequences_command.command("check")
@_FILE
def check(file: Path) -> None:
    """Read FILE and say what is wrong with it; nothing is stored."""
    with enter().database.reading() as tx:
        draft = read_draft(file, workspace_pitches(tx))
    for warning in warnings_of(draft.document):
        click.echo(f"Think twice: {warning}", err=True)
    for step, text in _texts_of(draft.document):
        for finding in lint_source(text.subject, draft.bodies[text.body]):
            click.echo(f"Think twice: {step}: {finding.sentence} {finding.reason}", err=True)
    click.echo(f"{draft.document.name}: {len(draft.document.flow.steps)} steps, nothing to complain about.")


def _texts_of(document: SequenceFile) -> Iterator[tuple[str, Variant]]:
    """Yield the texts of all mails, each with the name of its step and variant."""
    for step in document.flow.steps:
        texts = step.texts() if step.kind == "email" else ()
        for text in texts:
            yield f"{step.key}, {text.key}" if len(texts) > 1 else step.key, text


@sequences_command.command("import")
@_FILE
@click.option("--note", default="", help="Why, for those who read the versions later.")
def import_(file: Path, note: str) -> None:
    """Store FILE as a new sequence, or as a new version of the one with its name."""
    house = enter()
    with house.database.reading() as tx:
        workspace = workspace_pitches(tx)
    draft = read_draft(file, workspace)
    with house.database.transaction() as tx:
        sequence = import_sequence(tx, draft, actor=ACTOR, note=note)
        waits = sequence.state != "draft"
    onward = f"Move people to it with: rapport sequences migrate {sequence.name!r}"
    start_it = f"Start it with: rapport sequences start {sequence.name!r}"
    click.echo(f"{sequence.name}, version {sequence.version}. {onward if waits else start_it}")


@sequences_command.command("export")
@click.argument("name")
def export(name: str) -> None:
    """Print the file a sequence was made from."""
    with enter().database.reading() as tx:
        source = get_version(tx, get_sequence(tx, name)).source
    click.echo(source, nl=False)


@sequences_command.command("start")
@click.argument("name")
def start(name: str) -> None:
    """Let a sequence send."""
    house = enter()
    with house.database.transaction() as tx:
        start_sequence(tx, name, is_public=house.settings.is_public)
    if not house.settings.is_public:
        click.echo(
            "Mail carries only the opt-out by mail until RAPPORT_PUBLIC_URL is an https address that others can open.",
            err=True,
        )
    click.echo(f"{name} is live. It sends while `rapport up` runs, or with: rapport tick")


@sequences_command.command("pause")
@click.argument("name")
def pause(name: str) -> None:
    """Send nothing of a sequence; its clocks stand still."""
    with enter().database.transaction() as tx:
        pause_sequence(tx, get_sequence(tx, name))
    click.echo(f"{name} is paused.")


@sequences_command.command("resume")
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Show the dates, and do not go on.")
@json_option
def resume(name: str, dry_run: bool, as_json: bool) -> None:
    """Go on; every date moves on by the length of the pause, into an open window."""
    database = enter().database
    with database.reading() if dry_run else database.transaction() as tx:
        sequence = get_sequence(tx, name)
        steps = plan_resume(tx, sequence) if dry_run else resume_sequence(tx, sequence)
    if as_json:
        names = ("name", "email", "step", "old_at", "new_at")
        print_json({"applied": not dry_run, "steps": [{one: getattr(step, one) for one in names} for step in steps]})
    elif dry_run:
        _print_dates(steps)
    else:
        click.echo(f"{name} goes on.")


def _print_dates(steps: list[ResumedStep]) -> None:
    rows = [[one.email, one.step, one.old_at, one.new_at or "too old: left out"] for one in steps]
    print_table(("email", "step", "date", "new date"), rows)
    days = Counter(one.new_at.date().isoformat() for one in steps if one.new_at)
    click.echo(f"Earliest dates by day: {', '.join(f'{day}: {n}' for day, n in sorted(days.items())) or 'none'}.")
    click.echo("Limits and gaps hold as ever: what is due beyond them leaves later.")


@sequences_command.command("archive")
@click.argument("name")
@click.option("--end-runs", is_flag=True, help="End the runs of everybody who is in it.")
def archive(name: str, end_runs: bool) -> None:
    """Put a sequence away: it sends nothing; report, people and mails stay."""
    with enter().database.transaction() as tx:
        archive_sequence(tx, get_sequence(tx, name), end_runs=end_runs, actor=ACTOR)
    click.echo(f"{name} is archived. Bring it back with: rapport sequences unarchive {name!r}")


@sequences_command.command("unarchive")
@click.argument("name")
def unarchive(name: str) -> None:
    """Bring an archived sequence back, as a draft or paused; runs that ended stay ended."""
    with enter().database.transaction() as tx:
        sequence = get_sequence(tx, name)
        bring_back(tx, sequence, actor=ACTOR)
        state = sequence.state
    click.echo(f"{name} is back: {'paused' if state == 'paused' else 'a draft'}.")


@sequences_command.command("list")
@click.option("--archived", is_flag=True, help="Those that are archived instead.")
@json_option
def list_(archived: bool, as_json: bool) -> None:
    """List the sequences at hand with their numbers."""
    with enter().database.reading() as tx:
        rows = [
            {
                "name": one.name,
                "state": one.state,
                "version": one.version,
                **audience(tx, one.id),
                "sent": sum(step.sent for step in step_numbers(tx, one.id) if step.kind == "email"),
            }
            for one in list_sequences(tx, archived=archived)
        ]
    if as_json:
        print_json(rows)
    else:
        heads = ("name", "state", "version", "all", "active", "held", "stopped", "finished", "sent")
        print_table(heads, [[row[head] for head in heads] for row in rows])


@sequences_command.command("report")
@click.argument("name")
@json_option
def report(name: str, as_json: bool) -> None:
    """Compare the texts of a sequence by the people who answered."""
    with enter().database.reading() as tx:
        sequence = get_sequence(tx, name)
        steps = [asdict(step) for step in step_numbers(tx, sequence.id)]
        experiments = list_experiments(tx, sequence)
    rows = [{**asdict(one), "verdict": {"kind": one.kind, **asdict(one.verdict)}} for one in experiments]
    if as_json:
        print_json({"sequence": name, "version": sequence.version, "steps": steps, "experiments": rows})
    else:
        click.echo("\n".join(f"{one.step}: {one.sentence}" for one in experiments) or "No step has more than one text.")
