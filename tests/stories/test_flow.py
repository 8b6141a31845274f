"""Branches, waits, stages and tags: what the engine does by itself, when, and what it writes down."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import event, select, update

from crm.contacts import list_tags
from crm.models import Contact, Handle, Stage, Task, TimelineEntry
from crm.pipeline import move_stage, stage_name
from crm.tasks import complete_task
from kit.tx import Tx
from sequences.course.planning import complete_step_task
from sequences.insight.report import audience, step_numbers
from sequences.models import Enrolment
from sequences.pitches.texts import draw_seed
from sequences.reviewing.review import skip_draft
from sequences.sending.dispatch import drain_mailbox
from sequences.tick import sweep
from tests.stories.world import World

HEAD = """\
name: spring
brand: Pastel & Co
mailbox: mia@pastel.test
window: always
holidays: none
stop_on: [bounce, opt_out, "stage:Alumni"]
steps:
  - {key: pitch, kind: email, subject: Hello, body: Hello there.}
"""
BRANCHES = (
    HEAD
    + """\
  - key: large
    kind: if
    wait: 2 days
    when: {handle: {followers: ">= 100000"}}
    then:
      - {key: star, kind: tag, tag: star}
      - {key: offer, kind: email, thread: same, wait: 1 day, body: "A larger offer."}
    else:
      - {key: list, kind: stage, stage: Shortlisted}
  - {key: rest, kind: wait, wait: 1 week}
  - {key: last, kind: email, thread: same, body: "A last time."}
"""
)


def follow(world: World, contact_id: int, followers: float) -> None:
    with world.database.transaction() as tx:
        tx.session.add(
            Handle(
                contact_id=contact_id,
                platform="youtube",
                username=f"u{contact_id}",
                followers=followers,
                created_at=tx.now,
            )
        )


def said(world: World, contact_id: int, kind: str) -> list[tuple[str, str]]:
    with world.database.reading() as tx:
        query = select(TimelineEntry).where(TimelineEntry.contact_id == contact_id, TimelineEntry.kind == kind)
        return [(one.actor, one.summary) for one in tx.session.scalars(query.order_by(TimelineEntry.id))]


def sent_keys(world: World, contact_id: int) -> list[str | None]:
    return [send.step_key for send in world.sends() if send.contact_id == contact_id and send.state == "sent"]


def numbers(world: World) -> dict[str, tuple[int, int, int]]:
    with world.database.reading() as tx:
        rows = step_numbers(tx, world.sequence_id())
        everybody = audience(tx, world.sequence_id())["all"]
    for row in rows:
        assert row.sent + row.waiting + row.skipped + row.failed + row.unknown == everybody
        assert min(row.sent, row.waiting, row.skipped) >= 0
    return {row.key: (row.sent, row.waiting, row.skipped) for row in rows}


def test_two_people_take_two_ways_and_meet_again(world: World) -> None:
    world.load(BRANCHES)
    large, small = world.people(2)
    follow(world, large, 120_000)
    world.enrol([large, small])
    world.tick()
    assert numbers(world) == {"pitch": (2, 0, 0), "offer": (0, 2, 0), "last": (0, 2, 0)}
    world.days(2.01)
    sweep(world.engine)
    assert said(world, large, "sequence_branch") == [
        ("rule:sequence", "large: then, for 120,000 followers are at least 100,000")
    ]
    assert said(world, small, "sequence_branch") == [("rule:sequence", "large: else, for no handle is known")]
    assert [run.facts["branches"] for run in world.runs()] == [{"large": "then"}, {"large": "else"}]
    with world.database.reading() as tx:
        assert (list_tags(tx, large), list_tags(tx, small)) == (["star"], [])
        brand_id = world.send().brand_id or 0
        assert (stage_name(tx, large, brand_id), stage_name(tx, small, brand_id)) == ("Pitched", "Shortlisted")
    assert said(world, large, "tag") == [("rule:sequence", "Tagged star (spring)")]
    assert said(world, small, "stage")[-1] == ("rule:sequence", "Pitched to Shortlisted (spring)")
    assert numbers(world) == {"pitch": (2, 0, 0), "offer": (0, 1, 1), "last": (0, 2, 0)}
    for _ in range(12):
        world.tick()
        world.days(1)
    assert (sent_keys(world, large), sent_keys(world, small)) == (["pitch", "offer", "last"], ["pitch", "last"])
    assert numbers(world) == {"pitch": (2, 0, 0), "offer": (1, 0, 1), "last": (2, 0, 0)}
    assert {run.state for run in world.runs()} == {"finished"}


@pytest.mark.parametrize("step_days", [0.25, 1.0, 3.7])
def test_dates_do_not_hang_on_how_often_the_engine_looks(small: World, step_days: float) -> None:
    small.load(BRANCHES)
    (person,) = small.people(1)
    small.enrol([person])
    small.tick()
    began = small.send().sent_at
    assert began is not None
    while len(small.sends()) < 2:
        small.days(step_days)
        sweep(small.engine)
    # Two days to the `if`, none to the stage, one week in the wait: whenever it was looked at.
    assert small.send(1).planned_at == began + timedelta(days=9)
    assert not small.send(1).due_at < small.send(1).planned_at


def test_a_wait_after_a_mail_counts_from_when_it_left(small: World) -> None:
    small.load(HEAD + "  - {key: rest, kind: wait, wait: 1 week}\n  - {key: last, kind: email, subject: s, body: x}\n")
    small.enrol(small.people(1))
    sweep(small.engine)
    small.days(3)
    small.tick()
    left = small.send().sent_at
    assert left is not None
    (run,) = small.runs()
    assert (run.next_step, run.next_at) == (2, left + timedelta(days=7))


def test_an_answer_of_a_kind_takes_its_branch(small: World) -> None:
    small.load(
        HEAD
        + """\
  - key: asked
    kind: if
    wait: 1 day
    when: {reply_kind: question}
    then: [{key: call, kind: task, channel: phone, body: Call them.}]
    else: end
