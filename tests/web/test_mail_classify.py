"""Wire: `rapport mail classify --jsonl` answers every path with one line and outlives them all."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mailer.parse.mime import MAX_RAW
from web.cli.mail import mail_command

MAIL = b"From: Mara <mara@blog.example>\r\nSubject: Re: Bread\r\n\r\nYes, gladly.\r\n"

REPORT = (
    "From: MAILER-DAEMON@mx.blog.example\nSubject: Undelivered\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b1\n\n--b1\n"
    "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; mara@blog.example\n"
    "Action: {}\nStatus: {}\n\n--b1--\n"
)


def classify(*paths: bytes | str | Path) -> list[dict[str, Any]]:
    lines = b"".join(os.fsencode(path) + b"\n" for path in paths)
    done = CliRunner().invoke(mail_command, ["classify", "--jsonl"], input=lines, catch_exceptions=False)
    assert done.exit_code == 0
    return [json.loads(line) for line in done.stdout_bytes.splitlines()]


def test_a_message_is_described_as_promised(tmp_path: Path) -> None:
    path = tmp_path / "a b.eml"
    path.write_bytes(MAIL)
    assert classify(path) == [
        {
            "path": str(path),
            "kind": "reply",
            "complaint": False,
            "opt_out": False,
            "bounce": None,
            "auto_reply": None,
            "subject": "Re: Bread",
            "from": "mara@blog.example",
            "text": "Yes, gladly.",
        }
    ]


def test_what_cannot_be_read_gets_an_error_and_the_stream_goes_on(tmp_path: Path) -> None:
    good = tmp_path / "good.eml"
    good.write_bytes(MAIL)
    os.mkfifo(tmp_path / "pipe")
    closed = tmp_path / "closed.eml"
    closed.symlink_to(closed)
    bad = [tmp_path / "missing", tmp_path, tmp_path / "pipe", closed, "/dev/zero", "nul\x00byte", "x" * 5_000]
    answers = classify(*bad, good)
    assert [answer["path"] for answer in answers] == [*map(str, bad), str(good)]
    assert all(set(answer) == {"path", "error"} for answer in answers[:-1])
    assert answers[-1]["kind"] == "reply"


def test_odd_names_are_names_and_empty_lines_are_none(tmp_path: Path) -> None:
    names = [b"caf\xe9.eml", "brötchen 面包.eml".encode(), b" leading blank", b"tab\there", b'"quoted"']
    for name in names:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(MAIL)
    paths = [os.fsencode(tmp_path) + b"/" + name for name in names]
    answers = classify(b"", *paths, b"\r", b"")
    assert [os.fsencode(answer["path"]) for answer in answers] == paths
    assert {answer["kind"] for answer in answers} == {"reply"}


def test_a_file_of_any_time_and_size_is_read_within_bounds(tmp_path: Path) -> None:
    old, empty, huge = tmp_path / "old", tmp_path / "empty", tmp_path / "huge"
    old.write_bytes(MAIL)
    os.utime(old, (-(10**10), -(10**10)))
    empty.write_bytes(b"")
    huge.write_bytes(MAIL)
    os.truncate(huge, 20 * MAX_RAW)  # a gigabyte of NULs that takes no room
    answers = classify(old, empty, huge)
    assert [answer["kind"] for answer in answers] == ["reply"] * 3
    assert [answer["text"] for answer in answers] == ["Yes, gladly.", "", "Yes, gladly."]


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
