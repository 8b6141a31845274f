"""Use cases: whether anything happened: the newest rows of what pages show, in one statement."""

from sqlalchemy import func, select

from crm.models import Message, TimelineEntry
from kit.tx import Tx
from sequences.models import Attempt, Send

_NEWEST = select(*(select(func.max(row.id)).scalar_subquery() for row in (TimelineEntry, Message, Send, Attempt)))


def read_pulse(tx: Tx) -> tuple[int, ...]:
    """Return the newest ids; another answer means that a page may show something new."""
    return tuple(number or 0 for number in tx.run(_NEWEST).one())
