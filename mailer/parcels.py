"""Pure: several mails one after the other over one session, step by step; the fake and plain old servers share it."""

from collections.abc import Generator, Iterable, Sequence
from typing import Protocol

from mailer.errors import DroppedError, ReplyError, UnclearError
from mailer.headers import check_address
from mailer.smtp_replies import make_reply_error
from mailer.types import Accepted, Outcome, Parcel


class _Session(Protocol):
    """What handing over needs."""

    @property
    def is_usable(self) -> bool: ...

    def prepare(
        self, sender: str, recipient: str, *, size: int, smtputf8: bool = False, copies: Sequence[str] = ()
    ) -> None: ...

    def transmit(self, raw: bytes) -> Accepted: ...


def hand_over_singly(session: _Session, parcels: Iterable[Parcel]) -> Generator[Outcome, None, None]:
    """Yield one outcome for each of `parcels`, as `SmtpPort.transmit_many` promises."""
    for parcel in parcels:
        yield _hand_over(session, parcel) if session.is_usable else make_dropped()


def refuse_address(parcel: Parcel, error: ValueError) -> ReplyError:
    """Return our own refusal of the address that cannot be written, in a server's words (RFC 3463 3.2)."""
    is_sender = bool(parcel.sender) and not _is_writable(parcel.sender)
    stage, status = ("mail", "5.1.7") if is_sender else ("rcpt", "5.1.3")
    return make_reply_error(stage, 553, f"{status} {error}".encode("utf-8", "replace"))


def make_dropped() -> DroppedError:
    """Return the outcome of a mail whose content never began to leave."""
    return DroppedError("The connection broke or fell silent before the mail left.")


def make_unclear() -> UnclearError:
    """Return the outcome of a mail whose content began to leave and of which no more was heard."""
    return UnclearError("The connection broke or fell silent while the mail was leaving.")


def _hand_over(session: _Session, parcel: Parcel) -> Outcome:
    try:
        session.prepare(
            parcel.sender, parcel.recipient, size=len(parcel.raw), smtputf8=parcel.smtputf8, copies=parcel.copies
        )
        return session.transmit(parcel.raw)
    except ValueError as error:
        return refuse_address(parcel, error)
    except (ReplyError, UnclearError, DroppedError) as outcome:
        return outcome


def _is_writable(address: str) -> bool:
    try:
        return bool(check_address(address).encode())
    except ValueError:
        return False
