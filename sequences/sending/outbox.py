"""Use cases: the states of a send. Every step is one conditional UPDATE that repeats the state and the owner (A2)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, bindparam, literal_column, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from crm.models import Mailbox
from kit.db import Instant
from kit.errors import say
from kit.ids import is_gone
from kit.tx import Tx
from sequences.models import Attempt, Enrolment, Send, Sequence

LEASED = ("claimed", "sending")
UNREAD = say("Held: the inbox could not be read")
_CRASHED = say("The program ended while this was being handed over. It may or may not have arrived.")


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


def is_in(state: str) -> ColumnElement[bool]:
    """Return the condition on a state as the partial indexes have it: a bound parameter would hide them."""
    return Send.state == literal_column(f"'{state}'")


def is_due(tx: Tx, mailbox_id: int, *, of: str = "any") -> bool:
    """Return whether a mailbox has something to try now; `of` is any, by_hand, or urgent: all but first mails."""
    return tx.run(_DUE[of], {"box": mailbox_id, "now": tx.now}).first() is not None


def claim_sends(
    tx: Tx, mailbox: Mailbox, owner: str, *, limit: int, lease_s: float, first_mails: bool = True
) -> list[int]:
    """Take up to `limit` sends of a mailbox for `lease_s` seconds; return their ids in the order they are to leave."""
    values = {
        "box": mailbox.id,
        "now": tx.now,
        "limit": limit,
        "owner": owner,
        "until": tx.now + timedelta(seconds=lease_s),
    }
    taken = tx.run(_CLAIM if first_mails else _CLAIM_URGENT, values).all()
    ordered = sorted(taken, key=lambda row: (row[3] is not None, not row[1], row[2], row[0]))
    return [row[0] for row in ordered]


def begin_transmission(tx: Tx, send_ids: Collection[int], owner: str, *, lease_s: float) -> set[int]:
    """Commit to handing over: from here on a crash means unknown (A4). Claims that were lost are left out."""
    values = {"send_ids": list(send_ids), "owner": owner, "until": tx.now + timedelta(seconds=lease_s)}
    return set(tx.run(_BEGIN, values).scalars())


def take_back(tx: Tx, send_id: int, owner: str, *, due_at: datetime, reason: str) -> bool:
    """Give back a mail that was committed with others and certainly never begun on the wire."""
    return _move(
        tx,
        send_id,
        owner,
        "sending",
        state="scheduled",
        attempts=Send.attempts - 1,
        due_at=due_at,
        reason=reason,
        lease_owner=None,
        lease_until=None,
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
    """End a send as failed, unknown or cancelled."""
    return _move(tx, send_id, owner, LEASED, state=state, reason=reason, settled_at=tx.now, lease_until=None)


def settle_sent(tx: Tx, send_ids: Collection[int], owner: str) -> set[int]:
    """End sends as sent; return which. A late 250 still wins over unknown for the same owner."""
    values = {"send_ids": list(send_ids), "owner": owner, "now": tx.now}
    return set(tx.run(_SETTLE, values).scalars())


def record_attempt(
    tx: Tx, send_id: int, outcome: str, *, stage: str = "", code: int | None = None, text: str = ""
) -> None:
    """Keep what one try came to, with the server's own words."""
    tx.session.add(Attempt(send_id=send_id, at=tx.now, outcome=outcome, stage=stage, code=code, text=text[:500]))


def sweep_leases(tx: Tx, *, limit: int = 500) -> tuple[int, int]:
    """Take back what dead or late owners held: claimed waits again, sending becomes unknown.

    Returns how many were rescheduled and how many are unknown now.
    """
    rows = tx.run(_HELD, {"limit": limit}).all()
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
        .where(Send.mailbox_id == mailbox_id, is_in("scheduled"), Send.reason.startswith(UNREAD))
        .values(due_at=tx.now, reason="")
    )


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


def _waits() -> Select[int]:
    """Return the query for what a mailbox may try now: by hand first, then follow-ups, then the oldest."""
    # What waits of a run that has ended, or in an archived sequence because a worker died with it, is taken too: its
    # re-check cancels it, so that nothing waits for ever.
    is_live = select(Sequence.id).where(Sequence.state.in_(("live", "archived")))
    is_not_held = select(Enrolment.id).where(Enrolment.id == Send.enrolment_id, Enrolment.state != "held").exists()
    return (
        select(Send.id)
        .where(
            Send.mailbox_id == bindparam("box"),
            is_in("scheduled"),
            Send.due_at <= bindparam("now", type_=Instant()),
            (Send.enrolment_id.is_(None)) | (Send.sequence_id.in_(is_live) & is_not_held),
        )
        .order_by(Send.enrolment_id.is_not(None), Send.is_follow_up.desc(), Send.due_at, Send.id)
    )


def _claim(waits: Select[int]) -> ReturningUpdate[int, bool, datetime, int | None]:
    pick = waits.limit(bindparam("limit")).with_for_update(of=Send, skip_locked=True).cte("pick")
    return (
        update(Send)
        .where(Send.id.in_(select(pick.c.id)), is_in("scheduled"))
        .values(
            state="claimed",
            claimed_at=bindparam("now", type_=Instant()),
            lease_owner=bindparam("owner"),
            lease_until=bindparam("until"),
        )
        .returning(Send.id, Send.is_follow_up, Send.due_at, Send.enrolment_id)
    )


# Built once: what is asked before every mail must cost no more than the asking.
_HELD = (
    select(Send.id, Send.state, Send.lease_owner, Send.lease_until)
    .where(Send.state.in_([literal_column(f"'{state}'") for state in LEASED]))
    .limit(bindparam("limit"))
)
_URGENT = _waits().where(Send.enrolment_id.is_(None) | Send.is_follow_up)
_DUE = {
    "any": _waits().limit(1),
    "by_hand": _waits().where(Send.enrolment_id.is_(None)).limit(1),
    "urgent": _URGENT.limit(1),
}
_CLAIM, _CLAIM_URGENT = _claim(_waits()), _claim(_URGENT)
_OURS = update(Send).where(Send.id.in_(bindparam("send_ids", expanding=True)), Send.lease_owner == bindparam("owner"))
_BEGIN = (
    _OURS.where(Send.state == "claimed")
    .values(state="sending", attempts=Send.attempts + 1, lease_until=bindparam("until"))
    .returning(Send.id)
)
_SETTLE = (
    _OURS.where(Send.state.in_((*LEASED, "unknown")))
    .values(state="sent", reason="", settled_at=bindparam("now"), sent_at=bindparam("now"), lease_until=None)
    .returning(Send.id)
)
