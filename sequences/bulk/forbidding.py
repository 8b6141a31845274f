"""Use cases: setting many people to do not contact, and allowing mail again when that was a slip."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select

from crm.models import ContactAddress, Suppression
from crm.suppressions import suppressed_among, withdraw_suppression
from kit.tx import Tx
from sequences.bulk.act import Act, Applied, Order, Reverted, Trace, Verdict
from sequences.course.run_marks import read_marks, restore_marks
from sequences.course.runs import OPEN
from sequences.models import Enrolment
from sequences.reading.opt_outs import forbid_contact


def judge(tx: Tx, contact_ids: Collection[int], order: Order) -> Verdict:
    """Say who has an address that may still be written to, whatever the order says."""
    del order
    free = _free_addresses(tx, contact_ids)
    addressed = _addresses(tx, contact_ids)
    left = {
        number: "suppressed" if number in addressed else "no_address" for number in contact_ids if number not in free
    }
    return Verdict(can=tuple(number for number in contact_ids if number in free), left=left)


def apply(tx: Tx, contact_ids: Collection[int], order: Order, actor: str) -> Applied:
    """Forbid mail to them and end their runs; the trace keeps the addresses and how each run stood."""
    verdict, free = judge(tx, contact_ids, order), _free_addresses(tx, contact_ids)
    running = set(
        tx.session.scalars(
            select(Enrolment.contact_id).where(Enrolment.contact_id.in_(verdict.can), Enrolment.state.in_(OPEN))
        )
    )
    traces: list[Trace] = []
    marks = read_marks(tx, verdict.can)
    for number in verdict.can:
        forbid_contact(tx, number, actor=actor)
        traces.append([number, free[number], number in running, tx.now.isoformat(), marks.get(number, [])])
    return Applied(traces=tuple(traces), left=verdict.left)


def revert(tx: Tx, traces: Iterable[Trace], actor: str) -> Reverted:
    """Allow mail to those addresses again and let the runs go on; a run that cannot stays ended, which is said."""
    undone = 0
    left: dict[str, int] = defaultdict(int)
    for _, targets, ran, at, *marks in traces:
        query = select(Suppression).where(Suppression.target.in_(targets), Suppression.lifted_at.is_(None))
        ours = [row for row in tx.session.scalars(query) if row.reason == "manual" and row.since.isoformat() == at]
        for row in ours:
            withdraw_suppression(tx, row, actor=actor)
        undone += bool(ours)
        left["changed_since"] += not ours
        # Changes of older versions do not know how the runs stood.
        kept, since = marks[0] if marks else [], datetime.fromisoformat(at)
        failed = restore_marks(tx, kept, reason="suppressed", since=since, actor=actor) if ours else 0
        left["run_ended"] += bool(ours and (failed or (ran and not marks)))
    return Reverted(undone=undone, left={code: number for code, number in left.items() if number})


def _free_addresses(tx: Tx, contact_ids: Collection[int]) -> dict[int, list[str]]:
    addresses = _addresses(tx, contact_ids)
    forbidden = suppressed_among(tx, [email for emails in addresses.values() for email in emails])
    free = {number: [email for email in emails if email not in forbidden] for number, emails in addresses.items()}
    return {number: emails for number, emails in free.items() if emails}


def _addresses(tx: Tx, contact_ids: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    query = select(ContactAddress.contact_id, ContactAddress.email).where(ContactAddress.contact_id.in_(contact_ids))
    for contact_id, email in tx.session.execute(query):
        found[contact_id].append(email)
    return found


FORBID = Act(judge=judge, apply=apply, revert=revert)
