"""Use cases: the keeper keeps the reports that are too large to be counted for a page, one subject at a time.

A report over few mails is never kept: pages count it as it stands. Counting reads for seconds, so it holds no lock; of
two keepers who counted the same, the first writes it down.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from crm.kept import keep, lock
from crm.models import KeptFigures
from kit.tx import Tx
from sequences.engine import Engine
from sequences.insight import outcome_kept
from sequences.models import Send, Sequence
from sequences.reports import outreach_kept
from sequences.reports.kept import Reports, forget, read_ages, store

# Up to so many mails a page counts for itself.
MANY = 5_000
FRESH = timedelta(minutes=15)
_LIST = "reports"


def keep_next(engine: Engine, *, many: int | None = None) -> bool:
    """Count the subject anew that is due, if one is; return whether there may be another."""
    many = MANY if many is None else many
    with engine.database.reading() as tx:
        listed = tx.session.get(KeptFigures, _LIST)
        if listed is None and (tx.session.scalar(select(func.max(Send.id))) or 0) <= many:
            return False
        ages = read_ages(tx)
        if listed is None or listed.at <= tx.now - FRESH:
            write = _list(tx, many, listed.at if listed else None, known=list(ages))
        else:
            due = [one for one in listed.document["subjects"] if one not in ages or ages[one] <= tx.now - FRESH]
            if not due:
                return False
            write = _count(tx, engine, due[0], ages.get(due[0]))
    with engine.database.transaction() as tx:
        lock(tx, KeptFigures)
        write(tx)
    return True


def _list(tx: Tx, many: int, before: datetime | None, *, known: list[str]) -> Callable[[Tx], None]:
    """Find what is large enough to be kept; return what writes it down, and forgets what is not any more."""
    size = func.count()
    query = select(Send.sequence_id, size).where(Send.state == "sent", Send.sequence_id.is_not(None))
    sizes = {row[0]: row[1] for row in tx.session.execute(query.group_by(Send.sequence_id))}
    large = [number for number, count in sorted(sizes.items()) if number and count > many]
    subjects = [outreach_kept.SUBJECT] if sum(sizes.values()) > many else []
    subjects += [outcome_kept.name_subject(number) for number in large]
    began = tx.now

    def write(tx: Tx) -> None:
        listed = tx.session.get(KeptFigures, _LIST)
        if (listed.at if listed else None) == before:
            forget(tx, [one for one in known if one not in subjects])
            keep(tx, _LIST, {"subjects": subjects}, at=began)

    return write


def _count(tx: Tx, engine: Engine, subject: str, before: datetime | None) -> Callable[[Tx], None]:
    """Count a subject; return what writes it down, unless another keeper has counted it since."""
    head, reports = _count_days(tx, engine, subject)
    began = tx.now

    def write(tx: Tx) -> None:
        if read_ages(tx).get(subject) == before:
            store(tx, subject, head, reports, at=began)

    return write


def _count_days(tx: Tx, engine: Engine, subject: str) -> tuple[dict[str, Any], Reports]:
    if subject == outreach_kept.SUBJECT:
        brands = outreach_kept.list_brand_ids(tx)
        return outreach_kept.count_days(tx, [one for number in brands for one in engine.list_audiences(tx, number)])
    sequence = tx.session.get_one(Sequence, int(subject.partition(":")[2]))
    return outcome_kept.count_days(tx, sequence)
