"""Use cases: the memory's part of a merge: facts, tags, addresses, standings and do-not-contact become one person's."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update

from crm.contacts import list_addresses, list_addresses_of, list_tags, refresh_search_text
from crm.merging.decisions import columns_for
from crm.merging.facts import apply_facts, empty_contact, weigh_facts
from crm.merging.ties import unite_ties, yield_main
from crm.models import Contact, ContactAddress, ContactTag, Relationship, Stage, Suppression
from crm.suppressions import MERGED, PERSONAL
from crm.timeline import record_entry
from crm.twin_list import inherit_apart
from kit.db import Base
from kit.errors import say
from kit.tx import Tx

ADDRESS, STAGE = "address", "stage:"
# Kept whole because more than their owner may change; they move all the same.
_AS_A_WHOLE = ("enrolments.contact_id", "handles.contact_id", "sends.contact_id", "suppressions.contact_id")


def unite_people(tx: Tx, survivor: Contact, absorbed: Contact, choices: Mapping[str, str]) -> None:
    """Let the survivor have all that both had, and hide the other one's empty row. Sequences are united by now."""
    forbid_together(tx, survivor, absorbed)
    _unite_addresses(tx, survivor, absorbed, first=choices.get(ADDRESS, ""))
    _unite_tags(tx, survivor.id, absorbed.id)
    unite_standings(tx, survivor.id, absorbed.id, choices)
    yield_main(tx, survivor.id, absorbed.id)
    move_rows(tx, absorbed.id, survivor.id)
    unite_ties(tx, survivor.id, absorbed.id)
    apply_facts(survivor, absorbed, weigh_facts(survivor, absorbed, choices))
    empty_contact(absorbed)
    inherit_apart(tx, survivor.id, absorbed.id)
    absorbed.erased_at = tx.now
    refresh_search_text(tx, survivor)
    tx.session.flush()


def move_rows(tx: Tx, absorbed_id: int, survivor_id: int) -> None:
    """Let every row that names the one name the other."""
    tx.session.flush()
    tables = Base.metadata.tables
    for name in (*columns_for("moves"), *_AS_A_WHOLE):
        table, _, column = name.partition(".")
        of = tables[table].c[column]
        tx.session.execute(update(tables[table]).where(of == absorbed_id).values({column: survivor_id}))
    drafts = tables["mail_drafts"]
    taken = select(drafts.c.user_id).where(drafts.c.place == f"contact:{survivor_id}")
    tx.session.execute(
        update(drafts)
        .where(drafts.c.place == f"contact:{absorbed_id}", drafts.c.user_id.not_in(taken))
        .values(place=f"contact:{survivor_id}")
    )
    tx.session.expire_all()


def find_wide_ban(tx: Tx, survivor_id: int, absorbed_id: int) -> Suppression | None:
    """Return what forbids mail to one of them as a person: a wish of theirs, or every address set by hand."""
    both = (survivor_id, absorbed_id)
    of = list_addresses_of(tx, both)
    every = [row.email for rows in of.values() for row in rows]
    about = Suppression.target.in_(every) | Suppression.contact_id.in_(both)
    query = select(Suppression).where(about, Suppression.lifted_at.is_(None)).order_by(Suppression.since)
    found = list(tx.session.scalars(query))
    for number in both:
        emails = [row.email for row in of[number]]
        rows = [row for row in found if row.target in emails or row.contact_id == number]
        personal = next((row for row in rows if row.reason in PERSONAL), None)
        by_hand = [row for row in rows if row.reason != "hard_bounce"]
        if personal or (emails and by_hand and {row.target for row in rows} >= set(emails)):
            return personal or by_hand[0]
    return None


def forbid_together(tx: Tx, survivor: Contact, absorbed: Contact) -> None:
    """Where one of them must not be contacted, let it hold for every address of both.

    An address whose ban somebody lifted stays as that person left it.
    """
    ban = find_wide_ban(tx, survivor.id, absorbed.id)
    if ban is None:
        return
    emails = [row.email for number in (survivor.id, absorbed.id) for row in list_addresses(tx, number)]
    known = set(tx.session.scalars(select(Suppression.target).where(Suppression.target.in_(emails))))
    for email in emails:
        if email not in known:
            row = Suppression(target=email, reason=ban.reason, source=f"{MERGED}{ban.target}", since=tx.now)
            row.contact_id = survivor.id
            tx.session.add(row)
            words = say("Do not contact: %(email)s (merged with %(target)s)", email=email, target=ban.target)
            data = {"target": email, "reason": ban.reason, "source": row.source}
            record_entry(tx, survivor.id, "suppression", words, actor="system", data=data)
    tx.session.flush()


def _unite_addresses(tx: Tx, survivor: Contact, absorbed: Contact, *, first: str) -> None:
    """Put all addresses in one order: the survivor's before the other's, and before both the chosen one."""
    rows: list[ContactAddress] = [*list_addresses(tx, survivor.id), *list_addresses(tx, absorbed.id)]
    rows.sort(key=lambda row: row.email != first)
    for position, row in enumerate(rows):
        row.contact_id, row.position = survivor.id, position
    tx.session.flush()


def _unite_tags(tx: Tx, survivor_id: int, absorbed_id: int) -> None:
    has, more = set(list_tags(tx, survivor_id)), list_tags(tx, absorbed_id)
    tx.session.execute(delete(ContactTag).where(ContactTag.contact_id == absorbed_id))
    tx.session.add_all([ContactTag(contact_id=survivor_id, tag=tag) for tag in more if tag not in has])
    tx.session.flush()


def unite_standings(tx: Tx, survivor_id: int, absorbed_id: int, choices: Mapping[str, str]) -> None:
    """Unite where both stand with each brand: the further stage, unless another was chosen by its number."""
    rows = list(tx.session.scalars(select(Relationship).where(Relationship.contact_id.in_((survivor_id, absorbed_id)))))
    ours = {row.brand_id: row for row in rows if row.contact_id == survivor_id}
    places = {stage.id: stage.position for stage in tx.session.scalars(select(Stage))}
    for theirs in (row for row in rows if row.contact_id == absorbed_id):
        own = ours.get(theirs.brand_id)
        if own is None:
            theirs.contact_id = survivor_id
            continue
        if choose_stage(own, theirs, places, choices.get(f"{STAGE}{own.brand_id}", "")) is theirs:
            own.stage_id, own.stage_since = theirs.stage_id, theirs.stage_since
        own.owner_id = own.owner_id or theirs.owner_id
        own.last_in_at = _later(own.last_in_at, theirs.last_in_at)
        own.last_out_at = _later(own.last_out_at, theirs.last_out_at)
        own.talked_at = _later(own.talked_at, theirs.talked_at)
        own.created_at = min(own.created_at, theirs.created_at)
        tx.session.delete(theirs)
    tx.session.flush()


def choose_stage(own: Relationship, theirs: Relationship, places: Mapping[int, int], chosen: str) -> Relationship:
    """Return whose stage holds: the chosen one's, else the one further on."""
    if chosen in ("survivor", "absorbed"):
        return own if chosen == "survivor" else theirs
    return theirs if places[theirs.stage_id] > places[own.stage_id] else own


def _later(one: Any, other: Any) -> Any:
    return max((at for at in (one, other) if at is not None), default=None)
