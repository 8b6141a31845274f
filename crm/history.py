"""Use cases: one person's timeline as it is read: mail, notes, moves and feedback on one line, with who waited."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, select

from crm.exchange import HUMAN
from crm.models import Message, MessageBody, Proposal, TimelineEntry, User
from crm.notes import read_edited
from kit.tx import Tx

_LIMIT = 300
# Entries that tell again what a stored mail shows better.
_MAIL_KINDS = frozenset({"mail_in", "mail_sent", "mail_manual", "reply", "auto_reply", "bounce"})
_PAGE = 40
_FILTERED = 1_000  # entries looked through when only one kind is asked for
_SHOWN = {
    "messages": frozenset({"message"}),
    "moves": frozenset({"stage", "owner", "tag"}),
    "notes": frozenset({"note", "dm"}),
    "tasks": frozenset({"task", "task_done", "promise"}),
    "feedback": frozenset({"feedback", "loop_closed"}),
}
SHOWS = tuple(_SHOWN)
# A wait shorter than this is a conversation, not a gap worth a line.
_GAP_FROM = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One thing that happened. `kind` is message or an entry's; `waited` is the side that waited before it.

    `gap` is how long the answer took, on the mail that answers.
    """

    at: datetime
    kind: str
    entry: TimelineEntry | None = None
    message: Message | None = None
    text: str = ""
    waited: str = ""
    gap: timedelta | None = None

    @property
    def edited_at(self) -> datetime | None:
        """When a note was last said in other words."""
        return read_edited(self.entry.data) if self.entry is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Newest first, as filtered; the counts are of everything. `exchange` is human mail, the oldest first.

    `proposed` is what their mails state and nobody has decided about; `older` says that there is another page.
    """

    moments: tuple[Moment, ...]
    counts: dict[str, int]
    undone: frozenset[int]
    newest_move_id: int | None
    exchange: tuple[tuple[str, datetime], ...]
    proposed: tuple[Proposal, ...] = ()
    older: bool = False


def read_history(tx: Tx, contact_id: int, *, show: str = "", page: int = 1) -> History:
    """Return one page of a person's timeline; `show` is one of `SHOWS`, or nothing for everything."""
    reach = max(_LIMIT, _PAGE * page + 1, _FILTERED if show else 0)
    mails, proposed = _mails(tx, contact_id, reach)
    entries = _entries(tx, contact_id, reach)
    facts = [
        Moment(at=entry.at, kind=entry.kind, entry=entry)
        for entry in entries
        if not (entry.message_id and entry.kind in _MAIL_KINDS)
    ]
    moments = mark_waits(sorted([*mails, *facts], key=_order, reverse=True))
    counts = {name: sum(moment.kind in kinds for moment in moments) for name, kinds in _SHOWN.items()}
    wanted = _SHOWN.get(show)
    moves = [entry.id for entry in entries if entry.kind == "stage"]
    shown = [moment for moment in moments if wanted is None or moment.kind in wanted]
    return History(
        moments=tuple(shown[_PAGE * (page - 1) : _PAGE * page]),
        older=len(shown) > _PAGE * page,
        counts=counts,
        undone=frozenset(entry.undoes_id for entry in entries if entry.undoes_id),
        newest_move_id=moves[0] if moves else None,
        exchange=tuple((_side(mail), mail.at) for mail in reversed(mails) if _side(mail)),
        proposed=tuple(proposed),
    )


def mark_waits(moments: Iterable[Moment]) -> list[Moment]:
    """Return moments, given newest first, with who waited between each and the one below it."""
    marked: list[Moment] = []
    last: Moment | None = None
    for moment in reversed(list(moments)):
        waited = "" if last is None else ("you" if _side(last) == "in" else "them")
        gap = None
        if _side(moment):
            if last is not None and _side(last) != _side(moment) and moment.at - last.at >= _GAP_FROM:
                gap = moment.at - last.at
            last = moment
        marked.append(replace(moment, waited=waited, gap=gap))
    return marked[::-1]


def list_actor_names(tx: Tx) -> dict[str, str]:
    """Return what to call those who act: people by name, rules and the system in words."""
    return name_numbers((number, name) for number, name in tx.session.execute(select(User.id, User.name)))


def name_actors(users: Iterable[User]) -> dict[str, str]:
    """Return what to call those who act, when all users are read already."""
    return name_numbers((user.id, user.name) for user in users)


def name_numbers(users: Iterable[tuple[Any, ...]]) -> dict[str, str]:
    """Return the same from the numbers and names of all users."""
    return {f"user:{number}": name for number, name in users} | {"contact": "", "system": "Rapport"}


def _side(moment: Moment) -> str:
    message = moment.message
    return message.direction if message is not None and message.kind in HUMAN else ""


def _order(moment: Moment) -> tuple[datetime, int, int]:
    row = moment.entry or moment.message
    # At one instant the mail comes first and what it caused stands above it.
    return (moment.at, 0 if moment.message else 1, row.id if row else 0)


def _mails(tx: Tx, contact_id: int, reach: int) -> tuple[list[Moment], list[Proposal]]:
    """Return a person's mails and what in them waits for a decision, in one query."""
    query = (
        select(Message, MessageBody.new_text, Proposal)
        .outerjoin(MessageBody, MessageBody.message_id == Message.id)
        .outerjoin(Proposal, and_(Proposal.message_id == Message.id, Proposal.decision == ""))
        .where(Message.contact_id == contact_id)
        .order_by(Message.at.desc(), Message.id.desc(), Proposal.number)
        .limit(reach)
    )
    mails: dict[int, Moment] = {}
    proposed: list[Proposal] = []
    for message, text, proposal in tx.session.execute(query):
        mails.setdefault(message.id, Moment(at=message.at, kind="message", message=message, text=text or ""))
        if proposal is not None:
            proposed.append(proposal)
    return list(mails.values()), proposed


def _entries(tx: Tx, contact_id: int, reach: int) -> list[TimelineEntry]:
    query = (
        select(TimelineEntry)
        .where(TimelineEntry.contact_id == contact_id)
        .order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc())
        .limit(reach)
    )
    return list(tx.session.scalars(query))
