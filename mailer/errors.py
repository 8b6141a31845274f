"""Pure: what can go wrong on a wire, told apart at the edge where it happens.

Every class carries a sentence for people in `str(error)`; `temporary` says whether trying later may help.
"""

_TRANSIENT = 4  # RFC 5321 4.2.1: a reply code 4yz may succeed later


class MailError(Exception):
    """Something went wrong between us and a mail server."""

    temporary = True


class UnreachableError(MailError):
    """No connection: refused, no such host, timed out while connecting. Nothing was handed over."""


class TlsError(MailError):
    """The server's certificate is not trusted, or it offers no TLS although it must. Never downgraded."""

    temporary = False


class LoginError(MailError):
    """The server refused the user name or the secret (SMTP 535, IMAP NO)."""

    temporary = False


class ConsentError(LoginError):
    """There is no consent to sign in with a token, or it was withdrawn or has expired: a person must give it."""


class IssuerError(MailError):
    """The issuer of tokens gives none just now: out of reach, at fault, or not understood. No consent is in doubt."""


class DroppedError(MailError):
    """The connection broke or stalled in the middle of a dialogue, before the message data began."""


class ReplyError(MailError):
    """The server answered with a code that refuses a command.

    `code` is the SMTP reply code, `enhanced` the RFC 3463 status or None, `text` the server's words, `stage` one of
    connect, ehlo, mail, rcpt, data, final.
    """

    def __init__(self, *, stage: str, code: int, enhanced: str | None, text: str) -> None:
        super().__init__(f"{code} {text}".strip())
        self.stage = stage
        self.code = code
        self.enhanced = enhanced
        self.text = text
        self.temporary = code // 100 == _TRANSIENT


class UnclearError(MailError):
    """The message data began to leave and no final answer was read: it may or may not have been accepted."""

    temporary = False


class FolderError(MailError):
    """A folder is missing or the server refused to open it."""
