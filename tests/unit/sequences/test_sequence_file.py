"""A sequence as a file: what it may say, and every fault in it at once."""

from contextlib import suppress
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import InvalidError
from sequences.course.schedule import Wait
from sequences.course.windows import DEFAULT_WINDOW, Window
from sequences.versions.sequence_file import SequenceFile, read_sequence_file

WHOLE = """
name: spring-markers
brand: Pastel & Co
version: 2
mailbox: [mia@pastel.example, tom@pastel.example]
window: {days: [mon, tue], from: "09:00", to: 17:30, zone: Europe/Berlin}
holidays: none
stop_on: [reply, bounce, opt_out, stage:Alumni, stage: Active]
new_per_day: 50
fields: {product: {default: markers}}
steps:
  - key: pitch
    kind: email
    review: required
    variants:
      - {key: a, subject: "{{ brand.name }} x you", body: pitches/long-pitch.md}
      - {key: b, subject: Markers, body: pitches/short-pitch.md, weight: 3}
    attachments: [proposal.pdf]
  - {key: nudge, kind: email, wait: 3 business days, thread: same, body: pitches/follow-up-1.md}
  - {key: dm, kind: task, channel: instagram, wait: 4 business days, body: pitches/dm.md}
"""
ONE_STEP = "\nsteps: [{key: pitch, kind: email, subject: Hello, body: pitch.md}]\n"


def faults_of(source: str) -> tuple[str, ...]:
    with pytest.raises(InvalidError) as refusal:
        read_sequence_file(source)
    assert str(refusal.value) == " ".join(refusal.value.faults)
    return refusal.value.faults


def test_reads_a_whole_file() -> None:
    document = read_sequence_file(WHOLE)
    assert document.sending_window == Window(days=frozenset({0, 1}), opens=time(9), closes=time(17, 30))
    assert document.zone_word == "Europe/Berlin"
    assert document.mailboxes == ("mia@pastel.example", "tom@pastel.example")
    assert set(document.stop_on) == {"reply", "bounce", "opt_out", "stage:Alumni", "stage:Active"}
    assert document.new_limit == 50
    assert [step.waits for step in document.steps] == [
        None,
        Wait(amount=3, unit="business days"),
        Wait(amount=4, unit="business days"),
    ]
    assert [(text.key, text.weight) for text in document.steps[0].texts()] == [("a", 1), ("b", 3)]
    assert [(text.key, text.subject, text.body) for text in document.steps[1].texts()] == [
        ("", None, "pitches/follow-up-1.md")
    ]


def test_what_is_left_out_has_a_default() -> None:
    document = read_sequence_file("name: small" + ONE_STEP)
    assert document.sending_window == DEFAULT_WINDOW
    assert document.zone_word == "recipient"
    assert document.stop_on == ("reply", "bounce", "opt_out")
    assert document.mailboxes == ()
    assert document.new_limit is None
    assert document.holidays == "recipient-country"


def test_always_and_none_are_words() -> None:
    document = read_sequence_file(
        "name: small\nwindow: always\nnew_per_day: none\nmailbox: mia@pastel.example" + ONE_STEP
    )
    assert document.sending_window is None
    assert document.new_limit is None
    assert document.mailboxes == ("mia@pastel.example",)


