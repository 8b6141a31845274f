"""Two contacts become one, and two again: nothing is lost, nobody gets a step twice, and the way back is exact."""

import shutil
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crm import changes
from crm.contacts import get_contact
from crm.merging.decisions import DECISIONS, find_contact_columns
from crm.models import ContactMerge, ContactTag, Job, Relationship, Task, TimelineEntry
from crm.suppressions import list_suppressions, suppress_contact
from crm.survivors import find_survivor, forget_identity
from crm.tasks import complete_task
from crm.timeline import add_note
from kit.clock import FixedClock
from kit.db import make_engine
from kit.errors import ConflictError, NotFoundError, RefusedError
from kit.tx import Database
from sequences.bulk import deeds
from sequences.bulk.act import Order
from sequences.course.planning import complete_step_task, plan_due
from sequences.jobs.runner import run_jobs
from sequences.merging.merge import merge_contacts
from sequences.models import Enrolment, Send
from sequences.reading.opt_outs import record_opt_out
from tests.conftest import MONDAY
from tests.stories.crowd import draw_person, found_company
from tests.stories.dump import Row, difference, dump
from tests.stories.test_sequences import TASK
from tests.stories.world import World
from web.undo import REVERSERS

ADA = "user:1"
# What a merge and its undoing write down of themselves.
TOLD = {"merged", "unmerged", "sequence_stopped", "suppression"}


def is_record(table: str, row: Row) -> bool:
    """Timeline entries that record a merge or its undoing are no state; nothing else may differ."""
    return table == "timeline_entries" and row["kind"] in TOLD


def undo(database: Database, change_id: int) -> changes.Undone:
    with database.transaction() as tx:
        return changes.undo_change(tx, change_id, actor=ADA, reversers=REVERSERS)


def merge(database: Database, one: int, other: int, choices: dict[str, str] | None = None) -> int:
    with database.transaction() as tx:
        return merge_contacts(tx, one, other, actor=ADA, choices=choices).change.id


