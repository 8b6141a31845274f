"""Use cases: erasing a person: their rows at once, so that they are refused from then on; their traces by a job."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.sql.elements import ColumnElement

from crm.contacts import get_contact, lock_contacts
from crm.erased import mark_people
from crm.jobs import OPEN, get_job, start_job
from crm.models import (
    Contact,
    ContactAddress,
    ContactLink,
    Feedback,
    Handle,
    HandleName,
    Job,
    Mailbox,
    Message,
    Theme,
    Thread,
    User,
)
from crm.survivors import forget_identity
from crm.timeline import record_entry
from kit.db import Base
from kit.errors import ConflictError, InvalidError, say
from kit.tx import Tx
from sequences.course.runs import stop_runs
from sequences.mail_models import MailDraft, MailFile
from sequences.models import Send
from sequences.privacy.fates import FATES, OWNER, UNIQUE, Fate, made_up
from sequences.privacy.old_deeds import Theirs, read_theirs
from sequences.privacy.others import find_own
from sequences.privacy.traces import Traces, join_traces, make_traces
from sequences.sending.stop_rules import Stop

KIND = "erase"
# Why somebody is erased. Codes, not words of one's own: those could hold what is to go.
REASONS = ("asked", "no_basis", "mistake", "retention")
_READS_FILES = ("import", "export", "person_export", "whole_export")
_BEFORE_SENDING = ("draft", "scheduled", "claimed")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gone:
    """Somebody whose rows went, and by what they are found elsewhere."""

    contact_id: int
    reason: str
    traces: Traces
    theirs: Theirs


def check_erasure(tx: Tx, contact_id: int) -> Contact:
    """Return who would be erased, or refuse while something of theirs is under way."""
    contact = get_contact(tx, contact_id)
    under_way = select(Send.id).where(Send.contact_id == contact_id, Send.state == "sending").limit(1)
    if tx.session.scalar(under_way):
        raise ConflictError(
            say("A mail to this person is leaving just now. Nothing was changed; try again in a minute.")
        )
    unclear = select(Send.id).where(Send.contact_id == contact_id, Send.state == "unknown").limit(1)
    if tx.session.scalar(unclear):
        raise ConflictError(
            say(
                "Nobody knows yet whether a mail to this person arrived. Decide that first, then erase. "
                "Nothing was changed."
            )
        )
    if tx.session.scalar(select(Job.id).where(Job.state.in_(OPEN), Job.kind.in_(_READS_FILES)).limit(1)):
        raise ConflictError(
            say(
                "An import or export is running and may hold this person. Erase once it has ended. Nothing was changed."
            )
        )
    return contact


def erase_contact(tx: Tx, contact_id: int, *, reason: str, actor: str) -> Job:
    """Erase a person for good: their rows now, every trace elsewhere by the job that is returned.

    From this transaction on they are refused by import, by form, by mail and by enrolment. It cannot be taken back.
    """
    return _search_for(tx, [_remove_person(tx, contact_id, reason=reason, actor=actor)], actor)


def _remove_person(tx: Tx, contact_id: int, *, reason: str, actor: str) -> _Gone:
    """Remove and empty a person's rows; return by what they may be named elsewhere."""
    if reason not in REASONS:
        raise InvalidError(say("Say why this person is erased."))
    lock_contacts(tx, [contact_id])
    withdraw = update(Send).where(Send.contact_id == contact_id, Send.state.in_(_BEFORE_SENDING))
    tx.session.execute(
        withdraw.values(state="cancelled", settled_at=tx.now).execution_options(synchronize_session="fetch")
    )
    contact = check_erasure(tx, contact_id)
    traces, theirs = read_traces(tx, contact), read_theirs(tx, contact_id)
    # Also addresses they only wrote from: nobody else is known by them.
    mark_people(tx, traces.emails, read_accounts(tx, contact_id))
    stop_runs(tx, contact_id, Stop(reason="erased", sentence=say("Erased.")), actor=actor)
    contact.erased_at = tx.now
    tx.session.flush()
    forget_identity(tx, contact_id)
    tx.session.execute(delete(ContactLink).where(ContactLink.agent_id == contact_id))
    _drop_drafts(tx, contact_id)
    _silence_themes(tx, contact_id)
    tx.session.flush()
    _apply_fates(tx, contact_id)
    tx.session.expire_all()
    record_entry(tx, contact_id, "erased", "Erased for good", actor=actor, data={"reason": reason})
    return _Gone(contact_id=contact_id, reason=reason, traces=traces, theirs=theirs)


def remove_again(tx: Tx, contact_id: int, *, reason: str, actor: str) -> None:
    """Remove what others were storing of a person while they were erased, such as a mail that just came in."""
    _drop_drafts(tx, contact_id)
    tx.session.flush()
    _apply_fates(tx, contact_id)
    tx.session.expire_all()
    record_entry(tx, contact_id, "erased", "Erased for good", actor=actor, data={"reason": reason})


def _search_for(tx: Tx, gone: Sequence[_Gone], actor: str) -> Job:
    title = say("Erasing people: %(count)s", count=len(gone))
    job = start_job(tx, KIND, actor=actor, total=1 + len(searched()), data={}, title=title)
    job.cursor = {
        "traces": join_traces(one.traces for one in gone).document(),
        "theirs": [one.theirs.document() for one in gone],
        "people": [[one.contact_id, one.reason] for one in gone],
        "after": 0,
    }
    return job


