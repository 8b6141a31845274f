"""Wire: files that came from elsewhere: handed out to be saved, never shown, in chunks."""

from collections.abc import Iterator
from urllib.parse import quote

from flask import Response

from sequences.sending.mail_drafts import clean_name

_CHUNK = 64 * 1024


def download(name: str, content: bytes) -> Response:
    """Return a file to be saved under a harmless form of its name; browsers may not guess what it is."""
    name = clean_name(name)
    plain = name.encode("ascii", "ignore").decode().replace('"', "").replace("%", "").strip() or "file"
    answer = Response(_chunks(content), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    answer.headers["Content-Length"] = str(len(content))
    return answer


def _chunks(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), _CHUNK):
        yield content[start : start + _CHUNK]
