"""Wire: sequences: the list, a new one, launch, pause and resume, and publishing what was written."""

from collections import Counter

from flask import Blueprint, Response, request

from crm.brands import list_brands
from kit.errors import ConflictError, InvalidError, say
from kit.tx import Tx
from sequences.course import archive
from sequences.insight.launch import read_launch
from sequences.insight.report import audience
from sequences.models import Sequence
from sequences.versions import authoring, draft_undo, drafting, version_moves
from sequences.versions.published import get_sequence_by_id as _get
from web.auth import may, require
from web.pages import people_in, sequence_report, sequence_settings, steps, versions
from web.request import this_actor, this_house, this_tx
from web.respond import done, page
from web.sequence_cards import list_sequence_cards
from web.undo import undo_place
from web.wiring import make_engine_of
from web.words import _, ngettext, said

blueprint = Blueprint("sequences", __name__)
for part in (versions, steps, people_in, sequence_report, sequence_settings):
    blueprint.register_blueprint(part.blueprint)
SHOWN = 200


@blueprint.app_template_global()
def may_change(sequence: Sequence, power: str = "edit") -> bool:
    """Return whether a page may offer what changes a sequence: to whom has the power, while it is not archived."""
    return may(power) and sequence.state != "archived"


@blueprint.get("/sequences")
def index() -> Response:
    """Show the sequences at hand, or those that are archived."""
    archived = request.args.get("show") == "archived"
    found = list_sequence_cards(this_tx(), archived=archived)
    return page("sequences/index.html", part="sequences/_cards.html", found=found, archived=archived)


@blueprint.get("/sequences/new")
def new() -> Response:
    """Ask what a new sequence begins as."""
    return page("sequences/new.html", brands=list_brands(this_tx()), fault="", given={})


@blueprint.post("/sequences")
def create() -> Response:
    """Begin a sequence; it sends nothing before it is launched."""
    require("edit")
    tx, form = this_tx(), request.form
    try:
        sequence = drafting.create_sequence(
            tx, form.get("name", ""), start=form.get("start", ""), brand=form.get("brand", ""), actor=this_actor()
        )
    except (InvalidError, ConflictError) as error:
        return page("sequences/new.html", status=422, brands=list_brands(tx), fault=said(error), given=form)
    return done(f"/sequences/{sequence.id}", _("It is a draft: nothing leaves before you launch it."))


@blueprint.get("/sequences/<int:sequence_id>/launch")
def plan_launch(sequence_id: int) -> Response:
    """Show what launching would do: who is in it, what is checked, what stands in the way."""
    tx = this_tx()
    sequence = _get(tx, sequence_id)
    writing = drafting.read_writing(tx, sequence)
    faults = drafting.check_draft(tx, writing)
    launch = read_launch(tx, writing, is_public=make_engine_of(this_house()).links.is_public)
    return page("sequences/launch.html", sequence=sequence, writing=writing, faults=faults, launch=launch, tab="steps")


@blueprint.post("/sequences/<int:sequence_id>/launch")
def launch(sequence_id: int) -> Response:
    """Publish what was written and let the sequence send."""
    require("send")
    tx = this_tx()
    sequence = _get(tx, sequence_id)
    if drafting.read_writing(tx, sequence).draft:
        _publish(tx, sequence, note="")
    authoring.start_sequence(tx, sequence.name, is_public=make_engine_of(this_house()).links.is_public)
    return done(f"/sequences/{sequence_id}/people", _("Launched. First mails wait for review or leave in their hours."))


@blueprint.post("/sequences/<int:sequence_id>/pause")
def pause(sequence_id: int) -> Response:
    """Stop sending; everyone stays where they are."""
    require("send")
    tx = this_tx()
    authoring.pause_sequence(tx, _get(tx, sequence_id))
    return done(f"/sequences/{sequence_id}", _("Paused. Nothing more leaves until you resume it."))


