"""Use cases: what the team did with many people, read at once: past and open runs, touches, owners, last answers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import BindParameter, String, bindparam, cast, func, literal, select

from crm.models import Contact, Mailbox, Message, Relationship, Task, User
from crm.together import Rows, Together
from kit.db import Instant
from kit.tx import Tx
from sequences.course.runs import OPEN
from sequences.models import Enrolment, Send
from sequences.models import Sequence as SequenceRow
from sequences.team.rules import OpenRun, PastRun, TeamFacts, Touch
from sequences.team.team_settings import read_team_book

# What is under way or unclear may have arrived, so it counts.
_LEFT = ("sent", "sending", "unknown")
_BY_HAND = "by hand"
_ASKED = 2000  # a database takes some ten thousand values in one statement


class TeamKey(NamedTuple):
    """Whose facts, as seen from which run (None: one that is about to begin) and by whom.

    Without a user, as on the command line, the owner of the mailbox that writes counts as the user.
    """

    contact_id: int
    brand_id: int
    enrolment_id: int | None
    user_id: int | None
    mailbox_owner_id: int | None


class _Run(NamedTuple):
    """One run of a contact; `who` began it, or whose mailbox writes."""

    id: int
    is_open: bool
    sequence: str
    who: str
    began_at: datetime
    override: str


@dataclass(slots=True, kw_only=True)
class _Records:
    """Everything read, by contact; `owners` by contact and brand (None: of the contact) with the owner's name."""

    past: dict[int, dict[int, PastRun]]
    runs: dict[int, dict[int, _Run]]
    touches: dict[int, list[Touch]]
    owners: dict[tuple[int, int | None], tuple[int, str]]
    replies: dict[int, datetime]


def read_team_facts(tx: Tx, keys: Sequence[TeamKey]) -> dict[TeamKey, TeamFacts]:
    """Return the facts by key, in one query for any number of keys up to two thousand."""
    if not keys:
        return {}
    book = read_team_book(tx)
    budget_days = max(rules.budget_days for rules in (book.workspace, *book.brands.values()))
    since = {"since": tx.now - timedelta(days=book.memory_days), "budget_since": tx.now - timedelta(days=budget_days)}
    mails, other_mails, done, runs, owners, brand_owners, replies = _ask(tx, keys, since)
    past, touches = _sort_mails(mails)
    _add_other_touches(touches, other_mails, done)
    records = _Records(
        past=past,
        runs=_sort_runs(runs),
        touches={number: sorted(found, key=lambda touch: touch.at) for number, found in touches.items()},
        owners=_sort_owners(owners, brand_owners),
        replies={number: at for number, at in replies if number is not None},
    )
    return {key: _facts(key, records) for key in keys}


def _ask(tx: Tx, keys: Sequence[TeamKey], since: dict[str, datetime]) -> list[Rows]:
    found: list[Rows] = [[] for _ in range(len(_ALL))]
    of_contact: dict[int, set[int]] = {key.contact_id: set() for key in keys}
    for key in keys:
        if key.enrolment_id is not None:
            of_contact[key.contact_id].add(key.enrolment_id)
    contact_ids = list(of_contact)
    for begin in range(0, len(contact_ids), _ASKED):
        some = contact_ids[begin : begin + _ASKED]
        own = list(set().union(*(of_contact[number] for number in some)))
        for rows, more in zip(found, _ALL.ask(tx, {"contact_ids": some, "own": own, **since}), strict=True):
            rows.extend(more)
    return found


def _facts(key: TeamKey, records: _Records) -> TeamFacts:
    number, own = key.contact_id, key.enrolment_id
    runs = records.runs.get(number, {})
    run = runs.get(own) if own is not None else None
    past = (one for one in records.past.get(number, {}).values() if one.enrolment_id != own)
    return TeamFacts(
        brand_id=key.brand_id,
        enrolment_id=own,
        began_at=run.began_at if run else None,
        override=run.override if run else "",
        past=tuple(sorted(past, key=lambda one: one.at, reverse=True)),
        runs=tuple(
            OpenRun(enrolment_id=one.id, sequence=one.sequence, who=one.who, since=one.began_at)
            for one in runs.values()
            if one.is_open and one.id != own
        ),
        touches=tuple(records.touches.get(number, ())),
        owner=_other_owner(key, records),
        last_reply_at=records.replies.get(number),
    )


def _other_owner(key: TeamKey, records: _Records) -> str:
    user_id = key.user_id if key.user_id is not None else key.mailbox_owner_id
    for brand_id in (key.brand_id, None):
        owner = records.owners.get((key.contact_id, brand_id))
        if owner and owner[0] != user_id:
            return owner[1]
    return ""


def _sort_mails(rows: Rows) -> tuple[dict[int, dict[int, PastRun]], dict[int, list[Touch]]]:
    """Return the last mail of each run by contact and run, and every mail as a touch. What came back is neither."""
    past: dict[int, dict[int, PastRun]] = defaultdict(dict)
    touches: dict[int, list[Touch]] = defaultdict(list)
    for contact_id, run_id, brand_id, name, began_at, sent_at, sender, address in sorted(rows, key=itemgetter(5)):
        who = sender or address
        touches[contact_id].append(Touch(at=sent_at, who=who, what=name or _BY_HAND))
        if run_id is not None:
            past[contact_id][run_id] = PastRun(
                enrolment_id=run_id, brand_id=brand_id, sequence=name, who=who, began_at=began_at, at=sent_at
            )
    return past, touches


