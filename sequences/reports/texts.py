"""Use cases: what mails led to by text: step, variant and version. An answer belongs to the last mail before it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from kit.tx import Tx
from sequences.insight.wilson import Rate
from sequences.models import Enrolment, Send, Sequence, SequenceVersion
from sequences.reports.outreach import answers_of

MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """One text of one version of a sequence: how many mails left, came back, and were answered."""

    sequence: str
    version: int
    step: str
    variant: str
    written: int
    bounced: int
    replied: int

    @property
    def rate(self) -> Rate:
        """Answered of those that did not come back."""
        return Rate(self.replied, self.written - self.bounced)


def list_texts(tx: Tx, since: datetime, until: datetime) -> list[TextRow]:
    """Return texts by sequence, version, step and variant. One query."""
    mail = ask_texts(since, until).subquery().c
    text = mail.sequence, mail.version, mail.step, mail.step_key, mail.variant
    query = (
        select(mail.sequence, mail.version, mail.step_key, mail.variant, func.count(), func.sum(mail.bounced),
               func.sum(mail.answered))
        .group_by(*text)
        .order_by(mail.sequence, mail.version, mail.step, mail.variant)
        .limit(MOST)
    )  # fmt: skip
    return [
        TextRow(sequence=row[0], version=row[1], step=row[2] or "", variant=row[3], written=row[4], bounced=row[5],
                replied=row[6])
        for row in tx.session.execute(query)
    ]  # fmt: skip


def ask_texts(since: datetime, until: datetime) -> Select[Any]:
    """Return the question for each mail: when it left, its text, and whether it bounced and was answered."""
    answers = answers_of(since, until)
    later = (
        select(
            Send.id.label("id"),
            func.lead(Send.sent_at)
            .over(partition_by=Send.enrolment_id, order_by=(Send.sent_at, Send.id))
            .label("next"),
        )
        .where(Send.state == "sent", Send.enrolment_id.is_not(None), Send.sent_at >= since)
        .subquery()
    )
    answered: ColumnElement[bool] = and_(
        answers.c.last_at >= Send.sent_at, or_(later.c.next.is_(None), answers.c.last_at < later.c.next),
        Send.bounced_at.is_(None),
    )  # fmt: skip
    return (
        select(
            Send.sent_at, Sequence.name.label("sequence"), SequenceVersion.number.label("version"), Send.step,
            Send.step_key, Send.variant, case((Send.bounced_at.is_not(None), 1), else_=0).label("bounced"),
            case((answered, 1), else_=0).label("answered"),
        )
        .join(later, later.c.id == Send.id)
        .join(Sequence, Sequence.id == Send.sequence_id)
        .join(Enrolment, Enrolment.id == Send.enrolment_id)
        .join(SequenceVersion, SequenceVersion.id == Enrolment.version_id)
        .outerjoin(answers, answers.c.contact_id == Send.contact_id)
        .where(Send.sent_at < until)
    )  # fmt: skip
