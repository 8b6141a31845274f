"""What fills every list to its brim beside the people of many_people.py: no row says what another says.

More of each than a page shows: texts, sequences, colleagues, mailboxes, brands and products, suppressions, changes,
jobs, tokens, tags, leaves, links for feedback; pitches to approve, runs on their way, guesses to decide, tasks; and
for Imani, the first of the company, a long timeline, a long conversation, many accounts and many addresses.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, insert, select

from crm.models import (
    ApiToken,
    Brand,
    Change,
    Contact,
    ContactAddress,
    ContactTag,
    Feedback,
    FeedbackLink,
    Handle,
    Job,
    Leave,
    Mailbox,
    Message,
    MessageBody,
    Product,
    Proposal,
    SavedText,
    SavedView,
    Suppression,
    Task,
    TimelineEntry,
    User,
)
from kit.tx import Database, Tx
from sequences.models import Enrolment, Send, SendBody, Sequence, SequenceVersion

# A page of people shows 50, the longest of the others 120.
MANY = 120
# A team: colleagues with a mailbox each, their brands, and what they have written over the years.
TEAM, BRANDS, PRODUCTS, SEQUENCES, TEXTS, VIEWS = 12, 5, 30, 40, 60, 20
TALK = 40
_WORDS = (
    "pan", "lid", "stew", "film", "kitchen", "draft", "video", "audience", "handle", "warm", "early", "Friday",
    "sample", "carbon", "steel", "recipe", "camp", "stove", "caravan", "hob", "induction", "winter", "bread", "knife",
    "market", "studio", "rate", "answer", "review", "colour", "light", "weight", "price", "parcel", "customs",
    "broker", "follow", "season", "community", "question", "comment", "honest", "short", "long", "quiet", "loud",
    "channel", "story", "reel", "cut", "music", "edit", "brief", "link", "code", "order", "return", "repair", "spare",
    "part", "wood", "oil", "salt", "pepper", "onion", "garden", "terrace", "guest",
)  # fmt: skip
Vary = Callable[[int], Mapping[str, Any]]


def fill_lists(database: Database, now: datetime, many: int = MANY) -> None:
    """Add `many` of each, as copies of what the company has, with words and times of their own."""
    rng = Random(20261130)
    with database.transaction() as tx:
        _settings(tx, rng, now, many)
        _sequences(tx, rng, now)
        _work(tx, rng, now, many)
        _waiting(tx, rng, now, many)
        _person(tx, rng, now, many)


def say(rng: Random, words: int) -> str:
    """Return a sentence of so many words."""
    return " ".join(rng.choices(_WORDS, k=words)).capitalize() + "."


def _settings(tx: Tx, rng: Random, now: datetime, many: int) -> None:
    users = _copy(tx, User, TEAM, lambda n: {"email": f"colleague{n}@brackenware.example", "name": _name(rng)})
    _copy(tx, Mailbox, TEAM, lambda n: {
        "address": f"box{n}@brackenware.example", "user": f"box{n}@brackenware.example", "name": _name(rng),
        "owner_id": rng.choice(users)})  # fmt: skip
    brands = _copy(tx, Brand, BRANDS, lambda n: {"name": f"{_name(rng)} {n}", "postal_address": say(rng, 6)})
    _copy(tx, Product, PRODUCTS, lambda n: {
        "brand_id": rng.choice(brands[:3]), "name": f"{_name(rng)} {n}", "what": say(rng, 12),
        "difference": say(rng, 12)})  # fmt: skip
    _add(tx, SavedText, TEXTS, lambda n: {
        "kind": rng.choice(("template", "snippet")), "name": f"{say(rng, 3)} {n}", "path": f"pitches/p{n}.md",
        "subject": say(rng, 5), "body": say(rng, 80), "dm": say(rng, 20), "language": "en", "created_at": now,
        "updated_at": _ago(rng, now), "updated_by": "user:1"})  # fmt: skip
    _add(tx, SavedView, VIEWS, lambda n: {
        "owner_id": 1, "name": f"{say(rng, 2)} {n}", "query": "size=10k..&turn=you", "shared": True,
        "created_at": now})  # fmt: skip
    _add(tx, ApiToken, TEAM, lambda n: {
        "name": say(rng, 3), "token_hash": f"{n:064}", "scopes": "contacts:read", "created_at": _ago(rng, now),
        "created_by": "user:1"})  # fmt: skip
    _add(tx, Leave, TEAM, lambda _: {
        "user_id": rng.choice(users), "deputy_id": rng.choice(users), "mode": "hand_over", "begins_at": now,
        "back_at": now + timedelta(days=rng.randrange(1, 90)), "created_at": now, "created_by": "user:1"})  # fmt: skip
    _add(tx, FeedbackLink, many, lambda n: {
        "brand_id": 1, "product_id": 1, "nonce": f"{n:032}", "created_at": _ago(rng, now),
        "created_by": "user:1"})  # fmt: skip
    _add(tx, Suppression, many, lambda n: {
        "target": f"{_name(rng).lower().replace(' ', '.')}{n}@never.example", "reason": "opt_out",
        "source": say(rng, 3), "since": _ago(rng, now)})  # fmt: skip


def _sequences(tx: Tx, rng: Random, now: datetime) -> None:
    for number in _copy(
        tx, Sequence, SEQUENCES, lambda n: {"name": f"{say(rng, 3)} {n}", "started_at": _ago(rng, now)}
    ):
        _copy(tx, SequenceVersion, 1, lambda _, number=number: {"sequence_id": number})


def _work(tx: Tx, rng: Random, now: datetime, many: int) -> None:
    people = _people(tx, many)
    _copy(tx, Change, many, lambda _: {"at": _ago(rng, now), "summary": say(rng, 8), "words": {}})
    _copy(tx, Job, many, lambda _: {"title": say(rng, 5), "created_at": _ago(rng, now), "change_id": None})
    _add(tx, Task, many, lambda n: {
        "contact_id": people[n], "kind": "todo", "title": say(rng, 6),
        "due_on": (now + timedelta(days=rng.randrange(-9, 30))).date(), "assignee_id": 1,
        "created_at": now})  # fmt: skip
    _add(tx, ContactTag, many, lambda n: {"contact_id": people[n], "tag": f"{rng.choice(_WORDS)}-{n}"}, numbered=False)
    _add(tx, Feedback, many, lambda n: {
        "contact_id": people[n], "brand_id": 1, "quote": say(rng, 25), "kind": rng.choice(("problem", "idea")),
        "actor": "user:1", "created_at": _ago(rng, now)})  # fmt: skip


def _waiting(tx: Tx, rng: Random, now: datetime, many: int) -> None:
    """Let pitches wait to be approved, and guesses of mails to be decided."""
    people = _people(tx, many)
    run = _newest(tx, Enrolment, Enrolment.id.in_(select(Send.enrolment_id).where(Send.state == "draft")))
    draft = _newest(tx, Send, Send.enrolment_id == run["id"])
    body = _newest(tx, SendBody, SendBody.send_id == draft["id"])
    top, last = _top(tx, Enrolment), _top(tx, Send)
    numbers = range(1, many)
    tx.session.execute(insert(Enrolment), [
        {**run, "id": top + n, "contact_id": people[n], "email": f"w{n}@many.example", "personal_line": say(rng, 15)}
        for n in numbers
    ])  # fmt: skip
    tx.session.execute(insert(Send), [
        {**draft, "id": last + n, "enrolment_id": top + n, "contact_id": people[n], "email": f"w{n}@many.example",
         "subject": say(rng, 6), "rfc_id": f"<w{n}@many.example>", "due_at": now + timedelta(minutes=n)}
        for n in numbers
    ])  # fmt: skip
    texts = {n: say(rng, 90) for n in numbers}
    tx.session.execute(
        insert(SendBody), [{**body, "send_id": last + n, "text": texts[n], "source": texts[n]} for n in numbers]
    )
    heard = list(tx.session.execute(
        select(Message.id, Message.contact_id).where(Message.direction == "in").order_by(Message.id.desc()).limit(many)
    ))  # fmt: skip
    _add(tx, Proposal, len(heard), lambda n: {
        "message_id": heard[n][0], "contact_id": heard[n][1], "number": 9, "kind": "promise",
        "sentence": say(rng, 15), "confidence": 0.8, "data": {"what": say(rng, 5), "due_on": None},
        "created_at": now})  # fmt: skip


def _person(tx: Tx, rng: Random, now: datetime, many: int) -> None:
    """Give Imani a long history."""
    contact_id, thread = 1, 1
    _add(tx, ContactAddress, 10, lambda n: {
        "contact_id": contact_id, "email": f"imani{n}@other.example", "position": n, "mailable": "ok",
        "source": say(rng, 2), "created_at": now})  # fmt: skip
    _copy(tx, Handle, 12, lambda n: {
        "contact_id": contact_id, "username": f"imani.{n}", "platform": rng.choice(("youtube", "tiktok"))},
        where=Handle.contact_id == contact_id)  # fmt: skip
    _add(tx, TimelineEntry, many, lambda _: {
        "contact_id": contact_id, "brand_id": 1, "at": _ago(rng, now), "kind": "note", "actor": "user:1",
        "summary": say(rng, 30), "data": {}})  # fmt: skip
    written = [
        {"thread_id": thread, "direction": rng.choice(("in", "out")), "at": _ago(rng, now), "subject": say(rng, 5),
         "snippet": say(rng, 20), "dedupe": f"long-{n}", "rfc_id": f"<long-{n}@many.example>"}
        for n in range(TALK)
    ]  # fmt: skip
    for number in _copy(tx, Message, TALK, lambda n: written[n], where=Message.thread_id == thread):
        text = say(rng, 120)
        quoted = f"{text}\n\n> {say(rng, 400)}"
        tx.session.execute(insert(MessageBody), {"message_id": number, "new_text": text, "text": quoted, "html": None})


def _copy(tx: Tx, model: Any, many: int, vary: Vary, *, where: Any = None) -> list[int]:
    """Add copies of the newest row; return their numbers."""
    row = _newest(tx, model, where)
    return _add(tx, model, many, lambda n: {**row, **vary(n)})


def _add(tx: Tx, model: Any, many: int, vary: Vary, *, numbered: bool = True) -> list[int]:
    top = _top(tx, model) if numbered else 0
    own = [{"id": top + n + 1} if numbered else {} for n in range(many)]
    tx.session.execute(insert(model), [{**vary(n), **own[n]} for n in range(many)])
    return [top + n + 1 for n in range(many)]


def _newest(tx: Tx, model: Any, where: Any = None) -> dict[str, Any]:
    query = select(model.__table__).order_by(*(column.desc() for column in model.__table__.primary_key)).limit(1)
    return dict(tx.session.execute(query if where is None else query.where(where)).mappings().one())


def _top(tx: Tx, model: Any) -> int:
    return tx.session.scalar(select(func.max(model.id))) or 0


def _people(tx: Tx, many: int) -> list[int]:
    return list(tx.session.scalars(select(Contact.id).order_by(Contact.id.desc()).limit(many)))


def _name(rng: Random) -> str:
    return " ".join(rng.choices(_WORDS, k=2)).title()


def _ago(rng: Random, now: datetime) -> datetime:
    return now - timedelta(minutes=rng.randrange(60 * 24 * 25))
