"""Pure: Microsoft Exchange 5.5 to 2019 and Office 365, in any language.

People see display names; the address stands in the part for administrators, before `#550 5.1.1 ...##` or `Remote Server
returned '...'`, in `<server #5.1.1 smtp;550 5.1.1 <address>...>`, or before "on" and a date in the oldest.
"""

import re
from collections.abc import Iterator

from mailer.parse.dialects.prose import Named, Prose, named, once
from mailer.parse.headers import find_addresses

_ADDRESS = r"[^\s<>()@:;,\"']{1,100}@[^\s<>()@:;,\"']{1,200}"
_ADMIN = re.compile(
    rf"^[ \t]{{0,8}}({_ADDRESS})[ \t]*\n{{1,3}}[ \t]{{0,8}}((?:#|remote server returned|\S{{3,80}} #\d|"
    rf"[\w.-]{{3,80}} (?:#<|gave this error)|"
    r"\d{1,2}/\d{1,2}/\d{4}[^\n]{0,40}server at)[^\n]{3,500})",
    re.IGNORECASE | re.MULTILINE,
)
_OLD = re.compile(
    rf"^[ \t]{{0,12}}({_ADDRESS});? on [^\n]{{8,60}}\n((?:[ \t]+[^\n]{{0,300}}\n?){{0,5}})",
    re.IGNORECASE | re.MULTILINE,
)
_INNER = re.compile(r"<[\w.-]{2,120} (#\d\.\d{1,3}\.\d{1,3}[^\n]{0,400})")
_DETAILS = re.compile(rf"^[ \t]*recipient address:[ \t]*({_ADDRESS})", re.IGNORECASE | re.MULTILINE)
_REPORTED = re.compile(r"^[ \t]*reported error:[ \t]*([^\n]{3,500})", re.IGNORECASE | re.MULTILINE)


def read_exchange(prose: Prose) -> tuple[Named, ...]:
    """Return the addresses of an Exchange notice, from the plainest place that names any."""
    return next((found for place in (_for_admins, _dated, _in_details, _inner) if (found := once(place(prose)))), ())


def _for_admins(prose: Prose) -> Iterator[Named]:
    for found in _ADMIN.finditer(prose.head):
        yield from named(found[1], found[2], prose)


def _dated(prose: Prose) -> Iterator[Named]:
    for found in _OLD.finditer(prose.head):
        yield from named(found[1], found[2], prose)


def _in_details(prose: Prose) -> Iterator[Named]:
    """Yield what Office 365 prints below the title of our own mail, where the report's head ends."""
    text = prose.text[:30_000]
    error, recipient = _REPORTED.search(text), _DETAILS.search(text)
    if error and recipient:
        yield from named(recipient[1], error[1], prose)


def _inner(prose: Prose) -> Iterator[Named]:
    for found in _INNER.finditer(prose.head):
        emails = [email for email in find_addresses(found[1]) if email not in prose.ours]
        yield from named(emails[0] if emails else _only(prose.originals), found[1], prose)


def _only(emails: tuple[str, ...]) -> str | None:
    return emails[0] if len(emails) == 1 else None
