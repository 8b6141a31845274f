"""Wire: `rapport mail`: understanding raw messages, one path a line."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from kit.errors import InvalidError
from mailer.lint import lint_mail
from mailer.parse import parse_mail
from mailer.types import ParsedMail
from web.cli.door import json_option, print_json, print_table

_LARGEST = 50 * 1024 * 1024


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


@mail_command.command("lint")
@click.argument("file", type=click.File("rb"))
@click.option("--smtputf8", is_flag=True, help="The server takes addresses outside ASCII (RFC 6531).")
@click.option("--8bit", "eight_bit", is_flag=True, help="The server takes 8bit content (RFC 6152).")
@json_option
def lint(file: BinaryIO, smtputf8: bool, eight_bit: bool, as_json: bool) -> None:
    """Check a raw message as strictly as a careful receiver; - reads it from stdin. Exits 1 on any finding."""
    raw = file.read(_LARGEST + 1)
    if len(raw) > _LARGEST:
        raise InvalidError("The message is larger than 50 MB.")
    findings = lint_mail(raw, smtputf8=smtputf8, eight_bit=eight_bit)
    rows = [(one.code, one.where, one.sentence, one.source) for one in findings]
    if as_json:
        print_json([dict(zip(("code", "where", "sentence", "source"), row, strict=True)) for row in rows])
    elif rows:
        print_table(("code", "where", "sentence", "source"), rows)
    else:
        click.echo("Nothing to object to.")
    if rows:
        raise click.exceptions.Exit(1)


@mail_command.command("advise")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def advise(file: Path, as_json: bool) -> None:
    """Read the raw message in FILE as the filters of large receivers do, and say what to think about."""
    # Classifying loads no more than it needs.
    from sequences.pitch_lint import File, LintMail, lint_pitch

    try:
        parsed = parse_mail(file.read_bytes()[:_LARGEST], received_at=datetime.fromtimestamp(0, UTC))
    except OSError as error:
        raise InvalidError(f"{file} cannot be read: {error.strerror}.") from error
    files = tuple(
        File(name=one.filename, content_type=one.content_type, size=len(one.content)) for one in parsed.attachments
    )
    mail = LintMail(
        subject=parsed.subject,
        text=parsed.text,
        html=parsed.html or "",
        files=files,
        is_follow_up=bool(parsed.in_reply_to or parsed.references),
    )
    found = lint_pitch(mail)
    if as_json:
        print_json({"file": str(file), "findings": [asdict(one) for one in found]})
    elif found:
        print_table(("weight", "where", "what", "why"), [(f.severity, f.where, f.sentence, f.reason) for f in found])
    else:
        click.echo("Nothing to think about.")


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
