"""Use cases: why a mail leaves, or left, at its instant: wait, window, shifts, holds, pace: from stored facts (C9)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from crm.models import Mailbox
from kit.errors import say
from sequences.course.onward import due_of_step
from sequences.course.schedule import Due, Hours
from sequences.course.windows import Window
from sequences.insight.origin import Origin, Reason, say_when
from sequences.pitches.pitch_value import format_date
from sequences.versions.flow import OWN_KINDS

_AT_ONCE = timedelta(seconds=2)
_SAME = timedelta(seconds=1)
_DAYS = (say("Mon"), say("Tue"), say("Wed"), say("Thu"), say("Fri"), say("Sat"), say("Sun"))
_SHIFTS: dict[str, str] = {
    one: one for one in (say("not before"), say("outside the sending window"), say("moved into the preferred hours"))
}
_FROM = {
    "the sequence": say("the sequence"),
    "the contact": say("the contact"),
    "the contact's country": say("the contact's country"),
    "the mailbox": say("the mailbox"),
}


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
    zone = {"zone": hours.zone.key, "what": _FROM.get(hours.zone_from, hours.zone_from)}
    if hours.window is None:
        yield say("At any hour; dates are read on the clock of %(zone)s, taken from %(what)s.", **zone)
    else:
        words = _window_words(hours.window)
        yield say("Only %(words)s, on the clock of %(zone)s, taken from %(what)s.", words=words, **zone)
    if hours.mailbox_window is not None:
        words = _window_words(hours.mailbox_window)
        yield say("The mailbox itself only %(words)s (%(zone)s).", words=words, zone=hours.mailbox_zone.key)


def describe_pace(mailbox: Mailbox) -> str:
    """Say how fast a mailbox may send, as it is set now."""
    if mailbox.daily_cap is None:
        cap = say("any number of mails in 24 hours")
    else:
        cap = say("at most %(num)s mails in 24 hours", num=mailbox.daily_cap)
    if mailbox.ramp:
        cap = say("%(cap)s, fewer while it warms up", cap=cap)
    if mailbox.gap_max_s:
        least, most = f"{mailbox.gap_min_s / 60:g}", f"{mailbox.gap_max_s / 60:g}"
        cap = say("%(cap)s, %(least)s to %(most)s minutes apart", cap=cap, least=least, most=most)
    return say("%(address)s sends %(cap)s.", address=mailbox.address, cap=cap)


def _wait(origin: Origin) -> Iterator[str]:
    """Say what the wait is and from which instant it counted; only an instant that gives the stored date is named."""
    facts, zone = origin.send.explanation, origin.hours.zone
    wait = facts.get("wait") or "none"
    wanted = datetime.fromisoformat(facts["wanted_at"]) if facts.get("wanted_at") else None
    begins = _begins(origin)
    found = next((one for one in begins if wanted and _leads_to(origin, one, wanted)), None)
    since = say("the step before it was done")
    if found:
        since = say("%(words)s on %(when)s", words=found.words, when=say_when(found.at, zone))
    yield (
        say("Due as soon as %(since)s.", since=since)
        if wait == "none"
        else say("Waits %(wait)s from when %(since)s.", wait=wait, since=since)
    )
    if wanted and wait != "none":
        yield say("So it was wanted on %(when)s.", when=say_when(wanted, zone))


def _begins(origin: Origin) -> list[_Begin]:
    """Return every instant of this run that a wait may have counted from, the latest first."""
    run, document = origin.run, origin.document
    numbers = document.flow.index_of
    found = [_Begin(run.created_at, 0, say("this person was put into the sequence"))]
    for _, step_key, state, sent_at, due_at, settled_at in origin.records.mails:
        if step_key not in numbers:
            continue
        after = document.flow.next_of(numbers[step_key])
        if sent_at:
            found.append(_Begin(sent_at, after, say("step %(key)s left", key=step_key)))
        elif state == "cancelled" and settled_at:
            found.append(_Begin(max(due_at, settled_at), after, say("step %(key)s was left out", key=step_key)))
    for _, ref, done_at in origin.records.tasks:
        key = (ref or "").split(":", 2)[2]
        if done_at and key in numbers:
            found.append(
                _Begin(done_at, document.flow.next_of(numbers[key]), say("step %(key)s was done by hand", key=key))
            )
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
        yield say("Moved: %(shift)s.", shift=describe_shift(shift))
    yield say("Planned for %(when)s.", when=say_when(send.planned_at, zone))


def describe_shift(shift: str) -> str:
    """Write what moved a date for people."""
    kind, _, day = shift.partition(" on ")
    if day and kind == "holiday":
        return say("holiday on %(day)s", day=format_date(day))
    return _SHIFTS.get(shift) or (f"{kind} on {format_date(day)}" if day else shift)


def _holds(origin: Origin) -> Iterator[str]:
    for at, text in ((row[1], row[5]) for row in origin.records.attempts if row[2] == "held"):
        yield say("Held back on %(when)s: %(words)s", when=say_when(at, origin.hours.zone), words=text)


def _left(origin: Origin) -> Iterator[str]:
    send, zone = origin.send, origin.hours.zone
    if send.sent_at is None:
        return
    yield say("Left on %(when)s.", when=say_when(send.sent_at, zone))
    ready = max(send.due_at, send.created_at)
    if send.sent_at > ready + _AT_ONCE:
        yield say(
            "It was ready on %(when)s and waited for its turn in %(address)s.",
            when=say_when(ready, zone),
            address=origin.mailbox.address,
        )


def _window_words(window: Window) -> str:
    days: str = _DAYS[min(window.days)]
    for day in sorted(window.days)[1:]:
        days = say("%(words)s, %(last)s", words=days, last=_DAYS[day])
    return say(
        "%(days)s from %(opens)s to %(closes)s",
        days=days,
        opens=f"{window.opens:%H:%M}",
        closes=f"{window.closes:%H:%M}",
    )
