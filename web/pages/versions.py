"""Wire: the versions of a sequence: what changed, whom a move reaches and when, and the plan of going on."""

from collections import Counter
from typing import Any

from flask import Blueprint, Response, request

from crm.history import list_actor_names
from kit.errors import InvalidError, say
from kit.tx import Tx
from sequences.course.resume_plan import plan_resume
from sequences.models import Sequence
from sequences.versions import revisions, version_moves, version_undo
from sequences.versions.migration import PlannedMove, plan_migration
from sequences.versions.published import get_sequence_by_id
from web.auth import require
from web.forms import read_int
from web.request import this_actor, this_tx
from web.respond import done, page
from web.words import _, ngettext

blueprint = Blueprint("versions", __name__)
SHOWN = 200


@blueprint.get("/sequences/<int:sequence_id>/versions")
def show(sequence_id: int) -> Response:
    """Show all versions, what one of them changed, and whom a move to it reaches."""
    tx = this_tx()
    sequence = get_sequence_by_id(tx, sequence_id)
    old, new, diff = revisions.compare_versions(tx, sequence, _number("from"), _number("to"))
    return page(
        "sequences/versions.html",
        sequence=sequence,
        revisions=revisions.list_revisions(tx, sequence),
        old=old,
        new=new,
        diff=diff,
        names=list_actor_names(tx),
        changes=version_moves.list_changes(tx, sequence),
        undo=_undo(tx, sequence),
        shown=SHOWN,
        **_moves(plan_migration(tx, sequence, new)),
    )


@blueprint.post("/sequences/<int:sequence_id>/versions/moves")
def move(sequence_id: int) -> Response:
    """Move everybody who follows another version to this one."""
    require("send")
    tx, number = this_tx(), _asked_for()
    moved = version_moves.migrate(tx, get_sequence_by_id(tx, sequence_id), number, actor=this_actor())
    going = sum(one.effect is not None for one in moved.moves)
    said = ngettext(
        "%(num)s person moved to version %(to)s.", "%(num)s people moved to version %(to)s.", going, to=number
    )
    return done(f"/sequences/{sequence_id}/versions?to={number}", said)


@blueprint.post("/sequences/<int:sequence_id>/versions/last-move/undoing")
def undo(sequence_id: int) -> Response:
    """Take the last move back."""
    require("send")
    tx = this_tx()
    found = version_undo.rollback(tx, get_sequence_by_id(tx, sequence_id), actor=this_actor())
    stayed = len(found.returns) - found.back
    said = ngettext("%(num)s person back where they were.", "%(num)s people back where they were.", found.back)
    if stayed:
        said += " " + _("%(n)s had gone on and stay.", n=stayed)
    return done(f"/sequences/{sequence_id}/versions", said)


@blueprint.post("/sequences/<int:sequence_id>/versions/restoring")
def restore(sequence_id: int) -> Response:
    """Publish the text of an older version again."""
    require("send")
    tx, number = this_tx(), _asked_for()
    version = revisions.restore_version(tx, get_sequence_by_id(tx, sequence_id), number, actor=this_actor())
    said = _("Version %(new)s says what version %(old)s said. Nobody was moved yet.", new=version.number, old=number)
    return done(f"/sequences/{sequence_id}/versions", said)


@blueprint.get("/sequences/<int:sequence_id>/pause")
def resume_plan(sequence_id: int) -> Response:
    """Show what going on would do to everybody's dates."""
    tx = this_tx()
    sequence = get_sequence_by_id(tx, sequence_id)
    steps = plan_resume(tx, sequence)
    kept = [step for step in steps if step.new_at]
    return page(
        "sequences/resume.html",
        sequence=sequence,
        steps=steps,
        shown=SHOWN,
        people=len({step.enrolment_id for step in kept}),
        first=min((step.new_at for step in kept if step.new_at), default=None),
        boxes=revisions.list_caps(tx, Counter(step.mailbox_id for step in kept)),
    )


def _moves(moves: list[PlannedMove]) -> dict[str, Any]:
    return {
        "felt": [one for one in moves if one.is_felt],
        "going": sum(one.effect is not None for one in moves),
        "fates": Counter(one.fate for one in moves),
        "same": sum(not one.is_felt for one in moves),
    }


def _undo(tx: Tx, sequence: Sequence) -> version_undo.Rollback | None:
    change = version_moves.find_last_change(tx, sequence)
    return version_undo.plan_rollback(tx, sequence, change) if change else None


def _number(name: str) -> int | None:
    return read_int(request.args.get(name, ""))


def _asked_for() -> int:
    number = read_int(request.form.get("number"))
    if number is None:
        raise InvalidError(say("Which version?"))
    return number
