"""Reports that the beat keeps say what counting anew says, for any days; of few mails nothing is kept."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from random import Random

import pytest
from sqlalchemy import select

from crm.brands import list_stages
from crm.fields import create_field, known_fields
from crm.models import Contact, Handle, KeptFigures, Message, Relationship, SavedView
from crm.users import add_user
from crm.zones import read_zone
from kit.tx import Tx
from sequences.insight.outcome import read_outcome
from sequences.insight.outcome_kept import find_outcome, find_step_counts
from sequences.insight.report import count_steps
from sequences.insight.touches_report import GROUPS
from sequences.kept_models import KeptReport
from sequences.models import Enrolment, Send, Sequence, SequenceVersion
from sequences.reports.keeping import FRESH, keep_next
from sequences.reports.outreach_kept import Figures, find_figures
from sequences.reports.outreach_kept import KeptFigures as Kept
from sequences.versions.authoring import get_sequence
from tests.stories.world import World
from web.audiences import list_audiences

ZONES = ("Asia/Kathmandu", "America/Toronto")
PAIR = """\
name: {name}
brand: Pastel & Co
mailbox: mia@pastel.test
window: always
holidays: none
steps:
  - key: pitch
    kind: email
    variants:
      - {{key: a, weight: 1, subject: "A pan?", body: Hello}}
      - {{key: b, weight: 1, subject: "A pan for you?", body: Hi}}
  - key: nudge
    kind: email
    wait: 3 days
    thread: same
    body: Again