def test_every_column_that_names_a_contact_is_decided_about() -> None:
    assert sorted(DECISIONS) == find_contact_columns()


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company in a file, copied for every pair of people."""
    folder = tmp_path_factory.mktemp("company")
    path = folder / "company.sqlite3"
    shutil.copy(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    clock = FixedClock(MONDAY)
    found_company(World(Database(engine, clock, Random(1)), clock, folder))
    engine.dispose()
    return path


@settings(max_examples=15, phases=[Phase.explicit, Phase.generate])
@given(seed=st.integers(0, 1 << 32), choices=st.dictionaries(
    st.sampled_from(["name", "country", "topic", "city", "owner_id", "field:hob", "stage:1", "stage:2"]),
    st.sampled_from(["survivor", "absorbed"])))  # fmt: skip
def test_merging_and_taking_it_back_changes_nothing(company: Path, seed: int, choices: dict[str, str]) -> None:
    path, rng = company.with_name("pair.sqlite3"), Random(seed)
    shutil.copy(company, path)
    engine = make_engine(f"sqlite:///{path}")
    database = Database(engine, FixedClock(MONDAY), Random(1))
    try:
        with database.transaction() as tx:
            people = [draw_person(tx, rng, number) for number in range(3)]
        before = dump(database)
        change = merge(database, people[0], people[1], choices)
        assert dump(database)["contacts"] != before["contacts"]
        undone = undo(database, change)
        assert (undone.left, undone.why) == (0, "")
        assert difference(before, dump(database), is_record=is_record) == {}
    finally:
        engine.dispose()


@pytest.mark.parametrize("seed", range(3))
def test_the_way_back_is_exact_on_both_databases(world: World, seed: int) -> None:
    found_company(world)
    rng = Random(seed)
    with world.database.transaction() as tx:
        people = [draw_person(tx, rng, number) for number in range(3)]
    before = dump(world.database)
    assert undo(world.database, merge(world.database, people[0], people[1])).left == 0
    assert difference(before, dump(world.database), is_record=is_record) == {}


def two_in_spring(world: World) -> list[int]:
    """Two contacts who are one person; the first has had the pitch, the second waits for it."""
    people = world.people(2)
    world.load()
    world.enrol(people[:1])
    world.tick()
    world.enrol(people[1:])
    return people


def test_nobody_gets_a_step_twice(world: World) -> None:
    people = two_in_spring(world)
    merge(world.database, people[1], people[0])
    runs = world.runs()
    assert [(run.state, run.reason, run.contact_id) for run in runs] == [
        ("active", "", people[1]), ("stopped", "merged", people[1]),
    ]  # fmt: skip
    for _ in range(6):
        world.days(2)
        world.tick()
    assert [len(world.mails_to(f"creator{n}@people.example")) for n in range(2)] == [2, 0]


def test_taken_back_both_go_on(world: World) -> None:
    people = two_in_spring(world)
    undo(world.database, merge(world.database, people[0], people[1]))
    for _ in range(6):
        world.days(2)
        world.tick()
    assert [len(world.mails_to(f"creator{n}@people.example")) for n in range(2)] == [2, 2]


def test_a_merge_waits_for_a_mail_that_is_being_handed_over(world: World) -> None:
    people = two_in_spring(world)
    with world.database.transaction() as tx:
        tx.session.scalars(select(Send)).one().state = "sending"
    with pytest.raises(RefusedError, match=r"being handed over right now\. Nothing was changed"):
        merge(world.database, people[0], people[1])
    with world.database.reading() as tx:
        assert tx.session.scalars(select(ContactMerge)).all() == []


def test_merged_between_claim_and_handing_over_one_pitch_leaves(world: World) -> None:
    people = world.people(2)
    world.load()
    world.enrol(people)
    world.server.before_recipient = lambda: merge(world.database, people[0], people[1])
    for _ in range(3):
        world.tick()
        world.days(0.1)
    assert [len(world.mails_to(f"creator{n}@people.example")) for n in range(2)] == [1, 0]


def test_what_came_since_goes_to_whom_it_is_for(world: World) -> None:
    people = world.people(2)
    world.load()
    world.enrol(people)
    world.tick()
    change = merge(world.database, people[0], people[1])
    world.answer(world.mails_to("creator1@people.example")[0], "Lovely, tell me more.")
    world.poll()
    with world.database.transaction() as tx:
        add_note(tx, people[0], "Met at the fair.", actor=ADA)
    undone = undo(world.database, change)
    assert undone.why == "What came since went back with whom it was for: 1."
    assert [one.contact_id for one in world.messages() if one.direction == "in"] == [people[1]]
    with world.database.reading() as tx:
        entries = tx.session.execute(select(TimelineEntry.kind, TimelineEntry.contact_id)).all()
        told = {row[0]: row[1] for row in entries}
        assert (told["reply"], told["note"]) == (people[1], people[0])
        turns = select(Relationship.contact_id, Relationship.last_in_at)
        assert {row[0]: bool(row[1]) for row in tx.session.execute(turns)} == {people[0]: False, people[1]: True}
    assert {run.contact_id: (run.state, run.reason) for run in world.runs()}[people[1]] == ("stopped", "reply")


def test_who_opts_out_while_merged_stays_out(world: World) -> None:
    people = world.people(2)
    with world.database.transaction() as tx:
        suppress_contact(tx, people[1], reason="manual", source="by hand", actor=ADA)
    change = merge(world.database, people[0], people[1])
    assert world.suppressed() == {"creator0@people.example", "creator1@people.example"}
    with world.database.transaction() as tx:
        record_opt_out(tx, people[0], source="a link")
    undo(world.database, change)
    with world.database.reading() as tx:
        rows = {row.target: row.reason for row in list_suppressions(tx)}
    assert rows == dict.fromkeys(("creator0@people.example", "creator1@people.example"), "opt_out")


def test_a_ban_that_came_with_a_merge_goes_with_it(world: World) -> None:
    people = world.people(2)
    with world.database.transaction() as tx:
        suppress_contact(tx, people[1], reason="manual", source="by hand", actor=ADA)
    undo(world.database, merge(world.database, people[0], people[1]))
    assert world.suppressed() == {"creator1@people.example"}


def test_merges_are_taken_back_in_their_order(world: World) -> None:
    people = world.people(3)
    first = merge(world.database, people[1], people[0])
    second = merge(world.database, people[2], people[1])
    with world.database.reading() as tx:
        assert find_survivor(tx, people[0]) == people[2]
        with pytest.raises(NotFoundError, match="merged into Creator2 Example"):
            get_contact(tx, people[0])
    with pytest.raises(ConflictError, match="Take that merge back first"):
        undo(world.database, first)
    world.days(40)
    for change in (second, first):
        assert undo(world.database, change).undone
    with world.database.reading() as tx:
        assert [get_contact(tx, number).id for number in people] == people


def test_a_mail_in_a_workers_hands_leaves_after_all(world: World) -> None:
    """The worker finds the run ended and lets the mail go; once the merge is taken back, it is sent."""
    people = two_in_spring(world)
    with world.database.transaction() as tx:
        run = tx.session.scalars(select(Enrolment).where(Enrolment.contact_id == people[1])).one()
        plan_due(tx, world.engine.links)
        send = tx.session.scalars(select(Send).where(Send.enrolment_id == run.id)).one()
        send.state = "claimed"
    change = merge(world.database, people[0], people[1])
    world.days(0.01)
    with world.database.transaction() as tx:
        send = tx.session.get_one(Send, send.id)
        send.state, send.settled_at, send.reason = "cancelled", tx.now, "The run had already ended."
    undo(world.database, change)
    world.tick()
    assert len(world.mails_to("creator1@people.example")) == 1


def test_a_step_done_by_hand_while_merged_lets_the_run_go_on(world: World) -> None:
    """The run had ended when the call was made; once the merge is taken back, what follows the call comes."""
    people = world.people(2)
    world.load(TASK)
    world.enrol(people)
    for _ in range(6):
        world.tick()
        world.days(1)
    change = merge(world.database, people[0], people[1])
    assert sorted(run.state for run in world.runs()) == ["active", "stopped"]
    with world.database.transaction() as tx:
        for task in tx.session.scalars(select(Task)).all():
            complete_step_task(tx, complete_task(tx, task.id, actor=ADA))
    undo(world.database, change)
    for _ in range(6):
        world.tick()
        world.days(1)
    assert [run.state for run in world.runs()] == ["finished", "finished"]
    assert [len(world.mails_to(f"creator{n}@people.example")) for n in range(2)] == [3, 3]


def test_a_long_job_means_who_they_live_on_in(world: World) -> None:
    people = world.people(3)
    with world.database.transaction() as tx:
        order = Order(value="fair", brand_id=1, user_id=None)
        job = deeds.do_later(tx, "tag", people, order, actor=ADA, place="/contacts").id
    merge(world.database, people[0], people[1])
    run_jobs(world.engine)
    with world.database.reading() as tx:
        assert tx.session.get_one(Job, job).state == "done"
        assert set(tx.session.scalars(select(ContactTag.contact_id))) == {people[0], people[2]}


def test_an_erased_persons_merges_keep_nothing_of_them(small: World) -> None:
    people = small.people(2)
    change = merge(small.database, people[0], people[1])
    with small.database.transaction() as tx:
        forget_identity(tx, people[0])
    with pytest.raises(ConflictError, match="does not hold any more"):
        undo(small.database, change)
    kept = dump(small.database, without=("contacts", "contact_addresses", "timeline_entries"))
    assert "reator1" not in repr(kept)
