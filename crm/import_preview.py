"""Use cases: what a file would become: how each column is read, whom it names that we know, which rows need a look."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crm.changes import keep_words
from crm.csv_files import Mapping, RawRow, open_table, read_row
from crm.csv_files.fields import IGNORE, OWN
from crm.csv_files.text import clean, flat
from crm.fields import known_fields
from crm.import_chunks import place_chunk
from crm.import_looks import look_at
from crm.import_merge import VERDICTS, Outcome
from crm.import_own import guess_kind, look_at_own
from crm.import_people import Directory
from crm.imports import understand
from crm.models import Contact
from kit.tx import Tx

# Rows that are tried before somebody says "import": enough to judge a file by, and done within a second.
LOOKED = 2_000
_SHOWN = 20
_CELL = 80
_MAX_COLUMNS = 200
_JUDGED = 60


def preview_file(tx: Tx, path: Path, *, filename: str, columns: dict[str, str], brand_id: int | None) -> dict[str, Any]:
    """Return what a page shows before an import, fit to be kept as JSON; `columns` were chosen by hand.

    Raises InvalidError when the file is no table, or a column or field is unknown.
    """
    table = open_table(path)
    mapping, conventions = understand(table, columns, None, filename, known_fields(tx))
    raws = list(islice(table.rows(), LOOKED))
    outcomes = place_chunk(tx, Directory(), [read_row(raw, mapping, conventions) for raw in raws], brand_id)
    total = len(raws) if len(raws) < LOOKED else sum(1 for _ in table.rows())
    verdicts = [outcome.verdict for outcome in outcomes]
    cells = [raw.cells for raw in raws if raw.fault is None]
    shown = list(enumerate(mapping.columns.items()))[:_MAX_COLUMNS]
    return {
        "rows": total,
        "preset": mapping.preset,
        "looked": len(raws),
        "counts": {verdict: verdicts.count(verdict) for verdict in VERDICTS},
        "columns": [
            {
                "name": name,
                "samples": [_shown(row[index]) if index < len(row) else "" for row in cells[:2]],
                "field": _with_platform(mapping, name, field),
                "kind": guess_kind(_filled(cells[:_JUDGED], index)) if field == IGNORE else "",
                **_look(tx, name, field, _filled(cells, index), conventions),
            }
            for index, (name, field) in shown
        ],
        "known": _known(tx, outcomes),
        "faults": _faults(raws, outcomes),
    }


def _look(tx: Tx, name: str, field: str, values: list[str], conventions: Any) -> dict[str, Any]:
    if field.startswith(OWN):
        sentence, tone = look_at_own(known_fields(tx).get(field.removeprefix(OWN)), values)
    else:
        sentence, tone = look_at(name, field, values, conventions)
    return {"look": str(sentence), "words": keep_words(sentence), "tone": tone}


def _filled(rows: Sequence[tuple[str, ...]], index: int) -> list[str]:
    cells = (clean(row[index]) for row in rows if index < len(row))
    return [cell for cell in cells if cell]


def _with_platform(mapping: Mapping, name: str, field: str) -> str:
    platform = mapping.platforms.get(name)
    return f"{platform}.{field}" if platform else field


def _known(tx: Tx, outcomes: list[Outcome]) -> list[list[Any]]:
    """Return some of the people we know already, by id and name."""
    topped = [one.person.id for one in outcomes if one.person and one.person.id and one.verdict != "duplicate"]
    some = list(dict.fromkeys(topped))[:5]
    names = {row[0]: row[1] for row in tx.session.execute(select(Contact.id, Contact.name).where(Contact.id.in_(some)))}
    return [[contact_id, names[contact_id]] for contact_id in some if contact_id in names]


def _faults(raws: list[RawRow], outcomes: list[Outcome]) -> list[dict[str, Any]]:
    rejected = [(raw, one) for raw, one in zip(raws, outcomes, strict=True) if one.verdict == "rejected"]
    return [
        {
            "line": one.line,
            "why": _shown(one.reason, 300),
            "cells": _shown(" · ".join(filter(None, map(str.strip, raw.cells[:8]))), 160),
        }
        for raw, one in rejected[:_SHOWN]
    ]


def _shown(text: str, most: int = _CELL) -> str:
    line = flat(clean(text))
    return line if len(line) <= most else f"{line[: most - 1]}…"
