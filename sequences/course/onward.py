"""Pure: how a run goes on from a position: past the waits, to the instant at which its next step is to be planned.

Used alike by the engine, the preview and the forecast.
"""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sequences.course.schedule import Due, Hours, decide_due
from sequences.versions.flow import OWN_KINDS
from sequences.versions.sequence_file import SequenceFile, Step


class Onward(NamedTuple):
    """Where a run stands then, what its wait counts from, when that step is due and when to plan it.

    At the end `due` and `next_at` are None.
    """

    position: int
    anchor: datetime
    due: Due | None
    next_at: datetime | None


def due_of_step(step: Step, anchor: datetime, hours: Hours) -> Due:
    """Return when a step is due that counts from `anchor`; no window binds what the engine does by itself."""
    if step.kind in OWN_KINDS:
        hours = replace(hours, window=None, preferred=None, mailbox_window=None)
    return decide_due(anchor, step.waits, hours)


def go_onward(document: SequenceFile, index: int, anchor: datetime, hours: Hours, *, now: datetime) -> Onward:
    """Return how a run goes on at `index`, with `anchor` what its wait counts from.

    A step that a person reviews is planned at once, so that its draft can be read before it is due; never past an
    `if`, for a run stands there until its time comes.
    """
    steps = document.flow.steps
    while index < len(steps) and steps[index].kind == "wait":
        anchor = due_of_step(steps[index], anchor, hours).at
        following = document.flow.next_of(index)
        index = len(steps) if following is None else following
    if index >= len(steps):
        return Onward(index, anchor, None, None)
    due = due_of_step(steps[index], anchor, hours)
    return Onward(index, anchor, due, now if steps[index].review == "required" else due.at)
