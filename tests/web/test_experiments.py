"""The experiment on the page of a sequence: plain words, a line for the interval, no statistics."""

import re
from datetime import datetime, timedelta

import pytest

from crm.models import Contact, Message
from kit.tx import Tx
from sequences.models import Enrolment, Send, Sequence
from sequences.versions.authoring import get_version, import_sequence, read_draft
from tests.web.cast import ADA, Cast
from tests.web.conftest import Person
from web.wiring import House

TWO_TEXTS = f"""\
name: Two openings
brand: Brackenware
mailbox: {ADA}
window: always
holidays: none
steps:
  - key: first-touch
    kind: email
    variants:
      - {{key: pan, subject: "A pan?", body: "Hello, we make pans.\\n"}}
      - {{key: stew, subject: "A stew?", body: "Hello, we make stews.\\n"}}
  - key: nudge
    kind: email
    wait: 4 business days
    thread: same
    variants:
      - {{key: short, body: "A reminder.\\n"}}
      - {{key: long, body: "A long reminder.\\n"}}
"""


def seed(house: House, figures: dict[str, tuple[int, int]], days: int = 30) -> int:
    """Store a sequence whose first step reached and interested so many; return its id."""
    path = house.settings.home / "two.yaml"
    path.write_text(TWO_TEXTS, encoding="utf-8")
    with house.database.transaction() as tx:
        sequence = import_sequence(tx, read_draft(path, {}))
        people = [(variant, number < replies) for variant, (replies, all_) in figures.items() for number in range(all_)]
        _write(tx, sequence, people, tx.now - timedelta(days=days))
        return sequence.id


def _write(tx: Tx, sequence: Sequence, people: list[tuple[str, bool]], at: datetime) -> None:
    """Store hundreds of people as rows: only what was sent and answered is looked at."""
    emails = [f"maker{number}@makers.example" for number in range(len(people))]
    makers = [Contact(name=email, search_text=email, created_at=at) for email in emails]
    tx.session.add_all(makers)
    tx.session.flush()
    version = get_version(tx, sequence).id
    runs = [
        Enrolment(
            sequence_id=sequence.id, version_id=version, contact_id=maker.id, mailbox_id=1, email=maker.name,
            state="finished", actor="user:1", created_at=at,
        )
        for maker in makers
    ]  # fmt: skip
    tx.session.add_all(runs)
    tx.session.flush()
    for run, (variant, replied) in zip(runs, people, strict=True):
        tx.session.add(
            Send(
                enrolment_id=run.id, step_key="first-touch", sequence_id=sequence.id, contact_id=run.contact_id,
                mailbox_id=1, email=run.email, variant=variant, state="sent", rfc_id=f"<{run.email}>", planned_at=at,
                due_at=at, sent_at=at, created_at=at, explanation={"version": 1},
            )
        )  # fmt: skip
        if replied:
            message = Message(
                mailbox_id=1, contact_id=run.contact_id, direction="in", kind="reply", dedupe=run.email,
                at=at + timedelta(days=1),
            )  # fmt: skip
            tx.session.add(message)


@pytest.fixture
def undecided(house: House, cast: Cast) -> int:
    assert cast.brand
    return seed(house, {"pan": (41, 210), "stew": (38, 205)})


def test_no_verdict_is_said_in_plain_words(ada: Person, undecided: int) -> None:
    said = ada.get(f"/sequences/{undecided}/report")
    assert "41 replies of 210 against 38 of 205. No verdict yet: about " in said
    assert "more would be needed to tell a difference of 5 points." in said
    assert "Between 15 and 25 percent reply" in said
    assert "Nothing to compare yet. A verdict needs about 2,500 contacts to tell 10% from 15%." in said
    assert not re.search(r"p-value|significan|null hypothesis|e-value|wilson", said, re.IGNORECASE)


def test_a_winner_is_named(ada: Person, house: House, cast: Cast) -> None:
    assert cast.brand
    said = ada.get(f"/sequences/{seed(house, {'pan': (8, 80), 'stew': (40, 80)})}/report", part=True)
    assert "8 replies of 80 against 40 of 80. Text stew earns more replies." in said


def test_what_left_this_week_does_not_decide(ada: Person, house: House, cast: Cast) -> None:
    assert cast.brand
    said = ada.get(f"/sequences/{seed(house, {'pan': (8, 80), 'stew': (40, 80)}, days=3)}/report")
    assert "No verdict yet" in said
    assert "160 mails younger than a week wait to count for the verdict." in said


def test_experiments_ask_two_questions_however_many_they_are(ada: Person, undecided: int, queries: list[str]) -> None:
    ada.get("/sequences/1/report")
    plain = len(queries)
    queries.clear()
    ada.get(f"/sequences/{undecided}/report")
    assert len(queries) == plain + 2, "the version is asked for in any case"


def test_one_text_shows_nothing(ada: Person) -> None:
    assert 'class="experiment"' not in ada.get("/sequences/1/report")
