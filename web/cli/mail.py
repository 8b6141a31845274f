"""Wire: `rapport mail`: understanding raw messages, one path a line."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from mailer.parse import parse_mail
from mailer.types import MailKind, ParsedMail


@click.group("mail")
def mail_command() -> None:
    """Raw messages."""


@mail_command.command("classify")
@click.option("--jsonl", is_flag=True, required=True, help="One path a line on stdin, one JSON a line on stdout.")
def classify(jsonl: bool) -> None:
    """Say what each message is. What cannot be read gets an error, and the stream goes on."""
    del jsonl
    for line in sys.stdin:
        path = line.rstrip("\r\n")
        if path:
            sys.stdout.write(json.dumps(_describe(path), ensure_ascii=False) + "\n")
            sys.stdout.flush()


def _describe(path: str) -> dict[str, Any]:
    try:
        file = Path(path)
        received_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        raw = file.read_bytes()
    except (OSError, ValueError) as error:
        return {"path": path, "error": f"{type(error).__name__}: {error}"}
    parsed = parse_mail(raw, received_at=received_at)
    # A date in the mail itself is nearer to when it was written than the file's own time.
    if parsed.date and parsed.auto_reply:
        parsed = parse_mail(raw, received_at=parsed.date)
    return {"path": path, **_as_json(parsed)}


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
