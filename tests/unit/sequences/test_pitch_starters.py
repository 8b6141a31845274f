"""The starter pitches: found by path, sound, and honest about what they need."""

import pytest

from kit.errors import InvalidError
from sequences.pitches.pitch import (
    STARTERS,
    Gaps,
    Rendered,
    check_pitch,
    lookup_pitch,
    pitch_checklist,
    render_pitch,
    word_count,
)
from sequences.pitches.starter_pitch import STARTER_FOLDER
from tests.unit.sequences.examples import example_values

PATHS = [starter.path for starter in STARTERS]
FROM_CSV = {"contact": {"email": "imani@kettle.example", "name": "Imani Oduya"}}


def facts_without_the_contact():
    return {root: fields for root, fields in example_values().items() if root not in ("contact", "handle")}


def test_every_file_in_the_folder_is_listed():
    assert {f"pitches/{file.name}" for file in STARTER_FOLDER.iterdir()} == set(PATHS)


@pytest.mark.parametrize("starter", STARTERS, ids=PATHS)
def test_a_starter_has_no_faults_and_renders(starter):
    source = lookup_pitch(starter.path, {})
    assert check_pitch(source) == ()
    assert "!" not in source
    outcome = render_pitch(starter.subject, source, example_values(), footer=None)
    assert isinstance(outcome, Rendered), outcome
    assert "Imani" in outcome.text
    assert bool(outcome.subject) == (starter.subject is not None)
    assert "\n\n\n" not in outcome.text


@pytest.mark.parametrize("starter", STARTERS, ids=PATHS)
def test_a_contact_from_a_csv_needs_at_most_a_personal_line(starter):
    values = {**facts_without_the_contact(), **FROM_CSV}
    outcome = render_pitch(starter.subject, lookup_pitch(starter.path, {}), values, footer=None)
    if starter.path in ("pitches/long-pitch.md", "pitches/dm.md"):
        assert outcome == Gaps(fields=("contact.personal_line",))
    else:
        assert isinstance(outcome, Rendered), outcome


def test_the_long_pitch_names_each_missing_fact_once():
    outcome = render_pitch(None, lookup_pitch("pitches/long-pitch.md", {}), FROM_CSV, footer=None)
    assert isinstance(outcome, Gaps)
    needed = {"product.name", "product.what", "product.difference", "product.audience_reason", "offer.idea"}
    needed |= {"offer.budget", "offer.target_date", "offer.answer_by", "contact.personal_line"}
    assert needed <= set(outcome.fields)
    assert len(outcome.fields) == len(set(outcome.fields))


def test_the_long_pitch_makes_all_seven_points_and_the_message_is_shorter():
    texts = {}
    for path in ("pitches/long-pitch.md", "pitches/dm.md"):
        outcome = render_pitch(None, lookup_pitch(path, {}), example_values(), footer=None)
        assert isinstance(outcome, Rendered)
        texts[path] = outcome.text
    assert {item.state for item in pitch_checklist("", texts["pitches/long-pitch.md"])} == {"ok"}
    assert word_count(texts["pitches/dm.md"]) < word_count(texts["pitches/long-pitch.md"]) / 2


def test_the_workspace_comes_first():
    assert lookup_pitch("pitches/dm.md", {"pitches/dm.md": "ours"}) == "ours"
    assert lookup_pitch("pitches/spring/dm.md", {"pitches/spring/dm.md": "spring"}) == "spring"
    assert lookup_pitch("pitches/dm.md", {}) != "ours"


def test_an_unknown_pitch_comes_with_what_was_meant():
    with pytest.raises(InvalidError, match=r"Did you mean “pitches/long-pitch\.md”") as caught:
        lookup_pitch("pitches/long_pitch.md", {})
    assert caught.value.code == "unknown_pitch"
    with pytest.raises(InvalidError, match=r"Did you mean “pitches/autumn\.md”"):
        lookup_pitch("pitches/autum.md", {"pitches/autumn.md": "x"})


@pytest.mark.parametrize(
    "path",
    [
        "../pyproject.toml",
        "pitches/../../pyproject.toml",
        "/etc/passwd",
        "pitches/../base.html",
        "pitches//dm.md",
        "",
        "dm.md",
        "pitches/dm.md\x00",
        "pitches/..\\dm.md",
        "pitches/.hidden.md",
    ],
)
def test_no_path_leads_out_of_the_pitches(path):
    with pytest.raises(InvalidError) as caught:
        lookup_pitch(path, {})
    assert caught.value.code == "bad_pitch_path"
