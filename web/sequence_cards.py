"""Use cases: the list of sequences: who is in each, what has left, and how many of those reached have answered."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from crm.models import Brand
from kit.tx import Tx
from sequences.insight.outcome_kept import name_subject
from sequences.kept_models import KeptReport
from sequences.models import Enrolment, Send, Sequence
from sequences.reports.kept import BEGINNING


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceCard:
    """One sequence of the list: people by state, mails that left, and the share who replied, as its report counts it.

    `rate` is None before anything arrived, and before the beat has counted the report for the first time.
    """

    sequence: Sequence
    brand: str
    states: Mapping[str, int]
    sent: int
    rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardList:
    """The sequences at hand, or the archived ones, and how many there are of each."""

    cards: list[SequenceCard]
    at_hand: int
    archived: int


def list_sequence_cards(tx: Tx, *, archived: bool = False) -> CardList:
    """Return sequences by name. Four queries, none of which reads a mail's row."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    states = select(Enrolment.sequence_id, Enrolment.state, func.count())
    for sequence_id, state, count in tx.session.execute(states.group_by(Enrolment.sequence_id, Enrolment.state)):
        counts[sequence_id][state] = count
    left = select(Send.sequence_id, func.count()).where(Send.sequence_id.is_not(None), Send.state == "sent")
    sent = {row[0]: row[1] for row in tx.session.execute(left.group_by(Send.sequence_id))}
    rates = _read_rates(tx)
    rows = tx.session.execute(
        select(Sequence, Brand.name).join(Brand, Brand.id == Sequence.brand_id).order_by(Sequence.name)
    )
    cards = [
        SequenceCard(
            sequence=row, brand=brand, states=counts.get(row.id, {}), sent=sent.get(row.id, 0),
            rate=rates.get(name_subject(row.id)),
        )
        for row, brand in rows
    ]  # fmt: skip
    shown = [card for card in cards if (card.sequence.state == "archived") == archived]
    others = len(cards) - len(shown)
    away, near = (len(shown), others) if archived else (others, len(shown))
    return CardList(cards=shown, at_hand=near, archived=away)


def _read_rates(tx: Tx) -> dict[str, float]:
    """Return the reply rate of every sequence of whose mails some arrived, by the name of its report."""
    delivered, replied = (KeptReport.document[name].as_integer() for name in ("delivered", "replied"))
    query = select(KeptReport.subject, delivered, replied).where(
        KeptReport.edge == BEGINNING, KeptReport.subject.startswith(name_subject(0)[:-1])
    )
    return {subject: answers / reached for subject, reached, answers in tx.session.execute(query) if reached}
