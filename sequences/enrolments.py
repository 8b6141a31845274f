"""Use cases: putting contacts into a sequence, with a verdict for each one."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from crm.contacts import display_name, list_addresses
from crm.mailboxes import find_mailbox, list_mailboxes
from crm.models import Brand, Contact, ContactAddress, Mailbox
from crm.pipeline import ensure_relationship
from crm.suppressions import find_personal_suppression
from crm.timeline import record_entry
from kit.errors import InvalidError, NotFoundError
from kit.tx import Tx
from sequences.authoring import document_of, get_version
from sequences.models import Enrolment, Sequence, SequenceVersion
from sequences.runs import OPEN, schedule_next
from sequences.sequence_file import SequenceFile
from sequences.texts import missing_in_step
from sequences.values import merge_values

PERSONAL_LINE = "contact.personal_line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What enrolling one contact came to: `rule` names what refused, "" when nothing did."""

    contact_id: int
    name: str
    email: str
    enrolled: bool
    rule: str = ""
    sentence: str = ""


def enrol(
    tx: Tx,
    sequence: Sequence,
    contact_ids: Iterable[int],
    *,
    actor: str,
    mailbox: str | None = None,
    dry_run: bool = False,
) -> list[Verdict]:
    """Put contacts into the newest version of a sequence; a refusal of one never touches the others."""
    version = get_version(tx, sequence)
    document = document_of(version)
    pool = _pool(tx, document, mailbox)
    load = _load(tx, pool)
    verdicts = []
    for contact_id in dict.fromkeys(contact_ids):
        contact = tx.session.get(Contact, contact_id)
        if contact is None:
            raise NotFoundError(f"There is no contact {contact_id}.")
        sender = min(pool, key=lambda box: (load[box.id], box.id))
        verdict = _judge(tx, sequence, version, contact, sender)
        verdicts.append(verdict)
        if verdict.enrolled and not dry_run:
            _begin(tx, sequence, version, verdict, sender, actor)
            load[sender.id] += 1
    return verdicts


def refuse_unknown(email: str) -> Verdict:
    """Return the verdict on an address that nobody has."""
    return Verdict(
        contact_id=0,
        name="",
        email=email,
        enrolled=False,
        rule="unknown_contact",
        sentence="No contact has this address.",
    )


def _judge(tx: Tx, sequence: Sequence, version: SequenceVersion, contact: Contact, sender: Mailbox) -> Verdict:
    address, rule, sentence = _pick_address(tx, contact)
    if not rule:
        rule, sentence = _refusal(tx, sequence, version, contact, sender, address)
    return Verdict(
        contact_id=contact.id,
        name=display_name(contact),
        email=address,
        enrolled=not rule,
        rule=rule,
        sentence=sentence,
    )


def _pick_address(tx: Tx, contact: Contact) -> tuple[str, str, str]:
    """Return the first address that may be mailed, or the rule that forbids the last one looked at."""
    addresses: list[ContactAddress] = list_addresses(tx, contact.id)
    if not addresses or contact.erased_at:
        return "", "no_address", "There is no address to write to."
    rule, sentence = "", ""
    for address in addresses:
        suppression = find_personal_suppression(tx, contact.id, address.email)
        if suppression:
            rule, sentence = "suppressed", f"Do not contact: {suppression.target} ({suppression.reason})."
        elif address.mailable == "bad":
            rule, sentence = "bad_address", "Mail to this address came back."
        else:
            return address.email, "", ""
        if suppression and suppression.reason in ("opt_out", "complaint"):
            break
    return addresses[0].email, rule, sentence


def _refusal(
    tx: Tx, sequence: Sequence, version: SequenceVersion, contact: Contact, sender: Mailbox, email: str
) -> tuple[str, str]:
    is_open = select(Enrolment.id).where(
        Enrolment.sequence_id == sequence.id, Enrolment.contact_id == contact.id, Enrolment.state.in_(OPEN)
    )
    if tx.session.scalar(is_open):
        return "already_in", "Is in this sequence already."
    gaps = _gaps(tx, sequence, version, contact, sender, email)
    if gaps:
        return "gaps", f"Missing for this person: {', '.join(gaps)}."
    return "", ""


def _gaps(
    tx: Tx, sequence: Sequence, version: SequenceVersion, contact: Contact, sender: Mailbox, email: str
) -> list[str]:
    """Return what the texts miss. Steps that a person reviews may still be completed by hand."""
    document = document_of(version)
    brand = tx.session.get_one(Brand, sequence.brand_id)
    values = merge_values(tx, contact, brand, sender, document, email=email)
    missing: list[str] = []
    is_reviewed = False
    for step in document.steps:
        is_reviewed = is_reviewed or step.review == "required"
        if step.review == "required":
            continue
        # Who reviews an earlier step writes the personal line there, and it stays with the run.
        missing += [gap for gap in missing_in_step(version, step, values) if not (is_reviewed and gap == PERSONAL_LINE)]
    return list(dict.fromkeys(missing))


def _begin(tx: Tx, sequence: Sequence, version: SequenceVersion, verdict: Verdict, sender: Mailbox, actor: str) -> None:
    ensure_relationship(tx, verdict.contact_id, sequence.brand_id)
    run = Enrolment(
        sequence_id=sequence.id,
        version_id=version.id,
        contact_id=verdict.contact_id,
        mailbox_id=sender.id,
        email=verdict.email,
        state="active",
        next_step=0,
        actor=actor,
        created_at=tx.now,
    )
    tx.session.add(run)
    tx.session.flush()
    record_entry(
        tx,
        verdict.contact_id,
        "enrolled",
        f"Added to {sequence.name}",
        actor=actor,
        brand_id=sequence.brand_id,
        data={"sequence": sequence.name, "enrolment": run.id, "mailbox": sender.address},
    )
    schedule_next(tx, run, document_of(version))


def _pool(tx: Tx, document: SequenceFile, mailbox: str | None) -> list[Mailbox]:
    """Return the mailboxes that may write: the one asked for, those of the file, or the only one there is."""
    wanted = (mailbox,) if mailbox else document.mailboxes
    if not wanted:
        boxes = list_mailboxes(tx)
        if len(boxes) != 1:
            raise InvalidError("Say which mailbox writes: name it in the sequence, or with --mailbox ADDRESS.")
        return boxes
    found = [find_mailbox(tx, address) for address in wanted]
    missing = [address for address, box in zip(wanted, found, strict=True) if box is None]
    if missing:
        raise NotFoundError(f"No mailbox {missing[0]} is connected.")
    return [box for box in found if box]


def _load(tx: Tx, pool: list[Mailbox]) -> dict[int, int]:
    """Return how many open runs each mailbox carries."""
    query = (
        select(Enrolment.mailbox_id, func.count())
        .where(Enrolment.state.in_(OPEN), Enrolment.mailbox_id.in_([box.id for box in pool]))
        .group_by(Enrolment.mailbox_id)
    )
    counts = {row[0]: row[1] for row in tx.session.execute(query)}
    return {box.id: counts.get(box.id, 0) for box in pool}
