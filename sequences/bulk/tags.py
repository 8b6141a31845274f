"""Use cases: putting a tag on many people, and taking it off."""

from collections.abc import Collection, Iterable

from sqlalchemy import delete, insert, select, update

from crm.contacts import fold, lock_contacts, refresh_search_text
from crm.models import Contact, ContactTag
from crm.timeline import record_entries
from kit.errors import InvalidError, say
from kit.tx import Tx
from sequences.bulk.act import Act, Applied, Order, Reverted, Trace, Verdict

_MOST = 80


def judge_adding(tx: Tx, contact_ids: Collection[int], order: Order) -> Verdict:
    """Say who has not got the tag."""
    has = _having(tx, contact_ids, _tag(order))
    return Verdict(can=tuple(n for n in contact_ids if n not in has), left=dict.fromkeys(has, "has_tag"))


def judge_removing(tx: Tx, contact_ids: Collection[int], order: Order) -> Verdict:
    """Say who has the tag."""
    has = _having(tx, contact_ids, _tag(order))
    left = {number: "no_tag" for number in contact_ids if number not in has}
    return Verdict(can=tuple(n for n in contact_ids if n in has), left=left)


def add(tx: Tx, contact_ids: Collection[int], order: Order, actor: str) -> Applied:
    """Tag those who have not got it."""
    lock_contacts(tx, contact_ids)
    verdict, tag = judge_adding(tx, contact_ids, order), _tag(order)
    _add(tx, verdict.can, tag, actor)
    return Applied(traces=tuple([number, tag] for number in verdict.can), left=verdict.left)


def remove(tx: Tx, contact_ids: Collection[int], order: Order, actor: str) -> Applied:
    """Take the tag off those who have it."""
    lock_contacts(tx, contact_ids)
    verdict, tag = judge_removing(tx, contact_ids, order), _tag(order)
    _remove(tx, verdict.can, tag, actor)
    return Applied(traces=tuple([number, tag] for number in verdict.can), left=verdict.left)


def revert_adding(tx: Tx, traces: Iterable[Trace], actor: str) -> Reverted:
    """Take the tag off again, where it still is."""
    found = list(traces)
    lock_contacts(tx, [trace[0] for trace in found])
    undone = 0
    for tag in dict.fromkeys(trace[1] for trace in found):
        ids = [trace[0] for trace in found if trace[1] == tag]
        has = _having(tx, ids, tag)
        _remove(tx, [number for number in ids if number in has], tag, actor)
        undone += len(has)
    return _reverted(len(found), undone)


def revert_removing(tx: Tx, traces: Iterable[Trace], actor: str) -> Reverted:
    """Put the tag on again, where nobody has yet; who was erased or lives on in somebody else is left as they are."""
    found = list(traces)
    lock_contacts(tx, [trace[0] for trace in found])
    undone = 0
    gone = set(
        tx.session.scalars(
            select(Contact.id).where(Contact.id.in_([trace[0] for trace in found]), Contact.erased_at.is_not(None))
        )
    )
    for tag in dict.fromkeys(trace[1] for trace in found):
        ids = [trace[0] for trace in found if trace[1] == tag]
        has = _having(tx, ids, tag)
        lacking = [number for number in ids if number not in has and number not in gone]
        _add(tx, lacking, tag, actor)
        for contact in tx.session.scalars(select(Contact).where(Contact.id.in_(lacking))):
            # Their tags stand in order again, as they did.
            refresh_search_text(tx, contact)
        undone += len(lacking)
    return _reverted(len(found), undone)


def _reverted(whole: int, undone: int) -> Reverted:
    return Reverted(undone=undone, left={"changed_since": whole - undone} if whole > undone else {})


def _add(tx: Tx, contact_ids: Collection[int], tag: str, actor: str) -> None:
    if not contact_ids:
        return
    tx.session.execute(insert(ContactTag), [{"contact_id": number, "tag": tag} for number in contact_ids])
    tx.session.execute(
        update(Contact)
        .where(Contact.id.in_(contact_ids))
        .values(search_text=Contact.search_text + f" {fold(tag)}")
        .execution_options(synchronize_session="fetch")
    )
    _note(tx, contact_ids, say("Tagged %(tag)s", tag=tag), tag, actor)


def _remove(tx: Tx, contact_ids: Collection[int], tag: str, actor: str) -> None:
    if not contact_ids:
        return
    tx.session.execute(delete(ContactTag).where(ContactTag.contact_id.in_(contact_ids), ContactTag.tag == tag))
    for contact in tx.session.scalars(select(Contact).where(Contact.id.in_(contact_ids))):
        refresh_search_text(tx, contact)
    _note(tx, contact_ids, say("No longer tagged %(tag)s", tag=tag), tag, actor)


def _note(tx: Tx, contact_ids: Collection[int], words: str, tag: str, actor: str) -> None:
    common = {"kind": "tag", "summary": words, "actor": actor, "data": {"tag": tag}}
    record_entries(tx, [{"contact_id": number, **common} for number in contact_ids])


def _having(tx: Tx, contact_ids: Collection[int], tag: str) -> set[int]:
    query = select(ContactTag.contact_id).where(ContactTag.contact_id.in_(contact_ids), ContactTag.tag == tag)
    return set(tx.session.scalars(query))


def _tag(order: Order) -> str:
    tag = " ".join(order.value.replace(",", " ").split())[:_MOST]
    if not tag:
        raise InvalidError(say("Write the tag first."))
    return tag


TAG = Act(judge=judge_adding, apply=add, revert=revert_adding)
UNTAG = Act(judge=judge_removing, apply=remove, revert=revert_removing)
