"""Use cases: what is kept no longer than the workspace's rules allow: off until somebody sets a number, run each day.

What would go is a list that anybody may look at first; the job does the same list, a chunk at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, update

from crm.jobs import add_counts, leave_out, move_on, start_job
from crm.models import Contact, Job, Message, MessageBody, Relationship, Stage, WorkspaceSetting
from kit.errors import InvalidError, say
from kit.tx import Tx
from sequences.course.runs import OPEN as OPEN_RUNS
from sequences.models import Enrolment, Send, SendBody
from sequences.privacy.erasure import erase_many

KIND, SETTING = "retention", "retention"
EMPTIED = "emptied"  # in the facts of a mail: its text was kept no longer
FIELDS = ("text_months", "contact_months")
MOST_MONTHS, MOST_COUNTED = 240, 2_000
_MONTH = timedelta(days=30.44)
_TEXTS, _PEOPLE, _A_DAY = 500, 25, 50
_LEFT = ("sent", "failed", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """After how many months texts of mails go, and people we never got further with than a pitch; None: never."""

    text_months: int | None = None
    contact_months: int | None = None

    @property
    def are_on(self) -> bool:
        """Whether anything goes by itself."""
        return self.text_months is not None or self.contact_months is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What would go if the rules ran now: how many texts, how many people, and some of them by number and name."""

    texts: int
    people: int
    some: tuple[tuple[int, str], ...]


def read_rules(tx: Tx) -> Rules:
    """Return the rules that hold."""
    row = tx.session.get(WorkspaceSetting, SETTING)
    kept = row.value if row else {}
    return Rules(**{name: kept.get(name) for name in FIELDS})


def save_rules(tx: Tx, wanted: Mapping[str, int | None]) -> Rules:
    """Change the rules; None switches one off."""
    for number in wanted.values():
        if number is not None and not 1 <= number <= MOST_MONTHS:
            raise InvalidError(say("Months must be a whole number from 1 to %(most)s, or empty.", most=MOST_MONTHS))
    row = tx.session.get(WorkspaceSetting, SETTING) or WorkspaceSetting(name=SETTING, value={})
    row.value = {**row.value, **{name: wanted.get(name) for name in FIELDS}}
    tx.session.add(row)
    tx.session.flush()
    return read_rules(tx)


def look_ahead(tx: Tx, rules: Rules, *, limit: int = 20) -> Outlook:
    """Return what would go; nothing is changed."""
    texts = people = 0
    some: list[tuple[int, str]] = []
    if rules.text_months is not None:
        texts = tx.session.scalar(_count(_old_texts(tx, rules))) or 0
    if rules.contact_months is not None:
        query = _old_people(tx, rules)
        people = tx.session.scalar(_count(query)) or 0
        named = select(Contact.id, Contact.name).where(Contact.id.in_(query)).order_by(Contact.id).limit(limit)
        some = [(row[0], row[1]) for row in tx.session.execute(named)]
    return Outlook(texts=texts, people=people, some=tuple(some))


def _count(query: Select[int]) -> Select[int]:
    """Return the query that counts, as far as a page needs to know."""
    return select(func.count()).select_from(query.limit(MOST_COUNTED).subquery())


def is_due(tx: Tx) -> bool:
    """Return whether the rules are on and did not run today."""
    row = tx.session.get(WorkspaceSetting, SETTING)
    return row is not None and read_rules(tx).are_on and row.value.get("ran_on") != _today(tx)


def start_if_due(tx: Tx) -> Job | None:
    """Begin today's run once, whoever asks; None when it began already or nothing is to do."""
    row = tx.session.get(WorkspaceSetting, SETTING, with_for_update=True)
    if row is None or not is_due(tx):
        return None
    row.value = {**row.value, "ran_on": _today(tx)}
    outlook = look_ahead(tx, read_rules(tx), limit=0)
    if not outlook.texts and not outlook.people:
        return None
    total = outlook.texts + min(outlook.people, _A_DAY)
    return start_job(tx, KIND, actor="system", total=total, data={}, title=say("What is kept too long goes"))


def take_retention_chunk(tx: Tx, job: Job) -> bool:
    """Empty the next old texts, then erase the next people; who has something under way waits for tomorrow."""
    rules = read_rules(tx)
    emptied = _empty_texts(tx, rules) if rules.text_months is not None else 0
    if emptied:
        add_counts(job, texts=emptied)
        move_on(job, min(job.total, job.done + emptied))
        return False
    seen = int(job.cursor.get("seen", 0))
    ids = []
    if rules.contact_months is not None and seen < _A_DAY:
        after = int(job.cursor.get("after", 0))
        query = _old_people(tx, rules).where(Contact.id > after).order_by(Contact.id).limit(_PEOPLE)
        ids = list(tx.session.scalars(query))
    if not ids:
        return True
    erased, left = erase_many(tx, ids, reason="retention", actor="system")
    add_counts(job, erased=erased)
    if left:
        leave_out(job, say("Something of theirs is under way; they are looked at again tomorrow."), left)
    move_on(job, min(job.total, job.done + len(ids)), after=ids[-1], seen=seen + len(ids))
    return False


def _empty_texts(tx: Tx, rules: Rules) -> int:
    ids = list(tx.session.scalars(_old_texts(tx, rules).limit(_TEXTS)))
    if not ids:
        return 0
    for message in tx.session.scalars(select(Message).where(Message.id.in_(ids))):
        message.facts = {**message.facts, EMPTIED: True}
    gone: dict[str, Any] = {"new_text": "", "text": "", "html": None, "raw": None}
    tx.session.execute(update(MessageBody).where(MessageBody.message_id.in_(ids)).values(gone))
    ours = select(Send.id).where(
        Send.state.in_(_LEFT), Send.rfc_id.in_(select(Message.rfc_id).where(Message.id.in_(ids)))
    )
    blank: dict[str, Any] = {"source": "", "text": "", "html": "", "raw": None}
    tx.session.execute(
        update(SendBody).where(SendBody.send_id.in_(ours)).values(blank).execution_options(synchronize_session=False)
    )
    return len(ids)


def _old_texts(tx: Tx, rules: Rules) -> Select[int]:
    """Return the mails whose text is older than the rules allow and still there."""
    there = or_(MessageBody.text != "", MessageBody.new_text != "", MessageBody.html.is_not(None),
                MessageBody.raw.is_not(None))  # fmt: skip
    return (
        select(Message.id)
        .join(MessageBody, MessageBody.message_id == Message.id)
        .where(Message.at < _before(tx, rules.text_months), there)
        .order_by(Message.id)
    )


def _old_people(tx: Tx, rules: Rules) -> Select[int]:
    """Return the people nobody wrote to or heard from for long, who never came further than a pitch."""
    before = _before(tx, rules.contact_months)
    pitched = select(func.coalesce(func.max(Stage.position), 0)).where(Stage.rule == "first_pitch").scalar_subquery()
    further = exists().where(
        and_(Relationship.contact_id == Contact.id, Relationship.stage_id == Stage.id, Stage.position > pitched)
    )
    heard = exists().where(Message.contact_id == Contact.id, Message.at >= before)
    running = exists().where(Enrolment.contact_id == Contact.id, Enrolment.state.in_(OPEN_RUNS))
    return select(Contact.id).where(
        Contact.erased_at.is_(None), Contact.created_at < before, ~further, ~heard, ~running
    )


def _before(tx: Tx, months: int | None) -> datetime:
    return tx.now - (months or 0) * _MONTH


def _today(tx: Tx) -> str:
    return tx.now.date().isoformat()
