"""Use cases: the beat keeps the reports that are too large to be counted for a page, one subject at a time.

A report over few mails is never kept: pages count it as it stands. Counting reads for seconds, so it holds no lock.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

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


def keep_next(engine: Engine, *, many: int = MANY) -> bool:
    """Count the subject anew that is due, if one is; return whether anything was written."""
    with engine.database.reading() as tx:
        listed = tx.session.get(KeptFigures, _LIST)
        if listed is None and (tx.session.scalar(select(func.max(Send.id))) or 0) <= many:
            return False
        subjects = listed.document["subjects"] if listed and listed.at > tx.now - FRESH else None
        ages = read_ages(tx)
        due = [one for one in subjects or () if one not in ages or ages[one] <= tx.now - FRESH]
        if subjects is not None and not due:
            return False
        counted = _count(tx, engine, due[0]) if due else None
    with engine.database.transaction() as tx:
        if counted:
            store(tx, due[0], *counted)
        else:
            _list(tx, many, known=list(ages))
    return True


def _list(tx: Tx, many: int, *, known: list[str]) -> None:
    """Write down what is large enough to be kept, and forget what is not any more."""
    size = func.count()
    query = select(Send.sequence_id, size).where(Send.state == "sent", Send.sequence_id.is_not(None))
    sizes = {row[0]: row[1] for row in tx.session.execute(query.group_by(Send.sequence_id))}
    large = [number for number, count in sorted(sizes.items()) if number and count > many]
    subjects = [outreach_kept.SUBJECT] if sum(sizes.values()) > many else []
    subjects += [outcome_kept.name_subject(number) for number in large]
    forget(tx, [one for one in known if one not in subjects])
    row = tx.session.get(KeptFigures, _LIST)
    if row is None:
        tx.session.add(KeptFigures(name=_LIST, at=tx.now, document={"subjects": subjects}))
    else:
        row.at, row.document = tx.now, {"subjects": subjects}


def _count(tx: Tx, engine: Engine, subject: str) -> tuple[dict[str, Any], Reports]:
    if subject == outreach_kept.SUBJECT:
        brands = outreach_kept.list_brand_ids(tx)
        return outreach_kept.count_days(tx, [one for number in brands for one in engine.list_audiences(tx, number)])
    sequence = tx.session.get_one(Sequence, int(subject.partition(":")[2]))
    return outcome_kept.count_days(tx, sequence)
