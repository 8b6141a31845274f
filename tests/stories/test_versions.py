"""Live sequences are changed: who moves, to which step and date, what is taken back, and what a pause does to dates."""

import json
import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from itertools import count, pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from crm.mailboxes import get_mailbox
from crm.models import Task, TimelineEntry
from crm.tasks import complete_task
from kit.clock import FixedClock
from kit.db import make_engine
from kit.errors import ConflictError, InvalidError
from kit.tx import Database, Tx
from sequences.course.planning import complete_step_task
from sequences.course.resume_plan import plan_resume
from sequences.insight.report import audience, step_numbers
from sequences.models import Enrolment, Send, SequenceVersion
from sequences.reviewing.review import approve, edit
from sequences.sending.outbox import claim_sends
from sequences.tick import sweep
from sequences.versions.authoring import get_sequence, import_sequence, pause_sequence, read_draft, resume_sequence
from sequences.versions.migration import PlannedMove, plan_migration
from sequences.versions.published import document_of
from sequences.versions.revisions import compare_versions, list_revisions, restore_version
from sequences.versions.version_moves import migrate
from sequences.versions.version_undo import plan_rollback, rollback
from tests.conftest import MONDAY
from tests.stories.world import MIA, World

HEAD = "name: spring\nbrand: Pastel & Co\nmailbox: mia@pastel.test\nwindow: always\nholidays: none\nsteps:\n"


def mail(key: str, wait: str = "", body: str = "", more: str = "") -> str:
    words = f", wait: {wait}" if wait else ""
    return f'  - {{key: {key}, kind: email, subject: "About {key}", body: "{body or key} it is."{words}{more}}}\n'


def publish(world: World, *steps: str, head: str = HEAD) -> int:
    path = world.folder / "sequence.yaml"
    path.write_text(head + "".join(steps))
    with world.database.transaction() as tx:
        return import_sequence(tx, read_draft(path, {}), actor="user:1", note="a try").version


def plan(world: World, to: int | None = None) -> list[PlannedMove]:
    with world.database.reading() as tx:
        return plan_migration(tx, get_sequence(tx, "spring"), to)


def move(world: World, to: int | None = None) -> tuple[PlannedMove, ...]:
    with world.database.transaction() as tx:
        return migrate(tx, get_sequence(tx, "spring"), to, actor="user:1").moves


def take_back(world: World) -> list[str]:
    with world.database.transaction() as tx:
        return [one.stays for one in rollback(tx, get_sequence(tx, "spring"), actor="user:1").returns]


def sent(world: World) -> list[str | None]:
    return [send.step_key for send in sorted(world.sends(), key=lambda one: one.id) if send.state == "sent"]


def _open_tasks(tx: Tx) -> list[Task]:
    return list(tx.session.scalars(select(Task).where(Task.done_at.is_(None)).order_by(Task.due_on, Task.id)))


def live(world: World, days: float, step: float = 0.5) -> None:
    for _ in range(int(days / step)):
        world.days(step)
        world.tick()


def dump(world: World) -> str:
    """Return all runs, sends and tasks, word for word."""
    with world.database.reading() as tx:
        rows = [
            [tuple(map(str, row)) for row in tx.session.execute(text(f"SELECT * FROM {table} ORDER BY id"))]
            for table in ("enrolments", "sends", "tasks")
        ]
    return json.dumps(rows)


def start(world: World, *steps: str, people: int = 1) -> None:
    world.load(HEAD + "".join(steps))
    world.enrol(world.people(people))
    world.tick()


