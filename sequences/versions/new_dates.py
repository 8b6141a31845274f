"""Use cases: when a run's next step is due in another version: waits count from where they began (C2, A10)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from crm.models import Mailbox
from kit.tx import Tx
from sequences.course.hours import hours_at
from sequences.course.onward import Onward, due_of_step, go_onward
from sequences.course.runs import anchor_of
from sequences.course.schedule import Hours, open_from
from sequences.course.standing import StandingRun
from sequences.models import Enrolment, Sequence
from sequences.versions.crossing import Crossing, Standing, rewind, waits_before
from sequences.versions.flow import OWN_KINDS
from sequences.versions.sequence_file import SequenceFile


class Dates(NamedTuple):
    """The date of the next step before and after; `next_at` is when it is planned, which a review brings forward."""

    old_at: datetime | None
    next_at: datetime | None
    new_at: datetime | None


class NewDates:
    """Dates of many runs in one version, `target`; `documents` are the texts of all versions by id."""

    def __init__(self, tx: Tx, sequence: Sequence, documents: Mapping[int, SequenceFile], target: int) -> None:
        self._tx, self._since, self._documents, self._target = tx, sequence.paused_at, documents, target
        self._hours: dict[tuple[int, int, str | None, str | None], Hours] = {}

    def ahead(self, one: StandingRun, standing: Standing, crossing: Crossing) -> Onward:
        """Return how the run goes on there."""
        run, hours = one.run, self._hours_of(one, self._target)
        waits, kind = waits_before(self._documents[run.version_id].flow, standing)
        begin = anchor_of(run)
        if one.task:
            begin = self._floor(run)
        elif waits and kind in ("text", ""):
            begin = run.last_sent_at or run.created_at
        elif waits:
            begin = rewind(begin, waits, hours.zone)
        return go_onward(self._documents[self._target], crossing.begin, begin, hours, now=self._floor(run))

    def dates(self, one: StandingRun, standing: Standing, ahead: Onward) -> Dates:
        """Return the dates of the next step; what a pause or a hold has moved stays moved as far."""
        run, mail, floor = one.run, one.mail, self._floor(one.run)
        old_steps = self._documents[run.version_id].flow.steps
        before = old_steps[standing.position] if standing.position < len(old_steps) else None
        due = due_of_step(before, anchor_of(run), self._hours_of(one, run.version_id)).at if before else None
        was_read = before is not None and before.review == "required"
        old_at = mail.due_at if mail else due if was_read else run.next_at
        if ahead.due is None:
            return Dates(old_at, None, None)
        step = self._documents[self._target].flow.steps[ahead.position]
        if step.review == "required":
            return Dates(old_at, floor, open_from(max(ahead.due.at, floor), self._hours_of(one, self._target)))
        if before and run.next_at and not was_read and (before.key, due) == (step.key, ahead.due.at):
            return Dates(old_at, run.next_at, run.next_at)
        begun = None if was_read else mail.planned_at if mail else due
        slip = max(old_at - begun, timedelta(0)) if old_at and begun else timedelta(0)
        at = max(ahead.due.at + slip, floor)
        if step.kind not in OWN_KINDS:
            at = open_from(at, self._hours_of(one, self._target))
        return Dates(old_at, at, at)

    def _floor(self, run: Enrolment) -> datetime:
        # While a sequence is paused its clocks stand still: going on adds the length of the pause to every date.
        return max(self._since, run.created_at) if self._since else self._tx.now

    def _hours_of(self, one: StandingRun, version_id: int) -> Hours:
        key = (version_id, one.run.mailbox_id, one.contact.zone, one.contact.country)
        if key not in self._hours:
            mailbox = self._tx.session.get_one(Mailbox, one.run.mailbox_id)
            self._hours[key] = hours_at(
                self._tx, self._documents[version_id], one.contact.zone, one.contact.country, mailbox
            )
        return self._hours[key]
