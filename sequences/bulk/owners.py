"""Use cases: giving many people an owner: the colleague who looks after them."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import select, update

from crm.models import Contact, User
from crm.timeline import record_entries
from kit.errors import NotFoundError, say
from kit.tx import Tx
from sequences.bulk.act import Act, Applied, Order, Reverted, Trace, Verdict

NOBODY = "none"


def judge(tx: Tx, contact_ids: Collection[int], order: Order) -> Verdict:
    """Say who has another owner, or none."""
    owner_id, _ = _owner(tx, order.value)
    owned = _owned(tx, contact_ids)
    left = {number: "has_owner" for number in contact_ids if owned.get(number) == owner_id}
    return Verdict(can=tuple(number for number in contact_ids if number not in left), left=left)


def apply(tx: Tx, contact_ids: Collection[int], order: Order, actor: str) -> Applied:
    """Give them to the colleague, or to nobody."""
    verdict, (owner_id, _) = judge(tx, contact_ids, order), _owner(tx, order.value)
    owned = _owned(tx, verdict.can)
    traces: list[Trace] = [[number, owned[number], owner_id] for number in verdict.can if number in owned]
    _give(tx, [trace[0] for trace in traces], owner_id, actor)
    return Applied(traces=tuple(traces), left=verdict.left)


def revert(tx: Tx, traces: Iterable[Trace], actor: str) -> Reverted:
    """Give back whom nobody has given on since."""
    found = list(traces)
    owned = _owned(tx, [trace[0] for trace in found])
    known = set(tx.session.scalars(select(User.id)))
    back: dict[int | None, list[int]] = defaultdict(list)
    for number, before, after in found:
        if number in owned and owned[number] == after and (before is None or before in known):
            back[before].append(number)
    for before, numbers in back.items():
        _give(tx, numbers, before, actor)
    undone = sum(map(len, back.values()))
    return Reverted(undone=undone, left={"changed_since": len(found) - undone} if undone < len(found) else {})


def _give(tx: Tx, contact_ids: Collection[int], owner_id: int | None, actor: str) -> None:
    if not contact_ids:
        return
    tx.session.execute(
        update(Contact)
        .where(Contact.id.in_(contact_ids))
        .values(owner_id=owner_id)
        .execution_options(synchronize_session="fetch")
    )
    name = tx.session.get_one(User, owner_id).name if owner_id else ""
    summary = say("Looked after by %(name)s", name=name) if owner_id else say("Looked after by nobody in particular")
    common = {"kind": "owner", "summary": summary, "actor": actor, "data": {"owner_id": owner_id}}
    record_entries(tx, [{"contact_id": number, **common} for number in contact_ids])


def _owned(tx: Tx, contact_ids: Collection[int]) -> dict[int, int | None]:
    rows = tx.session.execute(
        select(Contact.id, Contact.owner_id).where(Contact.id.in_(contact_ids), Contact.erased_at.is_(None))
    )
    return {row[0]: row[1] for row in rows}


def _owner(tx: Tx, value: str) -> tuple[int | None, str]:
    if value == NOBODY:
        return None, ""
    user = tx.session.get(User, int(value)) if value.isascii() and value.isdigit() and len(value) < 10 else None  # noqa: PLR2004 - what an integer column holds
    if user is None or user.disabled_at:
        raise NotFoundError(say("Choose a colleague first."))
    return user.id, user.name


GIVE = Act(judge=judge, apply=apply, revert=revert)
