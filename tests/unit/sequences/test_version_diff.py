"""What changed between two versions, and where a run stands in the other one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sequences.course.schedule import Wait, add_wait
from sequences.versions.crossing import Standing, cross, rewind
from sequences.versions.sequence_file import SequenceFile, read_sequence_file
from sequences.versions.version_diff import Edition, diff_versions, find_renames, is_same_mail

HEAD = "name: spring\nsteps:\n"


def mail(key: str, body: str = "", more: str = "") -> str:
    return f'  - {{key: {key}, kind: email, subject: S, body: "{body or key}"{more}}}\n'


def read(*steps: str, head: str = HEAD) -> SequenceFile:
    return read_sequence_file(head + "".join(steps))


def edition(*steps: str, head: str = HEAD, files: dict[str, str] | None = None) -> Edition:
    document = read(*steps, head=head)
    bodies = {text.body: text.body for step in document.flow.steps for text in step.texts()}
    return Edition(document=document, bodies=bodies, files=files or {})


AB = (mail("a"), mail("b"))


@pytest.mark.parametrize(
    ("new", "fates"),
    [
        (AB, []),
        ((*AB, mail("c")), [("c", "added", "")]),
        ((mail("a"),), [("b", "removed", "")]),
        ((mail("b"), mail("a")), [("b", "moved", "")]),
        ((mail("a"), mail("z", body="b")), [("z", "renamed", "b")]),
        ((mail("a"), mail("z", body="b", more=", wait: 2 days")), [("z", "renamed", "b")]),
        ((mail("a"), mail("b", more=", wait: 2 days")), [("b", "changed", "")]),
        ((mail("a"), mail("z")), [("z", "added", ""), ("b", "removed", "")]),
    ],
)
def test_the_fate_of_each_step(new: tuple[str, ...], fates: list[tuple[str, str, str]]) -> None:
    found = diff_versions(edition(*AB), edition(*new))
    assert sorted((one.key, one.fate, one.was) for one in found.steps) == sorted(fates)
    assert found.is_empty == (not fates)


@pytest.mark.parametrize(
    ("more", "change"),
    [
        (", wait: 2 days", ("wait", "", "2 days")),
        (", review: required", ("review", "none", "required")),
        (", thread: same", ("thread", "new", "same")),
        (", attachments: [a.pdf]", ("attachments", "", "a.pdf (12345678)")),
    ],
)
def test_what_changed_in_a_step(more: str, change: tuple[str, str, str]) -> None:
    found = diff_versions(edition(mail("a")), edition(mail("a", more=more), files={"a.pdf": "123456789"}))
    assert [(one.what, one.old, one.new) for one in found.steps[0].changes] == [change]


def test_texts_are_compared_line_by_line() -> None:
    found = diff_versions(edition(mail("a", body="Hello\\nyou\\n")), edition(mail("a", body="Hello\\nthere\\n")))
    assert [(one.what, one.lines) for one in found.steps[0].changes] == [
        ("text", ("@@ -1,2 +1,2 @@", " Hello", "-you", "+there"))
    ]


def test_variants_and_settings() -> None:
    step = (
        "  - {{key: a, kind: email, variants: [{{key: x, subject: S, body: t{}}}, {{key: {}, subject: S, body: u}}]}}\n"
    )
    one, two = step.format("", "y"), step.format(", weight: 3", "z")
    found = diff_versions(edition(one), edition(two, head="stop_on: [reply]\nper_day: 9\n" + HEAD))
    assert [(one.what, one.old, one.new) for one in found.settings] == [
        ("stop_on", "reply, bounce, opt_out", "reply"),
        ("per_day", "", "9"),
    ]
    whats = [(one.what, one.old, one.new) for one in found.steps[0].changes if not one.lines]
    assert ("weight of variant x", "1", "3") in whats
    assert ("variant", "y", "") in whats
    assert ("variant", "", "z") in whats


def test_a_mail_is_the_same_when_it_would_be_planned_alike() -> None:
    old = edition(mail("a"), mail("b"))
    assert is_same_mail("a", "", old, edition(mail("n"), mail("a")))
    assert not is_same_mail("a", "", old, edition(mail("a", body="other")))
    assert not is_same_mail("a", "", old, edition(mail("a", more=", wait: 1 day")))
    assert not is_same_mail("a", "x", old, old)
    assert not is_same_mail("z", "", old, old)


TAG = "  - {key: t, kind: tag, tag: star}\n"
WAIT = "  - {key: w, kind: wait, wait: 1 week}\n"


def branch(inside: str) -> str:
    return f"  - {{key: x, kind: if, when: {{tag: big}}, then: continue, else: [{inside}]}}\n"


def inner(key: str) -> str:
    return f"{{key: {key}, kind: email, subject: S, body: {key}}}"


@pytest.mark.parametrize(
    ("old", "new", "at", "branches", "position", "begin", "passed", "repeats"),
    [
        (AB, (mail("a"), mail("n"), mail("b")), 1, {}, "n", "n", [], []),
        (AB, (mail("n"), mail("a"), mail("b")), 1, {}, "b", "b", ["n"], []),
        ((*AB, mail("c")), (mail("a"), mail("n"), mail("c")), 2, {}, "c", "c", ["n"], []),
        ((*AB, mail("c")), (mail("a"), mail("c"), mail("b")), 2, {}, "c", "c", [], ["b"]),
        ((mail("a"), TAG, mail("b")), (mail("a"), mail("b"), TAG), 2, {}, "b", "b", [], ["t"]),
        (AB, (mail("a"), WAIT, mail("b")), 1, {}, "b", "w", [], []),
        ((mail("a"), branch(inner("e") + ", " + inner("f")), mail("b")), AB, 3, {"x": "else"}, "b", "b", [], []),
        (
            (mail("a"), branch(inner("e")), mail("b")),
            (mail("a"), branch(inner("e") + ", " + inner("f")), mail("b")),
            3,
            {"x": "else"},
            "f",
            "f",
            [],
            [],
        ),
        ((*AB, mail("c")), (mail("a"), branch(inner("b")), mail("c")), 2, {}, "c", "c", ["x"], []),
        (AB, (mail("a"),), 1, {}, "", "", [], []),
    ],
)
def test_where_a_run_stands_in_the_other_version(
    old: tuple[str, ...], new: tuple[str, ...], at: int, branches: dict[str, str], position: str, begin: str,
    passed: list[str], repeats: list[str],
) -> None:  # fmt: skip
    before, after = edition(*old), edition(*new)
    flow = after.document.flow
    standing = Standing(position=at, branches=branches)
    found = cross(before.document.flow, flow, standing, find_renames(before, after))
    keys = [*(step.key for step in flow.steps), ""]
    assert (keys[found.position], keys[found.begin]) == (position, begin)
    assert (sorted(found.passed), list(found.repeats)) == (passed, repeats)


@pytest.mark.parametrize("unit", ["minutes", "hours", "days", "weeks", "business days"])
def test_a_wait_is_wound_back_to_where_it_began(unit: str) -> None:
    zone = ZoneInfo("Europe/Dublin")
    for day in range(5):
        began = datetime(2026, 3, 23, 9, 30, tzinfo=UTC) + timedelta(days=day)
        wait = Wait(amount=3, unit=unit)
        assert rewind(add_wait(began, wait, zone), [wait], zone) == began