def test_a_stored_document_reads_back_as_itself() -> None:
    document = read_sequence_file(WHOLE)
    assert SequenceFile.model_validate(document.model_dump(mode="json")) == document


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("windw: always", "windw: 'windw' is not known. Did you mean 'window'?"),
        ("zzz: 1", "zzz: 'zzz' is not known."),
        ("window: {days: [someday]}", "window.*: Unknown day 'someday'"),
        ("window: {days: []}", "never opens"),
        ("window: {days: null}", "a list"),
        ('window: {from: "25:00"}', "'25:00' is not a time of day"),
        ("window: {hours: 3}", "not 'hours'"),
        ("window: {zone: Mars/Base}", "'Mars/Base' is not a time zone"),
        ("window: sometimes", "window"),
        ("stop_on: [reply, boredom]", "unknown stop 'boredom'"),
        ("stop_on: reply", "stop_on"),
        ("new_per_day: -3", "greater than or equal to 0"),
        ("version: 0", "greater than or equal to 1"),
        ("holidays: sometimes", "holidays"),
    ],
)
def test_refuses_a_line_at_the_top(line: str, says: str) -> None:
    with pytest.raises(InvalidError, match=says):
        read_sequence_file(f"name: small\n{line}" + ONE_STEP)


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ("{key: a, kind: email, body: x}", "Step 'a' begins a new conversation and needs a subject."),
        ("{key: a, kind: email, thread: same, body: x}", "Step 'a' begins a new conversation and needs a subject."),
        ("{key: a, kind: email, subject: '', body: x}", "Step 'a' begins a new conversation and needs a subject."),
        ("{key: a, kind: email, subject: s}", "Step 'a' has no body."),
        ("{key: a, kind: email, subject: s, body: '  '}", "Step 'a' has no body."),
        ("{key: a, kind: task, channel: instagram}", "Step 'a' has no body."),
        ("{key: a, kind: mail, subject: s, body: x}", "Step a, kind"),
        ("{key: a, subject: s, body: x}", "Step a, kind: 'kind' is missing."),
        ("{kind: email, subject: s, body: x}", "Step 1, key: 'key' is missing."),
        ("{key: 'a b', kind: email, subject: s, body: x}", "Step a b, key"),
        ("{key: a, kind: email, subject: s, body: x, wait: soon}", "Step a, wait: 'soon' is not a wait"),
        ("{key: a, kind: email, subject: s, body: x, wait: 400 days}", "more than a year"),
        ("{key: a, kind: task, body: x}, {key: a, kind: task, body: y}", "Two steps have the key 'a'."),
        ("{key: a, kind: email, subject: s, variants: [{key: v, subject: s, body: x}]}", "move it into a variant"),
        (
            "{key: a, kind: email, variants: [{key: v, subject: s, body: x, weight: 0}]}",
            "every variant has the weight 0",
        ),
        (
            "{key: a, kind: email, variants: [{key: v, subject: s, body: x}, {key: v, subject: s, body: y}]}",
            "two variants 'v'",
        ),
        ("{key: a, kind: email, variants: [{key: v, subject: s, body: x}, {key: w, body: y}]}", "needs a subject"),
    ],
)
def test_refuses_a_step(steps: str, says: str) -> None:
    assert any(says in fault for fault in faults_of(f"name: small\nsteps: [{steps}]\n"))


def test_a_task_before_the_first_mail_begins_no_conversation() -> None:
    source = "name: small\nsteps: [{key: dm, kind: task, body: x}, {key: a, kind: email, thread: same, body: x}]\n"
    assert faults_of(source) == ("Step 'a' begins a new conversation and needs a subject.",)


def test_tells_every_fault_at_once_and_where_it_is() -> None:
    faults = faults_of(
        "name: small\nwindow: {days: [someday]}\nnonsense: 1\nsteps:\n"
        "  - {key: a, kind: email, subject: s, body: x, wait: soon}\n"
        "  - {key: b, kind: mail, body: x, wait: later}\n"
    )
    assert [fault.partition(":")[0] for fault in faults][1:] == [
        "Step a, wait",
        "Step b, kind",
        "Step b, wait",
        "nonsense",
    ]
    assert "someday" in faults[0]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("", "is a mapping"),
        ("- a\n- b", "is a mapping"),
        ("name: [", "not valid YAML near line 1"),
        ("a: 1\n\tb: 2", "not valid YAML near line 2"),
        ("name: 2026-13-45", "not valid YAML: month must be"),
        ("[" * 5000, "not valid YAML"),
        ("name: small\nsteps: []", "steps"),
        ("steps: 5\nname: small", "steps"),
        ("1: 2" + ONE_STEP, "Keys should be strings"),
    ],
)
def test_refuses_what_is_no_sequence_file(source: str, says: str) -> None:
    with pytest.raises(InvalidError, match=says):
        read_sequence_file(source)


@given(st.integers(0, len(WHOLE)), st.integers(0, 30), st.text(alphabet="[]{}:-'\"&*!|> \n\tab10", max_size=6))
def test_any_damage_is_a_refusal_and_never_a_crash(begin: int, length: int, patch: str) -> None:
    damaged = WHOLE[:begin] + patch + WHOLE[begin + length :]
    with suppress(InvalidError):
        document = read_sequence_file(damaged)
        assert document.steps
        assert document.sending_window is None or document.sending_window.days
        assert all(step.waits is None or step.waits.amount >= 0 for step in document.steps)
