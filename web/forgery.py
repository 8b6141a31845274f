"""Wire: what proves that a form is ours: a token of the session, another mask over it in each page."""

import base64
import hmac
import secrets
from urllib.parse import urlsplit

from flask import g, request

from kit.errors import RefusedError, say
from kit.ids import hash_token
from web.request import COOKIE, find_user, this_house

# A mail provider's one-click opt-out (RFC 8058) comes from elsewhere and carries no token of ours; the public form
# carries a stamp of its own and acts for nobody; a program carries its bearer token, which no browser adds by itself.
_FROM_ANYWHERE = frozenset({"opt_outs.create", "say.create", "api_feedback.create"})
# Where a browser says a request began (W3C Fetch Metadata, section 2.3): in our pages, or with the person.
OURS = frozenset({"same-origin", "none"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def csrf_token() -> str:
    """Return what the forms of this page must carry; empty when nobody is signed in.

    It stands in packed pages beside words of strangers, so it is never twice the same: the token of the session under
    a mask of its own for each answer. Within a page it is one, so that its forms pack well.
    """
    # First what nearly every call finds: each form of a page asks.
    masked: str | None = g.get("csrf")
    if masked is None:
        token = _session_token()
        masked = g.csrf = _mask(token) if token else ""
    return masked


def refuse_forgery() -> None:
    """Refuse a post that no page of ours sent."""
    if request.method in _SAFE or request.endpoint in _FROM_ANYWHERE:
        return
    if not _is_own_origin():
        raise RefusedError(say("This form came from another site, so nothing was changed."), code="forged")
    if find_user() is None:
        return
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not hmac.compare_digest(_unmask(given), _session_token()):
        g.is_stale_form = True
        raise RefusedError(say("This page was open for too long. Reload it and try again."), code="forged")


def is_from_here() -> bool:
    """Whether a page of ours says that it sent this form: words from elsewhere are never put into a form of ours."""
    public = urlsplit(this_house().settings.public_url)
    return request.headers.get("Origin", "") in {f"{public.scheme}://{public.netloc}", request.host_url.rstrip("/")}


def _is_own_origin() -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in OURS:
        return False
    return "Origin" not in request.headers or is_from_here()


def _session_token() -> bytes:
    token = request.cookies.get(COOKIE)
    if not token or find_user() is None:
        return b""
    return this_house().seal.sign(hash_token(token), about="csrf").rpartition(".")[2].encode()


def _mask(token: bytes) -> str:
    mask = secrets.token_bytes(len(token))
    return base64.urlsafe_b64encode(mask + _xor(token, mask)).decode()


def _unmask(masked: str) -> bytes:
    """Return the token under its mask; nothing for what no page of ours wrote."""
    try:
        both = base64.b64decode(masked.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError:
        return b""
    middle = len(both) // 2
    return _xor(both[:middle], both[middle:])


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))
