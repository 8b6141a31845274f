"""Pure: the words of long work: its states, what its results count, how long it still takes."""

from datetime import timedelta

from crm.models import Job
from web.words import _, lazy, ngettext

COUNTS = {
    "created": lazy("New"),
    "updated": lazy("Topped up"),
    "unchanged": lazy("Known, nothing new"),
    "duplicate": lazy("Twice in the file"),
    "rejected": lazy("Left out"),
    "added": lazy("Added"),
    "known": lazy("Here already"),
    "done": lazy("Done"),
    "left": lazy("Left out"),
    "written": lazy("Written"),
    "pairs": lazy("Perhaps one person"),
    "texts": lazy("Texts emptied"),
    "erased": lazy("Erased"),
    "searched": lazy("Looked at"),
    "cleaned": lazy("Cleaned"),
}
_HALF = 50


def percent_of(job: Job) -> int:
    """Return how much is done, in whole per cent; 100 only at the end."""
    if job.state == "done":
        return 100
    return min(99, 100 * job.done // job.total) if job.total else 0


def news_of(job: Job, seen: int) -> str:
    """Return what to announce since `seen` per cent were on screen: the start, the half and the end, nothing else."""
    now = percent_of(job)
    if job.state == "failed":
        return _("It stopped.")
    if job.state == "done":
        return _("Finished.")
    if seen < _HALF <= now:
        return _("Half is done.")
    return _("Begun. You may leave this page.") if seen < 0 else ""


def left_in_words(left: timedelta | None) -> str:
    """Return how long work still takes, roughly; empty while nobody can know."""
    if left is None:
        return ""
    seconds = left.total_seconds()
    if seconds < 60:  # noqa: PLR2004 - a minute
        return _("less than a minute left")
    minutes = round(seconds / 60)
    return ngettext("about %(num)s minute left", "about %(num)s minutes left", minutes)
