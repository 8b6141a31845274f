"""Use cases: mail being written by hand: kept as it is typed, with its files; one draft for each person and place."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from crm.models import Contact, SavedText, TextUse
from kit.errors import InvalidError, NotFoundError, say
from kit.tx import Tx
from sequences.mail_models import MailDraft, MailFile
from sequences.models import Send, SendBody

_CONTACT = "contact:"
MAX_TEXT = 50_000
MAX_CC = 4_000
MAX_FILE = 10_000_000
MAX_FILES = 20_000_000
_TYPE = re.compile(r"[a-z]{2,20}/[a-z0-9][a-z0-9.+-]{0,90}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file as it was handed in, its name not to be trusted."""

    name: str
    content_type: str
    content: bytes


def place_of(*, thread_id: int | None = None, contact_id: int | None = None) -> str:
    """Return where a draft belongs: thread:12 for an answer, contact:5 for a new mail."""
    return f"thread:{thread_id}" if thread_id is not None else f"{_CONTACT}{contact_id}"


def find_draft(tx: Tx, user_id: int, place: str) -> MailDraft | None:
    """Return what a colleague has typed there, if anything."""
    return tx.session.scalar(select(MailDraft).where(MailDraft.user_id == user_id, MailDraft.place == place))


def keep_draft(
    tx: Tx, user_id: int, place: str, text: str, *, subject: str = "", cc: str = "", text_id: int | None = None
) -> MailDraft:
    """Keep what was typed so far; an empty box without files leaves no draft behind."""
    draft = find_draft(tx, user_id, place)
    if draft is None:
        draft = MailDraft(user_id=user_id, place=place, updated_at=tx.now)
        tx.session.add(draft)
    draft.text, draft.subject, draft.updated_at = text[:MAX_TEXT].replace("\r\n", "\n"), subject[:500], tx.now
    draft.cc = " ".join(cc.split())[:MAX_CC]
    if text_id is not None and tx.session.get(SavedText, text_id) is not None:
        draft.text_id = text_id
    tx.session.flush()
    return draft


def drop_lost_drafts(tx: Tx) -> None:
    """Throw away new mail to people who are gone: SQLite may give their numbers to somebody else."""
    kept = tx.session.execute(select(MailDraft.id, MailDraft.place).where(MailDraft.place.startswith(_CONTACT))).all()
    numbers = {draft_id: int(place.removeprefix(_CONTACT)) for draft_id, place in kept}
    known = set(tx.session.scalars(select(Contact.id).where(Contact.id.in_(numbers.values()))))
    lost = [draft_id for draft_id, number in numbers.items() if number not in known]
    tx.session.execute(delete(MailDraft).where(MailDraft.id.in_(lost)))


def drop_draft(tx: Tx, user_id: int, place: str) -> None:
    """Throw a draft away with its files."""
    draft = find_draft(tx, user_id, place)
    if draft:
        for file in list_files(tx, draft_id=draft.id):
            tx.session.delete(file)
        tx.session.flush()
        tx.session.delete(draft)
        tx.session.flush()


def attach(tx: Tx, draft: MailDraft, files: Sequence[NewFile]) -> None:
    """Put files to a draft: 10 MB each and 20 MB in all."""
    total = sum(file.size for file in list_files(tx, draft_id=draft.id))
    for file in files:
        total += len(file.content)
        if len(file.content) > MAX_FILE or total > MAX_FILES:
            raise InvalidError(
                say(
                    "%(name)s is too large: a file may have 10 MB, all files of a mail 20 MB. Your text is kept.",
                    name=clean_name(file.name),
                )
            )
        kind = file.content_type.partition(";")[0].strip().lower()
        tx.session.add(
            MailFile(
                draft_id=draft.id,
                name=clean_name(file.name),
                content_type=kind if _TYPE.fullmatch(kind) else "application/octet-stream",
                size=len(file.content),
                content=file.content,
                created_at=tx.now,
            )
        )
    tx.session.flush()


def detach(tx: Tx, user_id: int, file_id: int) -> MailDraft:
    """Take a file off one's own draft."""
    file = tx.session.get(MailFile, file_id)
    draft = tx.session.get(MailDraft, file.draft_id) if file and file.draft_id else None
    if file is None or draft is None or draft.user_id != user_id:
        raise NotFoundError(say("There is no such file."))
    tx.session.delete(file)
    tx.session.flush()
    return draft


def is_own(tx: Tx, file: MailFile, user_id: int) -> bool:
    """Return whether a file belongs to this colleague's draft."""
    draft = tx.session.get(MailDraft, file.draft_id)
    return draft is not None and draft.user_id == user_id


def list_files(tx: Tx, *, draft_id: int | None = None, send_id: int | None = None) -> list[MailFile]:
    """Return the files of a draft or a send, without their bytes."""
    owner = MailFile.draft_id == draft_id if draft_id is not None else MailFile.send_id == send_id
    return list(tx.session.scalars(select(MailFile).where(owner).order_by(MailFile.id)))


def hand_over(tx: Tx, user_id: int, place: str, send: Send) -> None:
    """Make a draft a send: its files go with it, and the text it began with is counted as used."""
    draft = find_draft(tx, user_id, place)
    if draft is None:
        return
    tx.session.execute(update(MailFile).where(MailFile.draft_id == draft.id).values(send_id=send.id, draft_id=None))
    counted = tx.session.scalar(select(TextUse.id).where(TextUse.send_id == send.id))
    if draft.text_id is not None and counted is None:
        tx.session.add(TextUse(text_id=draft.text_id, send_id=send.id, at=tx.now))
    tx.session.expire_all()
    tx.session.delete(draft)
    tx.session.flush()


def bring_back(tx: Tx, user_id: int, place: str, send: Send) -> MailDraft:
    """Put a mail that was taken back into the composer again; what was typed since stands below it."""
    body = tx.session.get(SendBody, send.id)
    typed = find_draft(tx, user_id, place)
    later = typed.text.strip() if typed else ""
    source = body.source if body else ""
    used = tx.session.scalar(select(TextUse).where(TextUse.send_id == send.id))
    draft = keep_draft(
        tx,
        user_id,
        place,
        f"{source}\n\n{later}" if later else source,
        subject=send.subject,
        cc=", ".join(send.cc),
        text_id=used.text_id if used else None,
    )
    if used:
        tx.session.delete(used)
    tx.session.execute(update(MailFile).where(MailFile.send_id == send.id).values(draft_id=draft.id, send_id=None))
    tx.session.flush()
    return draft


def clean_name(name: str) -> str:
    """Return a file name that no header, folder or screen trips over."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(one for one in last if unicodedata.category(one)[0] != "C" and one not in '<>:"|?*')
    plain = " ".join(plain.split()).lstrip(".")
    if len(plain) > 120:  # noqa: PLR2004 - with room for what any system allows
        stem, dot, ending = plain.rpartition(".")
        plain = f"{stem[:100]}.{ending[:10]}" if dot else plain[:110]
    return plain or "file"
