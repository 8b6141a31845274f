"""Wire: long work: what runs, how far it is, what came of it."""

from datetime import datetime

from flask import Blueprint, Response, request

from crm.changes import get_change, restore_words
from crm.history import list_actor_names
from crm.jobs import OPEN, get_job, list_files, list_jobs, time_left
from web import forms
from web.importing import list_importing
from web.job_words import COUNTS, left_in_words, news_of, percent_of
from web.request import is_partial, this_tx
from web.respond import page
from web.undo import may_undo
from web.words import translate

blueprint = Blueprint("jobs", __name__)


@blueprint.get("/jobs")
def index() -> Response:
    """Show long work, the newest first; to the list of contacts only the imports that run."""
    tx = this_tx()
    if request.args.get("part") == "imports" and is_partial():
        return page("jobs/index.html", part="contacts/_importing.html", importing=list_importing(tx))
    rows = [(job, translate(restore_words(job.title, job.words)), percent_of(job)) for job in list_jobs(tx)]
    return page("jobs/index.html", rows=rows, names=list_actor_names(tx))


@blueprint.get("/jobs/<int:job_id>")
def show(job_id: int) -> Response:
    """Show one job; its live part asks again every two seconds until it ended."""
    tx = this_tx()
    job = get_job(tx, job_id)
    seen = forms.read_int(request.args.get("seen"))
    return page(
        "jobs/page.html",
        part="jobs/_state.html",
        job=job,
        title=translate(restore_words(job.title, job.words)) or job.kind.replace("_", " ").capitalize(),
        is_open=job.state in OPEN,
        percent=percent_of(job),
        left=left_in_words(time_left(job, tx.now)),
        news=news_of(job, -1 if seen is None else seen),
        counts=[(COUNTS.get(name, name), count) for name, count in job.result.get("counts", {}).items()],
        left_out=[(translate(why), count) for why, count in job.left_out.items()],
        log=[(datetime.fromisoformat(at), translate(line)) for at, line in job.log],
        files=list_files(tx, job.id),
        change=get_change(tx, job.change_id) if job.change_id else None,
        names=list_actor_names(tx),
        may_undo=may_undo,
    )
