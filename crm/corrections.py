"""Use cases: what people said replies are, beside what the machine had said: kept as rows, counted as a table."""

from dataclasses import dataclass

from sqlalchemy import func, select

from crm.models import Message, ReplyCorrection
from kit.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessCount:
    """How one guess fared: how often it was made, looked at by a person, and corrected to what."""

    guessed: str
    replies: int
    looked_at: int
    corrected: dict[str, int]

    @property
    def share(self) -> float | None:
        """Return the share corrected among those that a person looked at; None while nobody did."""
        return round(sum(self.corrected.values()) / self.looked_at, 4) if self.looked_at else None


def record_correction(tx: Tx, message: Message, before: str, kind: str, *, marks: int, actor: str) -> None:
    """Keep a person's word beside the machine's; agreeing is a word, too."""
    tx.session.add(
        ReplyCorrection(
            message_id=message.id,
            guessed=message.guessed_kind or "",
            confidence=message.reply_confidence,
            marks=marks,
            before=before,
            after=kind,
            actor=actor,
            at=tx.now,
        )
    )


def count_guesses(tx: Tx) -> list[GuessCount]:
    """Return the table of guesses and corrections; of a reply corrected twice the last word counts."""
    guesses = select(Message.guessed_kind, func.count()).where(Message.guessed_kind.is_not(None))
    made = {str(row[0]): int(row[1]) for row in tx.session.execute(guesses.group_by(Message.guessed_kind))}
    last = select(func.max(ReplyCorrection.id)).group_by(ReplyCorrection.message_id)
    words = select(ReplyCorrection.guessed, ReplyCorrection.after, func.count()).where(ReplyCorrection.id.in_(last))
    grouped = tx.session.execute(words.group_by(ReplyCorrection.guessed, ReplyCorrection.after))
    pairs = [(str(row[0]), str(row[1]), int(row[2])) for row in grouped]
    return [
        GuessCount(
            guessed=guessed,
            replies=count,
            looked_at=sum(number for said, _, number in pairs if said == guessed),
            corrected={after: number for said, after, number in sorted(pairs) if said == guessed != after},
        )
        for guessed, count in sorted(made.items())
    ]
