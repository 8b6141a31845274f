"""Any sequence of deeds that can be taken back, taken back in reverse: the state is what it was, table by table.

Only records may be new: the changes and imports themselves, and timeline entries that say what was done and undone.
Every row that was there before is there again, column by column, and nothing else is.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crm import changes, import_change, person_edits, pipeline, rest_undo, stage_undo, task_list, twin_list
from crm.closing import close_thread, snooze_thread
from crm.contacts import get_contact
from crm.imports import run_import
from crm.models import Brand, Change, Contact, ContactPair, Task, Thread
from kit.clock import FixedClock
from kit.db import make_engine
from kit.errors import RapportError, say
from kit.tx import Database, Tx
from sequences.bulk import deeds
from sequences.bulk.act import Order
from sequences.course import archive as put_away
from sequences.course import leaving
from sequences.course.enrolments import enrol
from sequences.merging.merge import merge_contacts
from sequences.models import Enrolment, Sequence
from tests.conftest import MONDAY
from tests.stories.crowd import draw_person, found_company
from tests.stories.dump import Row, difference, dump
from tests.stories.world import World
from web.undo import REVERSERS

ADA = "user:1"
STAGES = ("Found", "Shortlisted", "Talking", "Agreed")
Deed = Callable[[Tx, Random], Change | None]


def some_id(tx: Tx, rng: Random, model: type) -> int:
    query = select(model.id)  # type: ignore[attr-defined]
    if model is Contact:
        query = query.where(Contact.erased_at.is_(None))
    return rng.choice(list(tx.session.scalars(query.order_by(model.id))))  # type: ignore[attr-defined]


def edit(tx: Tx, rng: Random) -> Change | None:
    contact = get_contact(tx, some_id(tx, rng, Contact))
    facts = {"name": rng.choice(("Imani Oduya", "Somebody Else")), "city": rng.choice(("", "Leeds", "York")),
             "country": rng.choice(("", "gb", "ca"))}  # fmt: skip
    return person_edits.edit_facts(tx, contact.id, facts, seen=person_edits.mark_of(contact), actor=ADA)


def tag(tx: Tx, rng: Random) -> Change | None:
    return person_edits.add_tag(tx, some_id(tx, rng, Contact), rng.choice(("one", "three")), actor=ADA)


def untag(tx: Tx, rng: Random) -> Change | None:
    return person_edits.remove_tag(tx, some_id(tx, rng, Contact), rng.choice(("one", "two")), actor=ADA)


def give(tx: Tx, rng: Random) -> Change | None:
    return person_edits.give_to(tx, some_id(tx, rng, Contact), rng.choice((None, 1, 2)), actor=ADA)


def move(tx: Tx, rng: Random) -> Change | None:
    brand = some_id(tx, rng, Brand)
    entry = pipeline.move_stage(tx, some_id(tx, rng, Contact), brand, rng.choice(STAGES), actor=ADA)
    return stage_undo.record_moves(tx, [entry] if entry else [], actor=ADA)


def many(tx: Tx, rng: Random) -> Change | None:
    act = rng.choice(list(deeds.KINDS))
    ids = list(tx.session.scalars(select(Contact.id).where(Contact.erased_at.is_(None)).order_by(Contact.id)))
    values = {"stage": rng.choice(STAGES), "tag": "one", "untag": "two", "owner": rng.choice(("1", "none")),
              "suppress": "", "enrol": rng.choice(("1", "2"))}  # fmt: skip
    order = Order(value=values[act], brand_id=1, user_id=1)
    return deeds.do_now(tx, act, rng.sample(ids, min(len(ids), 2)), order, actor=ADA)[0]


def finish(tx: Tx, rng: Random) -> Change | None:
    return task_list.finish_task(tx, some_id(tx, rng, Task), actor=ADA)[1]


def plan(tx: Tx, rng: Random) -> Change | None:
    task_id = some_id(tx, rng, Task)
    if tx.session.get_one(Task, task_id).done_at:
        return None
    day = MONDAY.date() + timedelta(days=rng.randrange(3))
    return task_list.plan_task(tx, task_id, due_on=day, assignee_id=rng.choice((None, 1)), actor=ADA)


def rest(tx: Tx, rng: Random) -> Change | None:
    threads = list(tx.session.scalars(select(Thread).order_by(Thread.id)))
    if not threads:
        return None
    thread = rng.choice(threads)
    before = rest_undo.read_rest(thread)
    if rng.random() < 0.5:
        close_thread(tx, thread.id, actor=ADA)
    else:
        snooze_thread(tx, thread.id, tx.now + timedelta(days=2), actor=ADA)
    return rest_undo.record_rest(tx, [(thread, before)], actor=ADA, summary=say("Rests"))


def merge(tx: Tx, rng: Random) -> Change | None:
    ids = list(tx.session.scalars(select(Contact.id).where(Contact.erased_at.is_(None)).order_by(Contact.id)))
    if len(ids) < 2:
        return None
    one, other = rng.sample(ids, 2)
    return merge_contacts(tx, one, other, actor=ADA).change


def put_in(tx: Tx, rng: Random) -> Change | None:
    sequence = tx.session.get_one(Sequence, rng.choice((1, 2)))
    verdicts = enrol(tx, sequence, [some_id(tx, rng, Contact)], actor=ADA)
    return leaving.note_added(tx, sequence, count=sum(one.enrolled for one in verdicts), actor=ADA)


def take_out(tx: Tx, rng: Random) -> Change | None:
    query = select(Enrolment).where(Enrolment.state.in_(("active", "held"))).order_by(Enrolment.id)
    runs = list(tx.session.scalars(query))
    if not runs:
        return None
    run = rng.choice(runs)
    return leaving.take_out(tx, run.sequence_id, run.id, actor=ADA)


def archive(tx: Tx, rng: Random) -> Change | None:
    sequence = tx.session.get_one(Sequence, rng.choice((1, 2)))
    return put_away.archive_sequence(tx, sequence, end_runs=True, actor=ADA)


def part(tx: Tx, rng: Random) -> Change | None:
    pairs = list(tx.session.scalars(select(ContactPair).where(ContactPair.state == "open")))
    return twin_list.keep_apart(tx, pairs[0].low_id, pairs[0].high_id, actor=ADA) if pairs else None


def bring(database: Database, folder: Path, rng: Random) -> int:
    """Import a file that brings somebody new, tops somebody up, and means two people with one row."""
    emails = [f"p{n}.{m}@{d}.example" for n in range(4) for m in range(2) for d in "ab"] + ["new@a.example"]
    names = ("", "Imani Oduya", "New Person")
    rows = [
        f"{rng.choice(names)},{rng.choice(emails)},{rng.choice(('', '@instagram.1', '@new.one'))},"
        f"{rng.choice(('', '12K'))},{rng.choice(('', 'Leeds'))},{rng.choice(('', 'three'))},{rng.choice(('', 'CA'))}"
        for _ in range(rng.randrange(1, 7))
    ]
    path = folder / "creators.csv"
    path.write_text("Name,Email,Instagram,Followers,City,Tags,Country\n" + "\n".join(rows) + "\n")
    result = run_import(database, path, brand_name="Brackenware", overrides={}, platform=None, dry_run=False, actor=ADA)
    with database.transaction() as tx:
        data = {"import_id": result.import_id}
        return changes.record_change(tx, import_change.KIND, actor=ADA, summary="Imported", data=data).id


DEEDS: dict[str, Deed] = {
    "edit": edit, "tag": tag, "untag": untag, "give": give, "move": move, "many": many, "finish": finish,
    "plan": plan, "rest": rest, "merge": merge, "put in": put_in, "take out": take_out, "part": part,
    "archive": archive,
}  # fmt: skip


ALL = ["import", *sorted(DEEDS)]


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    path = folder / "company.sqlite3"
    shutil.copy(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    clock = FixedClock(MONDAY)
    found_company(World(Database(engine, clock, Random(1)), clock, folder))
    engine.dispose()
    return path


def open_copy(company: Path) -> Iterator[Database]:
    path = company.with_name("copy.sqlite3")
    shutil.copy(company, path)
    engine = make_engine(f"sqlite:///{path}")
    yield Database(engine, FixedClock(MONDAY), Random(1))
    engine.dispose()


@settings(max_examples=20, phases=[Phase.explicit, Phase.generate])
@given(
    seed=st.integers(0, 1 << 32), names=st.lists(st.sampled_from(["import", *sorted(DEEDS)]), min_size=1, max_size=7)
)
def test_whatever_was_done_and_undone_nothing_remains(company: Path, seed: int, names: list[str]) -> None:
    rng = Random(seed)
    for database in open_copy(company):
        clock = database.clock
        assert isinstance(clock, FixedClock)
        with database.transaction() as tx:
            for number in range(4):
                draw_person(tx, rng, number)
        before = dump(database)
        newest = {name: max((row["id"] for row in before[name]), default=0) for name in ("timeline_entries",)}
        done = [change for name in names if (change := do(database, name, rng, company.parent)) is not None]
        for change in reversed(done):
            clock.advance(timedelta(seconds=1))
            with database.transaction() as tx:
                undone = changes.undo_change(tx, change, actor=ADA, reversers=REVERSERS)
            assert undone.left == 0, (undone.change.kind, undone.why)

        def is_record(table: str, row: Row, newest: dict[str, int] = newest) -> bool:
            return table == "imports" or (table == "timeline_entries" and row["id"] > newest[table])

        assert difference(before, dump(database), is_record=is_record) == {}


def do(database: Database, name: str, rng: Random, folder: Path) -> int | None:
    """Do something, each at its own instant; what is refused is not done."""
    assert isinstance(database.clock, FixedClock)
    database.clock.advance(timedelta(seconds=1))
    if name == "import":
        return bring(database, folder, rng)
    deed = DEEDS[name]
    try:
        with database.transaction() as tx:
            change = deed(tx, rng)
            return change.id if change else None
    except RapportError:
        return None
