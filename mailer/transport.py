"""Wire: the two ports through which the engine talks to mail servers, and the transport that uses the network."""

import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Protocol

from mailer.imap import ImapSession
from mailer.smtp import SmtpSession
from mailer.tls import make_tls_context
from mailer.types import Accepted, Fetched, Folders, FolderState, Login, Outcome, Parcel, Server


class SmtpPort(Protocol):
    """One open connection to a submission server; used by one thread at a time."""

    @property
    def is_usable(self) -> bool:
        """Whether another mail may go through this connection."""
        ...

    def prepare(
        self, sender: str, recipient: str, *, size: int, smtputf8: bool = False, copies: Sequence[str] = ()
    ) -> None:
        """Announce one mail: envelope only, nothing is handed over yet.

        Who gets a copy and is refused by the server is left out, and named by `transmit`: one refused copy must never
        make the mail go twice. A refused `recipient` refuses the mail.
        """
        ...

    def transmit(self, raw: bytes) -> Accepted:
        """Hand over the prepared mail and return the server's final word."""
        ...

    def transmit_many(self, parcels: Sequence[Parcel]) -> Iterator[Outcome]:
        """Hand over several mails and yield one outcome for each, in order, as soon as it is known.

        Nothing is raised: a ReplyError is a definite refusal (also by ourselves: size, address), an UnclearError means
        that the mail may have been taken, a DroppedError that none of its content left. No content leaves before the
        outcome is asked for. After a DroppedError or UnclearError all later ones are DroppedErrors. An iterator that
        is left half-way may cost the connection; nothing else may be asked of the session meanwhile.
        """
        ...

    def reset(self) -> None:
        """Forget a prepared mail."""
        ...

    def close(self) -> None:
        """Say goodbye if possible; never raises."""
        ...


class ImapPort(Protocol):
    """One open connection to a mailbox; read-only but for `append`."""

    def folders(self, overrides: Mapping[str, str] | None = None) -> Folders:
        """Return the folders to poll."""
        ...

    def select(self, name: str) -> FolderState:
        """Open a folder read-only."""
        ...

    def uids_after(self, last_uid: int) -> list[int]:
        """Return the UIDs above `last_uid`, ascending."""
        ...

    def uids_between(self, low: int, high: int) -> list[int]:
        """Return the UIDs from `low` to `high`, ascending."""
        ...

    def highest_uid(self) -> int:
        """Return the UID of the last message, 0 in an empty folder."""
        ...

    def uids_since(self, day: date) -> list[int]:
        """Return the UIDs received on `day` or later, ascending."""
        ...

    def fetch(self, uids: Sequence[int], *, headers_only: bool = False) -> Iterator[Fetched]:
        """Yield messages in UID order without marking them read; vanished ones are left out."""
        ...

    def uids_with_message_id(self, message_id: str) -> list[int]:
        """Return the UIDs of messages with exactly this Message-ID (no brackets), ascending."""
        ...

    def append(self, folder: str, raw: bytes, at: datetime) -> None:
        """Store our own copy of a mail, marked read."""
        ...

    def begin_idle(self) -> socket.socket | None:
        """Ask to be told of news; return the socket that then becomes readable, None when the server cannot."""
        ...

    def is_told(self) -> bool:
        """Return whether something was received already that the socket will not show."""
        ...

    def end_idle(self) -> bool:
        """End the wait; return whether new mail was told of."""
        ...

    def wait_for_news(self, timeout_s: float) -> bool:
        """Wait until the open folder changes, or return False."""
        ...

    def close(self) -> None:
        """Say goodbye if possible; never raises."""
        ...


class Transport(Protocol):
    """Opens sessions: over the network, or into a fake."""

    def open_smtp(self, server: Server, login: Login | None, *, helo: str) -> SmtpPort:
        """Connect, secure and sign in."""
        ...

    def open_imap(self, server: Server, login: Login) -> ImapPort:
        """Connect, secure and sign in."""
        ...


class NetworkTransport:
    """Opens real sessions; one trust store for all of them, read when the first is opened."""

    def __init__(self, *, timeout_s: float = 30.0, tls: ssl.SSLContext | None = None) -> None:
        self._timeout_s = timeout_s
        self._given = tls

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given or make_tls_context()

    def open_smtp(self, server: Server, login: Login | None, *, helo: str) -> SmtpPort:
        """Connect, secure and sign in; see `SmtpSession.open` for the errors."""
        return SmtpSession.open(server, login, helo=helo, timeout_s=self._timeout_s, tls=self._tls)

    def open_imap(self, server: Server, login: Login) -> ImapPort:
        """Connect, secure and sign in; see `ImapSession.open` for the errors."""
        return ImapSession.open(server, login, timeout_s=self._timeout_s, tls=self._tls)