def test_a_new_wait_moves_the_date_and_the_old_one_is_shown_beside_it(small: World) -> None:
    start(small, mail("pitch"), mail("nudge", "3 days"), people=2)
    began = small.send().sent_at
    assert began is not None
    small.days(1)
    assert publish(small, mail("pitch"), mail("nudge", "5 days"), mail("last", "2 days")) == 2
    assert [run.version_id for run in small.runs()] == [1, 1], "publishing moves nobody"
    before = dump(small)
    moves = plan(small)
    assert [(one.old_step, one.new_step, one.old_at, one.new_at) for one in moves] == [
        ("nudge", "nudge", began + timedelta(days=3), began + timedelta(days=5))
    ] * 2
    assert dump(small) == before, "a plan writes nothing"
    move(small)
    with small.database.reading() as tx:
        revisions = list_revisions(tx, get_sequence(tx, "spring"))
        said = tx.session.query(TimelineEntry).filter_by(kind="sequence_moved").all()
    assert [(one.number, one.actor, one.note, one.runs) for one in revisions] == [
        (2, "user:1", "a try", 2),
        (1, "", "", 0),
    ]
    assert [one.summary for one in said] == ["Moved to version 2 of spring, next is nudge"] * 2
    with pytest.raises(ConflictError), small.database.transaction() as tx:
        migrate(tx, get_sequence(tx, "spring"), actor="user:1")
    live(small, 9)
    assert sent(small).count("last") == 2
    assert len(sent(small)) == 6
    assert {run.state for run in small.runs()} == {"finished"}


@pytest.mark.parametrize(
    ("old", "new", "then", "fate"),
    [
        (("a", "b", "c"), ("a", "c"), ["a", "c"], "moves"),
        (("a", "b", "c"), ("n", "a", "b", "c"), ["a", "b", "c"], "moves"),
        (("a", "b", "c"), ("a", "n", "b", "c"), ["a", "n", "b", "c"], "moves"),
        (("a", "b", "c"), ("n", "c", "a", "b"), ["a", "c", "b"], "moves"),
        (("a", "b"), ("a",), ["a"], "ends"),
        (("a", "b"), ("n", "b"), ["a", "b"], "moves"),
        (("a", "b"), ("b",), ["a", "b"], "stays"),
        (("a", "b", "c"), ("n", "m", "c"), ["a", "m", "c"], "moves"),
    ],
)
def test_nobody_gets_a_step_twice_or_misses_one(
    small: World, old: tuple[str, ...], new: tuple[str, ...], then: list[str], fate: str
) -> None:
    start(small, *[mail(key, "2 days" if number else "") for number, key in enumerate(old)])
    publish(small, *[mail(key, "2 days" if number else "") for number, key in enumerate(new)])
    assert [one.fate for one in plan(small)] == [fate]
    if fate != "stays":
        move(small)
    live(small, 12)
    assert sent(small) == then
    assert small.runs()[0].state == "finished"


def test_what_only_got_another_key_is_not_sent_again(small: World) -> None:
    start(small, mail("pitch"), mail("nudge", "3 days"))
    publish(small, mail("opening", body="pitch").replace("About opening", "About pitch"), mail("nudge", "3 days"))
    move(small)
    live(small, 5)
    assert sent(small) == ["pitch", "nudge"]


def test_follow_ups_stay_follow_ups_when_their_numbers_change(small: World) -> None:
    start(small, "  - {key: mark, kind: tag, tag: spring}\n", mail("pitch"), mail("nudge", "3 days"))
    publish(small, mail("new"), mail("nudge", "3 days", body="A new"))
    move(small)
    live(small, 4)
    assert [(send.step_key, send.is_follow_up) for send in small.sends()] == [("pitch", False), ("nudge", True)]


READ = ", review: required"


def test_a_draft_is_written_anew_unless_a_person_decided(small: World) -> None:
    start(small, mail("pitch", body="Old", more=READ), mail("nudge", "3 days"), people=3)
    with small.database.transaction() as tx:
        approve(tx, 1, actor="user:1")
        edit(tx, 2, "Mine", "My own words.", links=small.engine.links)
    publish(small, mail("pitch", body="New", more=READ), mail("nudge", "3 days"))
    moves = move(small)
    assert [one.sentence for one in moves] == [
        "The mail pitch stays as it is, for it was decided.",
        "The mail pitch stays as it is, for it was decided.",
        "The mail pitch is written anew.",
    ]
    small.tick()
    with small.database.transaction() as tx:
        for send in tx.session.query(Send).filter_by(state="draft"):
            approve(tx, send.id, actor="user:1")
    live(small, 5)
    words = [str(small.mails_to(f"creator{n}@people.example")[0].get_body(("plain",))) for n in range(3)]
    assert ["Old it is" in words[0], "My own words" in words[1], "New it is" in words[2]] == [True, True, True]
    assert sorted(key or "" for key in sent(small)) == ["nudge"] * 3 + ["pitch"] * 3
    with small.database.reading() as tx:
        for row in step_numbers(tx, 1):
            assert (row.sent, row.waiting, row.skipped, row.failed, row.unknown) == (3, 0, 0, 0, 0)