"""


@pytest.fixture
def busy(world: World) -> World:
    """Forty people in two sequences, written to over forty days; some answered, bounced, agreed or opted out."""
    world.engine = replace(world.engine, list_audiences=list_audiences)
    people = world.people(40)
    names = [world.load(PAIR.format(name=name)) for name in ("spring", "autumn")]
    with world.database.transaction() as tx:
        for zone in ZONES:
            user = add_user(tx, f"{zone.lower().replace('/', '.')}@pastel.test", role="outreach", name=zone)
            user.zone = zone
        create_field(tx, "Hob", "choice", choices=("gas", "induction"), actor="user:1")
        tx.session.add(SavedView(owner_id=user.id, name="German", query="language=de", shared=True, created_at=tx.now))
        write(tx, people, [get_sequence(tx, name) for name in names], Random(7))
    return world


def write(tx: Tx, people: list[int], sequences: list[Sequence], rng: Random) -> None:
    stages = list_stages(tx)
    box = tx.session.scalars(select(Send.mailbox_id)).first() or 1
    for number in people:
        contact = tx.session.get_one(Contact, number)
        contact.language, contact.zone = rng.choice(("de", "en")), rng.choice((*ZONES, None))
        contact.fields = {"hob": rng.choice(("gas", "induction"))} if rng.random() < 0.6 else {}
        if rng.random() < 0.8:
            followers = rng.choice((None, 4_000.0, 60_000.0, 900_000.0))
            tx.session.add(Handle(contact_id=number, platform=rng.choice(("youtube", "tiktok")), username=f"c{number}",
                                  followers=followers, created_at=tx.now))  # fmt: skip
        sequence = rng.choice(sequences)
        tx.session.add(Relationship(contact_id=number, brand_id=sequence.brand_id, stage_id=rng.choice(stages).id,
                                    stage_since=tx.now, created_at=tx.now))  # fmt: skip
        begun = tx.now - timedelta(minutes=rng.randrange(60 * 24 * 40))
        run = enter(tx, contact, sequence, box, begun, rng)
        for step, key in enumerate(("pitch", "nudge")[: rng.choice((1, 2, 2))]):
            send(tx, run, step, key, begun + timedelta(days=3 * step, seconds=number), rng)
        for _ in range(rng.choice((0, 1, 1, 2))):
            hear(tx, number, box, begun + timedelta(minutes=rng.randrange(60 * 24 * 8)), rng)


def enter(tx: Tx, contact: Contact, sequence: Sequence, box: int, at: datetime, rng: Random) -> Enrolment:
    version = tx.session.scalars(select(SequenceVersion.id).where(SequenceVersion.sequence_id == sequence.id)).one()
    reason = "opt_out" if rng.random() < 0.15 else ""
    run = Enrolment(sequence_id=sequence.id, version_id=version, contact_id=contact.id, mailbox_id=box,
                    email=f"c{contact.id}@people.example", state="stopped" if reason else "finished", reason=reason,
                    actor="user:1", created_at=at)  # fmt: skip
    tx.session.add(run)
    tx.session.flush()
    return run


def send(tx: Tx, run: Enrolment, step: int, key: str, at: datetime, rng: Random) -> None:
    bounced = at + timedelta(minutes=3) if rng.random() < 0.1 else None
    tx.session.add(
        Send(enrolment_id=run.id, step_key=key, step=step, sequence_id=run.sequence_id, contact_id=run.contact_id,
             brand_id=1, mailbox_id=run.mailbox_id, email=run.email, variant=rng.choice("ab"), state="sent",
             is_follow_up=step > 0, rfc_id=f"<{run.id}-{step}@people.example>", planned_at=at, due_at=at, sent_at=at,
             bounced_at=bounced, created_at=at)
    )  # fmt: skip


def hear(tx: Tx, number: int, box: int, at: datetime, rng: Random) -> None:
    kind = rng.choice(("reply", "reply", "auto_reply"))
    tx.session.add(
        Message(mailbox_id=box, contact_id=number, direction="in", kind=kind, dedupe=f"{number}-{at}", at=at,
                reply_kind=rng.choice(("interested", "no", "question", None)) if kind == "reply" else None)
    )  # fmt: skip


def keep_all(world: World, *, many: int = 0) -> int:
    """Let the beat count until nothing is due; return how often it did."""
    counted = 0
    while keep_next(world.engine, many=many):
        counted += 1
    return counted


def compare(tx: Tx, zone: str, rng: Random) -> None:
    """Let figures as they are kept and counted anew be the same, for days of a reader in a zone."""
    today, clock = tx.now.astimezone(read_zone(zone)).date(), read_zone(zone)

    def midnight(ago: int) -> datetime:
        return datetime.combine(today - timedelta(days=ago), time(), clock)

    audiences, fields = list_audiences(tx, 1), list(known_fields(tx).values())
    for first, last in ((400, -1), (90, -1), (30, -1), *((rng.randrange(50), rng.randrange(-1, 20)) for _ in range(6))):
        span = midnight(max(first, last)), midnight(min(first, last))
        kept, plain = find_figures(tx, *span, zone), Figures(tx, *span)
        assert isinstance(kept, Kept)
        assert kept.as_of is not None
        assert kept.read_outreach() == plain.read_outreach()
        assert kept.read_hours() == plain.read_hours()
        assert kept.list_texts() == plain.list_texts()
        assert sorted(map(repr, kept.count_accounts())) == sorted(map(repr, plain.count_accounts()))
        assert kept.count_views(audiences) == plain.count_views(audiences)
        assert [kept.read_by_field(one) for one in fields] == [plain.read_by_field(one) for one in fields]
    for sequence in tx.session.scalars(select(Sequence)):
        for since in (None, midnight(400), *(midnight(rng.randrange(-1, 45)) for _ in range(6))):
            by = rng.choice(GROUPS)
            found = find_outcome(tx, sequence, since=since, by=by, zone=zone)
            assert found.as_of is not None
            assert replace(found, as_of=None) == read_outcome(tx, sequence, since=since, by=by)
        counts, as_of = find_step_counts(tx, sequence.id, with_tasks=False, zone=zone)
        assert as_of is not None
        assert counts == count_steps(tx, sequence.id, with_tasks=False)


def test_kept_figures_are_those_counted_anew(busy: World) -> None:
    keep_all(busy)
    with busy.database.reading() as tx:
        assert Figures(tx, tx.now - timedelta(days=90), tx.now).read_outreach().all.replied > 3, "nothing to compare"
        for number, zone in enumerate(ZONES):
            compare(tx, zone, Random(number))


def test_what_changed_is_counted_a_quarter_of_an_hour_later(busy: World) -> None:
    keep_all(busy)
    with busy.database.transaction() as tx:
        sent = tx.session.scalars(select(Send).where(Send.bounced_at.is_(None), Send.step == 0)).first()
        assert sent is not None
        hear(tx, sent.contact_id, sent.mailbox_id, tx.now, Random(1))
        sent.bounced_at = tx.now
    assert keep_all(busy) == 0
    with busy.database.reading() as tx:
        span = tx.now - timedelta(days=90), tx.now + timedelta(days=2)
        stale = find_figures(tx, *span, ZONES[0]).read_outreach().all
        assert stale.bounced == Figures(tx, *span).read_outreach().all.bounced - 1
    busy.clock.advance(FRESH)
    assert keep_all(busy) == 4  # the list, the outreach of all, two sequences
    with busy.database.reading() as tx:
        compare(tx, ZONES[0], Random(3))


def test_of_few_mails_nothing_is_kept_and_what_was_kept_is_forgotten(busy: World) -> None:
    keep_all(busy)
    with busy.database.transaction() as tx:
        tx.session.query(Send).filter(Send.id > 2).delete()
    busy.clock.advance(FRESH)
    keep_all(busy, many=2)
    with busy.database.reading() as tx:
        assert find_figures(tx, tx.now - timedelta(days=90), tx.now, ZONES[0]).as_of is None
        assert tx.session.scalars(select(KeptReport)).all() == []


def test_a_reader_in_a_new_zone_is_counted_for_at_once(busy: World) -> None:
    keep_all(busy)
    with busy.database.reading() as tx:
        span = tx.now - timedelta(days=30), tx.now
        assert find_figures(tx, *span, ZONES[0]).as_of is not None
        assert find_figures(tx, *span, "Pacific/Chatham").as_of is None
        sequence = get_sequence(tx, "spring")
        assert find_outcome(tx, sequence, since=None, by="step", zone="Pacific/Chatham").as_of is None


def test_a_tick_keeps_nothing_in_a_small_workspace(busy: World) -> None:
    busy.tick()
    with busy.database.reading() as tx:
        assert tx.session.scalars(select(KeptReport)).all() == []
        assert tx.session.scalars(select(KeptFigures)).all() == []