def _add_other_touches(touches: dict[int, list[Touch]], mails: Rows, done: Rows) -> None:
    """Add mail written by hand, here or in another program, and what was done on other channels."""
    for contact_id, at, name, address in mails:
        if contact_id is not None:
            touches[contact_id].append(Touch(at=at, who=name or address, what=_BY_HAND))
    for contact_id, done_at, channel, name in done:
        if contact_id is not None and done_at is not None:
            touches[contact_id].append(Touch(at=done_at, who=name or "Somebody", what=channel))


def _sort_runs(rows: Rows) -> dict[int, dict[int, _Run]]:
    runs: dict[int, dict[int, _Run]] = defaultdict(dict)
    for contact_id, number, state, sequence, began_at, override, user, sender, address in sorted(
        rows, key=itemgetter(1)
    ):
        runs[contact_id][number] = _Run(number, state in OPEN, sequence, user or sender or address, began_at, override)
    return runs


def _sort_owners(owners: Rows, brand_owners: Rows) -> dict[tuple[int, int | None], tuple[int, str]]:
    """Return who looks after each contact, in general and for one brand; who has left the team looks after nobody."""
    found: dict[tuple[int, int | None], tuple[int, str]] = {}
    for contact_id, user_id, name in owners:
        found[contact_id, None] = (user_id, name)
    for contact_id, brand_id, user_id, name in brand_owners:
        found[contact_id, brand_id] = (user_id, name)
    return found


# Built once: all of this is asked before every mail.
_CONTACTS: BindParameter[int] = bindparam("contact_ids", expanding=True)
_SINCE = bindparam("since", type_=Instant())
_BUDGET_SINCE = bindparam("budget_since", type_=Instant())
_LEFT_AT = func.coalesce(Send.sent_at, Send.claimed_at, type_=Send.sent_at.type)
_MAILS = (
    select(Send.contact_id, Send.enrolment_id, SequenceRow.brand_id, SequenceRow.name, Enrolment.created_at)
    .add_columns(_LEFT_AT, Mailbox.name, Mailbox.address)
    .join(Mailbox, Mailbox.id == Send.mailbox_id)
    .outerjoin(Enrolment, Enrolment.id == Send.enrolment_id)
    .outerjoin(SequenceRow, SequenceRow.id == Enrolment.sequence_id)
    .where(Send.contact_id.in_(_CONTACTS), Send.state.in_(_LEFT), Send.bounced_at.is_(None), _LEFT_AT > _SINCE)
    # By hand, what has left is a message already, as is what was written in another program.
    .where(Send.enrolment_id.is_not(None) | (Send.state != "sent"))
)
_BY_OTHER_WAYS = select(Message.contact_id, Message.at, Message.sender_name, Message.sender).where(
    Message.contact_id.in_(_CONTACTS), Message.at > _BUDGET_SINCE, Message.direction == "out", Message.kind != "sent"
)
_DONE_TASKS = (
    select(Task.contact_id, Task.done_at, Task.channel, User.name)
    .outerjoin(User, literal("user:") + cast(User.id, String) == Task.done_by)
    .where(Task.contact_id.in_(_CONTACTS), Task.done_at > _BUDGET_SINCE, Task.channel != "")
)
_RUNS = (
    select(Enrolment.contact_id, Enrolment.id, Enrolment.state, SequenceRow.name, Enrolment.created_at)
    .add_columns(Enrolment.override, User.name, Mailbox.name, Mailbox.address)
    .join(SequenceRow, SequenceRow.id == Enrolment.sequence_id)
    .join(Mailbox, Mailbox.id == Enrolment.mailbox_id)
    .outerjoin(User, User.id == Enrolment.user_id)
    .where(
        Enrolment.contact_id.in_(_CONTACTS),
        Enrolment.state.in_(OPEN) | Enrolment.id.in_(bindparam("own", expanding=True)),
    )
)
_OWNERS = (
    select(Contact.id, User.id, User.name)
    .join(User, User.id == Contact.owner_id)
    .where(Contact.id.in_(_CONTACTS), User.disabled_at.is_(None))
)
_BRAND_OWNERS = (
    select(Relationship.contact_id, Relationship.brand_id, User.id, User.name)
    .join(User, User.id == Relationship.owner_id)
    .where(Relationship.contact_id.in_(_CONTACTS), User.disabled_at.is_(None))
)
_REPLIES = (
    select(Message.contact_id, func.max(Message.at))
    .where(Message.contact_id.in_(_CONTACTS), Message.direction == "in", Message.kind == "reply")
    .group_by(Message.contact_id)
)
_ALL = Together(_MAILS, _BY_OTHER_WAYS, _DONE_TASKS, _RUNS, _OWNERS, _BRAND_OWNERS, _REPLIES)
