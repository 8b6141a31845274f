"""Use cases: why a mail leaves, or left, at its instant: wait, window, shifts, holds, pace: from stored facts (C9)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from crm.models import Mailbox
from sequences.course.onward import due_of_step
from sequences.course.schedule import Due, Hours
from sequences.course.windows import DAY_NAMES, Window
from sequences.insight.origin import Origin, Reason, say_when
from sequences.pitches.pitch_value import format_date
from sequences.versions.flow import OWN_KINDS

_AT_ONCE = timedelta(seconds=2)
_SAME = timedelta(seconds=1)


class _Begin(NamedTuple):
    """An instant that a wait may count from: `position` is where the run stood then."""

    at: datetime
    position: int | None
    words: str


def derive_instant(origin: Origin) -> Reason:
    """Return why the mail is due when it is."""
    lines = (
        *_wait(origin),
        *_schedule(origin),
        *describe_hours(origin.hours),
        *_holds(origin),
        describe_pace(origin.mailbox),
        *_left(origin),
    )
    return Reason(about="now", question="Why now", lines=lines)


def describe_hours(hours: Hours) -> Iterator[str]:
    """Say in which hours somebody may be written to, and from where each part is known."""
    clock = f"on the clock of {hours.zone.key}, taken from {hours.zone_from}"
    if hours.window is None:
        yield f"At any hour; dates are read {clock}."
    else:
        yield f"Only {_window_words(hours.window)}, {clock}."
    if hours.mailbox_window is not None:
        yield f"The mailbox itself only {_window_words(hours.mailbox_window)} ({hours.mailbox_zone.key})."


def describe_pace(mailbox: Mailbox) -> str:
    """Say how fast a mailbox may send, as it is set now."""
    cap = "any number of mails" if mailbox.daily_cap is None else f"at most {mailbox.daily_cap} mails"
    ramp = ", fewer while it warms up" if mailbox.ramp else ""
    gap = f", {mailbox.gap_min_s / 60:g} to {mailbox.gap_max_s / 60:g} minutes apart" if mailbox.gap_max_s else ""
    return f"{mailbox.address} sends {cap} in 24 hours{ramp}{gap}."


def _wait(origin: Origin) -> Iterator[str]:
    """Say what the wait is and from which instant it counted; only an instant that gives the stored date is named."""
    facts, zone = origin.send.explanation, origin.hours.zone
    wait = facts.get("wait") or "none"
    wanted = datetime.fromisoformat(facts["wanted_at"]) if facts.get("wanted_at") else None
    begins = _begins(origin)
    found = next((one for one in begins if wanted and _leads_to(origin, one, wanted)), None)
    since = f"{found.words} on {say_when(found.at, zone)}" if found else "the step before it was done"
    yield f"Due as soon as {since}." if wait == "none" else f"Waits {wait} from when {since}."
    if wanted and wait != "none":
        yield f"So it was wanted on {say_when(wanted, zone)}."


def _begins(origin: Origin) -> list[_Begin]:
    """Return every instant of this run that a wait may have counted from, the latest first."""
    run, document = origin.run, origin.document
    numbers = document.flow.index_of
    found = [_Begin(run.created_at, 0, "this person was put into the sequence")]
    for _, step_key, state, sent_at, due_at, settled_at in origin.records.mails:
        if step_key not in numbers:
            continue
        after = document.flow.next_of(numbers[step_key])
        if sent_at:
            found.append(_Begin(sent_at, after, f"step {step_key} left"))
        elif state == "cancelled" and settled_at:
            found.append(_Begin(max(due_at, settled_at), after, f"step {step_key} was left out"))
    for _, ref, done_at in origin.records.tasks:
        key = (ref or "").split(":", 2)[2]
        if done_at and key in numbers:
            found.append(_Begin(done_at, document.flow.next_of(numbers[key]), f"step {key} was done by hand"))
    return sorted(found, key=lambda one: one.at, reverse=True)


def _leads_to(origin: Origin, begin: _Begin, wanted: datetime) -> bool:
    due = _due_from(origin, begin)
    return due is not None and abs(due.wanted_at - wanted) < _SAME


def _due_from(origin: Origin, begin: _Begin) -> Due | None:
    """Return when the step is due, counted from `begin` over the waits and ways between; None if it does not follow."""
    steps, ways = origin.document.flow.steps, origin.run.facts.get("branches", {})
    index, anchor = begin.position, begin.at
    while index is not None:
        step = steps[index]
        due = due_of_step(step, anchor, origin.hours)
        if index == origin.index:
            return due
        if step.kind not in OWN_KINDS:
            return None
        anchor = due.at
        if step.kind == "if":
            index = origin.document.flow.branch_of(index, holds=ways.get(step.key) == "then")
        else:
            index = origin.document.flow.next_of(index)
    return None


def _schedule(origin: Origin) -> Iterator[str]:
    send, zone = origin.send, origin.hours.zone
    for shift in send.explanation.get("shifts", ()):
        yield f"Moved: {describe_shift(shift)}."
    yield f"Planned for {say_when(send.planned_at, zone)}."


def describe_shift(shift: str) -> str:
    """Write what moved a date for people."""
    kind, _, day = shift.partition(" on ")
    return f"{kind} on {format_date(day)}" if day else shift


def _holds(origin: Origin) -> Iterator[str]:
    for at, text in ((row[1], row[5]) for row in origin.records.attempts if row[2] == "held"):
        yield f"Held back on {say_when(at, origin.hours.zone)}: {text}"


def _left(origin: Origin) -> Iterator[str]:
    send, zone = origin.send, origin.hours.zone
    if send.sent_at is None:
        return
    yield f"Left on {say_when(send.sent_at, zone)}."
    ready = max(send.due_at, send.created_at)
    if send.sent_at > ready + _AT_ONCE:
        yield f"It was ready on {say_when(ready, zone)} and waited for its turn in {origin.mailbox.address}."


def _window_words(window: Window) -> str:
    days = ", ".join(DAY_NAMES[day].capitalize() for day in sorted(window.days))
    return f"{days} from {window.opens:%H:%M} to {window.closes:%H:%M}"