def test_what_is_being_sent_stays(small: World) -> None:
    start(small, mail("pitch", "1 day"), mail("nudge", "3 days"), people=2)
    small.days(1)
    sweep(small.engine)
    with small.database.transaction() as tx:
        tx.session.get_one(Send, 1).state = "claimed"
        tx.session.get_one(Send, 2).state = "sending"
    publish(small, mail("pitch", "1 day", body="New"), mail("last", "3 days"))
    assert [(one.fate, one.old_step, one.new_step) for one in move(small)] == [("moves", "pitch", "pitch")] * 2
    assert [send.state for send in small.sends()] == ["claimed", "sending"]
    assert [run.next_step for run in small.runs()] == [1, 1]
    publish(small, mail("last", "3 days"))
    assert [one.fate for one in plan(small)] == ["stays"] * 2


def test_what_somebody_takes_at_this_moment_is_left_to_them(world: World) -> None:
    if world.database.engine.dialect.name == "sqlite":
        return  # One writer at a time: there is nobody else.
    start(world, mail("pitch", "1 day"), mail("nudge", "3 days"), people=2)
    world.days(1)
    sweep(world.engine)
    publish(world, mail("pitch", "1 day", body="New"), mail("nudge", "3 days"))
    with world.database.transaction() as tx:
        assert claim_sends(tx, get_mailbox(tx, MIA), "worker", limit=1, lease_s=60) == [1]
        assert [one.sentence for one in move(world)] == [
            "The mail pitch stays as it is, for it is being sent.",
            "The mail pitch is written anew.",
        ]
    assert [(send.step_key, send.state) for send in world.sends()] == [("pitch", "claimed"), ("pitch~2", "cancelled")]
    assert [run.version_id for run in world.runs()] == [2, 2]


def test_a_task_that_is_gone_is_passed_and_one_that_stays_is_waited_for(small: World) -> None:
    task = "  - {key: call, kind: task, channel: phone, body: Call them.}\n"
    start(small, task, mail("nudge", "3 days"))
    publish(small, task, mail("more", "1 day"), mail("nudge", "3 days"))
    assert [(one.old_step, one.new_step, one.new_at) for one in move(small)] == [("call", "call", None)]
    publish(small, mail("more", "1 day"), mail("nudge", "3 days"))
    before = dump(small)
    assert [one.sentence for one in move(small)] == ["Nothing is to be done by hand for call any more."]
    with small.database.reading() as tx:
        assert _open_tasks(tx) == []
    assert take_back(small) == [""]
    assert dump(small) == before
    with small.database.transaction() as tx:
        complete_step_task(tx, complete_task(tx, _open_tasks(tx)[0].id, actor="user:1"))
    live(small, 6)
    assert sent(small) == ["more", "nudge"]


BRANCH = """\
  - key: large
    kind: if
    when: {tag: large}
    then: continue
    else:
      - {key: soft, kind: email, subject: s, body: "Soft.", wait: 1 day}
      - {key: softer, kind: email, subject: s, body: "Softer.", wait: 1 day}
"""


def test_who_stands_in_a_branch_that_is_gone_goes_on_behind_it(small: World) -> None:
    start(small, mail("pitch"), BRANCH, mail("last", "1 day"))
    live(small, 1)
    assert sent(small) == ["pitch", "soft"]
    publish(small, mail("pitch"), mail("last", "1 day"))
    assert [(one.old_step, one.new_step) for one in move(small)] == [("softer", "last")]
    live(small, 2)
    assert sent(small) == ["pitch", "soft", "last"]


