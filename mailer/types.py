"""Pure: the words of mail that every floor shares: frozen values, no behaviour beyond deriving."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeAlias

from mailer.errors import DroppedError, ReplyError, UnclearError


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One mailbox in a header: `email` normalised (see mailer.addresses), `name` decoded, may be empty."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that travels with a mail."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail to compose. `message_id` and ids in `references` are without angle brackets.

    `references` is the full chain, oldest first; `in_reply_to` is its last. `unsubscribe_mailto` is an address,
    `unsubscribe_url` an https link for one click (RFC 8058).
    """

    message_id: str
    date: datetime
    sender: Address
    to: Address
    subject: str
    text: str
    html: str | None = None
    cc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    unsubscribe_mailto: str | None = None
    unsubscribe_url: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


class MailKind(StrEnum):
    """What an incoming mail is."""

    REPLY = "reply"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    CHALLENGE = "challenge"
    OTHER = "other"


class ReplyKind(StrEnum):
    """What a person's answer says, as far as it can be told."""

    INTERESTED = "interested"
    QUESTION = "question"
    COUNTER_OFFER = "counter_offer"
    NOT_NOW = "not_now"
    NO = "no"
    REFERRAL = "referral"
    OTHER = "other"


class BounceReason(StrEnum):
    """Why a mail was refused. The first four mean a dead address, and only they make a bounce hard."""

    USER_UNKNOWN = "user_unknown"
    HOST_UNKNOWN = "host_unknown"
    MOVED = "moved"
    NO_MAIL = "no_mail"
    MAILBOX_FULL = "mailbox_full"
    SUSPENDED = "suspended"
    SIZE = "size"
    POLICY = "policy"
    SPAM = "spam"
    REPUTATION = "reputation"
    AUTHENTICATION = "authentication"
    RATE = "rate"
    RELAY = "relay"
    EXPIRED = "expired"
    NETWORK = "network"
    SYSTEM = "system"
    UNSTATED = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A report of non-delivery.

    `permanent` is the class of the status (5, or Action: failed); `hard` means a dead address and nothing else.
    `status` is the stated code, or the one that RFC 3463 gives to the stated reason.
    """

    recipients: tuple[str, ...]
    status: str | None
    permanent: bool
    hard: bool
    diagnostic: str = ""
    reason: BounceReason = BounceReason.UNSTATED


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoReply:
    """A machine's answer. `until` is the stated day of return, if one was found without guessing."""

    until: date | None
    permanent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMail:
    """One incoming mail, understood as far as possible. Ids are without angle brackets.

    `text` is the whole decoded text (from HTML when there is no text part), `new_text` what the sender newly wrote.
    `quoted_ids` are message ids found in attached or quoted originals. `reply_kind` is a guess with
    its `cue` and a confidence of 0 to 1.
    """

    kind: MailKind
    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    quoted_ids: tuple[str, ...] = ()
    sender: Address | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    subject: str = ""
    date: datetime | None = None
    text: str = ""
    html: str | None = None
    new_text: str = ""
    complaint: bool = False
    opt_out: bool = False
    bounce: Bounce | None = None
    auto_reply: AutoReply | None = None
    reply_kind: ReplyKind | None = None
    cue: str = ""
    reply_confidence: float | None = None
    attachments: tuple[Attachment, ...] = ()
    defects: tuple[str, ...] = field(default=())

    @property
    def is_delay(self) -> bool:
        """Whether a server says that it still tries: nothing has come back, so the kind is `other`."""
        return self.kind is MailKind.OTHER and self.bounce is not None and not self.complaint


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a mail server listens. `security` is tls, starttls, or plain (loopback hosts only)."""

    protocol: str
    host: str
    port: int
    security: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How to sign in. `mechanism` is password, or xoauth2 for any token; `secret` the password or access token."""

    user: str
    secret: str = field(repr=False)
    mechanism: str = "password"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCopy:
    """Who was to get a copy and did not: the server's word at their RCPT. The mail itself went on without them."""

    email: str
    code: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The server's final 250: its words may name an id that it gave to the message."""

    code: int
    text: str
    refused: tuple[RefusedCopy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One mail to hand over: its envelope and its bytes. An empty `sender` is the null path; `copies` get it too."""

    sender: str
    recipient: str
    raw: bytes
    copies: tuple[str, ...] = ()
    smtputf8: bool = False


Outcome: TypeAlias = Accepted | ReplyError | UnclearError | DroppedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """The folders to poll, by role; None where the server has none."""

    inbox: str
    sent: str | None
    junk: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """What SELECT says about a folder; `modseq` is 0 where the server counts no changes (RFC 7162)."""

    name: str
    uid_validity: int
    uid_next: int
    exists: int
    modseq: int = 0


UNDATED = datetime(1970, 1, 1, tzinfo=UTC)  # the server would not say when it received a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One message as it lies in a folder: `received_at` is INTERNALDATE in UTC, or UNDATED.

    `raw` is shorter than `size` when the message was too long to be fetched whole, or only its header was asked for.
    """

    uid: int
    received_at: datetime
    size: int
    raw: bytes
