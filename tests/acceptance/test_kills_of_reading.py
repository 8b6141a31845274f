"""`kill -9` in the middle of reading many mails from Dovecot, again and again: nothing lost, nothing doubled."""

import os
import threading
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from imapclient import IMAPClient
from sqlalchemy import func, select

from crm.models import Message, MessageBody, MessageId, Quarantined, TimelineEntry
from kit.db import make_engine
from sequences.models import Heartbeat
from tests.acceptance.conftest import MIA, MakeProgram, Town

KILLS = int(os.environ.get("RAPPORT_READING_KILLS", "6"))
MAILS = int(os.environ.get("RAPPORT_READING_MAILS", "800"))
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CHECKOUT = Path(__file__).resolve().parents[2]
EVERY = 10  # one mail in so many has no Message-ID


def mail(number: int) -> bytes:
    own = "" if number % EVERY == 0 else f"Message-ID: <k{number}@people.example>\r\n"
    return (
        f"From: Person <p{number % 50}@people.example>\r\nTo: {MIA}\r\nSubject: Letter {number}\r\n{own}\r\n"
        f"This is letter {number}.\r\n"
    ).encode()


def put(town: Town, numbers: range) -> None:
    with IMAPClient("127.0.0.1", town.dovecot.imap_port, ssl=False, timeout=60) as client:
        client.login(MIA, "secret")
        for begin in range(numbers.start, numbers.stop, 500):
            client.multiappend("INBOX", [mail(n) for n in range(begin, min(begin + 500, numbers.stop))])


@pytest.mark.server("dovecot")
@pytest.mark.server("postfix")
@pytest.mark.parametrize("when", ["first look", "new mail"])
def test_reading_goes_on_where_it_was_killed(make_program: MakeProgram, town: Town, when: str) -> None:
    program = make_program(SSL_CERT_FILE=str(town.dovecot.certificate.path), PYTHONPATH=str(CHECKOUT))
    program.connect(MIA, smtp=town.smtp, imap=town.imap)
    if when == "new mail":
        program.do("mailboxes", "poll", MIA)
    put(town, range(1, MAILS + 1))
    url = f"sqlite:///{program.home / 'rapport.sqlite3'}"
    engine, rng, seen = make_engine(url), Random(5), Counter[int]()
    for _ in range(KILLS // 2):
        process = program.start("mailboxes", "poll", MIA)
        # Somewhere in the work: after the start, before the end.
        for _ in range(200):
            threading.Event().wait(0.05)
            with engine.connect() as connection:
                stored = connection.scalar(select(func.count(Message.id))) or 0
            if stored > max(seen, default=0) or process.poll() is not None:
                break
        threading.Event().wait(rng.uniform(0, 0.2))
        process.kill()
        process.wait()
        seen[stored] += 1
    result = program.read("mailboxes", "poll", MIA)
    assert result["error"] is None
    assert result["first_look"] is None
    with engine.connect() as connection:
        subjects = Counter(connection.scalars(select(Message.subject)))
        bodies = connection.scalar(select(func.count(MessageBody.message_id)))
        ids = connection.scalar(select(func.count(MessageId.id)))
        aside = connection.scalar(select(func.count(Quarantined.id)))
        doubled = connection.scalar(select(func.count(TimelineEntry.id)).where(TimelineEntry.kind == "reply"))
        assert connection.scalar(select(Heartbeat.note).where(Heartbeat.name == "poll:1")) == ""
    engine.dispose()
    print(f"{when}: stored when killed: {sorted(seen)}")
    assert subjects == Counter(f"Letter {number}" for number in range(1, MAILS + 1))
    assert (bodies, ids, aside, doubled) == (MAILS, MAILS - MAILS // EVERY, 0, 0)
