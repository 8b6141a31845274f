"""Use cases: texts of the workspace: templates, which sequences name by their path, and snippets."""

import re
import unicodedata

from sqlalchemy import select

from crm.models import SavedText
from kit.errors import InvalidError, NotFoundError, say
from kit.tx import Tx

KINDS = ("template", "snippet")
_MAX_BODY = 50_000
_LIMIT = 500


def list_texts(tx: Tx, *, kind: str = "", archived: bool = False, limit: int = _LIMIT) -> list[SavedText]:
    """Return texts by name; `kind` is template, snippet, or empty for both."""
    query = select(SavedText).order_by(SavedText.name, SavedText.id).limit(limit)
    query = query.where(SavedText.archived_at.is_not(None) if archived else SavedText.archived_at.is_(None))
    return list(tx.session.scalars(query.where(SavedText.kind == kind) if kind else query))


def get_text(tx: Tx, text_id: int) -> SavedText:
    """Return a text by its number, or refuse."""
    found = tx.session.get(SavedText, text_id)
    if found is None:
        raise NotFoundError(say("There is no such text."))
    return found


def create_text(
    tx: Tx,
    kind: str,
    name: str,
    body: str,
    *,
    actor: str,
    subject: str = "",
    dm: str = "",
    language: str = "",
) -> SavedText:
    """Keep a new text. Its path, such as pitches/spring.md, is made from the name once and stays."""
    if kind not in KINDS:
        raise InvalidError(say("A text is a template or a snippet."))
    text = SavedText(
        kind=kind,
        path=_free_path(tx, kind, name),
        created_at=tx.now,
        **_checked(tx, name, body, subject, dm, language, actor),
    )
    tx.session.add(text)
    tx.session.flush()
    return text


def change_text(
    tx: Tx,
    text_id: int,
    name: str,
    body: str,
    *,
    actor: str,
    subject: str = "",
    dm: str = "",
    language: str = "",
) -> SavedText:
    """Change a text. Sequences that were published keep the words they were published with."""
    text = get_text(tx, text_id)
    for column, value in _checked(tx, name, body, subject, dm, language, actor).items():
        setattr(text, column, value)
    tx.session.flush()
    return text


def archive_text(tx: Tx, text_id: int, *, actor: str, archived: bool = True) -> SavedText:
    """Take a text out of the lists, or put it back; sequences that name it still find it."""
    text = get_text(tx, text_id)
    if bool(text.archived_at) != archived:
        text.archived_at, text.updated_by = (tx.now if archived else None), actor
    return text


def read_workspace_texts(tx: Tx) -> dict[str, str]:
    """Return the bodies of all templates by path, archived ones too."""
    rows = tx.session.execute(select(SavedText.path, SavedText.body).where(SavedText.kind == "template"))
    return {row[0]: row[1] for row in rows}


def _checked(tx: Tx, name: str, body: str, subject: str, dm: str, language: str, actor: str) -> dict[str, object]:
    name, body = " ".join(name.split())[:120], body.replace("\r\n", "\n").strip()
    if not name:
        raise InvalidError(say("Give the text a name. Nothing was lost: your words are still in the form."))
    if not body:
        raise InvalidError(say("The text is empty. Write something first."))
    if max(len(body), len(dm)) > _MAX_BODY:
        raise InvalidError(say("The text is longer than 50,000 characters. Shorten it and save again."))
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*|", language.strip()):
        raise InvalidError(say("Write the language as its short code, such as en or de."))
    return {
        "name": name,
        "body": body,
        "subject": " ".join(subject.split())[:500],
        "dm": dm.replace("\r\n", "\n").strip(),
        "language": language.strip()[:20],
        "updated_at": tx.now,
        "updated_by": actor,
    }


def _free_path(tx: Tx, kind: str, name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    word = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80] or "text"
    folder = "pitches" if kind == "template" else "snippets"
    taken = set(tx.session.scalars(select(SavedText.path).where(SavedText.path.startswith(f"{folder}/{word}"))))
    path, number = f"{folder}/{word}.md", 2
    while path in taken:
        path, number = f"{folder}/{word}-{number}.md", number + 1
    return path
