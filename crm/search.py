"""Use cases: finding people, mails, notes and feedback by words, the same way on both databases.

The index names candidates, whole words before beginnings and the newest first, at most `MOST` of a kind; these are
read, rated and marked here. So a word that everybody uses costs no more than a rare one.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    String,
    TableClause,
    Text,
    bindparam,
    column,
    func,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from crm.models import Contact, ContactAddress, Feedback, Handle, Message, MessageBody, TimelineEntry
from crm.search_marks import Part, mark, rate
from crm.search_sources import ADDRESS, CONTACT, FEEDBACK, HANDLE, MAIL, NOTE, SHIFT, SOURCES
from crm.search_words import Words, read_words
from crm.together import Together
from kit.tx import Tx

MOST = 120
KINDS = {"people": (CONTACT, HANDLE, ADDRESS), "mails": (MAIL,), "notes": (NOTE,), "feedback": (FEEDBACK,)}
_NAMES = {number: name for name, numbers in KINDS.items() for number in numbers}
_INDEX_OF = {source.kind: source.index for source in SOURCES}
_PROBED = 3000  # rows of a kind, the newest, in which a word that many use is found
_LOOKED_AT = 3000  # letters of a text


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing that was found; `number` is its own. `head` and `passage` have the words marked."""

    kind: str
    number: int
    contact_id: int | None
    name: str
    head_text: str
    body_text: str
    at: datetime
    score: float = 0.0
    thread_id: int | None = None
    theme_id: int | None = None
    head: tuple[Part, ...] = ()
    passage: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found, the best first. `counts` by kind; of those in `cut` there is more than was looked at."""

    words: Words
    hits: tuple[Hit, ...] = ()
    counts: dict[str, int]
    cut: frozenset[str] = frozenset()
    total: int = 0


def search(
    tx: Tx, typed: str, *, kinds: Collection[str] = (), limit: int = 30, offset: int = 0, each: int | None = None
) -> Found:
    """Return what all of these words stand in; of `kinds` only, if any is named, and at most `each` of a kind.

    Words may be beginnings; words in quotes stand in a row. Accents and capitals make no difference.
    """
    words = read_words(typed)
    if not words:
        return Found(words=words, counts=dict.fromkeys(KINDS, 0))
    numbers = _find_candidates(tx, words)
    hits = [replace(hit, score=rate(words, hit.head_text, hit.body_text)) for hit in _read(tx, numbers)]
    best = _unite(sorted(hits, key=lambda hit: (hit.score, hit.at), reverse=True))
    counts = {name: sum(hit.kind == name for hit in best) for name in KINDS}
    shown = [hit for hit in best if not kinds or hit.kind in kinds]
    chosen = _few_of_each(shown, each) if each else shown[offset : offset + limit]
    return Found(
        words=words,
        hits=tuple(_mark(words, hit) for hit in chosen),
        counts=counts,
        cut=frozenset(_NAMES[kind] for kind, found in numbers.items() if len(found) >= MOST),
        total=len(shown),
    )


def _find_candidates(tx: Tx, words: Words) -> dict[int, list[int]]:
    """Return the numbers of what fits by kind: whole words first; beginnings where there is room."""
    found = _look(tx, words, tuple(_NAMES), whole=True)
    open_terms = [term for term in words.terms if term.is_open]
    # Whoever typed a whole address has found it; whose beginning it is as well matters to nobody.
    is_settled = any(found.values()) and all(len(term.tokens) > 1 for term in open_terms)
    wanted = tuple(kind for kind, numbers in found.items() if len(numbers) < MOST)
    if open_terms and wanted and not is_settled:
        for kind, numbers in _look(tx, words, wanted, whole=False).items():
            found[kind] = list(dict.fromkeys([*found[kind], *numbers]))[:MOST]
    return found


def _look(tx: Tx, words: Words, kinds: tuple[int, ...], *, whole: bool) -> dict[int, list[int]]:
    """Return the newest numbers of each kind that fit."""
    if tx.session.get_bind().dialect.name == "sqlite":
        return _ask(tx, _sqlite_question, words.for_fts5(whole=whole), kinds)
    # A word that many use is found among the newest rows. For a rarer one the index is asked, which names all of its
    # rows before the newest can be told.
    asked = words.for_tsquery(whole=whole)
    found = _ask(tx, _newest_question, asked, kinds)
    rarer = tuple(kind for kind, numbers in found.items() if len(numbers) < MOST)
    return found | (_ask(tx, _postgres_question, asked, rarer) if rarer else {})


def _ask(tx: Tx, question: Callable[[int], Select[int]], words: str, kinds: tuple[int, ...]) -> dict[int, list[int]]:
    rows_of = _questions(question, kinds).ask(tx, {"words": words})
    return {kind: sorted((row[0] for row in rows), reverse=True) for kind, rows in zip(kinds, rows_of, strict=True)}


def _read(tx: Tx, numbers: dict[int, list[int]]) -> Iterable[Hit]:
    """Read what may be shown; nothing of people who were erased."""
    values = {f"of_{kind}": [number - (kind << SHIFT) for number in found] for kind, found in numbers.items()}
    people, handles, addresses, mails, notes, feedback = _TEXTS.ask(tx, values)
    for number, name, topic, city, text, at in people:
        rest = text if not topic and not city else f"{topic} {city} {text}"
        yield Hit(kind="people", number=number, contact_id=number, name=name, head_text=name, body_text=rest, at=at)
    for number, name, said, at in (*handles, *addresses):
        yield Hit(kind="people", number=number, contact_id=number, name=name, head_text=name, body_text=said, at=at)
    for number, contact_id, thread_id, name, sender, subject, text, at in mails:
        yield Hit(
            kind="mails", number=number, contact_id=contact_id, name=name or sender, head_text=subject,
            body_text=text, at=at, thread_id=thread_id,
        )  # fmt: skip
    for number, contact_id, name, text, at in notes:
        yield Hit(kind="notes", number=number, contact_id=contact_id, name=name, head_text="", body_text=text, at=at)
    for number, contact_id, theme_id, name, text, at in feedback:
        yield Hit(
            kind="feedback", number=number, contact_id=contact_id, name=name or "", head_text="", body_text=text,
            at=at, theme_id=theme_id,
        )  # fmt: skip


def _unite(hits: Iterable[Hit]) -> list[Hit]:
    """Return each thing once: a person may be found by name, account and address."""
    return list({(hit.kind, hit.number): hit for hit in reversed(list(hits))}.values())[::-1]


def _few_of_each(hits: Iterable[Hit], each: int) -> list[Hit]:
    by_kind: dict[str, list[Hit]] = {name: [] for name in KINDS}
    for hit in hits:
        if len(by_kind[hit.kind]) < each:
            by_kind[hit.kind].append(hit)
    return [hit for found in by_kind.values() for hit in found]


def _mark(words: Words, hit: Hit) -> Hit:
    return replace(hit, head=mark(words, hit.head_text), passage=mark(words, hit.body_text))


def _in_kind(number: Any, kind: int) -> tuple[Any, ...]:
    return number >= kind << SHIFT, number < (kind + 1) << SHIFT


def _sqlite_question(kind: int) -> Select[int]:
    name = _INDEX_OF[kind]
    index = table(name, column("rowid", BigInteger), column(name))
    number = index.c.rowid
    fits = index.c[name].op("MATCH")(bindparam("words"))
    return select(number).where(fits, *_in_kind(number, kind)).order_by(number.desc()).limit(MOST)


def _postgres_question(kind: int) -> Select[int]:
    index = _postgres_index(kind)
    number = index.c.id
    query = select(number).where(_fits(index.c.words), *_in_kind(number, kind))
    return query.order_by((number + 0).desc()).limit(MOST)  # not in the order of the primary key's index


def _newest_question(kind: int) -> Select[int]:
    index = _postgres_index(kind)
    newest = select(index.c.id, index.c.words).where(*_in_kind(index.c.id, kind)).order_by(index.c.id.desc())
    rows = newest.limit(_PROBED).subquery()
    return select(rows.c.id).where(_fits(rows.c.words)).limit(MOST)


def _postgres_index(kind: int) -> TableClause:
    return table(_INDEX_OF[kind], column("id", BigInteger), column("words", TSVECTOR))


def _fits(words: ColumnElement[Any]) -> ColumnElement[Any]:
    return words.op("@@")(func.to_tsquery("simple", bindparam("words")))


def _of(kind: int) -> BindParameter[int]:
    return bindparam(f"of_{kind}", expanding=True)


@lru_cache(maxsize=256)
def _questions(question: Callable[[int], Select[int]], kinds: tuple[int, ...]) -> Together:
    return Together(*(question(kind) for kind in kinds))


_IS_THERE = Contact.erased_at.is_(None)
_TEXTS = Together(
    select(Contact.id, Contact.name, Contact.topic, Contact.city, Contact.search_text, Contact.created_at).where(
        Contact.id.in_(_of(CONTACT)), _IS_THERE
    ),
    select(Contact.id, Contact.name, Handle.platform + " " + Handle.username + " " + Handle.url, Contact.created_at)
    .join(Contact, Contact.id == Handle.contact_id)
    .where(Handle.id.in_(_of(HANDLE)), _IS_THERE),
    select(Contact.id, Contact.name, ContactAddress.email, Contact.created_at)
    .join(Contact, Contact.id == ContactAddress.contact_id)
    .where(ContactAddress.id.in_(_of(ADDRESS)), _IS_THERE),
    select(
        Message.id, Message.contact_id, Message.thread_id, Contact.name,
        func.coalesce(func.nullif(Message.sender_name, ""), Message.sender, type_=String()),
        Message.subject, func.substr(MessageBody.new_text, 1, _LOOKED_AT, type_=Text()), Message.at,
    )
    .join(MessageBody, MessageBody.message_id == Message.id)
    .outerjoin(Contact, Contact.id == Message.contact_id)
    .where(Message.id.in_(_of(MAIL)), _IS_THERE),
    select(
        TimelineEntry.id, TimelineEntry.contact_id, Contact.name,
        func.substr(TimelineEntry.summary, 1, _LOOKED_AT, type_=Text()), TimelineEntry.at,
    )
    .join(Contact, Contact.id == TimelineEntry.contact_id)
    .where(TimelineEntry.id.in_(_of(NOTE)), _IS_THERE),
    select(
        Feedback.id, Feedback.contact_id,
        Feedback.theme_id, Contact.name, func.substr(Feedback.quote, 1, _LOOKED_AT, type_=Text()),
        Feedback.created_at,
    )
    .outerjoin(Contact, Contact.id == Feedback.contact_id)
    .where(Feedback.id.in_(_of(FEEDBACK)), _IS_THERE),
)  # fmt: skip
