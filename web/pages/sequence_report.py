"""Wire: the report of one sequence as a page and as CSV. Opens are never counted."""

from datetime import datetime, time
from typing import Any

from flask import Blueprint, Response, request

from crm.csv_writing import write_rows
from kit.errors import InvalidError
from sequences.insight.outcome import Outcome
from sequences.insight.outcome_kept import find_outcome
from sequences.insight.touches_report import GROUPS, SLOTS
from sequences.models import Sequence
from sequences.versions.published import get_sequence_by_id, get_version, steps_of
from web import forms
from web.report_words import BY, KINDS, WEEKDAYS, name_row, say_comparison, say_outcome
from web.request import this_tx, this_user
from web.respond import page, send_csv
from web.times import read_zone

blueprint = Blueprint("sequence_report", __name__)
_HEAD = ("line", "sent", "bounced", "replied", "rate", "low", "high", "interested", "agreed", "opted_out", "wait_hours")


@blueprint.get("/sequences/<int:sequence_id>/report")
def show(sequence_id: int) -> Response:
    """Show what came of a sequence, since a day and grouped as the address says."""
    sequence, outcome, by, since = _read(sequence_id)
    order = [step.key for step in steps_of(get_version(this_tx(), sequence))]
    top = max((row.high for row in outcome.rows if row.reached), default=0.1)
    return page(
        "sequences/report.html", part="sequences/_report.html", sequence=sequence, outcome=outcome, by=by, since=since,
        groups=BY, kinds=KINDS, weekdays=WEEKDAYS, slots=SLOTS, verdict=say_outcome(outcome),
        comparison=say_comparison(outcome), top=min(1.0, max(0.05, -(-top * 20 // 1) / 20)), tab="report",
        name_of=lambda row: name_row(row, by, outcome.titles, order), experiments=outcome.experiments,
    )  # fmt: skip


@blueprint.get("/sequences/<int:sequence_id>/report.csv")
def export(sequence_id: int) -> Response:
    """Return the lines of the report as CSV, figures as plain numbers."""
    sequence, outcome, by, _since = _read(sequence_id)
    order = [step.key for step in steps_of(get_version(this_tx(), sequence))]
    rows: list[tuple[object, ...]] = [_HEAD]
    for row in outcome.rows:
        wait = round(row.typical_wait.total_seconds() / 3600, 1) if row.typical_wait else ""
        rows.append((
            name_row(row, by, outcome.titles, order), row.sent, row.bounced, row.replied, round(row.rate, 4),
            round(row.low, 4), round(row.high, 4), row.interested, row.agreed, row.opted_out, wait,
        ))  # fmt: skip
    return send_csv(write_rows(rows), f"sequence-{sequence.id}-{by}.csv")


def _read(sequence_id: int) -> tuple[Sequence, Outcome, str, Any]:
    tx = this_tx()
    sequence = get_sequence_by_id(tx, sequence_id)
    by = forms.choose(request.args.get("by", ""), GROUPS, "variant")
    try:
        day = forms.read_day(request.args.get("from"))
    except InvalidError:
        day = None
    since = datetime.combine(day, time(0), read_zone(this_user().zone)) if day else None
    return sequence, find_outcome(tx, sequence, since=since, by=by, zone=this_user().zone), by, day