def test_what_was_done_by_the_engine_does_not_come_again(small: World) -> None:
    start(small, "  - {key: mark, kind: tag, tag: spring}\n", mail("pitch"), mail("nudge", "1 day"))
    publish(
        small, mail("pitch"), mail("nudge", "1 day"), "  - {key: mark, kind: tag, tag: spring}\n", mail("z", "1 day")
    )
    (one,) = plan(small)
    assert (one.fate, one.sentence) == ("stays", "The step mark is done and would come again there.")


def test_waits_that_still_go_on_are_counted_anew(small: World) -> None:
    rest = "  - {{key: rest, kind: wait, wait: {}}}\n"
    start(small, mail("pitch"), rest.format("1 week"), mail("nudge"))
    began = small.send().sent_at
    assert began
    publish(small, mail("pitch"), rest.format("2 weeks"), mail("nudge"))
    small.days(1)
    (one,) = move(small)
    assert (one.old_at, one.new_at) == (began + timedelta(days=7), began + timedelta(days=14))


def test_a_rollback_restores_who_has_not_gone_on(world: World) -> None:
    start(world, mail("pitch"), mail("nudge", "1 day"), mail("last", "9 days"), people=3)
    world.days(0.1)
    publish(world, mail("pitch"), mail("nudge", "2 days", body="New"), mail("end", "1 day"))
    before = dump(world)
    move(world)
    assert dump(world) != before
    assert take_back(world) == ["", "", ""]
    assert dump(world) == before
    move(world)
    with world.database.transaction() as tx:
        tx.session.get_one(Enrolment, 2).last_sent_at = tx.now
    with world.database.reading() as tx:
        told = plan_rollback(tx, get_sequence(tx, "spring"))
    assert [one.stays for one in told.returns] == ["", "A step was done since.", ""]
    assert take_back(world) == ["", "A step was done since.", ""]
    assert [run.version_id for run in world.runs()] == [1, 2, 1]
    with pytest.raises(ConflictError):
        take_back(world)


def test_a_draft_of_the_new_version_goes_when_the_old_one_comes_back(small: World) -> None:
    start(small, mail("pitch", body="Old", more=READ))
    publish(small, mail("pitch", body="New", more=READ))
    move(small)
    small.tick()
    assert take_back(small) == [""]
    assert [(send.step_key, send.state) for send in small.sends()] == [("pitch", "draft"), ("pitch~2", "cancelled")]
    move(small)
    small.tick()
    assert [send.state for send in small.sends()] == ["cancelled", "cancelled", "draft"]


def test_an_old_text_is_published_again(small: World) -> None:
    start(small, mail("pitch"))
    publish(small, mail("other"))
    with small.database.transaction() as tx:
        version = restore_version(tx, get_sequence(tx, "spring"), 1, actor="user:1")
        assert (version.number, version.note) == (3, "Version 1 again.")
        assert compare_versions(tx, get_sequence(tx, "spring"), 1, 3)[2].is_empty
        with pytest.raises(ConflictError):
            restore_version(tx, get_sequence(tx, "spring"), 1, actor="user:1")


@pytest.mark.parametrize(
    ("head", "step", "words"),
    [
        (
            HEAD,
            "  - {key: s, kind: stage, stage: Shortlist}\n",
            "Step 's': there is no stage 'Shortlist'. Did you mean ",
        ),
        (
            "stop_on: [reply, 'stage:Nowhere']\n" + HEAD,
            mail("pitch"),
            "stop_on: there is no stage 'Nowhere'. There are",
        ),
    ],
)
def test_a_stage_that_nobody_has_is_refused(small: World, head: str, step: str, words: str) -> None:
    with pytest.raises(InvalidError, match="there is no stage") as refused:
        publish(small, step, head=head)
    assert str(refused.value).startswith(words)


def test_a_resume_is_shown_first_and_does_what_it_shows(small: World) -> None:
    start(small, mail("pitch"), mail("nudge", "3 days"), people=3)
    small.days(1)
    with small.database.transaction() as tx:
        pause_sequence(tx, get_sequence(tx, "spring"))
    small.days(10)
    with small.database.reading() as tx:
        shown = plan_resume(tx, get_sequence(tx, "spring"))
    began = small.send().sent_at
    assert began is not None
    assert [(one.step, one.new_at) for one in shown] == [("nudge", began + timedelta(days=13))] * 3
    with small.database.transaction() as tx:
        resume_sequence(tx, get_sequence(tx, "spring"))
    assert [run.next_at for run in small.runs()] == [one.new_at for one in shown]


