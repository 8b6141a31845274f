"""Use cases: two contacts become one: all of both in one person, and all that the way back needs in the change."""

from collections.abc import Mapping
from dataclasses import dataclass

from crm.changes import record_change
from crm.contacts import display_name, get_contact, lock_contacts
from crm.merging.people import unite_people
from crm.merging.rows import compare_shots, take_shot
from crm.models import Change, Contact, ContactMerge
from crm.timeline import record_entry
from crm.twins import refresh_twins
from kit.errors import InvalidError, say
from kit.tx import Tx
from sequences.merging.letters import unite_letters
from sequences.merging.runs import refuse_under_way, stop_doubles, stop_what_is_forbidden
from sequences.merging.since import find_newest

KIND = "contact.merge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a merge did; `moved` counts what went over by table."""

    change: Change
    survivor: Contact
    moved: Mapping[str, int]
    stopped: int


def merge_contacts(
    tx: Tx, survivor_id: int, absorbed_id: int, *, actor: str, choices: Mapping[str, str] | None = None
) -> Merged:
    """Let one contact live on in another. `choices` names by fact whose value wins: survivor or absorbed.

    Raises NotFoundError, InvalidError for one and the same, RefusedError while a mail to one of them is under way.
    """
    if survivor_id == absorbed_id:
        raise InvalidError(say("This is one contact already. Choose two."))
    lock_contacts(tx, (survivor_id, absorbed_id))
    survivor, absorbed = get_contact(tx, survivor_id), get_contact(tx, absorbed_id)
    refuse_under_way(tx, (survivor_id, absorbed_id))
    name, others = display_name(survivor), display_name(absorbed)
    before = take_shot(tx, survivor_id, absorbed_id)
    newest = find_newest(tx)
    stop_doubles(tx, survivor_id, absorbed_id, name=name, actor=actor)
    unite_letters(tx, survivor_id, absorbed_id)
    unite_people(tx, survivor, absorbed, choices or {})
    stop_what_is_forbidden(tx, survivor_id, actor=actor)
    refresh_twins(tx, [survivor_id, absorbed_id])
    after = take_shot(tx, survivor_id, absorbed_id)
    difference = compare_shots(before, after)
    data = {"survivor": survivor_id, "absorbed": absorbed_id, "names": [name, others], "newest": newest,
            "place": f"/contacts/{survivor_id}", **difference}  # fmt: skip
    summary = say("Merged %(other)s into %(name)s", other=others, name=display_name(survivor))
    change = record_change(tx, KIND, actor=actor, summary=summary, data=data)
    tx.session.add(ContactMerge(absorbed_id=absorbed_id, survivor_id=survivor_id, change_id=change.id, at=tx.now))
    record_entry(tx, survivor_id, "merged", str(summary), actor=actor,
                 data={"merge": change.id, "absorbed": absorbed_id})  # fmt: skip
    tx.session.flush()
    return Merged(change=change, survivor=survivor, moved=count_moved(data), stopped=count_stopped(data))


def count_moved(data: Mapping[str, object]) -> dict[str, int]:
    """Return how many things went over, by table."""
    moved: dict[str, list[int]] = data["moved"]  # type: ignore[assignment]
    rows: list[list[object]] = data["rows"]  # type: ignore[assignment]
    counts = {name.partition(".")[0]: len(ids) for name, ids in moved.items()}
    for name, _key, was, now in rows:
        if isinstance(was, dict) and isinstance(now, dict) and "contact_id" in was:
            counts[str(name)] = counts.get(str(name), 0) + 1
    return counts


def count_stopped(data: Mapping[str, object]) -> int:
    """Return how many runs the merge ended."""
    rows: list[list[object]] = data["rows"]  # type: ignore[assignment]
    return sum(
        name == "enrolments" and isinstance(now, dict) and now.get("state") == "stopped" for name, _, _, now in rows
    )
