"""Use cases: whom never to mail. Checked when a mail is queued and again when it is sent."""

from collections.abc import Collection, Iterable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, select

from crm.erased import refuse_erased
from crm.models import ContactAddress, Suppression
from crm.timeline import record_entry
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx
from mailer.addresses import domain_of, normalise_email

PERSONAL = ("opt_out", "complaint")
# How the source begins of what holds only because two people were merged.
MERGED = "merged with "
# To be asked with others; the rows belong to `decide_personal`.
ABOUT = select(
    Suppression.target, Suppression.reason, Suppression.contact_id, Suppression.lifted_at, Suppression.since
).where(
    Suppression.target.in_(bindparam("targets", expanding=True))
    | Suppression.contact_id.in_(bindparam("suppressed_ids", expanding=True))
)


def find_suppression(tx: Tx, email: str) -> Suppression | None:
    """Return what forbids mail to this address: itself, or its domain."""
    targets = [email, f"@{domain_of(email)}"]
    return tx.session.scalar(
        select(Suppression)
        .where(Suppression.target.in_(targets), Suppression.lifted_at.is_(None))
        .order_by(Suppression.since)
        .limit(1)
    )


def find_personal_suppression(tx: Tx, contact_id: int, email: str) -> Suppression | None:
    """Return what forbids mail to this person at this address.

    Who opted out or complained did so as a person: an address that became known later is covered too, unless mail
    to exactly that address was allowed again (C10).
    """
    found = find_suppression(tx, email)
    if found or tx.session.scalar(select(Suppression.id).where(Suppression.target == email).limit(1)):
        return found
    return tx.session.scalar(
        select(Suppression)
        .where(Suppression.contact_id == contact_id, Suppression.lifted_at.is_(None))
        .where(Suppression.reason.in_(PERSONAL))
        .order_by(Suppression.since)
        .limit(1)
    )


def find_personal_suppressions(tx: Tx, people: Collection[tuple[int, str]]) -> dict[tuple[int, str], tuple[str, str]]:
    """Return target and reason of what forbids mail, by (contact, address), as `find_personal_suppression` decides.

    One query for any number of people; who may be mailed is not in it.
    """
    return decide_personal(tx.run(ABOUT, about(people)), people)


def about(people: Collection[tuple[int, str]]) -> dict[str, list[Any]]:
    """Return the values that `ABOUT` is asked with."""
    targets = {email for _, email in people} | {f"@{domain_of(email)}" for _, email in people}
    return {"targets": list(targets), "suppressed_ids": list({contact_id for contact_id, _ in people})}


def decide_personal(
    found_rows: Iterable[Sequence[Any]], people: Collection[tuple[int, str]]
) -> dict[tuple[int, str], tuple[str, str]]:
    """Return what `find_personal_suppressions` does, from the rows of `ABOUT`."""
    rows = sorted(found_rows, key=itemgetter(4))
    active: dict[str, tuple[str, str]] = {}
    personal: dict[int, tuple[str, str]] = {}
    for target, reason, contact_id, lifted_at, _ in rows:
        if lifted_at is not None:
            continue
        active.setdefault(target, (target, reason))
        if reason in PERSONAL and contact_id is not None:
            personal.setdefault(contact_id, (target, reason))
    ever = {row[0] for row in rows}
    found: dict[tuple[int, str], tuple[str, str]] = {}
    for contact_id, email in people:
        by_address = active.get(email) or active.get(f"@{domain_of(email)}")
        verdict = by_address or (None if email in ever else personal.get(contact_id))
        if verdict:
            found[contact_id, email] = verdict
    return found


def suppressed_among(tx: Tx, emails: Iterable[str]) -> set[str]:
    """Return those of `emails` that must not be mailed, in one query."""
    wanted = set(emails)
    targets = wanted | {f"@{domain_of(email)}" for email in wanted}
    if not targets:
        return set()
    found = set(
        tx.session.scalars(
            select(Suppression.target).where(Suppression.target.in_(targets), Suppression.lifted_at.is_(None))
        )
    )
    return {email for email in wanted if email in found or f"@{domain_of(email)}" in found}


