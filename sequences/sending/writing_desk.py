"""Use cases: all that lies beside a conversation while it is answered, read at once: person, draft, files, texts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Subquery, and_, literal, or_, select, true
from sqlalchemy.orm import aliased

from crm.models import Contact, ContactAddress, ContactLink, SavedText
from kit.tx import Tx
from sequences.mail_models import MailDraft, MailFile
from sequences.models import Send

_TEXTS = 60
_HELPERS = 40


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who acts for the person, at the address that takes their mail."""

    id: int
    name: str
    role: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingDesk:
    """What a colleague finds beside the box. `sent_files` are those of mails from here, by send."""

    contact: Contact | None
    draft: MailDraft | None
    files: tuple[MailFile, ...]
    sent_files: dict[int, list[MailFile]]
    texts: tuple[SavedText, ...]
    helpers: tuple[Helper, ...] = ()


def read_desk(tx: Tx, user_id: int, place: str, *, contact_id: int | None, thread_id: int | None = None) -> WritingDesk:
    """Return the desk, in one query."""
    one = select(literal(1).label("one")).subquery()
    names = select(SavedText).where(SavedText.archived_at.is_(None)).order_by(SavedText.name).limit(_TEXTS).subquery()
    text = aliased(SavedText, names)
    of_thread = select(Send.id).where(Send.thread_id == (thread_id or 0))
    helper = _helpers(contact_id or 0)
    query = (
        select(Contact, MailDraft, MailFile, text, *helper.c)
        .select_from(one)
        .outerjoin(Contact, Contact.id == (contact_id or 0))
        .outerjoin(MailDraft, and_(MailDraft.user_id == user_id, MailDraft.place == place))
        .outerjoin(MailFile, or_(MailFile.draft_id == MailDraft.id, MailFile.send_id.in_(of_thread)))
        .outerjoin(text, true())
        .outerjoin(helper, true())
    )
    rows: list[tuple[Any, ...]] = [tuple(row) for row in tx.session.execute(query)]
    files: dict[int, MailFile] = {row[2].id: row[2] for row in rows if row[2]}
    sent_files: dict[int, list[MailFile]] = {}
    for number in sorted(files):
        send_id = files[number].send_id
        if send_id is not None:
            sent_files.setdefault(send_id, []).append(files[number])
    texts: dict[int, SavedText] = {row[3].id: row[3] for row in rows if row[3]}
    return WritingDesk(
        contact=rows[0][0],
        draft=rows[0][1],
        files=tuple(files[number] for number in sorted(files) if files[number].draft_id),
        sent_files=sent_files,
        texts=tuple(sorted(texts.values(), key=lambda one: (one.kind, one.name))),
        helpers=tuple(_first_of_each(row[4:] for row in rows)),
    )


def _helpers(contact_id: int) -> Subquery:
    """Return who acts for a person, with every address that may take mail, the preferred one first."""
    agent = aliased(Contact)
    usable = and_(ContactAddress.retired_at.is_(None), ContactAddress.mailable != "bad")
    query = (
        select(ContactLink.agent_id, agent.name, ContactLink.role, ContactAddress.email)
        .join(agent, agent.id == ContactLink.agent_id)
        .join(ContactAddress, and_(ContactAddress.contact_id == agent.id, usable))
        .where(ContactLink.contact_id == contact_id, agent.erased_at.is_(None))
        .order_by(ContactLink.id, ContactAddress.position, ContactAddress.id)
        .limit(_HELPERS)
    )
    return query.subquery("helper")


def _first_of_each(rows: Iterable[tuple[Any, ...]]) -> list[Helper]:
    found: dict[int, Helper] = {}
    for row in rows:
        if row[0] is not None:
            found.setdefault(row[0], Helper(*row))
    return list(found.values())