"""
    )
    curious, silent = small.people(2)
    small.enrol([curious, silent])
    small.tick()
    small.answer(small.mails_to("creator0@people.example")[0], "Which format do you have in mind?")
    small.tick()
    small.days(1.1)
    small.tick()
    assert {run.contact_id: run.facts["branches"]["asked"] for run in small.runs()} == {curious: "then", silent: "else"}
    assert {run.contact_id: run.state for run in small.runs()} == {curious: "active", silent: "finished"}
    with small.database.transaction() as tx:
        task = tx.session.scalars(select(Task).where(Task.done_at.is_(None))).one()
        complete_step_task(tx, complete_task(tx, task.id, actor="user:1"))
    assert {run.state for run in small.runs()} == {"finished"}
    assert numbers(small) == {"pitch": (2, 0, 0), "call": (1, 0, 1)}


REVIEWED = "{key: second, kind: email, review: required, thread: same, wait: 1 day, body: Again.}"


def test_a_draft_is_ready_early_but_never_past_a_condition(small: World) -> None:
    steps = f"  - {{key: rest, kind: wait, wait: 2 days}}\n  - {REVIEWED}\n"
    steps += "  - {key: i, kind: if, when: {tag: vip}, wait: 3 days, then: end, else: ["
    steps += REVIEWED.replace("second", "third") + "]}\n"
    small.load(HEAD + steps)
    small.enrol(small.people(1))
    small.tick()
    first, draft = small.sends()
    assert first.sent_at is not None
    assert (draft.state, draft.step_key, draft.planned_at) == ("draft", "second", first.sent_at + timedelta(days=3))
    with small.database.transaction() as tx:
        skip_draft(tx, draft.id, actor="user:1")
    sweep(small.engine)
    assert len(small.sends()) == 2
    small.days(6.01)
    sweep(small.engine)
    assert small.send(2).state == "draft"
    assert small.send(2).planned_at == draft.planned_at + timedelta(days=4)


def test_a_stage_that_stops_also_stops_what_the_engine_does_itself(small: World) -> None:
    small.load(HEAD + "  - {key: mark, kind: tag, tag: spring, wait: 1 day}\n")
    (person,) = small.people(1)
    small.enrol([person])
    small.tick()
    with small.database.transaction() as tx:
        move_stage(tx, person, small.send().brand_id or 0, "Alumni", actor="user:1")
    small.days(1.1)
    sweep(small.engine)
    (run,) = small.runs()
    assert (run.state, run.reason) == ("stopped", "stage")
    with small.database.reading() as tx:
        assert list_tags(tx, person) == []


def test_a_stage_that_is_gone_is_left_out_and_holds_nobody_up(small: World) -> None:
    small.load(HEAD + "  - {key: move, kind: stage, stage: Agreed}\n  - {key: mark, kind: tag, tag: spring}\n")
    with small.database.transaction() as tx:
        tx.session.execute(update(Stage).where(Stage.name == "Agreed").values(name="Signed"))
    (person,) = small.people(1)
    small.enrol([person])
    small.tick()
    assert said(small, person, "step_skipped") == [("rule:sequence", "Left out: move. There is no stage named Agreed.")]
    with small.database.reading() as tx:
        assert list_tags(tx, person) == ["spring"]
    assert small.runs()[0].state == "finished"


def test_a_pause_moves_the_date_of_a_condition_and_what_follows(small: World) -> None:
    small.load(BRANCHES)
    small.enrol(small.people(1))
    small.tick()
    began = small.send().sent_at
    assert began is not None

    def shift(tx: Tx) -> None:
        run = tx.session.scalars(select(Enrolment)).one()
        run.next_at = (run.next_at or tx.now) + timedelta(days=5)

    with small.database.transaction() as tx:
        shift(tx)
    small.days(7.5)
    sweep(small.engine)
    assert small.runs()[0].next_at == began + timedelta(days=2 + 5 + 7)


def test_a_contact_draws_the_same_variant_whenever_it_is_planned(small: World) -> None:
    variants = "[{key: a, subject: A, body: A body.}, {key: b, subject: B, body: B body.}]"
    small.load(f"{HEAD.partition('  - ')[0]}  - {{key: pitch, kind: email, variants: {variants}}}\n")
    people = small.people(12)
    with small.database.transaction() as tx:
        verdicts = [tx.session.get_one(Contact, person).id for person in people]
    small.enrol(verdicts)
    small.tick()
    drawn = {send.contact_id: send.variant for send in small.sends()}
    assert set(drawn.values()) == {"a", "b"}

    for person, variant in drawn.items():
        rng = Random(draw_seed(small.sequence_id(), person, "pitch"))
        assert rng.choices(["a", "b"], weights=[1, 1])[0] == variant


def test_a_hundred_runs_are_planned_in_few_queries(small: World) -> None:

    small.load()
    small.enrol(small.people(100))
    asked: list[str] = []
    event.listen(small.database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    sweep(small.engine)
    assert len(small.sends()) == 100
    assert len(asked) < 40


def test_a_group_leaves_in_as_many_queries_whatever_its_size(small: World) -> None:
    """Once a mail asked for its brand each time: a third of the work of sending."""
    small.engine.together = 200
    small.load()
    small.enrol(small.people(90))
    sweep(small.engine)
    asked: list[str] = []
    event.listen(small.database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert drain_mailbox(small.engine, 1).sent == 90
    assert len(asked) < 90, Counter(asked).most_common(3)
