"""Use cases: from sends to the bytes that leave, fixed and stored before the first attempt (A3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, select, update

from crm.models import Brand, Mailbox, Message, Thread
from crm.threads import REFERENCED
from kit.tx import Tx
from mailer.compose import compose
from mailer.dkim import sign
from mailer.types import Address, Attachment, Letter
from sequences.mailboxes.dkim import read_signers
from sequences.models import Send, SendBody, SequenceFile
from sequences.pitches.pitch_value import clean_text
from sequences.sending.docket import Case, Entry
from sequences.sending.links import Links
from sequences.sending.mail_files import read_mail_files


@dataclass(slots=True, kw_only=True)
class Envelope:
    """What goes through the wire for one send, and what is written down once it has left."""

    case: Case
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str
    raw: bytes
    smtputf8: bool
    claimed_at: datetime

    @property
    def send_id(self) -> int:
        """The send's number."""
        return self.case.entry.id

    @property
    def needs_fence(self) -> bool:
        """Whether the mailbox must have been read before it leaves (A7)."""
        return self.case.entry.is_follow_up


class _Desk(NamedTuple):
    """Who writes for a brand from a mailbox, and where answers go; empty when they go to the mailbox itself."""

    sender_name: str
    reply_to: str


def fix_bytes(
    tx: Tx, cases: Sequence[Case], mailbox: Mailbox, links: Links
) -> tuple[list[Envelope], list[tuple[Case, str]]]:
    """Return the envelopes of sends, and those that cannot be written with the reason.

    Bytes are composed and signed once, stored, and reused by every try: what was signed is what leaves.
    """
    signers = read_signers(tx, links.seal, mailbox.address.rpartition("@")[2])
    bodies = _read_bodies(tx, [case.entry.id for case in cases])
    threads = _read_threads(tx, {case.entry.thread_id for case in cases if case.entry.thread_id is not None})
    files = _read_files(tx, cases)
    by_hand = read_mail_files(tx, [case.entry.id for case in cases if case.document is None])
    desks = {brand_id: _read_desk(tx, brand_id, mailbox) for brand_id in {case.entry.brand_id for case in cases}}
    envelopes: list[Envelope] = []
    faulty: list[tuple[Case, str]] = []
    fixed: list[dict[str, object]] = []
    for case in cases:
        body = bodies[case.entry.id]
        subject, chain = _conversation(case.entry, threads)
        raw = body.raw
        if raw is None:
            letter = _letter(tx, case, body, mailbox, desks[case.entry.brand_id], subject, chain, links, files)
            if case.entry.id in by_hand:
                letter = replace(letter, attachments=by_hand[case.entry.id])
            try:
                raw = sign(compose(letter), signers, now=tx.now)
            except ValueError as error:
                faulty.append((case, str(error)))
                continue
            fixed.append(
                {
                    "key": case.entry.id,
                    "raw": raw,
                    "in_reply_to": letter.in_reply_to,
                    "references": list(letter.references),
                }
            )
        envelopes.append(
            Envelope(
                case=case,
                sender=mailbox.address,
                sender_name=mailbox.name,
                recipient=case.entry.email,
                subject=subject,
                text=body.text,
                html=body.html,
                raw=raw,
                smtputf8=not all(one.rpartition("@")[0].isascii() for one in (case.entry.email, mailbox.address)),
                claimed_at=tx.now,
            )
        )
    _store(tx, fixed, [one for one in envelopes if one.subject != one.case.entry.subject])
    return envelopes, faulty


def _letter(
    tx: Tx,
    case: Case,
    body: Row[Any],
    mailbox: Mailbox,
    desk: _Desk,
    subject: str,
    chain: Sequence[str],
    links: Links,
    files: "dict[tuple[int, str], SequenceFile]",
) -> Letter:
    entry = case.entry
    is_sequence = entry.enrolment_id is not None
    return Letter(
        message_id=entry.rfc_id,
        date=tx.now,
        sender=Address(email=mailbox.address, name=desk.sender_name),
        to=Address(email=entry.email, name=_one_line(entry.contact_name)),
        reply_to=Address(email=desk.reply_to, name=desk.sender_name) if desk.reply_to else None,
        subject=subject,
        text=body.text,
        html=as_document(body.html) if body.html else None,
        in_reply_to=chain[-1] if chain else None,
        references=tuple(chain),
        attachments=_attachments(case, files),
        unsubscribe_mailto=mailbox.address if is_sequence else None,
        unsubscribe_url=links.one_click_url(entry.email) if is_sequence else None,
    )


