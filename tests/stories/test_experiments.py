"""Two texts of one step: who counts for which, over bounces, auto-replies, later mails and new versions."""

from kit.tx import Tx
from sequences.insight.experiments import NoVerdict, Winner
from sequences.insight.variants import Experiment, TextCount, list_experiments
from sequences.models import Send
from sequences.versions.authoring import get_sequence
from tests.stories.world import World

TWO_TEXTS = """\
name: spring
brand: Pastel & Co
mailbox: mia@pastel.test
window: always
holidays: none
steps:
  - key: pitch
    kind: email
    variants:
      - {key: a, subject: "Markers?", body: "Hello, we make markers.\\n"}
      - {key: b, subject: "Colours?", body: "Hello, we make colours.\\n"}
  - key: nudge
    kind: email
    wait: 3 days
    thread: same
    body: "Just a short reminder.\\n"
"""


def experiment(world: World) -> Experiment:
    with world.database.reading() as tx:
        (found,) = list_experiments(tx, get_sequence(tx, "spring"))
    return found


def text(world: World, key: str) -> TextCount:
    return next(one for one in experiment(world).texts if one.key == key)


def pitches(world: World, key: str) -> list[Send]:
    return [send for send in world.sends() if send.variant == key and send.step_key == "pitch"]


def written(world: World, count: int) -> None:
    world.load(TWO_TEXTS)
    world.enrol(world.people(count))
    world.tick()


def reply(world: World, send: Send, words: str = "Yes, tell me more.", **headers: str) -> None:
    world.answer(world.mails_to(send.email)[-1], words, headers=headers)


def test_before_the_start_the_sample_is_shown(small: World) -> None:
    small.load(TWO_TEXTS)
    found = experiment(small)
    assert isinstance(found.verdict, NoVerdict)
    assert found.verdict.why == "not_started"
    assert found.one_look == 686
    assert found.sentence == "Nothing to compare yet. A verdict needs about 2,500 contacts to tell 10% from 15%."


def test_only_people_count_and_only_for_the_last_mail_before_their_answer(world: World) -> None:
    written(world, 16)
    mine, other = pitches(world, "a"), pitches(world, "b")
    assert len(mine) + len(other) == 16
    assert len(mine) > 3, "the draw is seeded"
    world.days(0.1)
    reply(world, mine[0])
    reply(world, mine[0], "And one more thing.")
    reply(world, mine[1], "I am away until Monday.", **{"Auto-Submitted": "auto-replied"})
    world.bounce(world.mails_to(mine[2].email)[0], "5.1.1", "no such user")
    world.tick()
    assert (text(world, "a").contacts, text(world, "a").replies) == (len(mine) - 1, 1)
    assert (text(world, "b").contacts, text(world, "b").replies) == (len(other), 0)

    world.days(4)
    world.tick()
    assert len(world.mails_to(mine[3].email)) == 2
    world.days(0.1)
    reply(world, mine[3], "Your reminder did it.")
    world.tick()
    assert text(world, "a").replies == 1, "the reminder was the last mail before that answer"
    assert experiment(world).fresh == 15


def test_the_same_words_keep_their_counts_over_versions(world: World) -> None:
    written(world, 10)
    world.days(0.1)
    first = pitches(world, "a")[0]
    reply(world, first)
    world.tick()
    before = {key: (text(world, key).contacts, text(world, key).replies) for key in "ab"}

    world.load(TWO_TEXTS.replace("key: a", "key: markers").replace("short reminder", "kind reminder"))
    assert (text(world, "markers").contacts, text(world, "markers").replies) == before["a"]
    assert (text(world, "b").contacts, text(world, "b").replies) == before["b"]

    world.load(TWO_TEXTS.replace("we make colours", "we make paints"))
    assert (text(world, "a").contacts, text(world, "a").replies) == before["a"]
    assert (text(world, "b").contacts, text(world, "b").replies) == (0, 0)


def test_a_verdict_waits_a_week_for_every_mail(small: World) -> None:
    written(small, 40)
    small.days(0.5)
    for send in pitches(small, "b"):
        reply(small, send)
    small.tick()
    early = experiment(small)
    assert isinstance(early.verdict, NoVerdict)
    assert early.fresh == 40
    assert early.sentence.endswith("more would be needed to tell a difference of 5 points.")

    small.days(7)
    found = experiment(small)
    assert isinstance(found.verdict, Winner)
    assert found.verdict.variant == "b"
    assert found.fresh == 0
    count = len(pitches(small, "b"))
    assert f"against {count} of {count}. Text b earns more replies." in found.sentence


def test_texts_offered_at_different_times_are_counted_but_not_compared(small: World) -> None:
    only_a = TWO_TEXTS.replace("{key: b,", "{key: b, weight: 0,")
    only_b = TWO_TEXTS.replace("{key: a,", "{key: a, weight: 0,")
    people = small.people(40)
    small.load(only_a)
    small.enrol(people[:20])
    small.tick()
    small.days(0.1)
    for send in small.sends():
        reply(small, send)
    small.tick()
    small.load(only_b)
    small.enrol(people[20:])
    small.tick()
    small.days(8)
    small.load(TWO_TEXTS)
    found = experiment(small)
    assert [(one.contacts, one.replies) for one in found.texts] == [(20, 20), (20, 0)]
    assert isinstance(found.verdict, NoVerdict)


def test_reading_changes_nothing_and_one_text_is_no_experiment(small: World) -> None:
    small.load()
    with small.database.reading() as tx:
        assert list_experiments(tx, get_sequence(tx, "spring")) == []
        assert not _is_changed(tx)


def _is_changed(tx: Tx) -> bool:
    return bool(tx.session.dirty or tx.session.new)
