"""One act on many people: who is left out is said before, all of it is one change, and undo leaves later work alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm import changes, contacts, pipeline, suppressions, users
from crm.brands import create_brand
from crm.models import Change, Contact, ContactTag, Job, TimelineEntry
from kit.clock import FixedClock
from kit.tx import Database
from sequences.bulk import deeds
from sequences.bulk.act import Order
from sequences.bulk.acts import ACTS
from sequences.jobs.bulk import BULK
from sequences.jobs.kinds import KINDS
from web.undo import REVERSERS

ADA = "user:1"


@pytest.fixture
def people(database: Database) -> list[int]:
    """Ten people, the first two at Talking already."""
    with database.transaction() as tx:
        users.add_user(tx, "ada@brackenware.example", role="admin", name="Ada Marsh")
        brand = create_brand(tx, "Brackenware")
        rows = [
            contacts.create_contact(tx, name=f"Person {n}", emails=[f"p{n}@many.example"], actor="system")
            for n in range(10)
        ]
        for row in rows:
            pipeline.ensure_relationship(tx, row.id, brand.id)
        for row in rows[:2]:
            pipeline.move_stage(tx, row.id, brand.id, "Talking", actor="system")
        return [row.id for row in rows]


def _order(value: str) -> Order:
    return Order(value=value, brand_id=1, user_id=1)


def _do(database: Database, act: str, ids: list[int], value: str) -> Change:
    with database.transaction() as tx:
        change, _ = deeds.do_now(tx, act, ids, _order(value), actor=ADA)
    assert change is not None
    return change


def _undo(database: Database, change: Change) -> changes.Undone:
    with database.transaction() as tx:
        return changes.undo_change(tx, change.id, actor=ADA, reversers=REVERSERS)


def _stages(database: Database, ids: list[int]) -> list[str | None]:
    with database.reading() as tx:
        return [pipeline.stage_name(tx, number, 1) for number in ids]


def test_who_stands_there_already_is_said_and_left_out(database: Database, people: list[int]) -> None:
    with database.reading() as tx:
        verdict = deeds.judge(tx, "stage", people, _order("Talking"))
    assert (len(verdict.can), verdict.reasons) == (8, {"at_stage": 2})


def test_a_move_of_many_is_one_change_and_comes_back(database: Database, people: list[int], clock: FixedClock) -> None:
    change = _do(database, "stage", people, "Talking")
    assert (change.count, change.kind, change.summary) == (8, "bulk_stage", "People moved to Talking: 8")
    assert _stages(database, people) == ["Talking"] * 10
    clock.advance(timedelta(days=1))
    with database.transaction() as tx:
        pipeline.move_stage(tx, people[9], 1, "Agreed", actor=ADA)
    undone = _undo(database, change)
    assert (undone.undone, undone.left, undone.why) == (7, 1, "Whoever was moved since stays there.")
    assert _stages(database, people) == ["Talking"] * 2 + ["Found"] * 7 + ["Agreed"]
    with database.reading() as tx:
        query = select(TimelineEntry.summary).where(TimelineEntry.contact_id == people[5]).order_by(TimelineEntry.id)
        assert list(tx.session.scalars(query))[1:] == ["Found to Talking", "Talking to Found (taken back)"]


def test_tags_go_on_and_off_and_back(database: Database, people: list[int]) -> None:
    added = _do(database, "tag", people[:3], "Dutch ovens")
    with database.reading() as tx:
        assert deeds.judge(tx, "tag", people, _order("Dutch ovens")).reasons == {"has_tag": 3}
        assert "dutch ovens" in tx.session.get_one(Contact, people[0]).search_text
    removed = _do(database, "untag", people[:1], "Dutch ovens")
    undone = _undo(database, added)
    assert (undone.undone, undone.left) == (2, 1)
    assert _undo(database, removed).undone == 1
    with database.reading() as tx:
        assert list(tx.session.scalars(select(ContactTag.contact_id))) == people[:1]
        assert "dutch" not in tx.session.get_one(Contact, people[1]).search_text


def test_owners_change_hands_and_back(database: Database, people: list[int]) -> None:
    change = _do(database, "owner", people, "1")
    assert change.summary == "People given to Ada Marsh: 10"
    _do(database, "owner", people[:4], "none")
    undone = _undo(database, change)
    assert (undone.undone, undone.left) == (6, 4)
    with database.reading() as tx:
        assert set(tx.session.scalars(select(Contact.owner_id))) == {None}


def test_do_not_contact_comes_back_unless_somebody_asked_for_it(database: Database, people: list[int]) -> None:
    with database.transaction() as tx:
        suppressions.suppress(tx, "p9@many.example", reason="opt_out", source="test", actor="contact")
    with database.reading() as tx:
        assert deeds.judge(tx, "suppress", people, _order("")).reasons == {"suppressed": 1}
    change = _do(database, "suppress", people, "")
    with database.reading() as tx:
        assert len(suppressions.list_suppressions(tx)) == 10
    assert _undo(database, change).undone == 9
    with database.reading() as tx:
        assert [row.target for row in suppressions.list_suppressions(tx)] == ["p9@many.example"]


def test_a_job_goes_on_where_it_was_and_is_one_change(database: Database, people: list[int]) -> None:
    with database.transaction() as tx:
        more = [Contact(name=f"More {n}", created_at=tx.now) for n in range(490)]
        tx.session.add_all(more)
        tx.session.flush()
        ids = people + [contact.id for contact in more]
    with database.transaction() as tx:
        job_id = deeds.do_later(tx, "stage", ids, _order("Talking"), actor=ADA, place="/contacts").id
    chunks, finished = 0, False
    while not finished:
        with database.transaction() as tx:
            finished = KINDS["bulk_stage"](tx, tx.session.get_one(Job, job_id))
        chunks += 1
    assert chunks == 3
    with database.reading() as tx:
        job = tx.session.get_one(Job, job_id)
        change = tx.session.get_one(Change, job.change_id)
        assert (job.done, change.count, job.left_out) == (500, 498, {"Already at this stage.": 2})
    assert _undo(database, change).undone == 498
    assert set(_stages(database, people[2:])) == {"Found"}
    # Who had no relationship before has none again.
    assert set(_stages(database, ids[10:])) == {None}


def test_every_act_has_a_kind_and_a_way_back() -> None:
    assert set(ACTS) == set(deeds.KINDS)
    assert set(BULK) <= set(KINDS)
    assert set(BULK) <= set(REVERSERS)
