"""Use cases: who acts for whom: agents, managers, assistants as contacts of their own; each tie can be taken back."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from crm.changes import Undone, record_change
from crm.contacts import create_contact, display_name, find_contact_by_email, get_contact
from crm.models import Change, Contact, ContactLink
from crm.timeline import record_entry
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx

LINK, UNLINK = "contact.link", "contact.unlink"
ROLES = ("agent", "manager", "assistant", "colleague", "partner", "other")


def link(tx: Tx, contact_id: int, agent_id: int, role: str, *, speaks: bool = True, actor: str) -> Change:
    """Tie a person to the creator they act for; told on both timelines.

    `speaks`: what they write counts as an answer of the creator. An existing tie takes the new role.
    """
    creator, agent = get_contact(tx, contact_id), get_contact(tx, agent_id)
    if creator.id == agent.id:
        raise InvalidError(say("Nobody is their own agent. Choose somebody else."), field="email")
    if role not in ROLES:
        raise InvalidError(say("Choose a role: agent, manager, assistant, colleague, partner or other."), field="role")
    if find_link(tx, agent.id, creator.id) is not None:
        raise ConflictError(
            say("%(name)s is tied the other way round already. Untie that first.", name=display_name(agent))
        )
    row = find_link(tx, creator.id, agent.id)
    before = _kept(row) if row else None
    if row is None:
        row = ContactLink(contact_id=creator.id, agent_id=agent.id, actor=actor, created_at=tx.now)
        tx.session.add(row)
    row.role, row.speaks = role, speaks
    tx.session.flush()
    data = {"contact": creator.id, "agent": agent.id, "before": before, "after": _kept(row)}
    return _keep(tx, LINK, creator, agent, role, data, actor)


def link_by_address(
    tx: Tx,
    contact_id: int,
    email: str,
    role: str,
    *,
    name: str = "",
    speaks: bool = True,
    acts: bool = True,
    actor: str,
) -> Change:
    """Tie a person to whoever has this address, who is added when nobody has it; not `acts`: the other way round."""
    person = get_contact(tx, contact_id)
    other = find_contact_by_email(tx, email)
    if other is None:
        source = (
            say("acts for %(name)s", name=display_name(person))
            if acts
            else say("%(name)s acts for them", name=display_name(person))
        )
        other = create_contact(tx, name=name.strip(), emails=[email], actor=actor, source=str(source)[:200])
    creator, agent = (person, other) if acts else (other, person)
    return link(tx, creator.id, agent.id, role, speaks=speaks, actor=actor)


def unlink(tx: Tx, link_id: int, *, actor: str) -> Change:
    """Untie two people; what they wrote stays where it is."""
    row = tx.session.get(ContactLink, link_id)
    if row is None:
        raise NotFoundError(say("They are not tied to each other any more."))
    creator, agent = get_contact(tx, row.contact_id), get_contact(tx, row.agent_id)
    data = {"contact": creator.id, "agent": agent.id, "before": _kept(row), "after": None}
    tx.session.delete(row)
    tx.session.flush()
    return _keep(tx, UNLINK, creator, agent, row.role, data, actor)


def find_link(tx: Tx, contact_id: int, agent_id: int) -> ContactLink | None:
    """Return the tie between a creator and somebody who acts for them."""
    return tx.session.scalar(
        select(ContactLink).where(ContactLink.contact_id == contact_id, ContactLink.agent_id == agent_id)
    )


def find_spoken_for(tx: Tx, agent_ids: Collection[int]) -> dict[int, list[int]]:
    """Return for each of these people the creators whom they speak for."""
    found: dict[int, list[int]] = {}
    if agent_ids:
        query = select(ContactLink.agent_id, ContactLink.contact_id).where(ContactLink.agent_id.in_(agent_ids))
        for agent_id, contact_id in tx.session.execute(query.where(ContactLink.speaks).order_by(ContactLink.id)):
            found.setdefault(agent_id, []).append(contact_id)
    return found


def reverse_link(tx: Tx, change: Change, actor: str) -> Undone:
    """Put a tie back as it was before, unless somebody changed it since."""
    data: dict[str, Any] = change.data
    row = find_link(tx, data["contact"], data["agent"])
    if (_kept(row) if row else None) != data["after"]:
        return Undone(change=change, undone=0, left=1, why=say("Somebody changed it since."))
    creator, agent = get_contact(tx, data["contact"]), get_contact(tx, data["agent"])
    if row is not None and data["before"] is None:
        tx.session.delete(row)
    else:
        row = row or ContactLink(contact_id=creator.id, agent_id=agent.id, actor=actor, created_at=tx.now)
        row.role, row.speaks = data["before"]["role"], data["before"]["speaks"]
        tx.session.add(row)
    tx.session.flush()
    for one, other in ((creator, agent), (agent, creator)):
        summary = say("Taken back: the tie with %(name)s", name=display_name(other))
        record_entry(tx, one.id, "link", str(summary), actor=actor)
    return Undone(change=change, undone=1)


def _keep(tx: Tx, kind: str, creator: Contact, agent: Contact, role: str, data: dict[str, Any], actor: str) -> Change:
    names = {"agent": display_name(agent), "creator": display_name(creator)}
    if kind == LINK:
        summary = say("%(agent)s acts for %(creator)s", **names)
    else:
        summary = say("%(agent)s no longer acts for %(creator)s", **names)
    change = record_change(tx, kind, actor=actor, summary=summary, data=data)
    for one, other in ((creator, agent), (agent, creator)):
        told = {"change": change.id, "contact": other.id, "role": role}
        record_entry(tx, one.id, "link", str(summary), actor=actor, data=told)
    return change


def _kept(row: ContactLink) -> dict[str, Any]:
    return {"role": row.role, "speaks": row.speaks}