def _conversation(entry: Entry, threads: dict[int, tuple[str, list[str]]]) -> tuple[str, list[str]]:
    """Return subject and ids of the conversation. A stable subject: clients that thread by it see one."""
    if entry.thread_id is None:
        return entry.subject, []
    base, chain = threads[entry.thread_id]
    if not chain:
        return entry.subject, []
    return (base if base.lower().startswith("re:") else f"Re: {base}"), chain


def _read_bodies(tx: Tx, send_ids: Collection[int]) -> dict[int, Row[Any]]:
    return {row[0]: row for row in tx.run(_READ, {"send_ids": list(send_ids)})}


def _read_threads(tx: Tx, thread_ids: Collection[int]) -> dict[int, tuple[str, list[str]]]:
    """Return subject and the ids of the mails of each conversation, oldest first: what References carries."""
    if not thread_ids:
        return {}
    subjects = tx.session.execute(select(Thread.id, Thread.subject).where(Thread.id.in_(thread_ids)))
    found: dict[int, tuple[str, list[str]]] = {row[0]: (row[1], []) for row in subjects}
    mails = tx.session.execute(
        select(Message.thread_id, Message.rfc_id)
        .where(Message.thread_id.in_(thread_ids), Message.rfc_id.is_not(None), Message.kind.in_(REFERENCED))
        .order_by(Message.at, Message.id)
    )
    for thread_id, rfc_id in mails:
        if thread_id is not None and rfc_id:
            found[thread_id][1].append(rfc_id)
    return found


def _read_files(tx: Tx, cases: Sequence[Case]) -> dict[tuple[int, str], SequenceFile]:
    """Return the attachments of these steps, by version and name."""
    wanted = {case.entry.version_id for case in cases if _attachment_names(case)}
    if not wanted:
        return {}
    query = select(SequenceFile).where(SequenceFile.version_id.in_(wanted))
    return {(file.version_id, file.name): file for file in tx.session.scalars(query)}


def _attachment_names(case: Case) -> tuple[str, ...]:
    return case.document.flow.steps[case.entry.step].attachments if case.document else ()


def _attachments(case: Case, files: dict[tuple[int, str], SequenceFile]) -> tuple[Attachment, ...]:
    found = [files[case.entry.version_id or 0, name] for name in _attachment_names(case)]
    return tuple(
        Attachment(filename=file.name.rpartition("/")[2], content_type=file.content_type, content=file.content)
        for file in found
    )


def _read_desk(tx: Tx, brand_id: int | None, mailbox: Mailbox) -> _Desk:
    brand = tx.session.get(Brand, brand_id) if brand_id else None
    name = mailbox.name or (brand.name if brand else "")
    return _Desk(_one_line(name), mailbox.reply_to or (brand.reply_to if brand else ""))


def _one_line(name: str) -> str:
    """Return a name without what no header may hold: it came from a file or a form."""
    return " ".join(clean_text(name).split())


def as_document(fragment: str) -> str:
    """Return a whole HTML document round the fragment that a pitch becomes."""
    return f'<!doctype html>\n<html><head><meta charset="utf-8"></head><body>\n{fragment}</body></html>\n'


def _store(tx: Tx, fixed: Sequence[dict[str, object]], renamed: Sequence[Envelope]) -> None:
    """Keep what was composed, in two statements at most."""
    if fixed:
        tx.run_many(_FIX, fixed)
    if renamed:
        values = [{"key": one.send_id, "subject": one.subject} for one in renamed]
        tx.run_many(_RENAME, values)


_FIX = (
    update(SendBody)
    .where(SendBody.send_id == bindparam("key"))
    .values(raw=bindparam("raw"), in_reply_to=bindparam("in_reply_to"), references=bindparam("references"))
)
_RENAME = update(Send).where(Send.id == bindparam("key")).values(subject=bindparam("subject"))
_READ = select(SendBody.send_id, SendBody.text, SendBody.html, SendBody.raw).where(
    SendBody.send_id.in_(bindparam("send_ids", expanding=True))
)
