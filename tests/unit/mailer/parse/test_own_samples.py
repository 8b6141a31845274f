"""Wire: the project's own labelled messages in tests/data/mail, with LF and with CRLF, and how many there are."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.labelled import Row, read_labelled
from mailer.parse import parse_mail
from mailer.types import MailKind, ParsedMail

MAIL = Path(__file__).resolve().parents[3] / "data" / "mail"
RECEIVED_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LINE_ENDS = pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])


def read(folder: str, line_end: bytes) -> list[tuple[str, Row, ParsedMail]]:
    return [
        (str(row["file"]), row, parse_mail(raw.replace(b"\n", line_end), received_at=RECEIVED_AT))
        for row, raw in read_labelled(MAIL / folder)
    ]


@LINE_ENDS
def test_automatic_answers_in_many_languages(line_end: bytes) -> None:
    wrong = {}
    for name, row, mail in read("auto_replies", line_end):
        found = mail.auto_reply
        seen = found and (found.until.isoformat() if found.until else None, found.permanent)
        if mail.kind is not MailKind.AUTO_REPLY or seen != (row["expected_until"], row["expected_gone"]):
            wrong[name] = (mail.kind.value, seen)
    assert wrong == {}


@LINE_ENDS
def test_persons_who_speak_of_holidays_failures_and_tickets_are_kept(line_end: bytes) -> None:
    assert {name: mail.kind for name, _, mail in read("persons", line_end) if mail.kind is not MailKind.REPLY} == {}


@LINE_ENDS
def test_bounces_in_many_dialects(line_end: bytes) -> None:
    wrong = {}
    for name, row, mail in read("bounces", line_end):
        bounce = mail.bounce
        seen: Row = {"kind": "bounce" if mail.is_delay else mail.kind.value}
        if bounce:
            alias = row.get("recipient_alias", {})
            seen |= {"recipients": sorted({alias.get(email, email) for email in bounce.recipients})}
            seen |= {key: getattr(bounce, key) for key in ("status", "permanent", "hard", "reason")}
        wanted = {key.removeprefix("expected_"): value for key, value in row.items() if key.startswith("expected_")}
        wanted["recipients"] = sorted(wanted["recipients"])
        if any(seen.get(key) != value for key, value in wanted.items()):
            wrong[name] = (seen, wanted)
    assert wrong == {}


@LINE_ENDS
def test_challenges_complaints_and_notices(line_end: bytes) -> None:
    wrong = {}
    for name, row, mail in read("machines", line_end):
        recipients = list(mail.bounce.recipients) if mail.bounce else []
        seen = (mail.kind.value, mail.complaint)
        if seen != (row["expected_kind"], bool(row.get("complaint"))) or not set(
            row.get("expected_recipients", [])
        ) <= set(recipients):
            wrong[name] = (*seen, recipients)
    assert wrong == {}


def test_the_samples_are_as_many_as_the_figures_say() -> None:
    languages = Counter(str(row["file"]).partition("-")[0] for row, _ in read_labelled(MAIL / "auto_replies"))
    assert len(languages) >= 20
    assert languages.total() >= 200
    assert min(languages.values()) >= 8
    assert len(list(read_labelled(MAIL / "persons"))) >= 60
    assert len(list(read_labelled(MAIL / "bounces"))) >= 60
