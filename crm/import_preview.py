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
from crm.import_memory import recall_mapping, spell_columns
from crm.import_mending import MOST_ROWS, Corrections, mend_rows, offer_cells
from crm.import_merge import VERDICTS, Outcome
from crm.import_own import guess_kind, look_at_own
from crm.import_people import Directory
from crm.imports import understand
from crm.models import Contact
from kit.tx import Tx

# Rows that are tried before somebody says "import": enough to judge a file by, and done within a second.
LOOKED = 2_000
_CELL = 80
_MAX_COLUMNS = 200
_JUDGED = 60


def preview_file(
    tx: Tx,
    path: Path,
    *,
    filename: str,
    columns: dict[str, str] | None,
    brand_id: int | None,
    corrections: Corrections | None = None,
) -> dict[str, Any]:
    """Return what a page shows before an import, fit to be kept as JSON.

    `columns` were chosen by hand, or are as they were for the last such file when None; `chosen` says which hold.
    Raises InvalidError when the file is no table, or a column or field is unknown.
    """
    table, corrections = open_table(path), corrections or {}
    known = recall_mapping(tx, table.header) if columns is None and table.has_header else None
    chosen = (known.columns if known else {}) if columns is None else columns
    mapping, conventions = understand(table, chosen, None, filename, known_fields(tx))
    raws = list(islice(mend_rows(table.rows(), corrections, len(table.header)), LOOKED))
    outcomes = place_chunk(tx, Directory(), [read_row(raw, mapping, conventions) for raw in raws], brand_id)
    total = len(raws) if len(raws) < LOOKED else sum(1 for _ in table.rows())
    verdicts = [outcome.verdict for outcome in outcomes]
    cells = [raw.cells for raw in raws if raw.fault is None]
    spelled = spell_columns(mapping)
    shown = list(enumerate(mapping.columns.items()))[:_MAX_COLUMNS]
    return {
        "rows": total,
        "preset": mapping.preset,
        "chosen": chosen,
        "remembered": {"at": known.at.isoformat(), "actor": known.actor} if known else None,
        "looked": len(raws),
        "counts": {verdict: verdicts.count(verdict) for verdict in VERDICTS},
        "columns": [
            {
                "name": name,
                "samples": [_shown(row[index]) if index < len(row) else "" for row in cells[:2]],
                "field": spelled[name],
                "kind": guess_kind(_filled(cells[:_JUDGED], index)) if field == IGNORE else "",
                **_look(tx, name, field, _filled(cells, index), conventions),
            }
            for index, (name, field) in shown
        ],
        "known": _known(tx, outcomes),
        "faults": _faults(raws, outcomes, mapping),
        "mended": _mended(raws, outcomes, corrections),
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


def _known(tx: Tx, outcomes: list[Outcome]) -> list[list[Any]]:
    """Return some of the people we know already, by id and name."""
    topped = [one.person.id for one in outcomes if one.person and one.person.id and one.verdict != "duplicate"]
    some = list(dict.fromkeys(topped))[:5]
    names = {row[0]: row[1] for row in tx.session.execute(select(Contact.id, Contact.name).where(Contact.id.in_(some)))}
    return [[contact_id, names[contact_id]] for contact_id in some if contact_id in names]


def _faults(raws: list[RawRow], outcomes: list[Outcome], mapping: Mapping) -> list[dict[str, Any]]:
    rejected = [(raw, one) for raw, one in zip(raws, outcomes, strict=True) if one.verdict == "rejected"]
    return [
        {
            "line": one.line,
            "why": _shown(one.reason, 300),
            "cells": _in_short(raw),
            "row": offer_cells(raw, mapping),
        }
        for raw, one in rejected[:MOST_ROWS]
    ]


def _mended(raws: list[RawRow], outcomes: list[Outcome], corrections: Corrections) -> list[dict[str, Any]]:
    """Return the rows that were put right and come in now."""
    pairs = zip(raws, outcomes, strict=True)
    rows = (raw for raw, one in pairs if str(raw.line) in corrections and one.verdict != "rejected")
    return [{"line": raw.line, "cells": _in_short(raw)} for raw in rows]


def _in_short(raw: RawRow) -> str:
    return _shown(" · ".join(filter(None, map(str.strip, raw.cells[:8]))), 160)


def _shown(text: str, most: int = _CELL) -> str:
    line = flat(clean(text))
    return line if len(line) <= most else f"{line[: most - 1]}…"
