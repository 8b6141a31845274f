"""Pure: the words with which we sign in. None of them may ever be logged."""

from collections.abc import Set as AbstractSet

from mailer.errors import LoginError
from mailer.types import Login

_CONTROLS = frozenset("\0\1\r\n")


def sasl_plain(login: Login) -> str:
    """Return the PLAIN response (RFC 4616), not yet in base64."""
    _check(login)
    return f"\0{login.user}\0{login.secret}"


def sasl_xoauth2(login: Login) -> str:
    """Return the XOAUTH2 response of Google and Microsoft, not yet in base64."""
    _check(login)
    return f"user={login.user}\1auth=Bearer {login.secret}\1\1"


def choose_mechanism(login: Login, offered: AbstractSet[str]) -> str:
    """Return PLAIN, LOGIN or XOAUTH2, whichever the server offers and the login allows.

    Raises:
        LoginError: there is none in common.
    """
    wanted = ("XOAUTH2",) if login.mechanism == "xoauth2" else ("PLAIN", "LOGIN")
    for mechanism in wanted:
        if mechanism in offered:
            return mechanism
    offers = ", ".join(sorted(offered)) or "none"
    raise LoginError(f"The server offers no way to sign in that fits ({' or '.join(wanted)}); it offers {offers}.")


def _check(login: Login) -> None:
    if _CONTROLS & set(login.user) or _CONTROLS & set(login.secret):
        raise ValueError("A user name or secret must not hold control characters.")
