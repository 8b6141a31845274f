"""Wire: sequences: what runs, how far everyone is, and why somebody stopped."""

from typing import Any

from flask import Blueprint, Response, request

from kit.tx import Tx
from sequences.insight import report, variants
from sequences.models import Sequence
from sequences.versions import authoring
from sequences.versions.published import get_sequence_by_id as _get
from sequences.versions.revisions import step_finder
from web import outgoing
from web.auth import require
from web.pages import versions
from web.request import this_tx
from web.respond import done, page

blueprint = Blueprint("sequences", __name__)
blueprint.register_blueprint(versions.blueprint)
_SUMS = ("sent", "replied", "waiting", "skipped", "failed", "unknown")
_STATES = ("active", "held", "stopped", "finished")


@blueprint.get("/sequences")
def index() -> Response:
    """Show all sequences."""
    return page("sequences/index.html", cards=outgoing.list_sequence_cards(this_tx()))


@blueprint.get("/sequences/<int:sequence_id>")
@blueprint.get("/sequences/<int:sequence_id>-<slug>")
def show(sequence_id: int, slug: str = "") -> Response:
    """Show one sequence with its live numbers; the slug is decoration."""
    tx = this_tx()
    sequence = _get(tx, sequence_id)
    state = request.args.get("state", "")
    state = state if state in _STATES else ""
    return page(
        "sequences/page.html",
        part="sequences/_live.html",
        sequence=sequence,
        slug=slug,
        state=state,
        **_numbers(tx, sequence),
        people=outgoing.list_enrolled(tx, sequence.id, state=state),
        next_step_of=step_finder(tx),
    )


@blueprint.post("/sequences/<int:sequence_id>/pause")
def pause(sequence_id: int) -> Response:
    """Stop sending; everyone stays where they are."""
    require("send")
    tx = this_tx()
    authoring.pause_sequence(tx, _get(tx, sequence_id))
    return done(f"/sequences/{sequence_id}", "Paused. Nothing more leaves until you resume it.")


@blueprint.post("/sequences/<int:sequence_id>/pause/lift")
def resume(sequence_id: int) -> Response:
    """Send again."""
    require("send")
    tx = this_tx()
    authoring.resume_sequence(tx, _get(tx, sequence_id))
    return done(f"/sequences/{sequence_id}", "Running again: every date moved on by the length of the pause.")


def _numbers(tx: Tx, sequence: Sequence) -> dict[str, Any]:
    numbers = report.step_numbers(tx, sequence.id)
    version = authoring.get_version(tx, sequence)
    return {
        "version": version,
        "steps": authoring.steps_of(version),
        "flow": authoring.document_of(version).flow,
        "experiments": variants.list_experiments(tx, sequence, version),
        "numbers": {row.key: row for row in numbers},
        "sums": {name: sum(getattr(row, name) for row in numbers) for name in _SUMS},
        "audience": report.audience(tx, sequence.id),
    }
