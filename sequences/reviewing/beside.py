"""Use cases: what to know about a person before saying yes to a mail: channels, what was written, what forbids it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, func, literal, select

from crm.account_book import AccountBook, read_accounts
from crm.exchange import HUMAN
from crm.models import Handle, HandlePost, Mailbox, Message, User
from crm.posts import list_posts
from crm.scoring import DEFAULTS
from crm.suppressions import find_personal_suppressions
from kit.errors import say
from kit.tx import Tx
from mailer.addresses import is_role_address
from sequences.models import Send
from sequences.reviewing.drafts import Draft

POSTS = 3
_STATES: dict[str, str] = {"draft": say("not started yet"), "paused": say("paused")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The person beside a draft. `came` and `went` count mails between people; `holds` are sentences about now.

    `posts` are their latest; `writer` is the colleague, or else the mailbox, that wrote to them last.
    """

    book: AccountBook
    posts: tuple[HandlePost, ...] = ()
    came: int = 0
    went: int = 0
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    writer: str = ""
    forbidden: str = ""
    is_role: bool = False
    holds: tuple[str, ...] = ()

    @property
    def handles(self) -> tuple[Handle, ...]:
        """The accounts in use, the main one first."""
        return tuple(one.handle for one in self.book.used)


def read_beside(tx: Tx, draft: Draft) -> Beside:
    """Return what is known about the person of a draft. At most five queries."""
    rows = tx.session.execute(
        select(Message.direction, func.count(Message.id), func.max(Message.at))
        .where(Message.contact_id == draft.contact_id, Message.kind.in_(HUMAN))
        .group_by(Message.direction)
    )
    mails = {direction: (count, last) for direction, count, last in rows}
    came, last_in = mails.get("in", (0, None))
    went, last_out = mails.get("out", (0, None))
    key = (draft.contact_id, draft.email)
    forbidden = find_personal_suppressions(tx, [key]).get(key)
    book = read_accounts(tx, draft.contact_id, DEFAULTS)
    used = [one.handle.id for one in book.used]
    return Beside(
        book=book,
        posts=tuple(list_posts(tx, used, limit=POSTS)) if used else (),
        came=came,
        went=went,
        last_in_at=last_in,
        last_out_at=last_out,
        writer=_find_writer(tx, draft.contact_id) if went else "",
        forbidden=f"{forbidden[0]} ({forbidden[1].replace('_', ' ')})" if forbidden else "",
        is_role=is_role_address(draft.email),
        holds=_holds(draft),
    )


def _find_writer(tx: Tx, contact_id: int) -> str:
    row = tx.session.execute(
        select(User.name, Mailbox.name)
        .select_from(Message)
        .join(Mailbox, Mailbox.id == Message.mailbox_id)
        .outerjoin(Send, Send.rfc_id == Message.rfc_id)
        .outerjoin(User, Send.approved_by == literal("user:") + cast(User.id, String))
        .where(Message.contact_id == contact_id, Message.direction == "out", Message.kind.in_(HUMAN))
        .order_by(Message.at.desc())
        .limit(1)
    ).first()
    return (row[0] or row[1] or "") if row else ""


def _holds(draft: Draft) -> tuple[str, ...]:
    """Return what would keep an approved mail waiting, as far as it shows without asking every rule."""
    said: list[str] = []
    if draft.sequence_state != "live":
        said.append(
            say(
                "The sequence is %(sequence_state)s: a yes waits with it.",
                sequence_state=_STATES.get(draft.sequence_state, draft.sequence_state),
            )
        )
    if draft.run_state == "held":
        said.append(say("This run is held: a yes waits until it goes on."))
    if draft.mailbox_pause:
        said.append(say("The mailbox is paused: %(why)s", why=draft.mailbox_pause))
    return tuple(said)
