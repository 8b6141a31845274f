"""Wire: bringing people in from a file or from pasted lines: a look first, then an import as long work."""

import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from crm.changes import restore_words
from crm.csv_files.fields import OWN
from crm.csv_files.pasted import table_of_paste
from crm.csv_writing import BOM, write_rows
from crm.fields import create_field, offered_fields
from crm.history import list_actor_names
from crm.import_job import UPLOAD
from crm.import_mending import MOST_ROWS, Corrections, read_corrections, some_faults
from crm.import_preview import preview_file
from crm.jobs import add_to_file, drop_drafts, get_own_job, read_file, start_job
from crm.models import Job
from kit.errors import ConflictError, InvalidError, say
from kit.tx import Tx
from web.auth import may, require
from web.forms import read_int
from web.import_words import BASES, FIELDS, KINDS, NEW, PLATFORM_HANDLES, SAMPLE, field_words
from web.request import reopen_tx, this_actor, this_house, this_tx
from web.respond import done, page, send_csv
from web.shell import this_brand_id
from web.words import translate

blueprint = Blueprint("imports", __name__)
_MAX_NAME = 200
_MAX_TAG = 80
_MAX_LABEL = 80


@blueprint.get("/contacts/import")
def new() -> Response:
    """Ask for a file, or for pasted lines."""
    return page("imports/new.html", fault="", text="")


@blueprint.get("/contacts/import/sample")
def sample() -> Response:
    """Return a file to start from."""
    return send_csv(BOM + write_rows(SAMPLE), "sample.csv")


@blueprint.post("/contacts/import")
def create() -> Response:
    """Keep a file to look at; nothing is brought in before somebody says so."""
    require("edit")
    try:
        name, content = _given()
        seen = _preview(this_tx(), content, name, None)
    except InvalidError as error:
        text = request.form.get("text", "")
        return page("imports/new.html", status=422, fault=translate(error.sentence), text=text)
    with this_house().database.transaction() as tx:
        drop_drafts(tx, this_actor())
        data = {"filename": name, "columns": seen["chosen"], "brand_id": this_brand_id(), "preview": seen,
                "remembered": seen["remembered"], "corrections": {}}  # fmt: skip
        title = say("Import of %(file)s", file=name)
        job = start_job(tx, "import", actor=this_actor(), total=seen["rows"], data=data, title=title)
        job.state = "draft"
        add_to_file(tx, job, UPLOAD, content)
    return done(f"/contacts/import/{job.id}")


@blueprint.get("/contacts/import/<int:job_id>")
def show(job_id: int) -> Response:
    """Show what the file would become."""
    job = get_own_job(this_tx(), job_id, this_actor())
    if job.state != "draft" or job.kind != "import":
        return done(f"/jobs/{job.id}")
    return _show(job)


@blueprint.post("/contacts/import/<int:job_id>/mapping")
def change(job_id: int) -> Response:
    """Read the file again with columns chosen by hand, and with what was put right in its rows."""
    require("edit")
    job = _draft(this_tx(), job_id)
    try:
        with this_house().database.transaction() as tx:
            said = _said(tx, job)
        reopen_tx()  # fields that were made just now are seen
        job = _draft(this_tx(), job_id)
        content = read_file(this_tx(), job_id, UPLOAD)
        seen = _preview(this_tx(), content, job.data["filename"], said["columns"], said["corrections"])
    except (InvalidError, ConflictError) as error:
        return _show(job, fault=translate(error.sentence), status=422)
    with this_house().database.transaction() as tx:
        job = _draft(tx, job_id)
        job.data = {**job.data, **_facts(), **said, "preview": seen}
    return done(f"/contacts/import/{job_id}{_rows()}")


@blueprint.post("/contacts/import/<int:job_id>/job")
def begin(job_id: int) -> Response:
    """Bring the people in; a worker begins at once and goes on when everybody leaves."""
    require("edit")
    tx = this_tx()
    job = _draft(tx, job_id)
    job.data = {**job.data, **_facts(), **_said(tx, job), "preview": {}}
    job.state = "waiting"
    tx.after_commit(lambda: this_house().hints.work(job_id))
    return done(f"/jobs/{job_id}")


@blueprint.post("/contacts/import/<int:job_id>/cancellation")
def cancel(job_id: int) -> Response:
    """Forget the file."""
    require("edit")
    _draft(this_tx(), job_id)
    drop_drafts(this_tx(), this_actor())
    return done("/contacts/import")


