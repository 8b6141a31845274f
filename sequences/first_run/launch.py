"""Use cases: each first person's mail as it will be read, and the launch of those that are whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm.contacts import display_name, lock_contacts, refresh_search_text, split_name
from crm.models import Contact, Handle
from crm.timeline import record_entry
from kit.errors import RefusedError, say
from kit.tx import Tx
from sequences.course.enrolments import enrol
from sequences.course.hours import contact_zone
from sequences.course.leaving import note_added
from sequences.course.planning import plan_due
from sequences.first_run.people import list_people
from sequences.first_run.progress import Progress, keep_progress
from sequences.models import Send
from sequences.pitches.pitch import Gaps
from sequences.pitches.texts import render_variant
from sequences.pitches.values import merge_values
from sequences.reviewing.review import approve
from sequences.sending.links import Links
from sequences.versions.authoring import document_of, get_version, start_sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One person's first mail. `gaps` are merge fields without a value; such a mail does not leave."""

    contact: Contact
    name: str
    email: str
    subject: str
    text: str
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What became of it: how many go out, the first when and where, and who does not go, with the reason."""

    count: int
    first_at: datetime | None
    zone: str
    left_out: tuple[tuple[str, str], ...]


def list_previews(tx: Tx, progress: Progress) -> list[Preview]:
    """Return the first people's mails. Five queries, whoever they are."""
    if progress.sequence is None or progress.mailbox is None or progress.brand is None:
        return []
    version = get_version(tx, progress.sequence)
    document = document_of(version)
    people = list_people(tx, progress.contacts)
    handles = _list_handles(tx, [contact.id for contact, _ in people])
    text = document.flow.steps[0].texts()[0]
    previews = []
    for contact, email in people:
        values = merge_values(
            tx, contact, progress.brand, progress.mailbox, document, email=email,
            handles=handles.get(contact.id, ()), products=(),
        )  # fmt: skip
        rendered = render_variant(version, text, values, footer=None)
        gaps = (*rendered.fields, *rendered.faults) if isinstance(rendered, Gaps) else ()
        said = ("", "") if isinstance(rendered, Gaps) else (rendered.subject, rendered.text)
        previews.append(
            Preview(
                contact=contact, name=display_name(contact), email=email, subject=said[0], text=said[1],
                gaps=gaps if email else ("contact.email",),
            )
        )  # fmt: skip
    return previews


def save_words(tx: Tx, lines: Mapping[int, str], names: Mapping[int, str], *, actor: str) -> None:
    """Keep the line that was written for each person, and the name of those who had none."""
    lock_contacts(tx, {*lines, *names})
    for contact in tx.session.scalars(select(Contact).where(Contact.id.in_({*lines, *names}))):
        line, name = (" ".join(words.get(contact.id, "").split()) for words in (lines, names))
        if contact.id in lines and line != contact.personal_line:
            contact.personal_line = line
            record_entry(tx, contact.id, "personal_line", say("Personal line: %(line)s", line=line), actor=actor)
        if name and not contact.name:
            contact.name = name[:150]
            contact.first_name, contact.last_name = split_name(contact.name)
            record_entry(tx, contact.id, "edited", say("Name: %(name)s", name=name), actor=actor)
            refresh_search_text(tx, contact)
    tx.session.flush()


def launch(tx: Tx, progress: Progress, links: Links, *, actor: str, user_id: int) -> Launch:
    """Start the sequence with those whose mail is whole and approve it; again, it takes in only who is new."""
    if progress.sequence is None or progress.mailbox is None:
        raise RefusedError(say("Make the sequence first; nothing was sent."))
    previews = list_previews(tx, progress)
    whole = [one.contact.id for one in previews if not one.gaps]
    start_sequence(tx, progress.sequence.name, is_public=links.is_public)
    verdicts = enrol(tx, progress.sequence, whole, actor=actor, user_id=user_id)
    note_added(tx, progress.sequence, count=sum(one.enrolled for one in verdicts), actor=actor)
    tx.session.flush()
    plan_due(tx, links)
    sends = [approve(tx, send_id, actor=actor) for send_id in _list_drafts(tx, progress.sequence.id, whole)]
    gone = sorted((send for send in sends if send.state == "scheduled"), key=lambda send: send.due_at)
    refused = [(one.name, one.sentence) for one in verdicts if not one.enrolled and one.rule != "already_in"]
    refused += [(one.name, say("Its text still misses something.")) for one in previews if one.gaps]
    if not gone:
        return Launch(count=0, first_at=None, zone="", left_out=tuple(refused))
    first_at, zone = gone[0].due_at, contact_zone(tx.session.get_one(Contact, gone[0].contact_id)).key
    keep_progress(tx, launched={"count": len(gone), "first_at": first_at.isoformat(), "zone": zone})
    return Launch(count=len(gone), first_at=first_at, zone=zone, left_out=tuple(refused))


def _list_drafts(tx: Tx, sequence_id: int, contact_ids: Sequence[int]) -> list[int]:
    query = select(Send.id).where(
        Send.sequence_id == sequence_id, Send.state == "draft", Send.contact_id.in_(contact_ids)
    )
    return list(tx.session.scalars(query.order_by(Send.due_at, Send.id)))


def _list_handles(tx: Tx, ids: Sequence[int]) -> dict[int, list[Handle]]:
    found: dict[int, list[Handle]] = {}
    rows = tx.session.scalars(select(Handle).where(Handle.contact_id.in_(ids)))
    for handle in sorted(rows, key=lambda one: (-(one.followers or 0), one.id)):
        found.setdefault(handle.contact_id, []).append(handle)
    return found