def test_what_is_too_old_after_a_pause_never_leaves(small: World) -> None:
    start(small, mail("pitch", "1 day"))
    small.days(1)
    sweep(small.engine)
    small.days(15)
    with small.database.transaction() as tx:
        pause_sequence(tx, get_sequence(tx, "spring"))
    small.days(1)
    with small.database.transaction() as tx:
        assert [one.new_at for one in plan_resume(tx, get_sequence(tx, "spring"))] == [None]
        resume_sequence(tx, get_sequence(tx, "spring"))
    small.tick()
    assert [(send.state, send.reason) for send in small.sends()] == [
        ("cancelled", "It waited too long to still make sense.")
    ]


def test_after_a_pause_no_backlog_fires(small: World) -> None:
    """200 runs come due during three weeks of pause; caps, gap and waits hold all the same."""
    start(small, mail("pitch", "1 day"), mail("nudge", "2 days"), people=200)
    with small.database.transaction() as tx:
        mailbox = get_mailbox(tx, MIA)
        mailbox.daily_cap, mailbox.gap_min_s, mailbox.gap_max_s = 30, 60, 60
        pause_sequence(tx, get_sequence(tx, "spring"))
    small.days(21)
    with small.database.transaction() as tx:
        resume_sequence(tx, get_sequence(tx, "spring"))
    for _ in range(130):
        small.clock.advance(timedelta(seconds=61) if small.tick().sent else timedelta(hours=3))
    times = sorted(send.sent_at for send in small.sends() if send.sent_at)
    assert len(times) > 80
    assert all(later - earlier >= timedelta(seconds=60) for earlier, later in pairwise(times))
    assert all(times[n + 30] - times[n] >= timedelta(days=1) for n in range(len(times) - 30))


KEYS = ("a", "b", "c", "d", "e", "f")
WAITS = ("1 day", "2 days", "12 hours")
EDITS = st.lists(
    st.tuples(
        st.sampled_from(("add", "remove", "move", "rename", "wait", "text")), st.integers(0, 5), st.integers(0, 5)
    ),
    min_size=1,
    max_size=4,
)
MADE_OF = ("email", "email", "email", "tag", "email", "task")


def change(
    steps: list[dict[str, str]], edits: list[tuple[str, int, int]], fresh: Iterator[int]
) -> list[dict[str, str]]:
    """Edit a sequence as a person might; the first step stays a mail."""
    for what, where, other in edits:
        at = where % len(steps)
        if what == "add":
            steps.insert(at + 1, {"key": f"n{next(fresh)}", "kind": MADE_OF[other], "wait": "1 day"})
        elif what == "remove" and len(steps) > 2:
            steps.pop(at)
        elif what == "move":
            steps.insert(other % len(steps), steps.pop(at))
        elif what == "rename":
            steps[at] = {**steps[at], "body": steps[at].get("body", steps[at]["key"]), "key": f"r{next(fresh)}"}
        elif what == "wait":
            steps[at] = {**steps[at], "wait": WAITS[other % 3]}
        elif what == "text" and steps[at]["kind"] == "email":
            steps[at] = {**steps[at], "body": f"Text {next(fresh)}"}
    return steps


def written(steps: list[dict[str, str]]) -> list[str]:
    texts = []
    for step in steps:
        words = step.get("body", step["key"])
        if step["kind"] == "email":
            texts.append(
                f'  - {{key: {step["key"]}, kind: email, wait: {step["wait"]}, subject: S, body: "{words}"}}\n'
            )
        elif step["kind"] == "task":
            texts.append(f'  - {{key: {step["key"]}, kind: task, wait: {step["wait"]}, body: "{words}"}}\n')
        else:
            texts.append(f"  - {{key: {step['key']}, kind: tag, wait: {step['wait']}, tag: t{step['key']}}}\n")
    return texts


