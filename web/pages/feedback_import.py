"""Wire: bringing feedback in from a file, as long work that can be taken back."""

from contextlib import closing
from pathlib import Path

from flask import Blueprint, Response, request

from crm.csv_writing import BOM, write_rows
from crm.feedback_csv import SAMPLE
from crm.feedback_import import start_import
from kit.errors import InvalidError, say
from web.auth import require
from web.request import this_actor, this_house
from web.respond import done, page, send_csv
from web.shell import this_brand_id
from web.words import said

blueprint = Blueprint("feedback_import", __name__)


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
    """Bring a file in; a worker begins at once and goes on when everybody leaves."""
    require("feedback")
    house, brand_id = this_house(), this_brand_id()
    try:
        name, content = _given()
        with house.database.transaction() as tx:
            job_id = start_import(tx, name, content, brand_id=brand_id, actor=this_actor()).id
    except InvalidError as error:
        return page("feedback/import.html", status=422, fault=said(error))
    house.hints.work(job_id)
    return done(f"/jobs/{job_id}")


def _given() -> tuple[str, bytes]:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidError(say("Choose a file first."))
    name = Path(file.filename.replace("\\", "/")).name
    with closing(file):
        return "".join(char for char in name if char.isprintable()) or "feedback.csv", file.read()
