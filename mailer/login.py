"""Pure: the words with which we sign in. None of them may ever be logged."""

import binascii
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Set as AbstractSet

from mailer.errors import LoginError
from mailer.types import Login, Server

_CONTROLS = frozenset("\0\1\r\n")
_BY_PASSWORD = ("PLAIN", "LOGIN")
# Where a server offers both, the first: it is the one that Google and Microsoft document for their own mail.
_BY_TOKEN = ("XOAUTH2", "OAUTHBEARER")
# What ends the dialogue after a refusal: an empty line (XOAUTH2), or one control-A (RFC 7628 3.2.3).
_AGREED = {"XOAUTH2": b"", "OAUTHBEARER": b"\1"}
_LARGEST_REFUSAL = 4096
_STATUS = re.compile(r"[\w.-]{1,40}\Z", re.ASCII)
_MOST_QUESTIONS = 4


def sasl_plain(login: Login) -> str:
    """Return the PLAIN response (RFC 4616), not yet in base64."""
    _check(login)
    return f"\0{login.user}\0{login.secret}"


def sasl_xoauth2(login: Login) -> str:
    """Return the XOAUTH2 response of Google and Microsoft, not yet in base64."""
    _check(login)
    return f"user={login.user}\1auth=Bearer {login.secret}\1\1"


def sasl_oauthbearer(login: Login, server: Server) -> str:
    """Return the OAUTHBEARER response (RFC 7628 3.1), not yet in base64; the user is a saslname (RFC 5801 4)."""
    _check(login)
    user = login.user.replace("=", "=3D").replace(",", "=2C")
    return f"n,a={user},\1host={server.host}\1port={server.port}\1auth=Bearer {login.secret}\1\1"


def choose_mechanism(login: Login, offered: AbstractSet[str]) -> str:
    """Return PLAIN or LOGIN for a password, XOAUTH2 or OAUTHBEARER for a token, whichever the server offers.

    Raises:
        LoginError: there is none in common.
    """
    wanted = _BY_TOKEN if login.mechanism == "xoauth2" else _BY_PASSWORD
    for mechanism in wanted:
        if mechanism in offered:
            return mechanism
    offers = ", ".join(sorted(offered)) or "none"
    raise LoginError(f"The server offers no way to sign in that fits ({' or '.join(wanted)}); it offers {offers}.")


class TokenTalk:
    """Our side of XOAUTH2 or OAUTHBEARER: the token first, then agreement to a refusal, whose `reason` is kept.

    Called with each challenge of the server, decoded; returns the answer, not yet in base64.
    """

    def __init__(self, mechanism: str, login: Login, server: Server) -> None:
        words = sasl_xoauth2(login) if mechanism == "XOAUTH2" else sasl_oauthbearer(login, server)
        self.mechanism = mechanism
        self.first = words.encode()
        self.reason = ""
        # A server may say back what it heard, and its words are kept and shown.
        self._never_told = (login.secret, b64encode(self.first).decode("ascii"))
        self._agreed = _AGREED[mechanism]
        self._asked = 0

    def __call__(self, challenge: bytes) -> bytes:
        """Return what to say next; a server that never ends is left with a LoginError."""
        self._asked += 1
        if self._asked == 1 and not challenge:
            return self.first
        if self._asked > _MOST_QUESTIONS:
            raise LoginError("The server goes on asking instead of letting us in.")
        self.reason = read_refusal(challenge) or self.reason
        return self._agreed

    def explain(self, words: str) -> str:
        """Return the server's last words, with its reason for refusing the token, and without the token."""
        for shown in self._never_told:
            words = words.replace(shown, "...")
        return f"{words} (the token: {self.reason})" if self.reason else words


def read_challenge(coded: bytes) -> bytes:
    """Return a challenge out of base64; nothing when it is none."""
    try:
        return b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        return b""


def read_refusal(challenge: bytes) -> str:
    """Return the `status` of a refused token (RFC 7628 3.2.2; XOAUTH2 says it alike); empty when there is none."""
    if len(challenge) > _LARGEST_REFUSAL:
        return ""
    try:
        status = json.loads(challenge)["status"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return str(status) if _STATUS.match(str(status)) else ""


def _check(login: Login) -> None:
    if _CONTROLS & set(login.user) or _CONTROLS & set(login.secret):
        raise ValueError("A user name or secret must not hold control characters.")
