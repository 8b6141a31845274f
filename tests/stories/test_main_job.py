"""The main job: a pitch goes out, an answer comes back, the follow-up stays home."""

from datetime import timedelta

from crm.pipeline import stage_name
from crm.timeline import list_entries
from sequences.insight.listing import list_enrolments
from tests.stories.world import MIA, World


def test_a_pitch_goes_out_and_a_follow_up_after_three_business_days(world: World) -> None:
    people = world.people(3)
    world.load()

    world.enrol(people)
    assert world.tick().sent == 3
    world.days(2)
    assert world.tick().sent == 0
    world.days(1.1)
    assert world.tick().sent == 3

    first, second = world.mails_to("creator0@people.example")
    assert first["Subject"] == "Pastel & Co x Creator0"
    assert second["Subject"] == "Re: Pastel & Co x Creator0"
    assert second["In-Reply-To"] == first["Message-ID"]
    assert {run.state for run in world.runs()} == {"finished"}


def test_an_answer_stops_the_follow_up_even_when_it_arrives_just_before(world: World) -> None:
    people = world.people(3)
    world.load()
    world.enrol(people)
    world.tick()
    world.days(3.1)

    world.answer(world.mails_to("creator1@people.example")[0], "Yes, I would love to. What is your budget?")
    counts = world.tick()

    assert (counts.sent, counts.replies) == (2, 1)
    assert len(world.mails_to("creator1@people.example")) == 1
    stopped = next(run for run in world.runs() if run.contact_id == people[1])
    assert (stopped.state, stopped.reason) == ("stopped", "reply")
    with world.database.reading() as tx:
        assert stage_name(tx, people[1], 1) == "Talking"
        assert stage_name(tx, people[0], 1) == "Pitched"
        kinds = [entry.kind for entry in list_entries(tx, people[1])]
    assert kinds == ["stage", "sequence_stopped", "reply", "stage", "mail_sent", "enrolled", "added"]


def test_a_copy_lies_in_sent_once(world: World) -> None:
    world.load()
    world.enrol(world.people(2))
    world.tick()
    world.tick()
    assert len(world.server.folder(MIA, "Sent").mails) == 2


def test_what_comes_within_the_second_of_the_start_counts(small: World) -> None:
    """Servers tell when a mail came in whole seconds; whoever answers by machine does so within one."""
    small.clock.advance(timedelta(milliseconds=700))
    small.load()
    small.enrol(small.people(1))
    small.tick()
    small.clock.advance(timedelta(milliseconds=100))
    small.answer(small.mails_to("creator0@people.example")[0], "Yes, gladly. What is your budget?")
    small.poll()
    with small.database.reading() as tx:
        message = next(message for message in small.messages() if message.direction == "in")
        (run,) = list_enrolments(tx)
        assert message.at < small.runs()[0].created_at, "as servers tell it"
        assert (run["state"], run["replies"]) == ("stopped", 1)
