"""Data that is kept no longer than the rules allow: off by default, a list first, once a day, with a way to be left."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crm.contacts import create_contact
from crm.models import Contact, ErasedMark, Job, Message, MessageBody, Relationship, Stage
from kit.errors import InvalidError
from sequences.beat import beat_once
from sequences.hints import NoHints
from sequences.jobs.runner import run_jobs
from sequences.models import SendBody
from sequences.privacy.retention import Outlook, Rules, look_ahead, read_rules, save_rules, start_if_due
from tests.stories.world import World

OLD = "creator0@people.example"


def set_rules(world: World, **wanted: int | None) -> None:
    with world.database.transaction() as tx:
        save_rules(tx, wanted)


def ahead(world: World) -> Outlook:
    with world.database.reading() as tx:
        return look_ahead(tx, read_rules(tx))


def a_day(world: World) -> None:
    beat_once(world.engine, NoHints())
    while run_jobs(world.engine):
        pass


def jobs(world: World) -> list[str]:
    with world.database.reading() as tx:
        return list(tx.session.scalars(select(Job.kind).where(Job.kind == "retention")))


def test_nothing_goes_before_somebody_sets_a_number(small: World) -> None:
    small.people(1)
    small.days(4000)
    a_day(small)
    assert jobs(small) == []
    with small.database.reading() as tx:
        assert read_rules(tx) == Rules()
    assert ahead(small) == Outlook(texts=0, people=0, some=())


def test_texts_of_old_mails_are_emptied_and_their_place_stays(world: World) -> None:
    world.load()
    world.enrol(world.people(1))
    world.tick()
    world.answer(world.mails_to(OLD)[0], "A long story about my kitchen.")
    world.poll()
    set_rules(world, text_months=6)
    a_day(world)
    assert (ahead(world).texts, jobs(world)) == (0, [])
    world.days(200)
    assert ahead(world).texts == 2
    a_day(world)
    with world.database.reading() as tx:
        assert tx.session.scalars(select(MessageBody.text)).all() == ["", ""]
        assert all(one.raw is None and not one.text for one in tx.session.scalars(select(SendBody)))
        assert tx.session.scalar(select(func.count(Message.id)).where(Message.subject != "")) == 2
        job = tx.session.scalars(select(Job).where(Job.kind == "retention")).one()
        assert (job.state, job.result["counts"]) == ("done", {"texts": 2})
    a_day(world)
    assert jobs(world) == ["retention"], "once a day, and only when something is to do"


def test_people_nobody_got_further_with_are_erased(world: World) -> None:
    quiet, warm, fresh = world.people(3)
    with world.database.transaction() as tx:
        talking = tx.session.scalars(select(Stage).where(Stage.rule == "human_reply")).one()
        tx.session.add(
            Relationship(contact_id=warm, brand_id=1, stage_id=talking.id, stage_since=tx.now, created_at=tx.now)
        )
    set_rules(world, contact_months=24)
    world.days(800)
    with world.database.transaction() as tx:
        tx.session.get_one(Contact, fresh).created_at = tx.now
    assert ahead(world) == Outlook(texts=0, people=1, some=((quiet, "Creator0 Example"),))
    a_day(world)
    with world.database.reading() as tx:
        gone = tx.session.scalars(select(Contact.id).where(Contact.erased_at.is_not(None))).all()
        assert gone == [quiet]
        assert tx.session.scalar(select(func.count(ErasedMark.mark))) == 1
        assert tx.session.scalar(select(func.count(Job.id)).where(Job.state != "done")) == 0


def test_at_most_fifty_people_a_day(small: World) -> None:
    small.people(55)
    set_rules(small, contact_months=1)
    small.days(60)
    a_day(small)
    assert ahead(small).people == 5
    small.days(1)
    a_day(small)
    assert ahead(small).people == 0


def test_two_beats_begin_one_run(world: World) -> None:
    world.people(1)
    set_rules(world, contact_months=1)
    world.days(60)
    beats = [threading.Thread(target=begin, args=(world,)) for _ in range(3)]
    for beat in beats:
        beat.start()
    for beat in beats:
        beat.join()
    assert jobs(world) == ["retention"]


def begin(world: World) -> None:
    with world.database.transaction() as tx:
        start_if_due(tx)


@pytest.mark.parametrize("months", [0, -1, 241])
def test_months_that_make_no_sense_are_refused(small: World, months: int) -> None:
    with pytest.raises(InvalidError, match="whole number"):
        set_rules(small, text_months=months)


def test_who_is_in_a_sequence_stays(small: World) -> None:
    [person] = small.people(1)
    small.load()
    small.enrol([person])
    set_rules(small, contact_months=1)
    small.clock.advance(timedelta(days=40))
    assert ahead(small).people == 0
    with small.database.transaction() as tx:
        create_contact(tx, name="Old", emails=["old@people.example"], actor="system").created_at = tx.now - timedelta(
            99
        )
    assert ahead(small).people == 1