def suppress(tx: Tx, target: str, *, reason: str, source: str, actor: str) -> Suppression:
    """Forbid mail to an address or `@domain`. Written to the timeline.

    Already forbidden stays as it is, unless a wish of the person's own takes the place of what was set for them.
    """
    target = _normalise_target(target)
    found = tx.session.scalar(select(Suppression).where(Suppression.target == target, Suppression.lifted_at.is_(None)))
    contact_id = tx.session.scalar(select(ContactAddress.contact_id).where(ContactAddress.email == target))
    if found and not _gives_way(found, reason):
        return found
    if contact_id is None and found is None:
        refuse_erased(tx, emails=[target])
    row = found or Suppression(target=target)
    row.contact_id = contact_id or row.contact_id
    row.reason, row.source, row.since = reason, source, tx.now
    tx.session.add(row)
    if row.contact_id:
        record_entry(
            tx,
            row.contact_id,
            "suppression",
            say("Do not contact: %(target)s (%(words)s)", target=target, words=_words(reason)),
            actor=actor,
            data={"target": target, "reason": reason, "source": source},
        )
    tx.session.flush()
    return row


def _gives_way(row: Suppression, reason: str) -> bool:
    """Return whether a row gives way to a new reason.

    One that held because of somebody else from now on holds by itself, and outlasts that merge. A wish of the
    person's own outlasts whoever takes back what was set by hand, and covers addresses that become known later (C10).
    """
    return row.source.startswith(MERGED) or (reason in PERSONAL and row.reason not in PERSONAL)


def suppress_contact(tx: Tx, contact_id: int, *, reason: str, source: str, actor: str) -> None:
    """Forbid mail to every address of a contact."""
    for email in tx.session.scalars(select(ContactAddress.email).where(ContactAddress.contact_id == contact_id)):
        suppress(tx, email, reason=reason, source=source, actor=actor)


def lift_suppression(tx: Tx, target: str, *, why: str, actor: str, seen: str = "") -> Suppression:
    """Allow mail again; who, when and why stay on record.

    `seen` is the reason that whoever lifts it was looking at: what the person asked for since is not lifted with it.
    """
    target = _normalise_target(target)
    row = tx.session.scalar(select(Suppression).where(Suppression.target == target, Suppression.lifted_at.is_(None)))
    if row is None:
        raise NotFoundError(say("%(target)s is not on the do-not-contact list.", target=target))
    if seen and row.reason != seen and row.reason in PERSONAL:
        raise ConflictError(
            say("%(target)s: this person asked for no more mail since you looked. Nothing was changed.", target=target)
        )
    row.lifted_at, row.lifted_by, row.lift_reason = tx.now, actor, why
    if row.contact_id:
        record_entry(
            tx,
            row.contact_id,
            "suppression_lifted",
            say("May be contacted again: %(target)s", target=target),
            actor=actor,
            data={"target": target, "why": why},
        )
    tx.session.flush()
    return row


def withdraw_suppression(tx: Tx, row: Suppression, *, actor: str) -> None:
    """Take back that mail was forbidden, as if nobody had: a lifted row would say that somebody allowed it (C10)."""
    if row.contact_id:
        data = {"target": row.target, "why": "Taken back"}
        words = say("May be contacted again: %(target)s", target=row.target)
        record_entry(tx, row.contact_id, "suppression_lifted", words, actor=actor, data=data)
    tx.session.delete(row)
    tx.session.flush()


def list_suppressions(tx: Tx) -> list[Suppression]:
    """Return what is in force, newest first."""
    query = select(Suppression).where(Suppression.lifted_at.is_(None)).order_by(Suppression.since.desc())
    return list(tx.session.scalars(query))


def _normalise_target(target: str) -> str:
    target = target.strip().lower()
    if target.startswith("@") and "." in target and "@" not in target[1:]:
        return target
    email = normalise_email(target)
    if email is None:
        raise InvalidError(say("%(target)r is neither an address nor a domain written as @example.com.", target=target))
    return email


def _words(reason: str) -> str:
    return {
        "opt_out": say("asked for no more mail"),
        "hard_bounce": say("the address does not exist"),
        "complaint": say("marked our mail as spam"),
        "manual": say("set by hand"),
    }.get(reason, reason)
