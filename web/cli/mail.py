"""Wire: `rapport mail`: understanding raw messages, one path a line."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from crm.corrections import count_guesses
from mailer.parse import parse_mail
from mailer.types import ParsedMail
from web.cli.door import enter, json_option, print_json, print_table


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


@mail_command.command("kinds")
@json_option
def kinds(as_json: bool) -> None:
    """Show how often people corrected what replies were taken for, and to what."""
    with enter().database.reading() as tx:
        rows = [
            {
                "guessed": one.guessed,
                "replies": one.replies,
                "looked_at": one.looked_at,
                "corrected": one.corrected,
                "share_corrected": one.share,
            }
            for one in count_guesses(tx)
        ]
    if as_json:
        print_json(rows)
        return
    table = [[*list(row.values())[:3], row["share_corrected"], _to_words(row["corrected"])] for row in rows]
    print_table(("guessed", "replies", "looked at", "share corrected", "to"), table)


def _to_words(corrected: object) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in corrected.items()) if isinstance(corrected, dict) else ""


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
    bounce, auto = parsed.bounce if parsed.kind == "bounce" else None, parsed.auto_reply
    return {
        "kind": parsed.kind.value,
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
