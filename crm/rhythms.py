"""Use cases: how often to talk to people: a rhythm per stage, one's own per person, put off once, and who is due.

`Relationship.talked_at` is kept up whenever either side writes, so who is due is a few looks at an index, however many
people there are: one for each stage that has a rhythm, and one for each rhythm of its own.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    String,
    Subquery,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from crm.changes import Undone, record_change
from crm.contacts import display_name, get_contact
from crm.models import Change, Contact, Relationship, Stage, Suppression, TimelineEntry
from crm.pipeline import ensure_relationship, find_relationship
from crm.timeline import record_entry
from kit.db import Instant
from kit.errors import InvalidError, say
from kit.tx import Tx

KIND, STAGE = "rhythm", "stage_rhythm"
CHOICES = (7, 14, 30, 60, 90, 180, 365)
MOST_DAYS = 730
NONE = 0
_RHYTHMS = "stage_rhythms"


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkDue:
    """Somebody to talk to: since when nobody did, the rhythm in days, and whether the rhythm is their own."""

    contact: Contact
    stage: str
    since: datetime
    days: int
    is_own: bool

    @property
    def due_at(self) -> datetime:
        """Since when it is due."""
        return self.since + timedelta(days=self.days)


def set_stage_rhythm(tx: Tx, stage: Stage, days: int | None, *, actor: str) -> Change | None:
    """Talk to everybody who stands at a stage every so many days, or None for no rhythm; None when it is so."""
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise InvalidError(say("Choose a number of days from 1 to %(most)s.", most=MOST_DAYS))
    if stage.talk_days == days:
        return None
    data = {"stage_id": stage.id, "before": stage.talk_days, "after": days}
    stage.talk_days = days
    tx.session.info.pop(_RHYTHMS, None)
    words = say("Rhythm of %(name)s changed", name=stage.name)
    return record_change(tx, STAGE, actor=actor, summary=words, data=data)


def set_rhythm(tx: Tx, contact_id: int, brand_id: int, days: int | None, *, actor: str) -> Change | None:
    """Give a person a rhythm of their own, 0 for none, or None for the stage's; None when it is so."""
    if days is not None and days not in (NONE, *CHOICES):
        raise InvalidError(say("There is no such rhythm."))
    row = _relationship(tx, contact_id, brand_id)
    before = _plan(row)
    row.rhythm_days = days
    if days is None:
        words = say("Talk to them as often as their stage says")
    elif days == NONE:
        words = say("No rhythm for them")
    else:
        words = say("Talk to them every %(days)s days", days=days)
    return _keep(tx, row, before, words, actor)


def put_off(tx: Tx, contact_id: int, brand_id: int, until: date, *, today: date, actor: str) -> Change | None:
    """Let somebody not be due before a day, this once: the next word of either side ends it."""
    if until <= today:
        raise InvalidError(say("Choose a day that lies ahead."))
    row = _relationship(tx, contact_id, brand_id)
    before = _plan(row)
    row.rest_until = until
    return _keep(tx, row, before, say("Talk put off until %(day)s", day=until.isoformat()), actor)


def note_talk(tx: Tx, contact_id: int, brand_id: int | None) -> None:
    """Count what was said elsewhere, such as a direct message, as a talk."""
    if brand_id is None:
        return
    row = ensure_relationship(tx, contact_id, brand_id)
    row.talked_at, row.rest_until = tx.now, None


def recount_talk(tx: Tx, contact_id: int, brand_id: int | None) -> None:
    """Let the last talk be what mails and the messages that are logged say, after one of those went or came back."""
    row = find_relationship(tx, contact_id, brand_id) if brand_id is not None else None
    if row is None:
        return
    tx.session.flush()
    logged = select(func.max(TimelineEntry.at)).where(
        TimelineEntry.contact_id == contact_id, TimelineEntry.kind == "dm", TimelineEntry.brand_id == brand_id
    )
    known = (row.last_in_at, row.last_out_at, tx.session.scalar(logged))
    row.talked_at = max((at for at in known if at is not None), default=None)


def reverse_rhythm(tx: Tx, change: Change, actor: str) -> Undone:
    """Put a rhythm back to what it was, unless somebody changed it since."""
    row = tx.session.get(Relationship, change.data["relationship"], with_for_update=True)
    if row is None or _plan(row) != change.data["after"]:
        return Undone(change=change, undone=0, left=1, why=say("Somebody changed it since."))
    before = change.data["before"]
    row.rhythm_days = before["days"]
    row.rest_until = date.fromisoformat(before["rest"]) if before["rest"] else None
    _tell(tx, row, say("Rhythm as before"), actor)
    return Undone(change=change, undone=1)


def reverse_stage_rhythm(tx: Tx, change: Change, _actor: str) -> Undone:
    """Put a stage's rhythm back to what it was, unless somebody changed it or removed the stage since."""
    stage = tx.session.get(Stage, change.data["stage_id"], with_for_update=True)
    if stage is None or stage.talk_days != change.data["after"]:
        return Undone(change=change, undone=0, left=1, why=say("Somebody changed it since."))
    stage.talk_days = change.data["before"]
    tx.session.info.pop(_RHYTHMS, None)
    return Undone(change=change, undone=1)


