"""Wire: contacts as a file: asked for with the filter of the list, made as long work, for whoever asked."""

from collections.abc import Sequence

from flask import Blueprint, Response, request

from crm.disclosures import record_disclosure
from crm.export_job import RESULT
from crm.fields import offered_fields
from crm.import_job import LEFT_OUT
from crm.jobs import get_own_job, read_file, start_job
from crm.people_found import find_people_ids
from kit.errors import InvalidError, NotFoundError, say
from web import forms
from web.auth import require
from web.people_query import read_chosen, read_query_text
from web.request import this_actor, this_house, this_tx, this_user
from web.respond import done, send_csv
from web.shell import this_brand_id

blueprint = Blueprint("exports", __name__)


@blueprint.post("/contacts/export")
def create() -> Response:
    """Ask for a file of everybody who matches `query`, as in the list's address, or of those chosen by `id` among them.

    `all` says that everybody is meant, whoever is ticked.
    """
    require("edit")
    given = request.form
    wanted = read_chosen(read_query_text(given.get("query", "")), user_id=this_user().id)
    ids = find_people_ids(this_tx(), wanted, brand_id=this_brand_id())
    ticked = "" if given.get("all") else ",".join(given.getlist("id"))
    chosen = {forms.read_int(number) for number in forms.read_list(ticked)}
    ids = [number for number in ids if not chosen or number in chosen]
    if not ids:
        raise InvalidError(say("Nobody matches, so there is nothing to export."))
    return export_later(ids)


def export_later(ids: Sequence[int]) -> Response:
    """Let a job make the file of these people, and show its progress."""
    tx = this_tx()
    fields = [field.key for field in offered_fields(tx)]
    data = {"ids": list(ids), "brand_id": this_brand_id(), "fields": fields}
    title = say("Export of %(count)s contacts", count=len(ids))
    job_id = start_job(tx, "export", actor=this_actor(), total=len(ids), data=data, title=title).id
    record_disclosure(tx, "people", actor=this_actor(), count=len(ids))
    tx.after_commit(lambda: this_house().hints.work(job_id))
    return done(f"/jobs/{job_id}")


@blueprint.get("/jobs/<int:job_id>/result")
def result(job_id: int) -> Response:
    """Return what a job made, to whoever asked for it."""
    return _file(job_id, RESULT, "contacts")


@blueprint.get("/jobs/<int:job_id>/left-out")
def left_out(job_id: int) -> Response:
    """Return the rows a job left out, to whoever asked for it."""
    return _file(job_id, LEFT_OUT, "left-out")


def _file(job_id: int, role: str, name: str) -> Response:
    tx = this_tx()
    content = read_file(tx, get_own_job(tx, job_id, this_actor()).id, role)
    if not content:
        raise NotFoundError(say("There is no such file."))
    return send_csv(content, f"{name}-{job_id}.csv")
