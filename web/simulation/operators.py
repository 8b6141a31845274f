"""Wire: the people who work with Rapport: they pause, edit, review, decide and change their minds at any moment."""

from collections.abc import Callable
from random import Random
from typing import Any

from sqlalchemy import Select, select

from crm.changes import KEPT_FOR, undo_change
from crm.contacts import refresh_search_text
from crm.mailboxes import pause_mailbox, resume_mailbox
from crm.models import Change, Contact, Mailbox, Message, Task
from crm.pipeline import move_stage
from crm.suppressions import suppress
from crm.tasks import complete_task
from kit.errors import RapportError
from kit.tx import Tx
from sequences.course.archive import ARCHIVE, archive_sequence, bring_back, reverse_archive
from sequences.course.enrolments import enrol
from sequences.course.planning import complete_step_task
from sequences.course.resume_plan import resume_sequence
from sequences.models import Enrolment, Send
from sequences.reading.opt_outs import forbid_contact
from sequences.reviewing.review import approve, edit, save_personal_line, skip_draft, take_out
from sequences.sending.answers import queue_answer
from sequences.sending.links import Links
from sequences.sending.unclear import resolve_unknown
from sequences.versions.authoring import import_sequence, pause_sequence, read_draft
from sequences.versions.published import get_sequence
from web.simulation.company import BOXES, NAMES, NEW_ZONES, PEOPLE, SOURCES
from web.simulation.merges import live_on, merge_two, take_back
from web.simulation.template import workplace
from web.simulation.world import World, make_seal

ACTOR = "user:1"
_STAGES = ("Shortlisted", "Talking", "Agreed", "Alumni")


def act(world: World, kind: str, rng: Random) -> bool:
    """Let an operator do one thing; False when it was refused or there was nothing to do it to."""
    if kind == "restart":
        world.workers = [world.new_worker(), world.new_worker()] if not world.running else world.workers
        return not world.running
    if kind in ("resolve as sent", "resolve again"):
        return _resolve(world, kind, rng)
    try:
        with world.people.transaction() as tx:
            return _DOINGS[kind](tx, rng) is not False
    except RapportError:
        return False


def _resolve(world: World, kind: str, rng: Random) -> bool:
    """Decide about a mail whose end nobody knows; the books are told first, for only a person may do this."""
    with world.people.transaction() as tx:
        send_id = _one(tx, select(Send.id).where(Send.state == "unknown").order_by(Send.id), rng)
    if send_id is None:
        return False
    world.auditor.follow()
    send = world.auditor.books.sends[send_id]
    if kind == "resolve again":
        send.is_repeated = True
    else:
        send.is_settled_by_hand = True
    with world.people.transaction() as tx:
        resolve_unknown(tx, send_id, verdict="again" if kind == "resolve again" else "sent", actor=ACTOR)
    return True


def _pause_mailbox(tx: Tx, rng: Random) -> None:
    pause_mailbox(tx, _some_mailbox(tx, rng), "by hand")


def _resume_mailbox(tx: Tx, _rng: Random) -> None:
    for number in list(tx.session.scalars(select(Mailbox.id).where(Mailbox.paused_at.is_not(None)))):
        resume_mailbox(tx, number)


def _pause_sequence(tx: Tx, rng: Random) -> None:
    pause_sequence(tx, get_sequence(tx, rng.choice(NAMES)))


def _resume_sequence(tx: Tx, _rng: Random) -> None:
    for name in NAMES:
        sequence = get_sequence(tx, name)
        if sequence.state == "paused":
            resume_sequence(tx, sequence)


def _archive_sequence(tx: Tx, rng: Random) -> None:
    archive_sequence(tx, get_sequence(tx, rng.choice(NAMES)), end_runs=True, actor=ACTOR)


def _bring_sequence_back(tx: Tx, rng: Random) -> None:
    """Bring one back as it was, or have it wait; one that was launched goes on, so that there is something to do."""
    archived = [one for name in NAMES if (one := get_sequence(tx, name)).state == "archived"]
    for sequence in archived:
        query = select(Change).where(Change.kind == ARCHIVE, Change.undone_at.is_(None), Change.at > tx.now - KEPT_FOR)
        newest = next(iter(tx.session.scalars(query.order_by(Change.id.desc()))), None)
        if rng.choice((True, False)) and newest is not None and newest.at == sequence.archived_at:
            undo_change(tx, newest.id, actor=ACTOR, reversers={ARCHIVE: reverse_archive})
        else:
            bring_back(tx, sequence, actor=ACTOR)
            resume_sequence(tx, sequence)


def _edit_zone(tx: Tx, rng: Random) -> None:
    tx.session.get_one(Contact, _somebody(tx, rng)).zone = rng.choice(NEW_ZONES)


def _edit_name(tx: Tx, rng: Random) -> None:
    contact = tx.session.get_one(Contact, _somebody(tx, rng))
    contact.first_name = contact.name = f"Renamed{rng.randrange(1000)}"
    refresh_search_text(tx, contact)


def _move_stage(tx: Tx, rng: Random) -> None:
    move_stage(tx, _somebody(tx, rng), 1, rng.choice(_STAGES), actor=ACTOR)


