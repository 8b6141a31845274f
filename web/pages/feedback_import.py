"""Wire: bringing feedback in from a file, as long work that can be taken back."""

from contextlib import closing
from pathlib import Path

from flask import Blueprint, Response, request

from crm.csv_writing import BOM, write_rows
from crm.feedback_csv import SAMPLE
from crm.feedback_import import JOB, UPLOAD, start_import
from crm.feedback_preview import look_into
from crm.jobs import drop_drafts, get_own_job, read_file
from kit.errors import ConflictError, InvalidError, say
from web.auth import require
from web.request import this_actor, this_house, this_tx
from web.respond import done, page, send_csv
from web.shell import this_brand_id
from web.words import lazy, said

blueprint = Blueprint("feedback_import", __name__)
_FIELDS = {
    "quote": lazy("the words"),
    "kind": lazy("problem, idea or praise"),
    "product": lazy("the product"),
    "theme": lazy("the theme"),
    "email": lazy("the address of who said it"),
    "name": lazy("the name of who said it"),
    "audience": lazy("whether their audience said it"),
    "reach": lazy("how many they speak to"),
    "heard": lazy("where it was heard"),
    "day": lazy("the day it was said"),
}


@blueprint.get("/feedback/import")
def new() -> Response:
    """Ask for a file."""
    return page("feedback/import.html", fault="")


@blueprint.get("/feedback/import/sample")
def sample() -> Response:
    """Return a file to start from."""
    return send_csv(BOM + write_rows(SAMPLE), "feedback.csv")


@blueprint.post("/feedback/import")
def create() -> Response:
    """Keep a file to look at; nothing is brought in before somebody says so."""
    require("feedback")
    brand_id = this_brand_id()
    try:
        name, content = _given()
        with this_house().database.transaction() as tx:
            drop_drafts(tx, this_actor())
            job = start_import(tx, name, content, brand_id=brand_id, actor=this_actor())
            job.state = "draft"
    except InvalidError as error:
        return page("feedback/import.html", status=422, fault=said(error))
    return done(f"/feedback/import/{job.id}")


@blueprint.get("/feedback/import/<int:job_id>")
def show(job_id: int) -> Response:
    """Show what a file would bring."""
    tx = this_tx()
    job = get_own_job(tx, job_id, this_actor())
    if job.state != "draft" or job.kind != JOB:
        return done(f"/jobs/{job.id}")
    look = look_into(tx, read_file(tx, job.id, UPLOAD), job.data["brand_id"])
    return page("feedback/import_preview.html", job=job, look=look, fields=_FIELDS)


@blueprint.post("/feedback/import/<int:job_id>/job")
def begin(job_id: int) -> Response:
    """Bring a file in; a worker begins at once and goes on when everybody leaves."""
    require("feedback")
    tx = this_tx()
    job = get_own_job(tx, job_id, this_actor())
    if job.state != "draft" or job.kind != JOB:
        raise ConflictError(say("This file is being imported already. Nothing was changed by this click."))
    job.state = "waiting"
    tx.after_commit(lambda: this_house().hints.work(job_id))
    return done(f"/jobs/{job_id}")


def _given() -> tuple[str, bytes]:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidError(say("Choose a file first."))
    name = Path(file.filename.replace("\\", "/")).name
    with closing(file):
        return "".join(char for char in name if char.isprintable()) or "feedback.csv", file.read()
