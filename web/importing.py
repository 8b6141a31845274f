"""Use cases: the imports that run just now, as the list of contacts shows them."""

from crm.changes import restore_words
from crm.jobs import list_running, time_left
from crm.models import Job
from kit.tx import Tx
from web.job_words import left_in_words
from web.words import translate


def list_importing(tx: Tx) -> list[tuple[Job, str, str]]:
    """Return each import with its title and how long it still takes. One query."""
    return [
        (job, translate(restore_words(job.title, job.words)), left_in_words(time_left(job, tx.now)))
        for job in list_running(tx, "import")
    ]