@blueprint.post("/sequences/<int:sequence_id>/pause/lift")
def resume(sequence_id: int) -> Response:
    """Send again."""
    require("send")
    tx = this_tx()
    authoring.resume_sequence(tx, _get(tx, sequence_id))
    return done(f"/sequences/{sequence_id}", _("Running again: every date moved on by the length of the pause."))


@blueprint.get("/sequences/<int:sequence_id>/archive")
def ask_archive(sequence_id: int) -> Response:
    """Say what archiving means, and who is still in the sequence."""
    tx = this_tx()
    sequence = _get(tx, sequence_id)
    return page("sequences/archive.html", sequence=sequence, audience=audience(tx, sequence.id), tab="")


@blueprint.post("/sequences/<int:sequence_id>/archive")
def put_away(sequence_id: int) -> Response:
    """Archive the sequence; who is in it leaves it when the form says so."""
    require("send")
    tx = this_tx()
    end_runs = request.form.get("end") == "1"
    change = archive.archive_sequence(tx, _get(tx, sequence_id), end_runs=end_runs, actor=this_actor())
    return done("/sequences", _("Archived. Nothing more of it is sent."), undo=undo_place(change))


@blueprint.post("/sequences/<int:sequence_id>/archive/lift")
def bring_back(sequence_id: int) -> Response:
    """Have an archived sequence at hand again; it sends nothing yet."""
    require("send")
    tx = this_tx()
    change = archive.bring_back(tx, _get(tx, sequence_id), actor=this_actor())
    words = _("It is back and sends nothing yet. Launch or resume it when you like.")
    return done(f"/sequences/{sequence_id}", words, undo=undo_place(change))


@blueprint.get("/sequences/<int:sequence_id>/draft")
def show_draft(sequence_id: int) -> Response:
    """Show what publishing the draft changes, and whom it reaches with old and new dates."""
    tx = this_tx()
    sequence = _get(tx, sequence_id)
    writing = drafting.read_writing(tx, sequence)
    if writing.draft is None:
        raise ConflictError(_("Nothing was changed since version %(number)s.", number=sequence.version))
    plan = drafting.plan_publishing(tx, writing)
    return page(
        "sequences/publish.html", sequence=sequence, writing=writing, plan=plan, shown=SHOWN, tab="steps",
        felt=[one for one in plan.moves if one.is_felt], fates=Counter(one.fate for one in plan.moves),
        going=sum(one.effect is not None for one in plan.moves), same=sum(not one.is_felt for one in plan.moves),
        old=sequence.version, new=sequence.version + 1, diff=plan.diff,
    )  # fmt: skip


@blueprint.post("/sequences/<int:sequence_id>/versions")
def publish(sequence_id: int) -> Response:
    """Publish the draft; those who are in it follow when the form says so."""
    require("send")
    tx, form = this_tx(), request.form
    sequence = _get(tx, sequence_id)
    number = _publish(tx, sequence, note=form.get("note", ""))
    words = _("Version %(number)s is published.", number=number)
    if form.get("move"):
        try:
            moved = version_moves.migrate(tx, sequence, number, actor=this_actor())
        except ConflictError:
            moved = None  # Nobody had to move, which is fine.
        going = sum(one.effect is not None for one in moved.moves) if moved else 0
        words += " " + ngettext("%(num)s person moved to it.", "%(num)s people moved to it.", going)
    return done(f"/sequences/{sequence_id}/versions", words)


@blueprint.post("/sequences/<int:sequence_id>/draft/removal")
def discard(sequence_id: int) -> Response:
    """Throw the draft away."""
    require("edit")
    tx = this_tx()
    sequence = _get(tx, sequence_id)
    change = draft_undo.keep_before(
        tx, sequence, lambda: drafting.discard_draft(tx, sequence),
        summary=say("Threw the draft of %(name)s away.", name=sequence.name), actor=this_actor(),
    )  # fmt: skip
    words = _("The draft is gone. What runs was never touched by it.")
    return done(f"/sequences/{sequence_id}", words, undo=undo_place(change))


def _publish(tx: Tx, sequence: Sequence, *, note: str) -> int:
    return drafting.publish_draft(tx, sequence, actor=this_actor(), note=note).number