def search_again(tx: Tx, job_id: int) -> Job:
    """Let a search for traces that ended in a fault go on where it was: what it looks for is with it until then."""
    job = get_job(tx, job_id)
    if job.kind != KIND or job.state != "failed" or not job.cursor:
        raise ConflictError(say("There is nothing to go on with."))
    job.state, job.faults, job.ended_at = "waiting", 0, None
    return job


def read_traces(tx: Tx, contact: Contact) -> Traces:
    """Return by what a person is named elsewhere: addresses they have and wrote from, whole names, accounts."""
    own = set(tx.session.scalars(select(ContactAddress.email).where(ContactAddress.contact_id == contact.id)))
    wrote = select(Message.sender, Message.sender_name).where(
        Message.contact_id == contact.id, Message.direction == "in", Message.kind.in_(("reply", "auto_reply"))
    )
    seen = tx.session.execute(wrote.distinct()).all()
    ours = {*tx.session.scalars(select(Mailbox.address)), *tx.session.scalars(select(User.email))}
    others = set(
        tx.session.scalars(select(ContactAddress.email).where(ContactAddress.email.in_([row[0] for row in seen])))
    )
    emails = own | ({row[0] for row in seen} - ours - others)
    names = {contact.name, f"{contact.first_name} {contact.last_name}"}
    names |= {row[1] for row in seen if row[0] in emails}
    accounts = read_accounts(tx, contact.id)
    return find_own(tx, contact.id, make_traces(emails, names, (f"{place}/{name}" for place, name in accounts)))


def read_accounts(tx: Tx, contact_id: int) -> list[tuple[str, str]]:
    """Return platform and name of accounts, those they had before as well."""
    own = select(Handle.platform, Handle.username).where(Handle.contact_id == contact_id)
    once = select(HandleName.platform, HandleName.username).join(Handle, Handle.id == HandleName.handle_id)
    rows = tx.session.execute(own.union(once.where(Handle.contact_id == contact_id)))
    return [(row[0], row[1]) for row in rows]


def searched() -> list[Table]:
    """Return the tables that are searched for traces, those that an older program does not know included."""
    return [table for table in Base.metadata.sorted_tables if _fate(table).deed != "ours"]


def _fate(table: Table) -> Fate:
    """Return a table's fate; one that nobody decided about loses the rows that name the person."""
    return FATES.get(table.name) or Fate(deed="delete" if OWNER in table.c else "search")


def _apply_fates(tx: Tx, contact_id: int) -> None:
    """Empty first and remove after, children before parents: what is removed must not be pointed at."""
    tables = [(table, _fate(table)) for table in reversed(Base.metadata.sorted_tables)]
    for deed in ("blank", "delete"):
        # A blanked row may lose what names its person, so those that are found through it go first.
        for table, fate in tables:
            if fate.deed == deed == "delete":
                tx.session.execute(delete(table).where(is_theirs(table, fate, contact_id)))
            elif fate.deed == deed:
                values = {name: _value(table, value) for name, value in fate.blank.items()}
                tx.session.execute(update(table).where(is_theirs(table, fate, contact_id)).values(values))


def is_theirs(table: Table, fate: Fate, contact_id: int) -> ColumnElement[bool]:
    """Return the condition that a row of a table is about a person."""
    if not fate.via:
        return table.c[fate.column] == contact_id
    parent = Base.metadata.tables[fate.via]
    return table.c[fate.column].in_(select(parent.c.id).where(parent.c[OWNER] == contact_id))


def _value(table: Table, value: Any) -> Any:
    return made_up("erased:", table.c.id) if value is UNIQUE else value


def _drop_drafts(tx: Tx, contact_id: int) -> None:
    threads = tx.session.scalars(select(Thread.id).where(Thread.contact_id == contact_id))
    places = [f"contact:{contact_id}", *(f"thread:{number}" for number in threads)]
    drafts = select(MailDraft.id).where(MailDraft.place.in_(places))
    _remove(tx, MailFile, MailFile.draft_id.in_(drafts))
    _remove(tx, MailDraft, MailDraft.place.in_(places))


def _silence_themes(tx: Tx, contact_id: int) -> None:
    """Let no theme be spoken for by a quote that is going."""
    notes = select(Feedback.id).where(Feedback.contact_id == contact_id)
    chosen = update(Theme).where(Theme.quote_id.in_(notes)).values(quote_id=None)
    tx.session.execute(chosen.execution_options(synchronize_session=False))


def _remove(tx: Tx, model: type[Any], *clauses: ColumnElement[bool]) -> None:
    table = cast("Table", model.__table__)
    tx.session.execute(delete(table).where(*clauses))


def erase_many(tx: Tx, contact_ids: Iterable[int], *, reason: str, actor: str) -> tuple[int, int]:
    """Erase several; return how many were, and how many had something under way and stay for now.

    One job searches for the traces of all.
    """
    found: list[_Gone] = []
    left = 0
    for contact_id in contact_ids:
        try:
            with tx.session.begin_nested():
                found.append(_remove_person(tx, contact_id, reason=reason, actor=actor))
        except ConflictError:
            left += 1
    if found:
        _search_for(tx, found, actor)
    return len(found), left
