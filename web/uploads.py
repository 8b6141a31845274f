"""Wire: forms with files: which may be larger than others, and when their bodies are read and closed."""

from collections.abc import Iterable

from flask import Flask, request

from sequences.sending.mail_drafts import MAX_FILES, NewFile

# Read before any transaction is open, because they write: a slow upload must hold no writer.
_COMPOSER = frozenset({"answers.create", "drafts.keep", "mails.create", "mails.keep"})
# The most bytes a post may have; everything else stays small.
_LIMITS = {
    "imports.create": 20_000_000,
    "feedback_import.create": 20_000_000,
    "say.create": 40_000,
    "api_feedback.create": 40_000,
    **dict.fromkeys(_COMPOSER, MAX_FILES + 2_000_000),
}


def attach_uploads(app: Flask) -> None:
    """Let forms with files be large. Comes before the transaction."""
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
    limit = _LIMITS.get(request.endpoint or "")
    if limit is not None:
        request.max_content_length = limit
    if request.endpoint in _COMPOSER:
        _spool(request.files.values())


def _close_large(_error: BaseException | None) -> None:
    if request.endpoint in _LIMITS:
        request.close()


def _spool(files: Iterable[object]) -> None:
    """Take the body in: forms are read when they are first asked for."""
    for _ in files:
        pass
