"""Wire: what every command needs: the house, printing, and the options that all share."""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from kit.config import load_settings
from kit.errors import RefusedError
from kit.log import start_log
from web.wiring import House, open_house

ACTOR = "cli"


def enter(*, upgrade: bool = False) -> House:
    """Open the installation that the environment names."""
    start_log()
    settings = load_settings()
    try:
        return open_house(settings, upgrade=upgrade)
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise RefusedError(
            f"The database cannot be opened: {reason}. Check RAPPORT_DATABASE_URL and RAPPORT_HOME.",
            code="no_database",
        ) from error


def json_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--json`: one JSON document on stdout and nothing else."""
    option: Callable[[Callable[..., None]], Callable[..., None]] = click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON document and nothing else."
    )
    return option(command)


def print_json(value: object) -> None:
    """Print one document."""
    click.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def print_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print aligned columns; nothing for no rows but the heads."""
    cells = [[str(head) for head in heads], *[[_word(cell) for cell in row] for row in rows]]
    widths = [max(len(row[n]) for row in cells) for n in range(len(heads))]
    for row in cells:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _word(value: object) -> str:
    if value is None:
        return "-"
    return value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
