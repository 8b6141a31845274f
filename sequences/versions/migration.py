"""Use cases: what moving people to another version would do to each of them: step and date, before and after (C6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from crm.contacts import display_name
from kit.tx import Tx
from sequences.course.runs import OPEN, anchor_of
from sequences.course.standing import Mail, StandingRun, read_standing
from sequences.models import Enrolment, Sequence, SequenceVersion
from sequences.versions import move_words
from sequences.versions.crossing import Crossing, Standing, cross
from sequences.versions.flow import Flow
from sequences.versions.new_dates import NewDates
from sequences.versions.published import get_version
from sequences.versions.revisions import read_all_editions
from sequences.versions.version_diff import Edition, find_renames, is_same_mail

_BEHIND = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What is written when a move is made: to the run, to mails by number, to a task that nobody has to do any more.

    `undo` is what takes it back: `send` and `task`, and `steps` as pairs of a mail and its number.
    """

    position: int
    next_at: datetime | None
    facts: dict[str, Any]
    steps: dict[int, int] = field(default_factory=dict)
    cancels: int | None = None
    closes: int | None = None
    undo: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMove:
    """What a move does to one person. `fate` is moves, ends (no step is left) or stays, `sentence` why or what else.

    A date is None while a person has something to do, and at the end. `effect` is None for who stays.
    """

    enrolment_id: int
    contact_id: int
    name: str
    email: str
    from_number: int
    to_number: int
    fate: str
    old_step: str
    new_step: str
    old_at: datetime | None
    new_at: datetime | None
    sentence: str = ""
    effect: Effect | None = None

    @property
    def is_felt(self) -> bool:
        """Whether anything but the version changes."""
        return (
            self.fate == "ends" or bool(self.sentence) or (self.old_step, self.old_at) != (self.new_step, self.new_at)
        )


def plan_migration(
    tx: Tx, sequence: Sequence, to_number: int | None = None, *, lock: bool = False
) -> list[PlannedMove]:
    """Return what a move to a version, the newest for None, does to everybody who follows another; changes nothing.

    With `lock` all of them stay as they are until this transaction ends.
    """
    wanted = sequence.version if to_number is None else to_number
    known = {version.number: version for version, _ in read_all_editions(tx, sequence)}
    target = known[wanted] if wanted in known else get_version(tx, sequence, to_number)
    return _plan(tx, sequence, target, _Desk(tx, sequence, target), lock=lock)


def plan_draft(tx: Tx, sequence: Sequence, target: SequenceVersion, edition: Edition) -> list[PlannedMove]:
    """Return what a move to a version that is not stored yet would do to everybody; changes nothing."""
    return _plan(tx, sequence, target, _Desk(tx, sequence, target, edition), lock=False)


def _plan(tx: Tx, sequence: Sequence, target: SequenceVersion, desk: "_Desk", *, lock: bool) -> list[PlannedMove]:
    query = select(Enrolment.id).where(
        Enrolment.sequence_id == sequence.id, Enrolment.state.in_(OPEN), Enrolment.version_id != target.id
    )
    runs = read_standing(tx, list(tx.session.scalars(query)), lock=lock)  # until the lock a run may have ended
    return [desk.judge(one) for one in runs if one.run.state in OPEN and one.run.version_id != target.id]


class _Steps(NamedTuple):
    """The next step and its date, before and after."""

    old: str
    new: str
    old_at: datetime | None
    new_at: datetime | None


