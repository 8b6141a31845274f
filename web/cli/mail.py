"""Wire: `rapport mail`: understanding raw messages, one path a line."""

import json
import os
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from mailer.parse import parse_mail
from mailer.parse.mime import MAX_RAW
from mailer.types import MailKind, ParsedMail
from web.cli.mail_checks import advise, lint
from web.cli.mail_kinds import kinds

_LATEST = 4_102_444_800.0  # seconds, UTC: the year 2100; a file's time may be anything


@click.group("mail")
def mail_command() -> None:
    """Raw messages."""


@mail_command.command("classify")
@click.option("--jsonl", is_flag=True, required=True, help="One path a line on stdin, one JSON a line on stdout.")
def classify(jsonl: bool) -> None:
    """Say what each message is. What cannot be read gets an error, and the stream goes on.

    Empty lines are passed over. Of a larger message the first 50 MB are read.
    """
    del jsonl
    answers = sys.stdout.buffer
    for line in sys.stdin.buffer:
        if name := os.fsdecode(line.rstrip(b"\r\n")):
            answers.write(_as_line({"path": name, **_describe(Path(name))}))
            answers.flush()


def _as_line(answer: dict[str, Any]) -> bytes:
    try:
        return json.dumps(answer, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # a path that is no UTF-8
        return json.dumps(answer).encode() + b"\n"


def _describe(path: Path) -> dict[str, Any]:
    try:
        raw, received_at = _read(path)
    except (OSError, ValueError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    try:
        parsed = parse_mail(raw, received_at=received_at)
        # A date in the mail itself is nearer to when it was written than the file's own time.
        if parsed.date and parsed.auto_reply:
            parsed = parse_mail(raw, received_at=parsed.date)
    except Exception as error:  # noqa: BLE001  # the stream goes on; the message is in quarantine with its reason
        return {"error": f"unreadable: {type(error).__name__}: {error}"}
    return _as_json(parsed)


def _read(path: Path) -> tuple[bytes, datetime]:
    """Return a file's bytes, within bounds, and its time; refuse what may block or never end."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("not a regular file")
        at = datetime.fromtimestamp(min(max(status.st_mtime, 0.0), _LATEST), UTC)
        return file.read(MAX_RAW + 1), at


def _as_json(parsed: ParsedMail) -> dict[str, Any]:
    # For whoever sorts mail a delay is a bounce that is not permanent; the engine lets it stop nothing.
    kind = MailKind.BOUNCE if parsed.is_delay else parsed.kind
    bounce, auto = parsed.bounce if kind is MailKind.BOUNCE else None, parsed.auto_reply
    return {
        "kind": kind.value,
        "complaint": parsed.complaint,
        "opt_out": parsed.opt_out,
        "bounce": {
            "recipients": list(bounce.recipients),
            "status": bounce.status,
            "permanent": bounce.permanent,
            "hard": bounce.hard,
        }
        if bounce
        else None,
        "auto_reply": {"until": auto.until.isoformat() if auto.until else None, "permanent": auto.permanent}
        if auto
        else None,
        "subject": parsed.subject,
        "from": parsed.sender.email if parsed.sender else None,
        "text": parsed.new_text,
    }


mail_command.add_command(lint)
mail_command.add_command(advise)
mail_command.add_command(kinds)
