"""Wire: `rapport feedback`."""

from pathlib import Path

import click

from crm.brands import get_brand
from crm.changes import undo_change
from crm.feedback import list_feedback
from crm.feedback_import import KIND, VERDICTS, start_import
from crm.feedback_import_undo import reverse_import
from crm.jobs import get_job
from kit.errors import NotFoundError, RefusedError, say
from sequences.jobs.runner import run_job
from web.cli.door import ACTOR, enter, json_option, print_json, print_table
from web.wiring import make_engine_of

_FIELDS = ("id", "kind", "quote", "source", "heard", "from_audience", "reach", "said_by", "said_email", "actor")


@click.group("feedback")
def feedback_command() -> None:
    """What creators and their audiences say about products."""


@feedback_command.command("list")
@click.option("--limit", default=1000, show_default=True, type=click.IntRange(1, 100_000), help="At most so many.")
@json_option
def list_(limit: int, as_json: bool) -> None:
    """List feedback, newest first."""
    with enter().database.reading() as tx:
        rows = [
            {name: getattr(one.note, name) for name in _FIELDS}
            | {
                "at": one.note.created_at,
                "theme": one.theme,
                "theme_id": one.note.theme_id,
                "contact": one.note.contact_id,
                "contact_name": one.contact.name if one.contact else "",
                "brand": one.note.brand_id,
                "product": one.note.product_id,
                "product_name": one.product,
                "message": one.note.message_id,
            }
            for one in list_feedback(tx, limit=limit)
        ]
    if as_json:
        print_json(rows)
    else:
        print_table(("at", "kind", "theme", "quote"), [(r["at"], r["kind"], r["theme"], r["quote"]) for r in rows])


@feedback_command.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--brand", default=None, help="The only brand is the default.")
@json_option
def import_(file: Path, brand: str | None, as_json: bool) -> None:
    """Read feedback from FILE, one note a row; only a column with the words is needed."""
    house = enter()
    try:
        content = file.read_bytes()
    except OSError as error:
        raise NotFoundError(f"{file} cannot be read: {error.strerror}.") from error
    with house.database.transaction() as tx:
        brand_id = get_brand(tx, brand).id
        job_id = start_import(tx, file.name, content, brand_id=brand_id, actor=ACTOR).id
    while run_job(make_engine_of(house), job_id):
        pass
    with house.database.reading() as tx:
        job = get_job(tx, job_id)
        result, change_id, left_out = dict(job.result), job.change_id, dict(job.left_out)
    if fault := result.get("fault"):
        raise RefusedError(str(fault))
    counts = {name: result["counts"][name] for name in VERDICTS}
    if as_json:
        print_json({"job": job_id, "change": change_id, "counts": counts, "left_out": left_out})
        return
    for why, count in left_out.items():
        click.echo(f"{count}: {why}")
    click.echo(", ".join(f"{count} {name}" for name, count in counts.items()) + ".")
    if change_id:
        click.echo(f"Take it back with: rapport feedback unimport {change_id}")


@feedback_command.command("unimport")
@click.argument("change_id", metavar="ID", type=int)
@json_option
def unimport(change_id: int, as_json: bool) -> None:
    """Take an import of feedback back; notes that somebody worked with since stay, and are counted."""
    with enter().database.transaction() as tx:
        undone = undo_change(tx, change_id, actor=ACTOR, reversers={KIND: reverse_import})
    if as_json:
        print_json({"undone": undone.undone, "left": undone.left})
        return
    click.echo(say("%(num)s taken back, %(left)s kept.", num=undone.undone, left=undone.left))