@settings(max_examples=int(os.environ.get("LIVE_EXAMPLES", "8")), suppress_health_check=list(HealthCheck))
@given(rounds=st.lists(st.tuples(st.floats(0.3, 3), EDITS, st.booleans()), min_size=1, max_size=3))
def test_whatever_is_changed_nobody_gets_a_step_twice_and_nobody_is_lost(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    rounds: list[tuple[float, list[tuple[str, int, int]], bool]],
) -> None:
    folder = tmp_path_factory.mktemp("live")
    shutil.copy(sqlite_template, folder / "rapport.sqlite3")
    engine, clock = make_engine(f"sqlite:///{folder / 'rapport.sqlite3'}"), FixedClock(MONDAY)
    world = World(Database(engine, clock, Random(1)), clock, folder)
    steps, fresh = [{"key": key, "kind": "email", "wait": "1 day"} for key in KEYS[:4]], count()
    world.load(HEAD + "".join(written(steps)))
    people = world.people(4)
    ahead: dict[int, set[str]] = {}
    for number, (days, edits, backwards) in enumerate(rounds):
        if number < 2:
            world.enrol(people[2 * number : 2 * number + 2])
        lead_life(world, days)
        steps = change(steps, edits, fresh)
        publish(world, *written(steps))
        check_move(world, backwards=backwards)
        ahead = {run.id: keys_ahead(world, run) for run in world.runs() if run.state in ("active", "held")}
    met = {run.id: {send.step_key for send in world.sends() if send.enrolment_id == run.id} for run in world.runs()}
    lead_life(world, 16)
    runs = world.runs()
    assert {run.state for run in runs} <= {"finished"}, [(run.state, run.next_step, run.next_at) for run in runs]
    for run in runs:
        mails = [send for send in world.sends() if send.enrolment_id == run.id and send.state == "sent"]
        keys = [send.step_key for send in mails]
        assert len(set(keys)) == len(keys)
        if run.id in ahead:
            assert ahead[run.id] - met[run.id] <= set(keys), "a step that lay ahead is not missed"
        order = sorted(mails, key=lambda send: send.sent_at or clock.now())
        gaps = [(later.sent_at or MONDAY) - (earlier.sent_at or MONDAY) for earlier, later in pairwise(order)]
        assert all(gap >= timedelta(hours=12) for gap in gaps)
        assert all(send.is_follow_up for send in order[1:]), "every mail after the first waits for a look at the inbox"
    with world.database.reading() as tx:
        everybody = audience(tx, 1)
        assert (
            everybody["all"]
            == len(runs)
            == sum(everybody[state] for state in ("active", "held", "stopped", "finished"))
        )
        for row in step_numbers(tx, 1):
            assert row.sent + row.waiting + row.skipped + row.failed + row.unknown == everybody["all"]
            assert min(row.sent, row.waiting, row.skipped) >= 0
    engine.dispose()


def check_move(world: World, *, backwards: bool) -> None:
    before = dump(world)
    moves = plan(world)
    assert dump(world) == before
    if not any(one.effect for one in moves):
        return
    assert [one.fate for one in move(world)] == [one.fate for one in moves]
    if backwards:
        assert set(take_back(world)) == {""}
        assert dump(world) == before, "with nothing in between, taking back leaves everything as it was"


def keys_ahead(world: World, run: Enrolment) -> set[str]:
    with world.database.reading() as tx:
        flow = document_of(tx.session.get_one(SequenceVersion, run.version_id)).flow
    return {flow.steps[index].key for index in flow.reachable(run.next_step) if flow.steps[index].kind == "email"}


def lead_life(world: World, days: float) -> None:
    """Let days pass; what a person is to do is done after half a day."""
    end = world.clock.now() + timedelta(days=days)
    while world.clock.now() < end:
        world.days(0.5)
        sweep(world.engine)
        world.drain()
        with world.database.transaction() as tx:
            for task in _open_tasks(tx):
                if task.created_at < tx.now - timedelta(days=0.25):
                    complete_step_task(tx, complete_task(tx, task.id, actor="user:1"))
