"""Use cases: putting contacts into a sequence, with a verdict for each one."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from crm.contacts import lock_contacts
from crm.erased import erased_sentence
from crm.models import Contact, Mailbox, Relationship, Stage
from crm.timeline import record_entries
from kit.errors import InvalidError, say
from kit.tx import Tx
from sequences.course.candidates import PERSONAL_LINE, Candidates, Verdict
from sequences.course.hours import hours_at
from sequences.course.onward import Onward, go_onward
from sequences.models import Enrolment, SequenceVersion
from sequences.models import Sequence as SequenceRow
from sequences.sending.sender_pool import choose_sender
from sequences.sending.senders import find_pool, read_senders
from sequences.versions.published import document_of, get_version, refuse_archived

__all__ = ["PERSONAL_LINE", "Verdict", "enrol", "refuse_unknown"]

_BATCH = 500
_RUNS = cast("Table", Enrolment.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What is asked for, the same for everybody. `override` is the reason for going against rules of the team."""

    sequence: SequenceRow
    version: SequenceVersion
    actor: str
    user_id: int | None
    override: str


def enrol(
    tx: Tx,
    sequence: SequenceRow,
    contact_ids: Iterable[int],
    *,
    actor: str,
    mailbox: str | None = None,
    user_id: int | None = None,
    override: str = "",
    dry_run: bool = False,
) -> list[Verdict]:
    """Put contacts into the newest version of a sequence; a refusal of one never touches the others.

    `user_id` is who does it, None on the command line. `override` is a reason: with it the rules of the team do not
    hold for these runs, now and when their mails leave; suppression always does.
    """
    wanted = list(dict.fromkeys(contact_ids))
    if not dry_run:
        # Somebody else may want the same people at this moment: who comes second must see what the first did.
        lock_contacts(tx, wanted)
        # Nor may it be archived from here to the end of this transaction.
        tx.session.flush()
        tx.session.refresh(sequence, with_for_update={"read": True})
    refuse_archived(sequence)
    version = get_version(tx, sequence)
    order = _Order(sequence=sequence, version=version, actor=actor, user_id=user_id, override=override.strip())
    pool = {box.id: box for box in find_pool(tx, document_of(version), mailbox)}
    senders, assigned = read_senders(tx, list(pool.values()))
    verdicts = []
    for begin in range(0, len(wanted), _BATCH):
        some = wanted[begin : begin + _BATCH]
        candidates = Candidates(tx, sequence, version, list(pool.values()), some, user_id=user_id)
        taken = []
        for contact_id in some:
            box = pool[choose_sender(senders, assigned)]
            verdict = candidates.judge(contact_id, box, override=order.override)
            verdicts.append(verdict)
            if verdict.enrolled:
                taken.append((verdict, candidates.people[contact_id], box))
                assigned[box.id] += 1
        if taken and not dry_run:
            _begin(tx, order, taken)
    return verdicts


def refuse_unknown(email: str, *, erased: bool = False) -> Verdict:
    """Return the verdict on an address that nobody has, or that somebody erased had."""
    return Verdict(
        contact_id=0,
        name="",
        email=email,
        enrolled=False,
        rule="erased" if erased else "unknown_contact",
        sentence=erased_sentence() if erased else say("No contact has this address."),
    )


def _begin(tx: Tx, order: _Order, taken: Sequence[tuple[Verdict, Contact, Mailbox]]) -> None:
    _open_relationships(tx, order.sequence.brand_id, [verdict.contact_id for verdict, _, _ in taken])
    ways: dict[tuple[str | None, str | None, int], Onward] = {}
    rows = []
    for verdict, contact, box in taken:
        # All begin at the same instant: who lives under the same clock and writes to the same mailbox begins alike.
        clock = (contact.zone, contact.country, box.id)
        if clock not in ways:
            ways[clock] = _begin_way(tx, order, contact, box)
        rows.append(_row(tx, order, verdict, box, ways[clock]))
    stored = tx.session.execute(insert(_RUNS).returning(_RUNS.c.id, sort_by_parameter_order=True), rows)
    numbers = list(stored.scalars())
    record_entries(
        tx, [_entry(order, number, verdict, box) for number, (verdict, _, box) in zip(numbers, taken, strict=True)]
    )


def _begin_way(tx: Tx, order: _Order, contact: Contact, box: Mailbox) -> Onward:
    document = document_of(order.version)
    hours = hours_at(tx, document, contact.zone, contact.country, box)
    return go_onward(document, 0, tx.now, hours, now=tx.now)


def _row(tx: Tx, order: _Order, verdict: Verdict, box: Mailbox, ahead: Onward) -> dict[str, object]:
    if ahead.next_at is None:
        raise InvalidError(say("%(name)s has no step that does anything.", name=order.sequence.name))
    return {
        "sequence_id": order.sequence.id,
        "version_id": order.version.id,
        "contact_id": verdict.contact_id,
        "mailbox_id": box.id,
        "email": verdict.email,
        "state": "active",
        "next_step": ahead.position,
        "next_at": ahead.next_at,
        "facts": {} if ahead.anchor == tx.now else {"anchor": ahead.anchor.isoformat()},
        "actor": order.actor,
        "user_id": order.user_id,
        "override": order.override,
        "created_at": tx.now,
    }


def _entry(order: _Order, number: int, verdict: Verdict, box: Mailbox) -> dict[str, object]:
    data: dict[str, object] = {"sequence": order.sequence.name, "enrolment": number, "mailbox": box.address}
    summary = say("Added to %(name)s", name=order.sequence.name)
    if order.override:
        data |= {"override": order.override, "overridden": verdict.overridden}
        summary = say("%(what)s, whatever the rules of the team: %(override)s", what=summary, override=order.override)
    return {
        "contact_id": verdict.contact_id,
        "kind": "enrolled",
        "summary": summary,
        "actor": order.actor,
        "brand_id": order.sequence.brand_id,
        "data": data,
    }


def _open_relationships(tx: Tx, brand_id: int, contact_ids: Collection[int]) -> None:
    """Open what is missing, at the first stage."""
    query = select(Relationship.contact_id).where(Relationship.brand_id == brand_id)
    known = set(tx.session.scalars(query.where(Relationship.contact_id.in_(contact_ids))))
    missing = [number for number in contact_ids if number not in known]
    if not missing:
        return
    first = tx.session.scalars(select(Stage.id).order_by(Stage.position).limit(1)).one()
    common = {"brand_id": brand_id, "stage_id": first, "stage_since": tx.now, "created_at": tx.now}
    # An answer that is filed at this moment may open one too.
    add = postgresql.insert if tx.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    tx.session.execute(
        add(Relationship).on_conflict_do_nothing(), [{"contact_id": number, **common} for number in missing]
    )
