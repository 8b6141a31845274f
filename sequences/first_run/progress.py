"""Use cases: how far the first run has come. Kept in one setting; what exists already is read from where it is."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from crm.models import Brand, Mailbox, WorkspaceSetting
from kit.tx import Tx
from sequences.models import Sequence

STEPS = ("mailbox", "people", "pitch", "sequence", "launch")
_NAME = "first_run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What is there. `trial` is the last try to connect, `people` what the last list came to, `facts` the pitch's."""

    brand: Brand | None
    mailbox: Mailbox | None
    sequence: Sequence | None
    contacts: tuple[int, ...] = ()
    trial: dict[str, Any] = field(default_factory=dict)
    trip: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    launched: dict[str, Any] = field(default_factory=dict)

    @property
    def done(self) -> frozenset[str]:
        """The steps that are behind."""
        state = {
            "mailbox": self.mailbox, "people": self.contacts, "pitch": self.facts, "sequence": self.sequence,
            "launch": self.launched,
        }  # fmt: skip
        return frozenset(name for name, there in state.items() if there)

    @property
    def next_step(self) -> str:
        """Where to go on; the last step once all are done."""
        return next((name for name in STEPS if name not in self.done), STEPS[-1])


def read_progress(tx: Tx) -> Progress:
    """Return how far it has come. Four queries at most."""
    row = tx.session.get(WorkspaceSetting, _NAME)
    kept: dict[str, Any] = dict(row.value) if row else {}
    sequence_id = kept.get("sequence_id")
    return Progress(
        brand=tx.session.scalars(select(Brand).order_by(Brand.id).limit(1)).first(),
        mailbox=_find_mailbox(tx, kept.get("mailbox_id")),
        sequence=tx.session.get(Sequence, sequence_id) if sequence_id else None,
        contacts=tuple(kept.get("contacts", ())),
        **{name: kept.get(name, {}) for name in ("trial", "trip", "people", "facts", "launched")},
    )


def keep_progress(tx: Tx, **changes: Any) -> None:
    """Remember what changed; the rest stays."""
    row = tx.session.get(WorkspaceSetting, _NAME)
    if row is None:
        tx.session.add(WorkspaceSetting(name=_NAME, value=dict(changes)))
    else:
        row.value = {**row.value, **changes}
    tx.session.flush()


def _find_mailbox(tx: Tx, mailbox_id: int | None) -> Mailbox | None:
    """Return the mailbox that was connected here, else the first one of the installation."""
    found = tx.session.get(Mailbox, mailbox_id) if mailbox_id else None
    return found or tx.session.scalars(select(Mailbox).order_by(Mailbox.id).limit(1)).first()
