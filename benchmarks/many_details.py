"""What grows beside the people of many_people.py: people known twice, promises, tasks, own fields, owners, views.

Of 100,000 people 2,000 pairs may be one person, 5,000 promises and 5,000 tasks are open or settled, 500 must not be
written to, half have values in own fields, and a third belong to a colleague, one of whom is on leave.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, insert, select, update

from crm.fields import create_field
from crm.models import Contact, ContactAddress, Leave, Promise, SavedView, Suppression, Task, User
from crm.twin_list import look_through
from kit.tx import Database, Tx

_CHUNK = 5_000
_FIELDS = (("Pans", "number"), ("Hob", "choice"), ("Fee", "money"), ("Vegan", "yes_no"), ("Habits", "text"))
_HOBS = ("gas", "induction", "ceramic")
_VIEWS = (
    ("Video, warm", "where=tag%3Avideo+and+stage%3ATalking"),
    ("Big and quiet", "upkeep=quiet&size=100k.."),
    ("Mine", "owner=me"),
    ("Never written to", "contacted=never&country=DK,KE"),
    ("Induction", "field.hob=induction"),
)
# How many of each there are among a thousand people.
_TWINS, _PROMISES, _TASKS, _FORBIDDEN = 20, 50, 50, 5


def fill_details(database: Database, now: datetime) -> None:
    """Add all of it, in proportion to the people there are, and look for people known twice."""
    rng = Random(20261129)
    with database.transaction() as tx:
        users = list(tx.session.scalars(select(User.id).order_by(User.id)))
        first = tx.session.scalar(
            select(func.min(ContactAddress.contact_id)).where(ContactAddress.email.like("%@many.example"))
        )
        people = list(tx.session.scalars(select(Contact.id).where(Contact.id >= first).order_by(Contact.id)))
        for label, kind in _FIELDS:
            create_field(tx, label, kind, choices=_HOBS if kind == "choice" else (), actor="cli")
        _save_views(tx, users, now)
    for begin in range(0, len(people), _CHUNK):
        with database.transaction() as tx:
            some = people[begin : begin + _CHUNK]
            _describe(tx, some, users, rng)
            _repeat(tx, some, rng, now)
            _promise(tx, some, users, rng, now)
            _plan(tx, some, users, rng, now)
            _forbid(tx, some, rng, now)
    look_through(database)


def _describe(tx: Tx, people: Sequence[int], users: Sequence[int], rng: Random) -> None:
    """Give half of them values in own fields, and a third of them an owner."""
    contacts = cast("Table", Contact.__table__)
    rows = [
        {"who": number, "own": _values(rng) if rng.random() < 0.5 else {},
         "whose": rng.choice(users) if rng.random() < 0.33 else None}
        for number in people
    ]  # fmt: skip
    change = update(contacts).where(contacts.c.id == bindparam("who"))
    tx.session.connection().execute(change.values(fields=bindparam("own"), owner_id=bindparam("whose")), rows)


def _values(rng: Random) -> dict[str, str]:
    return {
        "pans": str(rng.randrange(30)),
        "hob": rng.choice(_HOBS),
        "fee": f"{rng.randrange(90, 9000)}.00 EUR",
        "vegan": rng.choice(("yes", "no")),
        "habits": "Films on Fridays, answers on Mondays.",
    }


def _repeat(tx: Tx, people: Sequence[int], rng: Random, now: datetime) -> None:
    """Let some have an address that leads to the mailbox of somebody else."""
    twins = rng.sample(people, 2 * _share(people, _TWINS))
    rows = [
        {"contact_id": one, "email": f"p{other}+press@many.example", "position": 1, "created_at": now}
        for one, other in zip(twins[::2], twins[1::2], strict=True)
    ]
    tx.session.execute(insert(ContactAddress), rows)


def _promise(tx: Tx, people: Sequence[int], users: Sequence[int], rng: Random, now: datetime) -> None:
    rows: list[dict[str, Any]] = []
    for number in rng.sample(people, _share(people, _PROMISES)):
        due = (now + timedelta(days=rng.randrange(-20, 60))).date()
        state = rng.choice(("open", "open", "proposed", "kept", "kept", "broken", "dismissed"))
        settled = now - timedelta(days=rng.randrange(200)) if state not in ("open", "proposed") else None
        rows.append(
            {"contact_id": number, "brand_id": None, "user_id": rng.choice((*users, None)), "what": "Send the lid",
             "due_on": due, "first_due_on": due, "state": state, "created_at": now - timedelta(days=220),
             "decided_at": settled, "decided_by": "user:1" if settled else ""}
        )  # fmt: skip
    tx.session.execute(insert(Promise), rows)


def _plan(tx: Tx, people: Sequence[int], users: Sequence[int], rng: Random, now: datetime) -> None:
    rows: list[dict[str, Any]] = []
    for number in rng.sample(people, _share(people, _TASKS)):
        done = now - timedelta(days=rng.randrange(200)) if rng.random() < 0.7 else None
        due = (now + timedelta(days=rng.randrange(-20, 60))).date()
        rows.append(
            {"contact_id": number, "kind": "todo", "title": "Ask for the draft", "due_on": due,
             "assignee_id": rng.choice((*users, None)), "created_at": now - timedelta(days=220), "done_at": done,
             "done_by": "user:1" if done else ""}
        )  # fmt: skip
    tx.session.execute(insert(Task), rows)


def _forbid(tx: Tx, people: Sequence[int], rng: Random, now: datetime) -> None:
    rows = [
        {"target": f"p{number}@many.example", "reason": "opt_out", "contact_id": number,
         "since": now - timedelta(days=rng.randrange(300))}
        for number in rng.sample(people, _share(people, _FORBIDDEN))
    ]  # fmt: skip
    tx.session.execute(insert(Suppression), rows)


def _save_views(tx: Tx, users: Sequence[int], now: datetime) -> None:
    views = [{"owner_id": users[0], "name": name, "query": query, "created_at": now} for name, query in _VIEWS]
    tx.session.execute(insert(SavedView), [{**view, "shared": True} for view in views])
    away = {"begins_at": now - timedelta(days=1), "back_at": now + timedelta(days=9), "mode": "hand_over"}
    if len(users) > 1:
        tx.session.add(Leave(user_id=users[1], deputy_id=users[0], created_at=now, created_by="user:1", **away))


def _share(people: Sequence[int], in_a_thousand: int) -> int:
    return max(1, len(people) * in_a_thousand // 1_000)
