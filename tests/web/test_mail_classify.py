"""Wire: `rapport mail classify` says what each message is, one line each."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from web.cli.mail import mail_command

REPORT = (
    "From: MAILER-DAEMON@mx.blog.example\nSubject: Undelivered\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b1\n\n--b1\n"
    "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; mara@blog.example\n"
    "Action: {}\nStatus: {}\n\n--b1--\n"
)


@pytest.mark.parametrize(
    ("action", "status", "kind", "bounce"),
    [
        ("failed", "5.1.1", "bounce", {"status": "5.1.1", "permanent": True, "hard": True}),
        ("delayed", "4.4.1", "bounce", {"status": "4.4.1", "permanent": False, "hard": False}),
        ("relayed", "2.0.0", "other", None),
    ],
)
def test_a_delay_is_a_bounce_that_is_not_permanent(
    tmp_path: Path, action: str, status: str, kind: str, bounce: dict[str, object] | None
) -> None:
    path = tmp_path / "one.eml"
    path.write_text(REPORT.format(action, status))
    result = CliRunner().invoke(mail_command, ["classify", "--jsonl"], input=f"{path}\n/nowhere\n")
    told, error = map(json.loads, result.output.splitlines())
    assert told["kind"] == kind
    assert told["bounce"] == ({"recipients": ["mara@blog.example"], **bounce} if bounce else None)
    assert "error" in error