def _publish(tx: Tx, rng: Random) -> None:
    file = workplace() / "published.yaml"
    source = rng.choice(SOURCES)
    file.write_text(source.replace("wait: 2 days", f"wait: {rng.randrange(3, 6)} days").replace("wait: 4", "wait: 5"))
    import_sequence(tx, read_draft(file, {}))


def _suppress(tx: Tx, rng: Random) -> None:
    contact_id = _somebody(tx, rng)
    email = tx.session.scalar(select(Send.email).where(Send.contact_id == contact_id).limit(1))
    suppress(tx, email or "nobody@nowhere.example", reason="manual", source="by hand", actor=ACTOR)


def _suppress_domain(tx: Tx, rng: Random) -> None:
    number = rng.randrange(PEOPLE)
    domain = rng.choice((f"solo{number}.example", f"one{number}.example", "ink.example"))
    suppress(tx, f"@{domain}", reason="manual", source="by hand", actor=ACTOR)


def _forbid(tx: Tx, rng: Random) -> None:
    forbid_contact(tx, _somebody(tx, rng), actor=ACTOR)


def _approve(tx: Tx, rng: Random) -> bool:
    drafts = list(tx.session.scalars(select(Send.id).where(Send.state == "draft").order_by(Send.id)))
    for number in rng.sample(drafts, min(len(drafts), 6)):
        approve(tx, number, actor=ACTOR)
    return bool(drafts)


def _with_draft(act_on: Callable[[Tx, int], object]) -> Callable[[Tx, Random], bool]:
    def do(tx: Tx, rng: Random) -> bool:
        number = _one(tx, select(Send.id).where(Send.state == "draft").order_by(Send.id), rng)
        if number is None:
            return False
        act_on(tx, number)
        return True

    return do


def _edit_draft(tx: Tx, number: int) -> None:
    seal = make_seal()
    links = Links(seal=seal, public_url="http://127.0.0.1:8000", is_public=False)
    save_personal_line(tx, number, "Your last video was fun.", links=links)
    edit(tx, number, "Paper for you", "Only for you: paper.", links=links)


def _finish_tasks(tx: Tx, rng: Random) -> bool:
    """Do some open steps by hand, sometimes one that was done already."""
    tasks = list(tx.session.scalars(select(Task).where(Task.kind == "step").order_by(Task.id)))
    waiting = [task for task in tasks if task.done_at is None]
    for task in rng.sample(waiting, min(len(waiting), 5)) or rng.sample(tasks, min(len(tasks), 1)):
        complete_step_task(tx, complete_task(tx, task.id, actor=ACTOR))
    return bool(tasks)


def _answer(tx: Tx, rng: Random) -> bool:
    """Answer somebody who wrote."""
    threads = select(Message.thread_id).where(Message.direction == "in", Message.contact_id.is_not(None))
    thread_id = _one(tx, threads.where(Message.kind == "reply").order_by(Message.id), rng)
    if thread_id is None:
        return False
    queue_answer(tx, thread_id, "Thank you!", request_key=f"key-{rng.getrandbits(40)}", actor=ACTOR)
    return True


def _enrol(tx: Tx, rng: Random) -> None:
    """Put some more people into a sequence, each at most once."""
    sequence = get_sequence(tx, rng.choice(NAMES))
    been = set(tx.session.scalars(select(Enrolment.contact_id).where(Enrolment.sequence_id == sequence.id)))
    free = [number for number in range(1, PEOPLE + 1) if number not in been]
    enrol(tx, sequence, rng.sample(free, min(3, len(free))), actor=ACTOR)


def _somebody(tx: Tx, rng: Random) -> int:
    return live_on(tx, rng.randrange(PEOPLE) + 1)


def _some_mailbox(tx: Tx, rng: Random) -> int:
    address = rng.choice(BOXES).address
    return tx.session.scalars(select(Mailbox.id).where(Mailbox.address == address)).one()


def _one(tx: Tx, query: Select[Any], rng: Random) -> int | None:
    found = list(tx.session.scalars(query))
    return rng.choice(found) if found else None


_DOINGS: dict[str, Callable[[Tx, Random], bool | None]] = {
    "pause mailbox": _pause_mailbox,
    "resume mailbox": _resume_mailbox,
    "pause sequence": _pause_sequence,
    "resume sequence": _resume_sequence,
    "edit zone": _edit_zone,
    "edit name": _edit_name,
    "move stage": _move_stage,
    "publish": _publish,
    "suppress": _suppress,
    "suppress domain": _suppress_domain,
    "forbid": _forbid,
    "approve": _approve,
    "skip": _with_draft(lambda tx, number: skip_draft(tx, number, actor=ACTOR)),
    "edit draft": _with_draft(_edit_draft),
    "take out": _with_draft(lambda tx, number: take_out(tx, number, actor=ACTOR)),
    "task done": _finish_tasks,
    "answer": _answer,
    "enrol": _enrol,
    "archive": _archive_sequence,
    "bring back": _bring_sequence_back,
    "merge": merge_two,
    "unmerge": take_back,
}
