"""Wire: `rapport mail lint` and `rapport mail advise`: a raw message as receivers look at it."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click

from kit.errors import InvalidError
from mailer.lint import lint_mail
from mailer.parse import parse_mail
from mailer.parse.mime import MAX_RAW
from web.cli.door import json_option, print_json, print_table


@click.command("lint")
@click.argument("file", type=click.File("rb"))
@click.option("--smtputf8", is_flag=True, help="The server takes addresses outside ASCII (RFC 6531).")
@click.option("--8bit", "eight_bit", is_flag=True, help="The server takes 8bit content (RFC 6152).")
@json_option
def lint(file: BinaryIO, smtputf8: bool, eight_bit: bool, as_json: bool) -> None:
    """Check a raw message as strictly as a careful receiver; - reads it from stdin. Exits 1 on any finding."""
    raw = file.read(MAX_RAW + 1)
    if len(raw) > MAX_RAW:
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


@click.command("advise")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def advise(file: Path, as_json: bool) -> None:
    """Read the raw message in FILE as the filters of large receivers do, and say what to think about."""
    # Classifying loads no more than it needs.
    from sequences.pitches.pitch_lint import File, LintMail, lint_pitch

    try:
        parsed = parse_mail(file.read_bytes()[:MAX_RAW], received_at=datetime.fromtimestamp(0, UTC))
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
