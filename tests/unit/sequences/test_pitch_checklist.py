"""The seven points, guessed from the words of a draft."""

import pytest

from sequences.pitches.pitch import pitch_checklist, reading_seconds, word_count

KEYS = ["product", "difference", "audience", "timeline", "budget", "idea", "proof"]


def seen(text, subject=""):
    return {item.key for item in pitch_checklist(subject, text) if item.state == "ok"}


def test_an_empty_draft_has_seven_things_to_do_and_says_that_it_guesses():
    items = pitch_checklist("", "")
    assert [item.key for item in items] == KEYS
    assert {item.state for item in items} == {"todo"}
    assert all("guess" in item.sentence for item in items)


CUES = (
    ("product", "We make pencils that sharpen themselves."),
    ("difference", "Unlike others, it needs no charger."),
    ("audience", "Your viewers keep asking about it."),
    ("timeline", "We hope to publish on 4 December."),
    ("timeline", "Could you answer by 2026-12-04?"),
    ("timeline", "It should be live in early March."),
    ("budget", "We can pay EUR 1,400."),
    ("budget", "There is £900 for it."),
    ("budget", "We have 900 euros."),
    ("idea", "One idea: our idea is a week without plastic."),
    ("idea", "I attach a short brief."),
    ("proof", "Your latest sourdough video made me hungry."),
    ("proof", "I watched how you mended the chair."),
)


@pytest.mark.parametrize(("key", "text"), CUES)
def test_a_cue_is_seen_and_quoted(key, text):
    assert key in seen(text)
    (item,) = [item for item in pitch_checklist("", text) if item.key == key]
    assert item.sentence.startswith("Probably there: we guess from “")


@pytest.mark.parametrize(
    "text", ["Hello, how are you?", "Call me on 5550100 and say hello.", "May I ask? I may be wrong."]
)
def test_small_talk_makes_no_point(text):
    assert seen(text) == set()


def test_the_subject_counts_too():
    assert seen("Hello", subject="Your audience and pencils") == {"audience"}


@pytest.mark.parametrize(
    ("text", "count", "seconds"),
    [("", 0, 0), ("one", 1, 1), ("I'm well-read: https://a.example/x-y", 3, 1), ("word " * 220, 220, 60)],
)
def test_length(text, count, seconds):
    assert (word_count(text), reading_seconds(text)) == (count, seconds)