def due_branches(
    now: datetime, rhythms: Mapping[int, int], brand_id: int | None, today: date, *, user_ids: Collection[int] | None,
    limit: int, own: bool = True,
) -> list[Subquery]:  # fmt: skip
    """Return one look at an index for each rhythm: whom these colleagues, or any, should talk to, and who is nobody's.

    `rhythms` are days by stage; without `own` nobody has one of their own. People whom nobody may write to are left
    out; who waits longest comes first.
    """
    mine = [] if user_ids is None else [or_(Contact.owner_id.in_(list(user_ids)), Contact.owner_id.is_(None))]
    awake = or_(Relationship.rest_until.is_(None), Relationship.rest_until <= today)
    forbidden = exists().where(Suppression.contact_id == Contact.id, Suppression.lifted_at.is_(None))
    held = [Relationship.brand_id == brand_id, awake, *mine, ~forbidden, Contact.erased_at.is_(None)]
    whose: list[tuple[str, ColumnElement[bool], int]] = [
        ("stage", (Relationship.stage_id == stage_id) & Relationship.rhythm_days.is_(None), days)
        for stage_id, days in sorted(rhythms.items())
    ]
    whose += [("own", Relationship.rhythm_days == days, days) for days in CHOICES if own]
    return [
        _branch(kind, days, [which, since, *held], limit)
        for kind, which, days in whose
        for since in _since(now - timedelta(days=days))
    ]


def talk_is_due(tx: Tx, brand_id: int | None) -> ColumnElement[bool]:
    """Return the condition that it is time to talk to a contact, for filters."""
    rest = or_(Relationship.rest_until.is_(None), Relationship.rest_until <= tx.now.date())
    due = select(Relationship.contact_id).where(Relationship.brand_id == brand_id, rest)
    own = due.where(Relationship.rhythm_days > NONE)
    # Apart, as each is a look at an index: by what few have of their own, and by each stage that has a rhythm. That
    # somebody has none of their own is said so that no index of rhythms is read for it.
    parts = [own.where(since) for since in _since(_days_before(tx, Relationship.rhythm_days))]
    usual = due.where(func.coalesce(Relationship.rhythm_days, -1) == -1)
    for stage_id, days in _stage_rhythms(tx).items():
        cut = tx.now - timedelta(days=days)
        parts += [usual.where(Relationship.stage_id == stage_id, since) for since in _since(cut)]
    return Contact.id.in_(union_all(*parts))


def remember_rhythms(tx: Tx, stages: Iterable[Stage]) -> None:
    """Keep the rhythms of all stages, where somebody read those for something else."""
    tx.session.info[_RHYTHMS] = {stage.id: stage.talk_days for stage in stages if stage.talk_days}


def _stage_rhythms(tx: Tx) -> dict[int, int]:
    if _RHYTHMS not in tx.session.info:
        remember_rhythms(tx, tx.session.scalars(select(Stage).where(Stage.talk_days > NONE)))
    found: dict[int, int] = tx.session.info[_RHYTHMS]
    return found


def _days_before(tx: Tx, days: Any) -> ColumnElement[Any]:
    """Return the instant so many days of 24 hours ago, as the database keeps instants."""
    now = literal(tx.now, Instant())
    if tx.session.get_bind().dialect.name == "sqlite":
        return func.strftime("%Y-%m-%d %H:%M:%f", now, "-" + cast(days, String) + " days")
    return now - func.make_interval(0, 0, 0, 0, days * 24)


def _since(before: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return what is true of those to whom nobody talked since: talked to, or never."""
    return Relationship.talked_at < before, Relationship.talked_at.is_(None) & (Relationship.stage_since < before)


def _branch(kind: str, days: int, held: Sequence[ColumnElement[bool]], limit: int) -> Subquery:
    return (
        select(
            literal(kind, String).label("kind"), Relationship.contact_id.label("contact_id"),
            Relationship.id.label("number"),
            func.coalesce(Relationship.talked_at, Relationship.stage_since, type_=Instant()).label("since"),
            literal(days, Integer).label("amount"), Stage.name.label("words"), cast(null(), Date).label("day"),
        )
        .join(Contact, Contact.id == Relationship.contact_id)
        .join(Stage, Stage.id == Relationship.stage_id)
        .where(*held)
        .order_by(Relationship.talked_at, Relationship.id)
        .limit(limit)
        .subquery()
    )  # fmt: skip


def _relationship(tx: Tx, contact_id: int, brand_id: int) -> Relationship:
    return ensure_relationship(tx, get_contact(tx, contact_id).id, brand_id)


def _plan(row: Relationship) -> dict[str, Any]:
    return {"days": row.rhythm_days, "rest": row.rest_until.isoformat() if row.rest_until else None}


def _keep(tx: Tx, row: Relationship, before: dict[str, Any], words: str, actor: str) -> Change | None:
    if _plan(row) == before:
        return None
    _tell(tx, row, words, actor)
    summary = say("%(name)s: rhythm changed", name=display_name(get_contact(tx, row.contact_id)))
    data = {"relationship": row.id, "before": before, "after": _plan(row), "place": f"/contacts/{row.contact_id}"}
    return record_change(tx, KIND, actor=actor, summary=summary, data=data)


def _tell(tx: Tx, row: Relationship, words: str, actor: str) -> None:
    record_entry(tx, row.contact_id, KIND, str(words), actor=actor, brand_id=row.brand_id, data=_plan(row))
