"""Use cases: what a merge would do, before it is done: what is to be chosen, what comes over, and what would end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from crm.contacts import get_contact, list_addresses_of
from crm.merging.facts import Fact, weigh_facts
from crm.merging.people import STAGE, choose_stage, find_wide_ban
from crm.models import (
    Brand,
    Contact,
    ContactTag,
    Feedback,
    Handle,
    Message,
    Relationship,
    Stage,
    Suppression,
    Task,
    Thread,
)
from kit.errors import InvalidError, RefusedError, say
from kit.tx import Tx
from sequences.merging.run_choice import choose_runs_to_stop
from sequences.merging.runs import read_runs, refuse_under_way
from sequences.models import Enrolment, Send, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChoice:
    """Where both stand with one brand; `wins` is survivor or absorbed."""

    name: str
    brand: str
    survivor: str
    absorbed: str
    wins: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePreview:
    """Two contacts side by side. `stops` names the sequences in which the survivor's (or the other's) run would end."""

    survivor: Contact
    absorbed: Contact
    facts: tuple[Fact, ...]
    stages: tuple[StageChoice, ...]
    emails: tuple[tuple[str, bool], ...]
    tags: tuple[str, ...]
    counts: Mapping[str, int]
    stops: tuple[tuple[str, bool], ...]
    ban: Suppression | None
    refusal: str

    @property
    def to_choose(self) -> tuple[Fact, ...]:
        """Return the facts that both have, differently."""
        return tuple(fact for fact in self.facts if fact.differs)

    @property
    def filled(self) -> tuple[Fact, ...]:
        """Return the facts that only the absorbed one has, and so come over."""
        return tuple(fact for fact in self.facts if fact.absorbed and not fact.survivor)


def preview_merge(tx: Tx, survivor_id: int, absorbed_id: int) -> MergePreview:
    """Say what a merge of these two would do; nothing is changed."""
    if survivor_id == absorbed_id:
        raise InvalidError(say("This is one contact already. Choose two."))
    both = (survivor_id, absorbed_id)
    _held = list(tx.session.scalars(select(Contact).where(Contact.id.in_(both))))  # in one query for the next line
    survivor, absorbed = get_contact(tx, survivor_id), get_contact(tx, absorbed_id)
    of = list_addresses_of(tx, both)
    emails = [(row.email, mine is survivor) for mine in (survivor, absorbed) for row in of[mine.id]]
    return MergePreview(
        survivor=survivor,
        absorbed=absorbed,
        facts=tuple(weigh_facts(survivor, absorbed, {})),
        stages=tuple(_stages(tx, survivor_id, absorbed_id)),
        emails=tuple(emails),
        tags=_tags(tx, both),
        counts=_count(tx, absorbed_id),
        stops=tuple(_stops(tx, survivor_id, absorbed_id)),
        ban=find_wide_ban(tx, survivor_id, absorbed_id),
        refusal=_refusal(tx, survivor_id, absorbed_id),
    )


def _tags(tx: Tx, both: tuple[int, int]) -> tuple[str, ...]:
    """Return the tags of both, the survivor's first."""
    rows = tx.session.execute(select(ContactTag.contact_id, ContactTag.tag).where(ContactTag.contact_id.in_(both)))
    return tuple(dict.fromkeys(tag for _, tag in sorted(rows.all(), key=lambda row: (row[0] != both[0], row[1]))))


def _stages(tx: Tx, survivor_id: int, absorbed_id: int) -> list[StageChoice]:
    query = (
        select(Relationship, Brand.name, Stage.name, Stage.position)
        .join(Brand, Brand.id == Relationship.brand_id)
        .join(Stage, Stage.id == Relationship.stage_id)
        .where(Relationship.contact_id.in_((survivor_id, absorbed_id)))
        .order_by(Brand.name)
    )
    rows = tx.session.execute(query).all()
    places = {row[0].stage_id: row[3] for row in rows}
    ours = {row[0].brand_id: row for row in rows if row[0].contact_id == survivor_id}
    found = []
    for theirs in (row for row in rows if row[0].contact_id == absorbed_id and row[0].brand_id in ours):
        own = ours[theirs[0].brand_id]
        if own[0].stage_id != theirs[0].stage_id:
            wins = "survivor" if choose_stage(own[0], theirs[0], places, "") is own[0] else "absorbed"
            name = f"{STAGE}{own[0].brand_id}"
            found.append(StageChoice(name=name, brand=own[1], survivor=own[2], absorbed=theirs[2], wins=wins))
    return found


def _count(tx: Tx, absorbed_id: int) -> dict[str, int]:
    """Return how much comes over, in one query."""
    models: tuple[Any, ...] = (Thread, Message, Send, Enrolment, Handle, Task, Feedback)
    counts = [select(func.count(model.id)).where(model.contact_id == absorbed_id).scalar_subquery() for model in models]
    row = tx.session.execute(select(*counts)).one()
    return {model.__tablename__: int(number) for model, number in zip(models, row, strict=True) if number}


def _stops(tx: Tx, survivor_id: int, absorbed_id: int) -> list[tuple[str, bool]]:
    stopping = choose_runs_to_stop(read_runs(tx, survivor_id, absorbed_id))
    wanted = {run.sequence_id for run in stopping}
    rows = tx.session.execute(select(Sequence.id, Sequence.name).where(Sequence.id.in_(wanted))) if wanted else ()
    names = {row[0]: row[1] for row in rows}
    return [(names[run.sequence_id], run.absorbed) for run in stopping]


def _refusal(tx: Tx, survivor_id: int, absorbed_id: int) -> str:
    try:
        refuse_under_way(tx, (survivor_id, absorbed_id))
    except RefusedError as error:
        return error.sentence
    return ""
