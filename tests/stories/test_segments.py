"""Segments: what the database finds is what plain Python finds, whatever is joined by and, or, not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.brands import create_brand
from crm.contacts import create_contact, refresh_search_text
from crm.fields import create_field
from crm.models import Contact, ContactTag, Handle, Mailbox, Thread
from crm.people_found import find_people_ids
from crm.pipeline import move_stage
from crm.segments import Either, Every, Node, Not, Term, write_segment
from kit.tx import Database, Tx
from tests.conftest import MONDAY
from web.people_query import read_filter, read_query_text

PEOPLE = 40


@dataclass
class Somebody:
    """One person in plain values."""

    id: int = 0
    name: str = ""
    topic: str = ""
    country: str | None = None
    language: str | None = None
    stage: str = ""
    tags: list[str] = field(default_factory=list)
    accounts: list[tuple[str, float | None, float | None]] = field(default_factory=list)
    last: int | None = None
    mailable: bool = False
    own: dict[str, str] = field(default_factory=dict)


def _span(low: float | None, high: float | None, value: float | None) -> bool:
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


# Each condition with its plain meaning; those of accounts are judged together where they stand side by side.
ACCOUNTS: dict[Term, Callable[[tuple[str, float | None, float | None]], bool]] = {
    Term("platform", "youtube"): lambda one: one[0] == "youtube",
    Term("platform", "tiktok,x"): lambda one: one[0] in ("tiktok", "x"),
    Term("size", "10k..50k"): lambda one: _span(10_000, 50_000, one[1]),
    Term("size", "30k.."): lambda one: _span(30_000, None, one[1]),
    Term("views", "..5k"): lambda one: _span(None, 5_000, one[2]),
}
PERSONS: dict[Term, Callable[[Somebody], bool]] = {
    Term("q", "ZÖE"): lambda one: "Zöe" in one.name,
    Term("topic", "pans"): lambda one: "pans" in one.topic,
    Term("country", "DE,AT"): lambda one: one.country in ("DE", "AT"),
    Term("language", "de"): lambda one: one.language == "de",
    Term("stage", "Talking,Active"): lambda one: one.stage in ("Talking", "Active"),
    Term("tag", "slow cooking,pans"): lambda one: bool({"slow cooking", "pans"} & set(one.tags)),
    Term("reach", "email"): lambda one: one.mailable,
    Term("reach", "dm"): lambda one: any(account[0] in ("tiktok", "x") for account in one.accounts),
    Term("contacted", "..30"): lambda one: one.last is not None and one.last <= 30,
    Term("contacted", "31..90"): lambda one: one.last is not None and 31 <= one.last <= 90,
    Term("contacted", "never"): lambda one: one.last is None,
    Term("turn", "rest"): lambda one: one.last is None,
    Term("owner", "none"): lambda _one: True,
    Term("sequence", "any"): lambda _one: False,
    Term("field.pan", "any"): lambda one: "pan" in one.own,
    Term("field.pan", "none"): lambda one: "pan" not in one.own,
    Term("field.pan", "24..28"): lambda one: "pan" in one.own and 24 <= float(one.own["pan"]) <= 28,
    Term("field.fee", "200.. EUR"): lambda one: (
        one.own.get("fee", "").endswith("EUR") and float(one.own["fee"].split()[0]) >= 200
    ),
    Term("field.fee", "..150"): lambda one: "fee" in one.own and float(one.own["fee"].split()[0]) <= 150,
    Term("field.since", "2026-02-01..2026-06-30"): lambda one: "2026-02-01" <= one.own.get("since", "") <= "2026-06-30",
    Term("field.hob", "gas,induction"): lambda one: one.own.get("hob") in ("gas", "induction"),
    Term("field.agency", "HAWK"): lambda one: "hawk" in one.own.get("agency", "").lower(),
    Term("field.vegan", "no"): lambda one: one.own.get("vegan") == "no",
    Term("field.nobody", "any"): lambda _one: False,
}


def holds(node: Node, one: Somebody) -> bool:
    """Say in plain Python whether a segment holds for somebody."""
    if isinstance(node, Not):
        return not holds(node.part, one)
    if isinstance(node, Either):
        return any(holds(part, one) for part in node.parts)
    parts = node.parts if isinstance(node, Every) else (node,)
    tests = [ACCOUNTS[part] for part in parts if isinstance(part, Term) and part in ACCOUNTS]
    if tests and not any(all(test(account) for test in tests) for account in one.accounts):
        return False
    return all(
        PERSONS[part](one) if isinstance(part, Term) else holds(part, one) for part in parts if part not in ACCOUNTS
    )


def _nodes() -> st.SearchStrategy[Node]:
    term = st.sampled_from([*ACCOUNTS, *PERSONS])
    return st.recursive(
        term,
        lambda below: st.one_of(
            st.builds(Not, below),
            st.builds(Every, st.lists(below, min_size=2, max_size=4).map(tuple)),
            st.builds(Either, st.lists(below, min_size=2, max_size=3).map(tuple)),
        ),
        max_leaves=7,
    )


@pytest.fixture
def people(database: Database) -> Iterator[tuple[Tx, int, list[Somebody]]]:
    with database.transaction() as tx:
        brand = create_brand(tx, "Bracken", postal_address="4 Fern Row")
        box = Mailbox(
            address="mia@bracken.example", smtp_url="", imap_url="", user="", secret=b"", window="always", zone="UTC",
            created_at=tx.now,
        )  # fmt: skip
        tx.session.add(box)
        kinds = {"Pan": "number", "Fee": "money", "Since": "date", "Hob": "choice", "Agency": "text", "Vegan": "yes_no"}
        for label, kind in kinds.items():
            choices = ("gas", "induction", "camp") if kind == "choice" else ()
            create_field(tx, label, kind, choices=choices, actor="system")
        tx.session.flush()
        rng = Random(7)
        everybody = [_make(rng) for _ in range(PEOPLE)]
        for number, one in enumerate(everybody):
            _store(tx, one, number, brand.id, box.id)
        tx.session.flush()
        yield tx, brand.id, everybody


def _make(rng: Random) -> Somebody:
    own = {
        "pan": rng.choice(["24", "26.5", "32", "-3"]), "fee": rng.choice(["120.00 EUR", "450.50 EUR", "450.00 USD"]),
        "since": rng.choice(["2026-01-31", "2026-02-01", "2026-06-30", "2027-01-01"]),
        "hob": rng.choice(["gas", "induction", "camp"]), "agency": rng.choice(["Hawk & Co", "Wren"]),
        "vegan": rng.choice(["yes", "no"]),
    }  # fmt: skip
    sizes, views = [8_000, 20_000, 60_000, None], [900, 9_000, None]
    return Somebody(
        name=rng.choice(["Zöe", "Imani", ""]),
        topic=rng.choice(["cast pans", "ovens", ""]),
        country=rng.choice(["DE", "AT", "GB", None]),
        language=rng.choice(["de", "en", None]),
        stage=rng.choice(["Talking", "Active", "Found"]),
        tags=rng.sample(["slow cooking", "pans", "vip"], rng.randrange(3)),
        accounts=[
            (rng.choice(["youtube", "tiktok", "x"]), rng.choice(sizes), rng.choice(views))
            for _ in range(rng.randrange(4))
        ],
        last=rng.choice([None, 3, 30, 60, 200]),
        mailable=rng.random() < 0.5,
        own={key: value for key, value in own.items() if rng.random() < 0.6},
    )


def _store(tx: Tx, one: Somebody, number: int, brand_id: int, mailbox_id: int) -> None:
    emails = [f"p{number}@many.example"] if one.mailable else []
    contact = create_contact(
        tx, name=one.name, emails=emails, actor="system", topic=one.topic, country=one.country, language=one.language
    )
    one.id, contact.fields = contact.id, dict(one.own)
    tx.session.add_all(ContactTag(contact_id=contact.id, tag=tag) for tag in one.tags)
    tx.session.add_all(
        Handle(contact_id=contact.id, platform=platform, username=f"u{number}-{at}", followers=size, avg_views=views,
               created_at=tx.now)
        for at, (platform, size, views) in enumerate(one.accounts)
    )  # fmt: skip
    move_stage(tx, contact.id, brand_id, one.stage, actor="system")
    if one.last is not None:
        at: datetime = MONDAY - timedelta(days=one.last)
        tx.session.add(
            Thread(mailbox_id=mailbox_id, contact_id=contact.id, last_at=at, last_in_at=at if number % 2 else None,
                   last_out_at=None if number % 2 else at)
        )  # fmt: skip
    refresh_search_text(tx, contact)


def test_the_database_finds_whom_plain_python_finds(people: tuple[Tx, int, list[Somebody]]) -> None:
    tx, brand_id, everybody = people

    @settings(max_examples=150, suppress_health_check=list(HealthCheck), database=None)
    @given(_nodes())
    def check(node: Node) -> None:
        wanted = read_filter({"where": write_segment(node)})
        assert not wanted.fault
        found = set(find_people_ids(tx, wanted, brand_id=brand_id))
        assert found == {one.id for one in everybody if holds(node, one)}

    check()


def test_a_condition_means_the_same_alone_and_in_a_segment(people: tuple[Tx, int, list[Somebody]]) -> None:
    tx, brand_id, everybody = people
    for term in (*ACCOUNTS, *PERSONS):
        expected = {one.id for one in everybody if holds(term, one)}
        for query in ({term.name: term.value}, {"where": write_segment(term)}):
            assert set(find_people_ids(tx, read_filter(query), brand_id=brand_id)) == expected, term
        apart = read_filter({"where": write_segment(Not(term))})
        assert set(find_people_ids(tx, apart, brand_id=brand_id)) == {one.id for one in everybody} - expected, term


def test_text_that_is_no_number_matches_no_range(people: tuple[Tx, int, list[Somebody]]) -> None:
    """Values may be older than the field that judges them."""
    tx, brand_id, everybody = people
    contact = tx.session.get_one(Contact, everybody[0].id)
    for junk in ("about thirty", "-", "--3", "1e5x", "NaN"):
        contact.fields = {"pan": junk, "fee": junk, "since": junk}
        tx.session.flush()
        for query in ({"field.pan": "2..40"}, {"field.fee": "100..500"}, {"field.since": "1900-01-01.."}):
            assert contact.id not in find_people_ids(tx, read_filter(query), brand_id=brand_id)


def test_what_cannot_be_read_means_nobody(people: tuple[Tx, int, list[Somebody]]) -> None:
    tx, brand_id, _ = people
    assert read_filter(read_query_text("where=tag:%00&tag=%00")).fault
    for text in ("tag:", "size:nonsense", "page:2", "where:x", "((", "field.:x", "stage:a or"):
        wanted = read_filter({"where": text})
        assert wanted.fault
        assert find_people_ids(tx, wanted, brand_id=brand_id) == []
