"""Use cases: whether anything happened: the newest rows of what pages show, in one statement."""

from collections.abc import Iterable

from sqlalchemy import func, select

from crm.models import Message, TimelineEntry
from kit.tx import Tx
from sequences.models import Attempt, Send

# For who asks other things in the same statement; `write_pulse` reads the answer.
NEWEST = select(*(select(func.max(row.id)).scalar_subquery() for row in (TimelineEntry, Message, Send, Attempt)))


def read_pulse(tx: Tx) -> str:
    """Return the newest ids in a word; another one means that a page may show something new."""
    return write_pulse(tx.run(NEWEST).one())


def write_pulse(ids: Iterable[int | None]) -> str:
    """Return in a word what `NEWEST` found."""
    return ".".join(str(number or 0) for number in ids)
