"""Faults put into the engine on purpose, each at one seam: a simulation that does not find them proves nothing."""

from collections.abc import Callable, Collection
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

import sequences.course.hours
import sequences.sending.choice
import sequences.sending.dispatch
import sequences.sending.gate
from crm.models import Mailbox
from kit.tx import Tx
from sequences.models import Send
from sequences.sending.stop_rules import Clear

Plant = Callable[[pytest.MonkeyPatch], None]


def remove_claim(patch: pytest.MonkeyPatch) -> None:
    """Take what is due whatever its state: somebody else's claim, and what is being handed over."""
    exactly = sequences.sending.choice.claim_sends

    def claim(tx: Tx, mailbox: Mailbox, owner: str, **how: Any) -> list[int]:
        taken = Send.state.in_(("claimed", "sending", "unknown"))
        tx.session.execute(
            update(Send)
            .where(Send.mailbox_id == mailbox.id, Send.due_at <= tx.now, taken)
            .values(state="scheduled", lease_owner=None)
            .execution_options(synchronize_session=False)
        )
        return exactly(tx, mailbox, owner, **how)

    patch.setattr(sequences.sending.choice, "claim_sends", claim)


def skip_stop_check(patch: pytest.MonkeyPatch) -> None:
    """Let every mail go."""
    patch.setattr(sequences.sending.gate, "decide_stop", lambda _facts: Clear())


def write_status_after_smtp(patch: pytest.MonkeyPatch) -> None:
    """Say that a mail is committed as `sending` without writing it down."""

    def begin(_tx: Any, send_ids: Collection[int], _owner: str, *, lease_s: float) -> set[int]:
        return set(send_ids)

    patch.setattr(sequences.sending.dispatch, "begin_transmission", begin)


def forget_zones(patch: pytest.MonkeyPatch) -> None:
    """Read every window on the clock of UTC."""
    patch.setattr(sequences.course.hours, "read_zone", lambda _name: ZoneInfo("UTC"))


def skip_fence(patch: pytest.MonkeyPatch) -> None:
    """Let follow-ups go without reading the mailbox."""
    patch.setattr(sequences.sending.dispatch, "_pass_fence", lambda _round, group: list(group))
    patch.setattr(sequences.sending.dispatch.Round, "is_read_lately", lambda _round, _now: True)


PLANTS: dict[str, tuple[Plant, set[str]]] = {
    "a removed claim": (remove_claim, {"never twice", "states", "books and servers"}),
    "a stop check skipped": (
        skip_stop_check,
        {"suppressed", "mailbox paused", "sequence paused", "run ended", "answered", "stage", "dead address"},
    ),
    "a status written after SMTP": (write_status_after_smtp, {"committed before it leaves", "never twice"}),
    "a naive time zone": (forget_zones, {"window", "wait"}),
    "no fence": (skip_fence, {"fence", "after a stop that was readable"}),
}
