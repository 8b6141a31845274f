"""Use cases: facts that mails propose: kept, listed, dismissed. What a yes does is in crm.accepting."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from crm.models import Proposal
from crm.proposal_words import describe
from crm.timeline import record_entry
from kit.errors import ConflictError, NotFoundError, say
from kit.tx import Tx

_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A fact about to be proposed; `kind` and `data` as in mailer.said."""

    kind: str
    data: dict[str, str]
    sentence: str
    confidence: float


def propose(tx: Tx, message_id: int, contact_id: int, drafts: Sequence[Draft]) -> list[Proposal]:
    """Keep facts with their message; one that waits already, or was accepted, is not asked twice."""
    if not drafts:
        return []
    known = select(Proposal.kind, Proposal.data).where(
        Proposal.contact_id == contact_id, Proposal.decision != "dismissed"
    )
    seen = {(kind, *sorted(data.items())) for kind, data in tx.session.execute(known.limit(_LIMIT))}
    rows: list[Proposal] = []
    for draft in drafts:
        # Feedback and plans differ by their words, too.
        key = (draft.kind, *sorted(draft.data.items()))
        if draft.kind != "feedback" and key in seen:
            continue
        seen.add(key)
        rows.append(
            Proposal(
                message_id=message_id,
                contact_id=contact_id,
                number=len(rows) + 1,
                kind=draft.kind,
                sentence=draft.sentence,
                confidence=draft.confidence,
                data=draft.data,
                created_at=tx.now,
            )
        )
    tx.session.add_all(rows)
    return rows


def get_proposal(tx: Tx, message_id: int, number: int) -> Proposal:
    """Return a proposal to decide about, by its message and its number there, or refuse."""
    query = select(Proposal).where(Proposal.message_id == message_id, Proposal.number == number)
    # Locked until the decision is safe, so that two people never apply one fact twice.
    row = tx.session.scalar(query.with_for_update())
    if row is None:
        raise NotFoundError(say("There is no such proposal."))
    return row


def list_waiting(tx: Tx, *, contact_id: int | None = None, limit: int = _LIMIT) -> list[Proposal]:
    """Return what waits for a decision, the newest mail first."""
    query = select(Proposal).where(Proposal.decision == "")
    if contact_id is not None:
        query = query.where(Proposal.contact_id == contact_id)
    return list(tx.session.scalars(query.order_by(Proposal.message_id.desc(), Proposal.number).limit(limit)))


def decide(tx: Tx, row: Proposal, decision: str, *, actor: str) -> None:
    """Write down who decided what, and when; refused when somebody else was quicker."""
    if row.decision:
        raise ConflictError(say("This was %(decision)s already.", decision=row.decision))
    row.decision, row.decided_at, row.decided_by = decision, tx.now, actor


def dismiss(tx: Tx, message_id: int, number: int, *, actor: str) -> Proposal:
    """Say that a proposal is not so, or not wanted."""
    row = get_proposal(tx, message_id, number)
    decide(tx, row, "dismissed", actor=actor)
    note(tx, row, "dismissed", say("Dismissed: %(what)s", what=describe(row.kind, row.data)), actor=actor)
    return row


def note(tx: Tx, row: Proposal, kind: str, summary: str, *, actor: str, brand_id: int | None = None) -> int:
    """Write what became of a proposal on the person's timeline, and return the entry's number."""
    data = {"proposal": row.id, "kind": row.kind, "sentence": row.sentence, **row.data}
    entry = record_entry(
        tx, row.contact_id, kind, summary, actor=actor, brand_id=brand_id, message_id=row.message_id, data=data
    )
    tx.session.flush()
    return entry.id
