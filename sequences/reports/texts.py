"""Use cases: what mails led to by text: step, variant and version. An answer belongs to the last mail before it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

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
    answers, mail = answers_of(since, until), func.count(Send.id)
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
        answers.c.last_at >= Send.sent_at, or_(later.c.next.is_(None), answers.c.last_at < later.c.next)
    )
    query = (
        select(
            Sequence.name, SequenceVersion.number, Send.step_key, Send.variant, mail,
            mail.filter(Send.bounced_at.is_not(None)), mail.filter(answered, Send.bounced_at.is_(None)),
        )
        .join(later, later.c.id == Send.id)
        .join(Sequence, Sequence.id == Send.sequence_id)
        .join(Enrolment, Enrolment.id == Send.enrolment_id)
        .join(SequenceVersion, SequenceVersion.id == Enrolment.version_id)
        .outerjoin(answers, answers.c.contact_id == Send.contact_id)
        .where(Send.sent_at < until)
        .group_by(Sequence.name, SequenceVersion.number, Send.step, Send.step_key, Send.variant)
        .order_by(Sequence.name, SequenceVersion.number, Send.step, Send.variant)
        .limit(MOST)
    )  # fmt: skip
    return [
        TextRow(sequence=row[0], version=row[1], step=row[2] or "", variant=row[3], written=row[4], bounced=row[5],
                replied=row[6])
        for row in tx.session.execute(query)
    ]  # fmt: skip
