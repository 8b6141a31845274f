"""A workspace of any size from a fixed seed, on top of the small company of the tests.

Each person has one address, two accounts, a stage and ten timeline entries; half have a conversation of ten
messages. So 100,000 people bring 1,000,000 entries and 500,000 messages.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import func, insert, select

from crm.contacts import fold
from crm.models import (
    Contact,
    ContactAddress,
    ContactTag,
    Handle,
    Mailbox,
    Message,
    MessageBody,
    Relationship,
    Stage,
    Thread,
    TimelineEntry,
)  # fmt: skip
from crm.pulses import refresh_pulses
from kit.tx import Database, Tx

CHUNK = 5_000
MESSAGES = 10
ENTRIES = 10
_FIRST = ("Imani", "Ruben", "Layan", "Dorte", "Mikko", "Aiko", "Noor", "Tomas", "Wanda", "Yusuf", "Zoë", "Ebru")
_LAST = ("Oduya", "Rosval", "Haddad", "Lund", "Saari", "Mori", "Vega", "Novak", "Okafor", "Demir", "Quist", "Bauer")
_TOPICS = ("cooking", "bread", "camping", "pottery", "running", "knitting", "coffee", "gardens")
_PLATFORMS = ("youtube", "instagram", "tiktok")
_PLACES = (("DK", "Europe/Copenhagen"), ("KE", "Africa/Nairobi"), ("JP", "Asia/Tokyo"), ("US", "America/New_York"))
_KINDS = ("interested", "question", "not_now", "no", "counter_offer")
_SAID = "Thank you for writing. The pan looks lovely, and my viewers keep asking about the lid."


class _Base(NamedTuple):
    """What every person hangs on: the mailbox, the brand, its stages, and the highest numbers in use."""

    mailbox_id: int
    brand_id: int
    stage_ids: list[int]
    contacts: int
    threads: int
    messages: int


def fill(database: Database, people: int, now: datetime) -> None:
    """Add `people` contacts with everything around them, a chunk a transaction."""
    rng = Random(20261127)
    for start in range(0, people, CHUNK):
        with database.transaction() as tx:
            _write(tx, _read_base(tx), min(CHUNK, people - start), rng, now)


def _read_base(tx: Tx) -> _Base:
    tops = [tx.session.scalar(select(func.max(model.id))) or 0 for model in (Contact, Thread, Message)]
    mailbox_id = tx.session.scalars(select(Mailbox.id).order_by(Mailbox.id)).first() or 1
    stage_ids = list(tx.session.scalars(select(Stage.id).order_by(Stage.position)))
    brand_id = tx.session.scalars(select(Relationship.brand_id)).first() or 1
    return _Base(mailbox_id, brand_id, stage_ids, *tops)


def _write(tx: Tx, base: _Base, people: int, rng: Random, now: datetime) -> None:
    rows: dict[type, list[dict[str, Any]]] = {
        model: []
        for model in (
            Contact, ContactAddress, ContactTag, Handle, Relationship, Thread, Message, MessageBody, TimelineEntry,
        )
    }  # fmt: skip
    for number in range(1, people + 1):
        _add_person(rows, base, base.contacts + number, rng, now)
        if number % 2:
            _add_talk(rows, base, base.contacts + number, rng, now)
    for model, values in rows.items():
        tx.session.execute(insert(model), values)
    refresh_pulses(tx, {row["contact_id"] for row in rows[Thread]})


def _add_person(rows: dict[type, list[dict[str, Any]]], base: _Base, number: int, rng: Random, now: datetime) -> None:
    first, last, topic = rng.choice(_FIRST), f"{rng.choice(_LAST)} {number}", rng.choice(_TOPICS)
    country, zone = rng.choice(_PLACES)
    since = now - timedelta(hours=rng.randrange(24 * 700))
    email, name = f"p{number}@many.example", f"{first} {last}"
    rows[Contact].append(
        {
            "id": number, "name": name, "first_name": first, "last_name": last, "country": country, "zone": zone,
            "language": "en", "topic": topic, "created_at": since, "search_text": fold(f"{name} {email} {topic}"),
        }
    )  # fmt: skip
    rows[ContactAddress].append({"contact_id": number, "email": email, "created_at": since})
    if rng.random() < 0.3:
        rows[ContactTag].append({"contact_id": number, "tag": rng.choice(("warm", "video", "gifted"))})
    for platform in rng.sample(_PLATFORMS, 2):
        followers = float(int(1000 * rng.paretovariate(0.8)))
        rows[Handle].append(
            {
                "contact_id": number, "platform": platform, "username": f"p{number}", "topic": topic,
                "country": country, "followers": followers, "avg_views": followers * rng.uniform(0.05, 0.6),
                "engagement_rate": rng.uniform(0.005, 0.12), "price_amount": int(followers / 50) + 50,
                "price_currency": "EUR", "last_post_on": (now - timedelta(days=rng.randrange(60))).date(),
                "created_at": since,
            }
        )  # fmt: skip
    stage_id = rng.choice(base.stage_ids)
    rows[Relationship].append(
        {
            "contact_id": number, "brand_id": base.brand_id, "stage_id": stage_id, "stage_since": since,
            "created_at": since, "talked_at": since if rng.random() < 0.5 else None,
        }
    )  # fmt: skip
    for _ in range(ENTRIES):
        at = now - timedelta(minutes=rng.randrange(60 * 24 * 600))
        rows[TimelineEntry].append(
            {"contact_id": number, "brand_id": base.brand_id, "at": at, "kind": "note", "actor": "user:1",
             "summary": "Met at the fair; likes carbon steel."}
        )  # fmt: skip


def _add_talk(rows: dict[type, list[dict[str, Any]]], base: _Base, number: int, rng: Random, now: datetime) -> None:
    thread_id = base.threads + len(rows[Thread]) + 1
    at = now - timedelta(minutes=rng.randrange(60 * 24 * 300) + 60 * 24)
    last: dict[str, datetime | None] = {"in": None, "out": None}
    for turn in range(rng.choice((MESSAGES, MESSAGES - 1, MESSAGES + 1))):
        direction = "in" if turn % 2 else "out"
        last[direction] = at
        message_id = base.messages + len(rows[Message]) + 1
        rows[Message].append(
            {
                "id": message_id, "mailbox_id": base.mailbox_id, "thread_id": thread_id, "contact_id": number,
                "direction": direction, "kind": "reply" if direction == "in" else "sent",
                "dedupe": f"many-{message_id}", "rfc_id": f"<many-{message_id}@many.example>",
                "sender": f"p{number}@many.example", "subject": "A pan for you?", "snippet": _SAID[:120], "at": at,
                "reply_kind": rng.choice(_KINDS) if direction == "in" else None,
            }
        )  # fmt: skip
        rows[MessageBody].append({"message_id": message_id, "new_text": _SAID, "text": _SAID})
        at += timedelta(minutes=rng.randrange(30, 120))
    times = [when for when in last.values() if when]
    rows[Thread].append(
        {
            "id": thread_id, "mailbox_id": base.mailbox_id, "contact_id": number, "brand_id": base.brand_id,
            "subject": "A pan for you?", "last_at": max(times), "last_in_at": last["in"], "last_out_at": last["out"],
            "done_at": max(times) + timedelta(hours=1) if rng.random() < 0.98 else None,
        }
    )  # fmt: skip