def _given() -> tuple[str, bytes]:
    """Return the file that was sent, or the pasted lines as one; refuse nothing at all."""
    file = request.files.get("file")
    if file is not None and file.filename:
        name = Path(file.filename.replace("\\", "/")).name
        with closing(file):
            return "".join(char for char in name if char.isprintable())[:_MAX_NAME] or "file.csv", file.read()
    text = request.form.get("text", "").strip()
    if not text:
        raise InvalidError(say("Choose a file, or paste some lines."))
    return "pasted.csv", table_of_paste(text).encode("utf-8", "replace")


def _preview(
    tx: Tx, content: bytes, name: str, columns: dict[str, str] | None, corrections: Corrections | None = None
) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile(prefix="rapport-look-", suffix=".csv") as copy:
        copy.write(content)
        copy.flush()
        return preview_file(
            tx, Path(copy.name), filename=name, columns=columns, brand_id=this_brand_id(), corrections=corrections
        )


def _draft(tx: Tx, job_id: int) -> Job:
    job = get_own_job(tx, job_id, this_actor())
    if job.state != "draft" or job.kind != "import":
        raise ConflictError(say("This file is being imported already. Nothing was changed by this click."))
    return job


def _said(tx: Tx, job: Job) -> dict[str, Any]:
    """Return the columns and corrections that hold now; `afresh` forgets how the last such file was mapped."""
    known = job.data.get("corrections", {})
    corrections = read_corrections(known, job.data["preview"]["faults"], request.form)
    if len(corrections) > max(MOST_ROWS, len(known)):
        raise InvalidError(say("So many rows are better mended in the file. Mend them there, then choose it again."))
    if request.form.get("afresh"):
        return {"columns": {}, "remembered": None, "corrections": corrections}
    return {"columns": _chosen(tx, job), "corrections": corrections}


def _chosen(tx: Tx, job: Job) -> dict[str, str]:
    """Return the columns chosen by hand so far; only what differs from what was shown is a choice.

    A column that is to be a new field makes it, named like the column.
    """
    columns = dict(job.data["columns"])
    for index, column in enumerate(job.data["preview"]["columns"]):
        wanted = request.form.get(f"c{index}", column["field"])
        if wanted != column["field"]:
            columns[column["name"]] = _make_field(tx, column["name"], wanted) if wanted.startswith(NEW) else wanted
    return columns


def _make_field(tx: Tx, name: str, wanted: str) -> str:
    require("rules")
    field = create_field(tx, name[:_MAX_LABEL], wanted.removeprefix(NEW), actor=this_actor())
    return f"{OWN}{field.key}"


def _facts() -> dict[str, str]:
    """Return what holds for everybody in the file."""
    basis = request.form.get("basis", "")
    words = "" if basis == "unknown" else str(BASES.get(basis, ""))
    tag = " ".join(request.form.get("tag", "").replace(",", " ").split()).lstrip("=+-@'")
    return {"basis": words, "basis_key": basis, "tag": tag[:_MAX_TAG]}


def _rows() -> str:
    """Return how an address keeps the rows to put right that were shown, or turns to those before or after them."""
    line = read_int(request.form.get("turn", request.form.get("rows")))
    here = "#rows" if {"turn", "as_in_file"} & set(request.form) else ""
    return f"?rows={line}{here}" if line else here


def _show(job: Job, *, fault: str = "", status: int = 200) -> Response:
    seen = job.data["preview"]
    fields = [*FIELDS, *(f"{name}.handle" for name in PLATFORM_HANDLES)]
    own = {f"{OWN}{field.key}": field.label for field in offered_fields(this_tx())}
    fields += sorted({column["field"] for column in seen["columns"]} - {*fields, *own})
    remembered = job.data.get("remembered")
    looks = [translate(restore_words(column["look"], column["words"])) for column in seen["columns"]]
    return page(
        "imports/page.html",
        part="imports/_plan.html",
        status=status,
        job=job,
        seen=seen,
        some=some_faults(seen["faults"], read_int(request.values.get("rows")) or 0),
        looks=looks,
        fields=[(field, field_words(field)) for field in fields],
        own=own,
        kinds=KINDS if may("rules") else {},
        bases=BASES,
        mapped_at=datetime.fromisoformat(remembered["at"]) if remembered else None,
        mapped_by=list_actor_names(this_tx()).get(remembered["actor"], "") if remembered else "",
        fault=fault,
    )
