"""Use cases: the runs whose next step is due, and in a few queries everything that planning them reads."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, text

from crm.contacts import rank
from crm.models import Brand, Contact, Handle, Mailbox, Product
from kit.tx import Tx
from sequences.models import Enrolment, Send, Sequence, SequenceVersion


@dataclass(slots=True)
class DueRuns:
    """Runs to plan, and what belongs to them. `rows` only holds on to what the session would forget again."""

    runs: list[Enrolment]
    rows: list[object] = field(default_factory=list)
    handles: dict[int, list[Handle]] = field(default_factory=dict)
    products: dict[int, list[Product]] = field(default_factory=dict)
    sends: dict[int, list[Send]] = field(default_factory=dict)


def read_due(tx: Tx, limit: int) -> DueRuns:
    """Take up to `limit` runs that are due, the longest due first, with everything about them."""
    due = (
        select(Enrolment)
        .join(Sequence, Sequence.id == Enrolment.sequence_id)
        # In the words of the partial index: a planner need not prove that it fits, and what only waits is never read.
        .where(text("enrolments.state = 'active'"), Enrolment.next_at <= tx.now, Sequence.state == "live")
        .order_by(Enrolment.next_at, Enrolment.id)
        .limit(limit)
        .with_for_update(of=Enrolment, skip_locked=True)
    )
    found = DueRuns(runs=list(tx.session.scalars(due)))
    if found.runs:
        _read_around(tx, found)
    return found


def _read_around(tx: Tx, found: DueRuns) -> None:
    contacts = {run.contact_id for run in found.runs}
    sequences = _load(tx, Sequence, (run.sequence_id for run in found.runs))
    brands = {sequence.brand_id for sequence in sequences}
    found.rows += [
        *sequences,
        *_load(tx, SequenceVersion, (run.version_id for run in found.runs)),
        *_load(tx, Mailbox, (run.mailbox_id for run in found.runs)),
        *_load(tx, Contact, contacts),
        *_load(tx, Brand, brands),
    ]
    # The main handle first, as crm.contacts.list_handles has it.
    for handle in sorted(tx.session.scalars(select(Handle).where(Handle.contact_id.in_(contacts))), key=rank):
        found.handles.setdefault(handle.contact_id, []).append(handle)
    for product in tx.session.scalars(select(Product).where(Product.brand_id.in_(brands)).order_by(Product.name)):
        found.products.setdefault(product.brand_id, []).append(product)
    begun = [run.id for run in found.runs if run.next_step or run.last_sent_at]
    if begun:
        query = select(Send).where(Send.enrolment_id.in_(begun)).order_by(Send.step.desc())
        for send in tx.session.scalars(query):
            found.sends.setdefault(send.enrolment_id or 0, []).append(send)


def _load(tx: Tx, model: Any, ids: Iterable[int]) -> list[Any]:
    return list(tx.session.scalars(select(model).where(model.id.in_(set(ids)))))
