"""Use cases: the states of a send. Every step is one conditional UPDATE that repeats the state and the owner (A2)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Select, select, update

from crm.models import Mailbox
from kit.ids import is_gone
from kit.tx import Tx
from sequences.models import Attempt, Enrolment, Send, Sequence

LEASED = ("claimed", "sending")
UNREAD = "Held: the inbox could not be read"
_CRASHED = "The program ended while this was being handed over. It may or may not have arrived."


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A send that is ours until the lease ends."""

    send_id: int
    is_follow_up: bool


@dataclass(slots=True)
class Counts:
    """What one pass did: the shape that `rapport tick --json` prints."""

    planned: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    held: int = 0
    received: int = 0
    replies: int = 0
    auto_replies: int = 0
    bounces: int = 0
    opt_outs: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, other: "Counts") -> None:
        """Add what another pass did."""
        for name in self.names():
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.errors += [error for error in other.errors if error not in self.errors]

    @staticmethod
    def names() -> tuple[str, ...]:
        """Return the counted things, in the order of the contract."""
        return (
            "planned",
            "sent",
            "failed",
            "unknown",
            "held",
            "received",
            "replies",
            "auto_replies",
            "bounces",
            "opt_outs",
        )

    @property
    def did_something(self) -> bool:
        """Whether another pass may find more to do."""
        return any(getattr(self, name) for name in self.names())


def claimable(mailbox_id: int, now: datetime, *, follow_ups: bool | None = None) -> Select[int]:
    """Return the query for what a mailbox may try now: by hand first, then follow-ups, then the oldest."""
    is_live = select(Sequence.id).where(Sequence.state == "live")
    # What waits of a run that has ended is taken too: its re-check cancels it, so that nothing waits for ever.
    is_not_held = select(Enrolment.id).where(Enrolment.id == Send.enrolment_id, Enrolment.state != "held").exists()
    query = (
        select(Send.id)
        .where(
            Send.mailbox_id == mailbox_id,
            Send.state == "scheduled",
            Send.due_at <= now,
            (Send.enrolment_id.is_(None)) | (Send.sequence_id.in_(is_live) & is_not_held),
        )
        .order_by(Send.enrolment_id.is_not(None), Send.is_follow_up.desc(), Send.due_at, Send.id)
    )
    return query if follow_ups is None else query.where(Send.is_follow_up == follow_ups)


def claim_sends(tx: Tx, mailbox: Mailbox, owner: str, *, limit: int, lease_s: float) -> list[Claim]:
    """Take up to `limit` sends of a mailbox for `lease_s` seconds, in the order they are to leave."""
    pick = claimable(mailbox.id, tx.now).limit(limit).with_for_update(of=Send, skip_locked=True).cte("pick")
    taken = tx.session.execute(
        update(Send)
        .where(Send.id.in_(select(pick.c.id)), Send.state == "scheduled")
        .values(
            state="claimed",
            claimed_at=tx.now,
            lease_owner=owner,
            lease_until=tx.now + timedelta(seconds=lease_s),
            reason="",
        )
        .returning(Send.id, Send.is_follow_up, Send.due_at, Send.enrolment_id)
    ).all()
    ordered = sorted(taken, key=lambda row: (row[3] is not None, not row[1], row[2], row[0]))
    return [Claim(send_id=row[0], is_follow_up=row[1]) for row in ordered]


def begin_transmission(tx: Tx, send_id: int, owner: str, *, lease_s: float) -> bool:
    """Commit to handing over: from here on a crash means unknown (A4). False when the claim was lost."""
    return _move(
        tx,
        send_id,
        owner,
        "claimed",
        state="sending",
        attempts=Send.attempts + 1,
        lease_until=tx.now + timedelta(seconds=lease_s),
    )


def release_claim(tx: Tx, send_id: int, owner: str, *, due_at: datetime, reason: str) -> bool:
    """Give a claim back untried: it waits until `due_at`, and says why."""
    return _move(
        tx,
        send_id,
        owner,
        "claimed",
        state="scheduled",
        due_at=due_at,
        reason=reason,
        lease_owner=None,
        lease_until=None,
    )


def retry_later(tx: Tx, send_id: int, owner: str, *, due_at: datetime, reason: str) -> bool:
    """Wait for another try after a definite temporary refusal (4xx), and only after one."""
    return _move(
        tx, send_id, owner, LEASED, state="scheduled", due_at=due_at, reason=reason, lease_owner=None, lease_until=None
    )


def settle(tx: Tx, send_id: int, owner: str, state: str, *, reason: str = "") -> bool:
    """End a send as sent, failed, unknown or cancelled. A late 250 still wins over unknown for the same owner."""
    states = (*LEASED, "unknown") if state == "sent" else LEASED
    values = {"state": state, "reason": reason, "settled_at": tx.now, "lease_until": None}
    if state == "sent":
        values["sent_at"] = tx.now
    return _move(tx, send_id, owner, states, **values)


def record_attempt(
    tx: Tx, send_id: int, outcome: str, *, stage: str = "", code: int | None = None, text: str = ""
) -> None:
    """Keep what one try came to, with the server's own words."""
    tx.session.add(Attempt(send_id=send_id, at=tx.now, outcome=outcome, stage=stage, code=code, text=text[:500]))


def sweep_leases(tx: Tx, *, limit: int = 500) -> tuple[int, int]:
    """Take back what dead or late owners held: claimed waits again, sending becomes unknown.

    Returns how many were rescheduled and how many are unknown now.
    """
    rows = tx.session.execute(
        select(Send.id, Send.state, Send.lease_owner, Send.lease_until).where(Send.state.in_(LEASED)).limit(limit)
    ).all()
    rescheduled = unknown = 0
    for send_id, state, owner, until in rows:
        if owner and until and until > tx.now and not is_gone(owner):
            continue
        if state == "claimed":
            rescheduled += _move(tx, send_id, owner, "claimed", state="scheduled", lease_owner=None, lease_until=None)
        else:
            unknown += _move(
                tx, send_id, owner, "sending", state="unknown", reason=_CRASHED, settled_at=tx.now, lease_until=None
            )
            record_attempt(tx, send_id, "unknown", text=_CRASHED)
    return rescheduled, unknown


def free_unread(tx: Tx, mailbox_id: int) -> None:
    """Let follow-ups go that waited only because their mailbox could not be read."""
    tx.session.execute(
        update(Send)
        .where(Send.mailbox_id == mailbox_id, Send.state == "scheduled", Send.reason.startswith(UNREAD))
        .values(due_at=tx.now, reason="")
    )


def sent_log(tx: Tx, mailbox_id: int, since: datetime) -> list[datetime]:
    """Return when a mailbox sent since an instant, ascending. What is unknown counts: it may have left."""
    log = tx.session.scalars(
        select(Send.sent_at).where(Send.mailbox_id == mailbox_id, Send.sent_at > since).order_by(Send.sent_at)
    )
    unclear = tx.session.scalars(
        select(Send.claimed_at).where(
            Send.mailbox_id == mailbox_id, Send.state.in_(("sending", "unknown")), Send.claimed_at > since
        )
    )
    return sorted(at for at in (*log, *unclear) if at)


def _move(tx: Tx, send_id: int, owner: str | None, states: str | tuple[str, ...], **values: object) -> bool:
    states = (states,) if isinstance(states, str) else states
    changed = tx.session.execute(
        update(Send)
        .where(Send.id == send_id, Send.state.in_(states), Send.lease_owner == owner)
        .values(**values)
        .returning(Send.id)
        .execution_options(synchronize_session="fetch")
    ).first()
    return changed is not None
