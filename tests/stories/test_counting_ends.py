"""Of very many who match nobody counts to the last; whom lists show does not depend on how they are looked for."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select

from crm import lane_counts, lane_picks, people_found, people_order
from crm.bests import remember_bests_state
from crm.board import read_board
from crm.models import Brand, Contact, ContactAddress, ContactTag, Handle, Mailbox, Pulse, Relationship, Stage, Thread
from crm.people import list_people
from crm.people_filter import PeopleFilter
from crm.people_found import PAGE, find_first, find_people_ids
from kit.clock import FixedClock
from kit.tx import Database, Tx
from web.people_query import read_filter

PEOPLE, MADE = 130, datetime(2026, 1, 1, tzinfo=UTC)
ASKED = (
    "topic=BROT", "topic=é", "country=DK,KE", "tag=a", "stage=Talking", "turn=you", "turn=them", "turn=rest",
    "reach=email", "reach=dm", "size=20000..", "platform=youtube", "contacted=..30", "contacted=30..",
    "contacted=never", "upkeep=quiet", "upkeep=due", "upkeep=quiet,due", "q=imani", "q=imani&sort=-added",
    "where=tag:a or stage:Talking", "where=not tag:a", "where=(country:DK or size:20k..) and not contacted:never",
)  # fmt: skip


@pytest.fixture
def brand(database: Database, clock: FixedClock) -> int:
    with database.transaction() as tx:
        brand = Brand(name="Brackenware", created_at=tx.now)
        box = Mailbox(
            address="mia@bracken.example", smtp_url="", imap_url="", user="", secret="", window={}, created_at=tx.now
        )
        names = ("Found", "Talking", "Active")
        stages = [Stage(name=name, position=place, talk_days=[None, 5, 9][place]) for place, name in enumerate(names)]
        tx.session.add_all([brand, box, *stages])
        tx.session.flush()
        rng = Random(11)
        for number in range(1, PEOPLE + 1):
            _add(tx, rng, number, brand.id, box.id, [stage.id for stage in stages])
        number = brand.id
    clock.advance(timedelta(hours=1))
    return number


def _add(tx: Tx, rng: Random, number: int, brand_id: int, box: int, stages: list[int]) -> None:
    def ago() -> datetime:
        return tx.now - timedelta(hours=rng.randrange(1, 2_000))

    name = f"{rng.choice(('Imani', 'Ruben', 'Dorte'))} {number}"
    contact = Contact(
        name=name, search_text=name.lower(), created_at=ago(), country=rng.choice((None, "DK", "KE", "FR")),
        topic=rng.choice(("", "Brot", "ÉPICERIE", "Kaffee")), erased_at=tx.now if number % 23 == 0 else None,
    )  # fmt: skip
    tx.session.add(contact)
    tx.session.flush()
    talked = rng.choice((None, ago()))
    place = Relationship(contact_id=contact.id, brand_id=brand_id, stage_id=rng.choice(stages), stage_since=ago())
    place.created_at, place.talked_at, place.rhythm_days = place.stage_since, talked, rng.choice((None, None, 0, 7, 90))
    place.rest_until = rng.choice((None, None, tx.now.date() + timedelta(days=3)))
    tx.session.add(place)
    if rng.random() < 0.5:
        tx.session.add(ContactTag(contact_id=contact.id, tag="a"))
    if rng.random() < 0.5:
        email = f"p{number}@many.example"
        tx.session.add(ContactAddress(contact_id=contact.id, email=email, created_at=tx.now))
    for platform in rng.sample(("youtube", "instagram", "blog"), rng.randrange(3)):
        account = Handle(contact_id=contact.id, platform=platform, username=f"{platform}{number}", created_at=MADE)
        account.topic, account.followers = rng.choice(("", "Brotzeit", "Tee")), float(rng.randrange(60_000))
        account.retired_at = tx.now if rng.random() < 0.2 else None
        tx.session.add(account)
    if rng.random() < 0.5:
        came, went = rng.choice((None, ago())), rng.choice((None, ago()))
        last = max([MADE, *(at for at in (came, went) if at)])
        tx.session.add(
            Thread(mailbox_id=box, contact_id=contact.id, last_at=last, last_in_at=came, last_out_at=went,
                   done_at=rng.choice((None, tx.now)))
        )  # fmt: skip
        tx.session.add(Pulse(contact_id=contact.id, last_in_at=last, gap_s=60, quiet_from=rng.choice((None, ago()))))


def _wanted(words: str) -> PeopleFilter:
    found = read_filter(dict(pair.split("=", 1) for pair in words.split("&")))
    assert not found.fault
    return found


def _look(database: Database, brand_id: int) -> list[object]:
    seen: list[object] = []
    with database.reading() as tx:
        for words in ASKED:
            wanted = _wanted(words)
            found = list_people(tx, wanted, brand_id=brand_id)
            lanes = read_board(tx, wanted, brand_id=brand_id).lanes
            cards = [(lane.count, lane.money, [card.contact.id for card in lane.cards]) for lane in lanes]
            first = find_first(tx, wanted, 7, brand_id=brand_id)
            seen.append((words, found.total, [row.contact.id for row in found.rows], cards, first))
    return seen


def test_people_are_the_same_by_numbers_of_each_and_together(
    database: Database, brand: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = _look(database, brand)
    for module in (people_found, lane_counts, people_order, lane_picks):
        monkeypatch.setattr(module, "WALK", 1)
    each = _look(database, brand)
    assert each == few
    with database.reading() as tx:
        for words, total, ids, _, first in few:  # type: ignore[misc,attr-defined]
            every = find_people_ids(tx, _wanted(words), brand_id=brand)
            assert (total, ids, first) == (len(every), every[:PAGE], (every[:7], len(every))), words
    assert sum(total > 0 for _, total, *_ in few) == len(ASKED)  # type: ignore[misc]


def test_a_list_counts_as_far_as_its_page(database: Database, brand: int, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = PeopleFilter(where=None, turns=("you", "them", "rest"))
    with database.reading() as tx:
        every = find_people_ids(tx, wanted, brand_id=brand)
        whole = list_people(tx, wanted, brand_id=brand)
        assert (whole.total, whole.more, whole.pages) == (len(every), False, 3)
        monkeypatch.setattr(people_found, "COUNTED", 30)
        first, second, third = (list_people(tx, wanted, brand_id=brand, page=number) for number in (1, 2, 3))
        assert (first.total, first.more, first.pages) == (PAGE, True, 2), "another page is known of"
        assert (second.total, second.more, second.pages) == (2 * PAGE, True, 3)
        assert (third.total, third.more, third.pages) == (len(every), False, 3)
        shown = [row.contact.id for found in (first, second, third) for row in found.rows]
        assert shown == every
        everybody = list_people(tx, PeopleFilter(), brand_id=brand)
        assert (everybody.total, everybody.more) == (len(every), False), "an index counts everybody"


def test_of_very_many_people_fewer_are_counted(database: Database, brand: int, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = PeopleFilter(turns=("you", "them", "rest"))
    monkeypatch.setattr(people_found, "SOME", 60)
    for large, total in ((PEOPLE, None), (PEOPLE - 1, 60)):
        monkeypatch.setattr(people_found, "LARGE", large)
        with database.reading() as tx:
            remember_bests_state(tx, (tx.now, {"upto": PEOPLE}))
            page = list_people(tx, wanted, brand_id=brand)
            every = len(find_people_ids(tx, wanted, brand_id=brand))
            assert (page.total, page.more) == (total or every, total is not None)


def test_a_board_counts_up_to_a_bound_and_shows_the_same_people(
    database: Database, brand: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.reading() as tx:
        for wanted in (PeopleFilter(tags=("a",)), PeopleFilter(stages=("Talking",)), PeopleFilter(tags=("none",))):
            whole = read_board(tx, wanted, brand_id=brand)
            with monkeypatch.context() as bounded:
                bounded.setattr(lane_counts, "MANY", 20)
                bounded.setattr(lane_counts, "SOME", 20)
                some = read_board(tx, wanted, brand_id=brand)
            assert not whole.more
            assert some.more == (whole.total > 20)
            assert (some.total == whole.total) if not some.more else (20 <= some.total < whole.total)
            for lane, counted in zip(some.lanes, whole.lanes, strict=True):
                assert lane.count <= counted.count
                assert [card.contact.id for card in lane.cards] == [card.contact.id for card in counted.cards]
                assert lane.beyond == some.more


def test_words_are_counted_to_the_last_and_a_page_too_far_is_the_last(
    database: Database, brand: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = PeopleFilter(q="e")
    monkeypatch.setattr(people_found, "PAGE", 40)
    with database.reading() as tx:
        every = find_people_ids(tx, wanted, brand_id=brand)
        whole = list_people(tx, wanted, brand_id=brand)
        assert len(every) > 80
        assert (whole.total, whole.more, whole.pages) == (len(every), False, 3)
        assert list_people(tx, wanted, brand_id=brand, page=99).number == 3
        monkeypatch.setattr(people_found, "COUNTED", 30)
        pages = [list_people(tx, wanted, brand_id=brand, page=number) for number in (1, 2, 3)]
        assert {(page.total, page.more, page.pages) for page in pages} == {(len(every), False, 3)}
        assert [row.contact.id for page in pages for row in page.rows] == every
        assert list_people(tx, PeopleFilter(q="zzz"), brand_id=brand, page=2).rows == ()


def test_lanes_of_everybody_leave_out_who_was_erased(database: Database, brand: int) -> None:
    with database.reading() as tx:
        board = read_board(tx, PeopleFilter(), brand_id=brand)
        stands = select(Relationship.stage_id).join(Contact).where(Contact.erased_at.is_(None))
        there = Counter(tx.session.scalars(stands))
        assert sum(there.values()) < PEOPLE
        assert {lane.stage.id: lane.count for lane in board.lanes} == there
