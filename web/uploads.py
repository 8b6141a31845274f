"""Wire: forms with files: larger bodies for the composer alone, read before any transaction is open."""

from collections.abc import Iterable

from flask import Flask, request

from sequences.sending.mail_drafts import MAX_FILES, NewFile

_WITH_FILES = frozenset({"answers.create", "drafts.keep", "mails.create", "mails.keep"})
_ROOM = MAX_FILES + 2_000_000


def attach_uploads(app: Flask) -> None:
    """Let the composer's forms be large. Comes before the transaction: a slow upload holds no writer."""
    app.before_request(_read_large)
    app.teardown_request(_close_large)


def list_uploads() -> list[NewFile]:
    """Return the files of this request's form."""
    given = request.files.getlist("files")
    return [
        NewFile(name=one.filename or "", content_type=one.mimetype or "", content=one.read())
        for one in given
        if one.filename
    ]


def _read_large() -> None:
    if request.endpoint in _WITH_FILES:
        request.max_content_length = _ROOM
        _spool(request.files.values())


def _close_large(_error: BaseException | None) -> None:
    if request.endpoint in _WITH_FILES:
        request.close()


def _spool(files: Iterable[object]) -> None:
    """Take the body in: forms are read when they are first asked for."""
    for _ in files:
        pass
