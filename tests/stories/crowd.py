"""People with everything a person can have, drawn at random: what merges and undoing are tried on."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import select

from crm.brands import create_brand
from crm.contacts import create_contact, refresh_search_text
from crm.feedback import log_feedback
from crm.models import (
    Contact,
    ContactTag,
    Handle,
    HandleSnapshot,
    Message,
    Proposal,
    Relationship,
    Stage,
    User,
)
from crm.suppressions import suppress
from crm.tasks import complete_task, create_task
from crm.threads import open_thread, store_message, touch_thread
from crm.timeline import add_note
from crm.twins import refresh_twins
from crm.users import add_user
from kit.tx import Tx
from sequences.models import Enrolment, Incident, MailDraft, Send, Sequence
from tests.stories.world import TWO_STEPS, World

SEQUENCES = ("spring", "autumn")
_STEPS = ("pitch", "nudge")
_PASSED = ("sent", "unknown", "failed")
_WAITING = ("scheduled", "draft")


def found_company(world: World) -> None:
    """Two brands, two colleagues, two sequences that are live."""
    for name in SEQUENCES:
        world.load(TWO_STEPS.replace("name: spring", f"name: {name}"))
    with world.database.transaction() as tx:
        create_brand(tx, "Brackenware", postal_address="Havnegade 12, Aarhus")
        for name in ("Ada", "Ruben"):
            add_user(tx, f"{name.lower()}@brackenware.example", role="admin", name=name)


def draw_person(tx: Tx, rng: Random, number: int) -> int:
    """Store somebody with some of everything."""
    emails = [f"p{number}.{n}@{rng.choice(('a', 'b'))}.example" for n in range(rng.randrange(4))]
    contact = create_contact(
        tx, name=rng.choice(("", "Imani Oduya", f"Person {number}")), emails=emails, actor="system",
        country=rng.choice((None, "CA", "GB")), topic=rng.choice(("", "Pans", "Stews")), city=rng.choice(("", "Leeds")),
    )  # fmt: skip
    contact.fields = {key: rng.choice(("x", "y")) for key in ("colour", "hob") if rng.random() < 0.5}
    contact.owner_id = rng.choice((None, *tx.session.scalars(select(User.id))))
    tx.session.add_all([ContactTag(contact_id=contact.id, tag=tag) for tag in ("one", "two") if rng.random() < 0.5])
    for platform in rng.sample(("instagram", "youtube", "website"), rng.randrange(3)):
        _account(tx, rng, contact, platform, number)
    _standing(tx, rng, contact)
    _talk(tx, rng, contact, emails)
    _runs(tx, rng, contact, emails)
    _upkeep(tx, rng, contact, emails)
    refresh_search_text(tx, contact)
    refresh_twins(tx, [contact.id])
    return contact.id


def _account(tx: Tx, rng: Random, contact: Contact, platform: str, number: int) -> None:
    handle = Handle(
        contact_id=contact.id, platform=platform, username=f"{platform}.{number}", followers=float(rng.randrange(9)),
        price_amount=Decimal("12.50"), price_currency="EUR", created_at=tx.now,
    )  # fmt: skip
    tx.session.add(handle)
    tx.session.flush()
    tx.session.add(HandleSnapshot(handle_id=handle.id, taken_at=tx.now, followers=handle.followers))


def _standing(tx: Tx, rng: Random, contact: Contact) -> None:
    stages = list(tx.session.scalars(select(Stage.id)))
    for brand_id in (1, 2):
        if rng.random() < 0.6:
            tx.session.add(
                Relationship(
                    contact_id=contact.id, brand_id=brand_id, stage_id=rng.choice(stages), created_at=tx.now,
                    stage_since=tx.now - timedelta(days=rng.randrange(9)),
                    owner_id=rng.choice((None, 1)), last_in_at=rng.choice((None, tx.now)),
                )
            )  # fmt: skip


def _talk(tx: Tx, rng: Random, contact: Contact, emails: list[str]) -> None:
    for turn in range(rng.randrange(3)):
        thread = open_thread(tx, mailbox_id=1, contact_id=contact.id, brand_id=1, subject="Pans", at=tx.now)
        for word in range(rng.randrange(1, 3)):
            came = rng.random() < 0.5
            key = f"{contact.id}-{turn}-{word}"
            message = Message(
                mailbox_id=1, thread_id=thread.id, contact_id=contact.id, direction="in" if came else "out",
                kind="reply" if came else "sent", dedupe=key, rfc_id=f"<{key}@x.example>", subject="Pans",
                at=tx.now - timedelta(days=rng.randrange(40)), sender=(emails or ["x@y.example"])[0],
            )  # fmt: skip
            store_message(tx, message, new_text="Hello", text="Hello", html=None, raw=None, ids=[key])
            touch_thread(tx, thread, at=message.at, inbound=came, counts_as_turn=True)
            tx.session.add(
                Proposal(
                    message_id=message.id, contact_id=contact.id, number=1, kind="price", sentence="100 EUR",
                    confidence=0.5, created_at=tx.now,
                )
            )  # fmt: skip


def _runs(tx: Tx, rng: Random, contact: Contact, emails: list[str]) -> None:
    for name in SEQUENCES:
        if not emails or rng.random() < 0.4:
            continue
        sequence = tx.session.scalars(select(Sequence).where(Sequence.name == name)).one()
        state = rng.choice(("active", "held", "stopped", "finished"))
        run = Enrolment(
            sequence_id=sequence.id, version_id=sequence.id, contact_id=contact.id, mailbox_id=1,
            email=rng.choice(emails), state=state, reason="" if state == "active" else "reply",
            hold_until=tx.now + timedelta(days=2) if state == "held" else None, next_step=rng.randrange(3),
            next_at=tx.now + timedelta(hours=3) if state == "active" else None, actor="cli",
            created_at=tx.now - timedelta(days=rng.randrange(30)),
            ended_at=tx.now if state in ("stopped", "finished") else None,
        )  # fmt: skip
        tx.session.add(run)
        tx.session.flush()
        for number, key in enumerate(_STEPS[: rng.randrange(3)]):
            waits = run.state in ("active", "held") and number == 1
            _send(tx, run, key, number, rng.choice(_WAITING if waits else _PASSED))


def _send(tx: Tx, run: Enrolment, key: str, step: int, state: str) -> None:
    tx.session.add(
        Send(
            enrolment_id=run.id, step_key=key, step=step, sequence_id=run.sequence_id, contact_id=run.contact_id,
            brand_id=1, mailbox_id=1, email=run.email, domain="a.example", subject="Pans", state=state,
            rfc_id=f"<{run.id}-{key}@pastel.test>", planned_at=tx.now, due_at=tx.now + timedelta(days=1),
            expires_at=tx.now + timedelta(days=15), sent_at=tx.now if state == "sent" else None, created_at=tx.now,
        )
    )  # fmt: skip


def _upkeep(tx: Tx, rng: Random, contact: Contact, emails: list[str]) -> None:
    add_note(tx, contact.id, "Tests on induction.", actor="user:1")
    task = create_task(tx, "Answer", actor="user:1", contact_id=contact.id)
    if rng.random() < 0.5:
        complete_task(tx, task.id, actor="user:1")
    log_feedback(tx, "The handle gets hot", kind="problem", actor="user:1", contact_id=contact.id, brand_id=1)
    for email in emails:
        if rng.random() < 0.2:
            reason = rng.choice(("opt_out", "manual", "hard_bounce"))
            suppress(tx, email, reason=reason, source="a test", actor="user:1")
    if rng.random() < 0.3:
        tx.session.add(Incident(kind="complaint", contact_id=contact.id, at=tx.now, sentence="They complained."))
    if rng.random() < 0.4:
        tx.session.add(MailDraft(user_id=1, place=f"contact:{contact.id}", text="Dear", updated_at=tx.now))
    tx.session.flush()