class _Desk:
    """Judges runs one by one; versions, what differs between them, and hours are read once."""

    def __init__(self, tx: Tx, sequence: Sequence, target: SequenceVersion, edition: Edition | None = None) -> None:
        self._tx, self._target = tx, target
        known = read_all_editions(tx, sequence)
        self._numbers = {version.id: version.number for version, _ in known}
        self._editions = {version.id: edition for version, edition in known}
        if edition:
            self._numbers[target.id], self._editions[target.id] = target.number, edition
        self._new = self._editions[target.id]
        self._renames = {key: find_renames(edition, self._new) for key, edition in self._editions.items()}
        documents = {number: edition.document for number, edition in self._editions.items()}
        self._clock = NewDates(tx, sequence, documents, target.id)

    def judge(self, one: StandingRun) -> PlannedMove:
        """Decide about one run."""
        mail = one.mail
        if mail and self._is_written_anew(one):
            return self._go_on(one, again=mail.step_key or "")
        if mail:
            return self._keep_mail(one, mail)
        task = one.task
        if task and task.key in _flow(self._new).index_of:
            return self._keep_task(one, task.key)
        return self._go_on(one)

    def _is_written_anew(self, one: StandingRun) -> bool:
        mail, old = one.mail, self._editions[one.run.version_id]
        if mail is None or mail.id not in one.free or mail.is_by_hand or mail.step_key not in _flow(old).index_of:
            return False
        return not is_same_mail(mail.step_key, mail.variant, old, self._new)

    def _keep_mail(self, one: StandingRun, mail: Mail) -> PlannedMove:
        """The mail that waits or is on its way stays as it is; what follows it is of the new version."""
        key, flow = mail.step_key or "", _flow(self._new)
        crossing = self._cross(one, Standing(position=one.run.next_step, **self._known(one)))
        at = flow.index_of.get(key)
        if at is None or at >= crossing.begin:
            return self._stay(one, key, move_words.say_no_place(key, is_free=mail.id in one.free))
        is_new = not is_same_mail(key, mail.variant, self._editions[one.run.version_id], self._new)
        words = move_words.say_kept(key, is_by_hand=mail.is_by_hand)
        steps = _Steps(key, key, mail.due_at, mail.due_at)
        return self._move(one, crossing, steps, position=crossing.begin, sentence=words if is_new else "")

    def _keep_task(self, one: StandingRun, key: str) -> PlannedMove:
        """What a person is to do stays as it is."""
        flow = _flow(self._new)
        crossing = self._cross(one, Standing(position=one.run.next_step, **self._known(one)))
        after = flow.node(key).after
        if crossing.begin != (len(flow.nodes) if after is None else after):
            return self._stay(one, key, move_words.say_moved_steps(key))
        return self._move(one, crossing, _Steps(key, key, None, None), position=crossing.begin)

    def _go_on(self, one: StandingRun, *, again: str = "") -> PlannedMove:
        """Nothing is under way, or what waits is written anew, or it is not asked for any more."""
        run, old = one.run, self._editions[one.run.version_id]
        known = self._known(one)
        position = run.next_step
        if again:
            position = _flow(old).index_of[again]
            known["met"] -= {again}
        standing = Standing(position=position, again=again, **known)
        crossing = self._cross(one, standing)
        old_step = again or (one.task.key if one.task else _key(_flow(old), position))
        new_step = _key(_flow(self._new), crossing.position)
        if run.next_at is None and not again and not one.task:
            return self._move(one, crossing, _Steps(old_step, new_step, None, None), position=crossing.begin)
        ahead = self._clock.ahead(one, standing, crossing)
        dates = self._clock.dates(one, standing, ahead)
        facts = {"anchor": ahead.anchor.isoformat()} if one.task or ahead.anchor != anchor_of(run) else {}
        steps = _Steps(old_step, new_step, dates.old_at, dates.new_at)
        return self._move(
            one,
            crossing,
            steps,
            position=ahead.position,
            next_at=dates.next_at,
            facts=facts,
            cancels=again,
            sentence=self._said(one, again),
        )

    def _said(self, one: StandingRun, again: str) -> str:
        return move_words.say_given_up(
            again, one.task.key if one.task else "", is_there=again in _flow(self._new).index_of
        )

    def _known(self, one: StandingRun) -> dict[str, Any]:
        return {
            "branches": one.run.facts.get("branches", {}),
            "passed": frozenset(one.run.facts.get("passed", ())),
            "met": frozenset(one.mailed | {task.key for task in one.tasks}),
        }

    def _cross(self, one: StandingRun, standing: Standing) -> Crossing:
        old = self._editions[one.run.version_id]
        return cross(_flow(old), _flow(self._new), standing, self._renames[one.run.version_id])

    def _move(
        self,
        one: StandingRun,
        crossing: Crossing,
        steps: _Steps,
        *,
        position: int,
        next_at: datetime | None = None,
        facts: Mapping[str, Any] | None = None,
        cancels: str = "",
        sentence: str = "",
    ) -> PlannedMove:
        again = [key for key in crossing.repeats if key not in one.mailed]
        if again:
            return self._stay(one, steps.old, move_words.say_again(again[0]))
        if position == 0 and any(mail.state != "cancelled" and mail.step_key != cancels for mail in one.mails):
            # The first step of a version counts as a first mail, which leaves without a look into the inbox (A7).
            return self._stay(one, steps.old, move_words.say_first_again(steps.new))
        run, mail = one.run, one.mail
        is_idle = bool(cancels) or (mail is None and (run.next_at is not None or self._closes(one) is not None))
        steps_new, cancelled = self._numbered(one, position, cancels), mail if cancels else None
        effect = Effect(
            position=position,
            next_at=next_at,
            facts={**run.facts, **(facts or {}), **_ways(run, crossing)},
            steps=steps_new,
            cancels=cancelled.id if cancelled else None,
            closes=self._closes(one),
            undo=_undo(one, steps_new, cancelled, self._closes(one)),
        )
        fate = "ends" if is_idle and next_at is None else "moves"
        return self._planned(one, fate, steps, sentence, effect)

    def _stay(self, one: StandingRun, step: str, sentence: str) -> PlannedMove:
        at = one.mail.due_at if one.mail else one.run.next_at
        return self._planned(one, "stays", _Steps(step, step, at, at), sentence, None)

    def _planned(self, one: StandingRun, fate: str, steps: _Steps, sentence: str, effect: Effect | None) -> PlannedMove:
        return PlannedMove(
            enrolment_id=one.run.id,
            contact_id=one.contact.id,
            name=display_name(one.contact),
            email=one.run.email,
            from_number=self._numbers[one.run.version_id],
            to_number=self._target.number,
            fate=fate,
            old_step=steps.old,
            new_step=steps.new,
            old_at=steps.old_at,
            new_at=steps.new_at,
            sentence=sentence,
            effect=effect,
        )

    def _closes(self, one: StandingRun) -> int | None:
        """Return the task that nobody has to do any more."""
        task = one.task
        return task.id if task and task.key not in _flow(self._new).index_of else None

    def _numbered(self, one: StandingRun, position: int, cancels: str) -> dict[int, int]:
        """Return the new numbers of a run's mails: what is done stays before what comes, in its old order."""
        index = _flow(self._new).index_of
        found = {}
        for mail in one.mails:
            at = index.get(mail.step_key or "", position)
            step = at if at < position else mail.step if mail.step < 0 else mail.step - _BEHIND
            if step != mail.step and mail.step_key != cancels:
                found[mail.id] = step
        return found


def _ways(run: Enrolment, crossing: Crossing) -> dict[str, Any]:
    branches = {**run.facts.get("branches", {}), **crossing.branches}
    words: dict[str, Any] = {"branches": branches, "passed": sorted(crossing.passed)}
    return {name: value for name, value in words.items() if value or name in run.facts}


def _undo(one: StandingRun, steps: Mapping[int, int], cancelled: Mail | None, closed: int | None) -> dict[str, Any]:
    undo: dict[str, Any] = {}
    if cancelled:
        undo["send"] = {name: getattr(cancelled, name) for name in ("id", "state", "reason", "step_key")}
    if closed:
        undo["task"] = closed
    if steps:
        undo["steps"] = [[mail.id, mail.step] for mail in one.mails if mail.id in steps]
    return undo


def _flow(edition: Edition) -> Flow:
    return edition.document.flow


def _key(flow: Flow, position: int) -> str:
    return flow.steps[position].key if position < len(flow.steps) else ""
