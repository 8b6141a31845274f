"""A sequence file as it is edited: the same sequence after every way there and back."""

import pytest

from kit.errors import InvalidError, NotFoundError
from sequences.versions.sequence_file import read_sequence_file
from sequences.versions.settings_form import apply_settings, read_settings
from sequences.versions.starters import make_start
from sequences.versions.step_form import apply_form, read_condition, read_wait
from sequences.versions.tree import (
    add_step,
    add_variant,
    find_place,
    list_places,
    move_step,
    read_tree,
    remove_step,
    remove_variant,
    texts_of,
    write_tree,
)  # fmt: skip

STRANGE = """\
name: "Every: thing #1"
brand: Brackenware
window: {days: [mon, thu], from: "22:00", to: "02:00"}
stop_on: [reply, {stage: Alumni}]
fields: {offer: {budget: "EUR 1,400", answer_by: 2026-12-04}}
steps:
  - {key: a, kind: email, subject: "Olá: {{ contact.first_name }}", body: "- one\\n- two  \\n\\n  three: #x"}
  - key: b
    kind: if
    when: {not: {tag: [vip, "no"]}}
    then:
      - {key: c, kind: tag, tag: "yes"}
    else: continue
  - {key: d, kind: email, thread: same, wait: 3 days, body: "مرحبا"}
"""


@pytest.mark.parametrize("source", [
    STRANGE,
    write_tree(make_start("first-touch", name="Small", brand="B", mailboxes=["a@b.example"])),
    write_tree(make_start("blank", name="Small", brand="B", mailboxes=[])),
])  # fmt: skip
def test_a_file_reads_the_same_after_it_was_written_anew(source: str) -> None:
    again = write_tree(read_tree(source))
    assert read_sequence_file(again) == read_sequence_file(source)
    assert write_tree(read_tree(again)) == again


def test_settings_that_are_kept_as_shown_mean_the_same() -> None:
    tree = read_tree(STRANGE)
    shown = read_settings(tree)
    form = {"from": shown["from"], "to": shown["to"], "zone": shown["zone"], "holidays": "1", "new_per_day": ""}
    apply_settings(tree, form, {name: shown[name] for name in ("days", "stops", "stages", "mailboxes")})
    before, after = read_sequence_file(STRANGE), read_sequence_file(write_tree(tree))
    assert after.sending_window == before.sending_window
    assert after.stop_on == ("reply", "stage:Alumni")


def test_steps_keep_their_places() -> None:
    tree = read_tree(STRANGE)
    assert [(one.key, one.depth, one.side) for one in list_places(tree)] == [
        ("a", 0, ""), ("b", 0, ""), ("c", 1, "then"), ("d", 0, ""),
    ]  # fmt: skip
    key = add_step(tree, "dm", after="b", branch="else")
    assert find_place(tree, key).side == "else"
    move_step(tree, "d", -1)
    move_step(tree, "a", -1)
    assert [one.key for one in list_places(tree) if not one.depth] == ["a", "d", "b"]
    remove_step(tree, "c")
    assert find_place(tree, "b").step["then"] == "continue"
    with pytest.raises(NotFoundError):
        remove_step(tree, "c")
    for name in ("d", "b"):
        remove_step(tree, name)
    with pytest.raises(InvalidError, match="at least one step"):
        remove_step(tree, "a")


def test_texts_come_and_go() -> None:
    step = {"key": "a", "kind": "email", "subject": "Hello", "body": "Words"}
    assert add_variant(step) == "b"
    assert [one["key"] for one in texts_of(step)] == ["a", "b"]
    assert add_variant(step) == "c"
    remove_variant(step, "a")
    remove_variant(step, "c")
    assert step == {"key": "a", "kind": "email", "subject": "Hello", "body": "Words"}


@pytest.mark.parametrize(("wait", "shown"), [
    (None, (0, "business days")), ("4 business days", (4, "business days")), ("1 working day", (1, "business days")),
    ("2 weeks", (2, "weeks")), ("36 h", (36, "hours")),
])  # fmt: skip
def test_a_wait_that_is_kept_as_shown_stays(wait: str | None, shown: tuple[int, str]) -> None:
    step = {"key": "a", "kind": "tag", "tag": "x", **({"wait": wait} if wait else {})}
    assert read_wait(step) == shown
    apply_form(step, {"wait_amount": str(shown[0]), "wait_unit": shown[1], "tag": "x"}, "")
    assert step.get("wait") == wait


@pytest.mark.parametrize(("when", "asks", "words", "negated", "is_plain"), [
    ({"tag": ["vip", "press"]}, "tag", "vip, press", False, True),
    ({"not": {"field": {"country": ["DK"]}}}, "country", "DK", True, True),
    ({"handle": {"followers": ">= 20000"}}, "followers", ">= 20000", False, True),
    ({"tag": ["vip"], "stage": ["Talking"]}, "tag", "", False, False),
    ({"handle": {"platform": "youtube", "followers": "> 5"}}, "tag", "", False, False),
])  # fmt: skip
def test_a_condition_that_is_kept_as_shown_stays(
    when: dict[str, object], asks: str, words: str, negated: bool, is_plain: bool
) -> None:
    step: dict[str, object] = {"key": "a", "kind": "if", "when": when, "then": "continue", "else": "end"}
    shown = read_condition(step)
    assert (shown["asks"], shown["words"], shown["negated"], shown["is_plain"]) == (asks, words, negated, is_plain)
    form = {"then": "continue", "else": "end"}
    if is_plain:
        form |= {"asks": asks, "words": words, **({"negated": "1"} if negated else {})}
    apply_form(step, form, "")
    assert step["when"] == when
