"""The main job through a real Postfix and a real Dovecot: TLS, passwords, delivery by LMTP, and only our commands."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from kit.clock import SystemClock
from tests.acceptance.conftest import CREATORS, GONE, MIA, MakeProgram, Town
from tests.acceptance.post_office import delivered, flags_of, read_inbox, reply_with_s_nail, submit, wait_for_mail
from tests.acceptance.program import Program
from tests.acceptance.reply_shapes import SHAPES, out_of_office

pytestmark = [pytest.mark.server("dovecot"), pytest.mark.server("postfix")]

_WAIT_S = 25
_BY_S_NAIL = ("I am in. Please send two sets,\none for my sister.", "How long is the campaign?")
_ANSWERS = (*(words for _, words in SHAPES), *_BY_S_NAIL)


@pytest.mark.server("s-nail")
def test_fifty_creators_ten_answers_forty_reminders(make_program: MakeProgram, town: Town, tmp_path: Path) -> None:
    program = _make_program(make_program, town)
    program.from_nothing = True
    _furnish(program, town, CREATORS)
    _launch(program, f"{_WAIT_S} seconds")
    counts = program.read("tick")
    assert (counts["planned"], counts["sent"], counts["failed"], counts["unknown"]) == (50, 50, 0, 0)
    for creator in CREATORS:
        (pitch,) = read_inbox(town, creator, 1)
        _check_pitch(pitch, creator)

    answers = dict(zip(CREATORS[::5], _ANSWERS, strict=True))
    for (shape, words), creator in zip(SHAPES, answers, strict=False):
        submit(town, creator, [shape(delivered(town, creator), words)])
    for words, creator in zip(_BY_S_NAIL, list(answers)[len(SHAPES) :], strict=True):
        reply_with_s_nail(town, creator, words, tmp_path)
    wait_for_mail(town, MIA, 10)

    _wait_until_due(program)
    counts = program.read("tick")
    assert (counts["received"], counts["replies"], counts["sent"]) == (10, 10, 40)
    again = program.read("tick")
    assert not any(again.values())

    for creator in CREATORS:
        expected = 1 if creator in answers else 2
        mails = read_inbox(town, creator, expected)
        assert len(mails) == expected
        if expected == 2:
            assert mails[1]["In-Reply-To"] == mails[0]["Message-ID"]
            assert mails[1]["Subject"] == f"Re: {mails[0]['Subject']}"
    _check_runs(program, answers)
    assert flags_of(town, MIA) == set(), "reading left marks in our mailbox"


def test_holidays_dead_addresses_and_bounces(make_program: MakeProgram, town: Town) -> None:
    away, nobody = CREATORS[1], "nobody@creator.test"
    program = _make_program(make_program, town)
    _furnish(program, town, (away, nobody, GONE))
    _launch(program, "30 seconds")

    first = program.read("tick")
    assert (first["sent"], first["failed"]) == (2, 1)
    back = (SystemClock().now() + timedelta(days=9)).strftime("%d %B %Y")
    words = f"I am out of the office until {back} and will read your mail when I return."
    submit(town, away, [out_of_office(delivered(town, away), words)])
    wait_for_mail(town, MIA, 2)  # the automatic answer, and Postfix's report about the one who is gone

    second = program.read("tick")
    assert first["bounces"] + second["bounces"] == 1  # the report may already come while the first one runs
    assert (second["auto_replies"], second["replies"], second["sent"]) == (1, 0, 0)
    runs = {run["email"]: run for run in program.read("enrolments", "list")}
    assert (runs[away]["state"], runs[away]["replies"], runs[away]["auto_replies"]) == ("held", 0, 1)
    assert not runs[away]["suppressed"]
    for address in (nobody, GONE):
        assert (runs[address]["state"], runs[address]["reason"]) == ("stopped", "bounce")
        assert runs[address]["bounce"]["hard"]
        assert runs[address]["suppressed"]
    assert runs[GONE]["bounce"]["status"] == "5.1.1"
    (failed,) = program.read("sends", "list", "--state", "failed")
    assert failed["email"] == nobody
    assert "550" in failed["reason"]


def _make_program(make_program: MakeProgram, town: Town) -> Program:
    return make_program(SSL_CERT_FILE=str(town.dovecot.certificate.path))


def _furnish(program: Program, town: Town, people: Iterable[str]) -> None:
    program.connect(MIA, smtp=town.smtp, imap=town.imap)
    check = program.read("mailboxes", "check", MIA, "--no-dns")
    assert check["ok"], check
    report = program.read("contacts", "import", program.write_people(list(people)))
    assert report["counts"]["created"] == len(report["rows"]) > 0


def _launch(program: Program, wait: str) -> None:
    program.do("sequences", "check", program.write_sequence(MIA, wait=wait))
    program.do("sequences", "import", program.write_sequence(MIA, wait=wait))
    program.do("sequences", "start", "spring")
    verdicts = program.read("enrolments", "add", "spring", "--all")
    assert {verdict["verdict"] for verdict in verdicts} == {"enrolled"}


def _check_pitch(mail: EmailMessage, creator: str) -> None:
    name = creator.partition("@")[0].title()
    assert mail["To"].addresses[0].addr_spec == creator
    assert mail["Subject"] == f"Lumen Markers x {name}"
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert f"Hello {name}," in text
    assert "1 Long Lane, Galway" in text


def _check_runs(program: Program, answers: dict[str, str]) -> None:
    runs: dict[str, dict[str, Any]] = {run["email"]: run for run in program.read("enrolments", "list", "spring")}
    assert Counter((run["state"], run["reason"]) for run in runs.values()) == {
        ("stopped", "reply"): 10,
        ("finished", "finished"): 40,
    }
    for creator, words in answers.items():
        assert runs[creator]["texts"] == [words]
        assert (runs[creator]["replies"], runs[creator]["steps_sent"]) == (1, 1)
        assert runs[creator]["reply_kind"] is not None
    assert {run["steps_sent"] for creator, run in runs.items() if creator not in answers} == {2}


def _wait_until_due(program: Program) -> None:
    """Wait until the second step is due for everybody, reading nothing meanwhile."""
    last = max(datetime.fromisoformat(send["sent_at"]) for send in program.read("sends", "list"))
    rest = last.astimezone(UTC) + timedelta(seconds=_WAIT_S + 1) - SystemClock().now()
    Event().wait(max(0.0, rest.total_seconds()))
