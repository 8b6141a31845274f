"""Pure: what is known of people while a file is imported: those its rows name, whether stored yet or not."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crm.csv_files import Candidate, CandidateHandle
from crm.csv_files.platforms import WEBSITE

HandleKey = tuple[str, str]

# Columns of Contact that an import fills, with their greatest length.
TEXTS = {"name": 300, "first_name": 150, "last_name": 150, "pronouns": 60, "city": 120, "topic": 200}
CODES = ("country", "language", "zone")
# Columns of Handle, and with the last two those of HandleSnapshot.
ABOUT = ("url", "topic", "country", "language", "price_amount", "price_currency")
FIGURES = ("followers", "avg_views", "avg_likes", "avg_comments", "engagement_rate")
SNAPSHOT_FIGURES = (*FIGURES, "posts", "score")
HANDLE_COLUMNS = (*ABOUT, "last_post_on", *FIGURES)

_MAX_USERNAME = 200
_MAX_URL = 500


@dataclass(slots=True, eq=False)
class KnownHandle:
    """One account. `values` has HANDLE_COLUMNS and the newest posts and score; `stated` once a row gave its figures.

    `days` are those of which there are readings; `stored` are the values that the database holds.
    """

    platform: str
    username: str
    values: dict[str, Any]
    id: int | None = None
    stated: bool = False
    changed: bool = False
    days: set[date] = field(default_factory=set)
    stored: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> HandleKey:
        """Return what makes the account unique."""
        return self.platform, self.username

    @property
    def words(self) -> str:
        """Return the account as a sentence names it."""
        return f"{self.platform}/{self.username}"


@dataclass(slots=True, eq=False)
class Person:
    """One contact; `id` None until stored, `line` where this file first named them, None when it did not yet.

    `stored` are the facts and the fields that the database holds.
    """

    id: int | None = None
    facts: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(TEXTS, "") | dict.fromkeys(CODES))
    fields: dict[str, Any] = field(default_factory=dict)
    emails: list[str] = field(default_factory=list)
    handles: dict[HandleKey, KnownHandle] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    related: bool = False
    erased: bool = False
    line: int | None = None
    changed: bool = False
    stored: dict[str, Any] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """Return what the contact's own row is to hold."""
        return {**self.facts, "fields": self.fields}


class Directory:
    """People by all that identifies them. `settle` and `drop` keep memory to one chunk of the file."""

    def __init__(self) -> None:
        self.by_id: dict[int, Person] = {}
        self.by_email: dict[str, Person] = {}
        self.by_handle: dict[HandleKey, Person] = {}
        self.by_bare_name: dict[str, Person] = {}
        self._lines: dict[int, int] = {}
        self._stated: set[int] = set()

    def add(self, person: Person) -> None:
        """Make a person findable, and remember what earlier chunks said of them."""
        if person.id is not None:
            self.by_id[person.id] = person
            person.line = self._lines.get(person.id, person.line)
        for handle in person.handles.values():
            handle.stated = handle.stated or handle.id in self._stated
        self.index(person)

    def index(self, person: Person) -> None:
        """Make a person findable by what they have by now."""
        self.by_email.update(dict.fromkeys(person.emails, person))
        self.by_handle.update(dict.fromkeys(person.handles, person))
        if not person.emails and not person.handles:
            self.by_bare_name.setdefault(person.facts["name"], person)

    def find(self, candidate: Candidate) -> list[Person]:
        """Return everybody whom a row may mean, each once; more than one is a contradiction."""
        emails, handles, name = identity(candidate)
        found = [self.by_email.get(email) for email in emails] + [self.by_handle.get(key) for key in handles]
        if name is not None:
            found.append(self.by_bare_name.get(name))
        return list(dict.fromkeys(person for person in found if person is not None))

    def settle(self) -> None:
        """Forget the people of a stored chunk, all but where the file named them."""
        for person in set(self.by_email.values()) | set(self.by_handle.values()) | set(self.by_bare_name.values()):
            if person.id is not None and person.line is not None:
                self._lines[person.id] = person.line
                self._stated.update(handle.id for handle in person.handles.values() if handle.id and handle.stated)
        self.drop()

    def seen(self) -> tuple[dict[int, int], list[int]]:
        """Return where the file named the stored people of this chunk, and the accounts whose figures it gave."""
        people = set(self.by_email.values()) | set(self.by_handle.values()) | set(self.by_bare_name.values())
        named = {person.id: person.line for person in people if person.id is not None and person.line is not None}
        handles = (handle for person in people for handle in person.handles.values())
        return named, [handle.id for handle in handles if handle.id and handle.stated]

    def recall(self, named: dict[int, int], stated: Iterable[int]) -> None:
        """Remember what earlier chunks said, after a restart."""
        self._lines.update(named)
        self._stated.update(stated)

    def drop(self) -> None:
        """Forget the people of a chunk that was not stored."""
        for index in (self.by_id, self.by_email, self.by_handle, self.by_bare_name):
            index.clear()


def identity(candidate: Candidate) -> tuple[tuple[str, ...], list[HandleKey], str | None]:
    """Return the emails, handles and bare name that say who a row means.

    A website may be an agency's and shared, so it identifies only where nothing else does; so does a name, and then
    only somebody who is known by name alone.
    """
    keys = [handle_key(handle) for handle in candidate.handles if fits(handle)]
    handles = [key for key in keys if key[0] != WEBSITE]
    if not handles and not candidate.emails:
        handles = keys
    bare = None if handles or candidate.emails else clip(candidate.name, "name")
    return candidate.emails, handles, bare


def handle_key(handle: CandidateHandle) -> HandleKey:
    """Return what makes a row's account unique."""
    return handle.platform, handle.username


def fits(handle: CandidateHandle) -> bool:
    """Say whether an account's name and address are short enough to keep."""
    return len(handle.username) <= _MAX_USERNAME and len(handle.url) <= _MAX_URL


def clip(text: str | None, column: str) -> str:
    """Return a text cut to what its column holds."""
    return (text or "")[: TEXTS[column]].strip()


def search_words(person: Person) -> Iterable[str]:
    """Return the words a contact is found by, in the order of crm.contacts.refresh_search_text."""
    largest = sorted(person.handles.values(), key=lambda handle: (-(handle.values["followers"] or 0), handle.id or 0))
    words = [person.facts["name"], person.facts["city"], person.facts["topic"], *person.emails]
    return [word for word in (*words, *(handle.username for handle in largest), *sorted(person.tags)) if word]
