"""Use cases: a merge is taken back: both are as they were, and what came since goes where it clearly belongs."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from crm.changes import Undone
from crm.contacts import display_name, lock_contacts, refresh_search_text
from crm.merging.rows import restore_rows
from crm.models import Change, Contact, ContactMerge
from crm.timeline import record_entry
from crm.twins import refresh_twins
from kit.errors import ConflictError, say
from kit.tx import Tx
from sequences.course.run_marks import mend_stranded
from sequences.course.runs import OPEN
from sequences.merging.runs import refuse_under_way, stop_what_is_forbidden
from sequences.merging.since import Since, refresh_turns, sort_out
from sequences.models import Enrolment, Sequence


def reverse_merge(tx: Tx, change: Change, actor: str) -> Undone:
    """Take a merge back. Raises ConflictError once the two went on to something else, RefusedError mid-sending."""
    data = change.data
    survivor_id, absorbed_id = data["survivor"], data["absorbed"]
    _demand_undisturbed(tx, change)
    lock_contacts(tx, (survivor_id, absorbed_id))
    refuse_under_way(tx, (survivor_id, absorbed_id))
    words = {number: tx.session.get_one(Contact, number).search_text for number in (survivor_id, absorbed_id)}
    tx.session.delete(tx.session.get_one(ContactMerge, absorbed_id))
    tx.session.flush()
    restored = restore_rows(tx, data, survivor_id, absorbed_id, only_back=_blocked(tx, data))
    for run_id in _opened(data):
        if (run := tx.session.get(Enrolment, run_id)) is not None:
            mend_stranded(tx, run, since=change.at)
    since = sort_out(tx, data)
    # The merge's own entries about runs go back as well; they are no news.
    back = sum(since.back.values()) - since.back["timeline_entries"]
    is_later = bool(restored.left or back or any(since.stayed.values()))
    if is_later:
        refresh_turns(tx, (survivor_id, absorbed_id))
    survivor, absorbed = tx.session.get_one(Contact, survivor_id), tx.session.get_one(Contact, absorbed_id)
    if words[survivor_id] != _words_after(data, survivor_id, words[survivor_id]):
        refresh_search_text(tx, survivor)
    for number in (survivor_id, absorbed_id) if is_later else ():
        stop_what_is_forbidden(tx, number, actor=actor)
    _tell(tx, change, survivor, absorbed, actor)
    refresh_twins(tx, [survivor_id, absorbed_id])
    change.data = {**data, "since": {"back": dict(since.back), "stayed": dict(since.stayed)},
                   "changed": dict(restored.left)}  # fmt: skip
    return Undone(change=change, undone=2, left=sum(restored.left.values()), why=describe_since(since, survivor))


def describe_since(since: Since, survivor: Contact) -> str:
    """Return in a sentence what came since the merge and where it is now."""
    stayed, back = sum(since.stayed.values()), since.back["messages"] + since.back["sends"]
    if stayed:
        name = display_name(survivor)
        return say("Came since and stays with %(name)s: %(stayed)s. Went back: %(back)s.", name=name, stayed=stayed,
                   back=back)  # fmt: skip
    return say("What came since went back with whom it was for: %(back)s.", back=back) if back else ""


def _demand_undisturbed(tx: Tx, change: Change) -> None:
    """Refuse while the survivor is merged into somebody else, or was erased."""
    merge = tx.session.get(ContactMerge, change.data["absorbed"])
    if merge is None or merge.change_id != change.id:
        raise ConflictError(say("This merge does not hold any more. Nothing was changed."))
    survivor = tx.session.get(Contact, change.data["survivor"])
    if tx.session.get(ContactMerge, change.data["survivor"]):
        raise ConflictError(say("They were merged into somebody else since. Take that merge back first."))
    if survivor is None or survivor.erased_at:
        raise ConflictError(say("This person was erased since, and stays so. Nothing was changed."))


def _blocked(tx: Tx, data: Mapping[str, Any]) -> set[int]:
    """Return the runs that cannot go on: the same person is in that sequence again since, or it was archived."""
    opened = _opened(data)
    if not opened:
        return set()
    newest = data["newest"]["enrolments"]
    query = select(Enrolment.sequence_id, Enrolment.email).where(
        Enrolment.contact_id == data["survivor"], Enrolment.state.in_(OPEN), Enrolment.id > newest
    )
    again = {row[0] for row in tx.session.execute(query)}
    rows = tx.session.execute(
        select(Enrolment.id, Sequence.id, Sequence.state)
        .join(Sequence, Sequence.id == Enrolment.sequence_id)
        .where(Enrolment.id.in_(opened))
    )
    return {number for number, sequence_id, state in rows if sequence_id in again or state == "archived"}


def _opened(data: Mapping[str, Any]) -> set[int]:
    """Return the runs that the merge ended and that are open again without it."""
    return {
        key[0]
        for name, key, was, now in data["rows"]
        if name == "enrolments" and was and now and was.get("state") in OPEN
    }


def _words_after(data: Mapping[str, Any], contact_id: int, now: str) -> str:
    """Return the words the merge left a contact findable by; `now` where it did not change them."""
    for name, key, _was, after in data["rows"]:
        if name == "contacts" and key == [contact_id]:
            found: str = after.get("search_text", now)
            return found
    return now


def _tell(tx: Tx, change: Change, survivor: Contact, absorbed: Contact, actor: str) -> None:
    for one, other in ((survivor, absorbed), (absorbed, survivor)):
        words = say("No longer merged with %(name)s", name=display_name(other))
        record_entry(tx, one.id, "unmerged", str(words), actor=actor, data={"merge": change.id})
    tx.session.flush()
