"""Use cases: the versions of a sequence: who published which and why, what differs, an old one published again."""

from collections.abc import Callable, Mapping
from collections.abc import Sequence as Rows
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select

from crm.models import Mailbox
from kit.errors import ConflictError, say
from kit.tx import Tx
from sequences.course.runs import OPEN
from sequences.models import Enrolment, Sequence, SequenceFile, SequenceVersion
from sequences.versions.authoring import Draft, publish
from sequences.versions.published import document_of, get_version, refuse_archived
from sequences.versions.sequence_file import read_sequence_file
from sequences.versions.step import Step
from sequences.versions.tree import read_tree, write_tree
from sequences.versions.version_diff import Edition, VersionDiff, diff_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One published version; `runs` are the open ones that follow it."""

    number: int
    at: datetime
    actor: str
    note: str
    runs: int


def list_revisions(tx: Tx, sequence: Sequence) -> list[Revision]:
    """Return all versions of a sequence, the newest first."""
    follow = (
        select(Enrolment.version_id, func.count())
        .where(Enrolment.sequence_id == sequence.id, Enrolment.state.in_(OPEN))
        .group_by(Enrolment.version_id)
    )
    counts = {row[0]: row[1] for row in tx.session.execute(follow)}
    return [
        Revision(number=one.number, at=one.created_at, actor=one.actor, note=one.note, runs=counts.get(one.id, 0))
        for one, _ in reversed(read_all_editions(tx, sequence))
    ]


def step_finder(tx: Tx) -> Callable[[Enrolment], str]:
    """Return what tells the key of the step a run comes to next, by the version it follows; "" at the end."""
    known: dict[int, tuple[Step, ...]] = {}

    def find(run: Enrolment) -> str:
        if run.version_id not in known:
            known[run.version_id] = document_of(tx.session.get_one(SequenceVersion, run.version_id)).flow.steps
        steps = known[run.version_id]
        return steps[run.next_step].key if run.next_step < len(steps) else ""

    return find


def compare_versions(
    tx: Tx, sequence: Sequence, old: int | None = None, new: int | None = None
) -> tuple[int, int, VersionDiff]:
    """Return two versions and what differs; without numbers, what the newest changed."""
    new = sequence.version if new is None else new
    old = max(1, new - 1) if old is None else old
    known = {version.number: edition for version, edition in read_all_editions(tx, sequence)}
    for number in (new, old):
        if number not in known:
            get_version(tx, sequence, number)  # refuses
    return old, new, diff_versions(known[old], known[new])


def read_all_editions(tx: Tx, sequence: Sequence) -> list[tuple[SequenceVersion, Edition]]:
    """Return every version of a sequence as it is compared; read once in a transaction, for versions never change."""
    key = ("editions", sequence.id, sequence.version)
    kept: list[tuple[SequenceVersion, Edition]] | None = tx.session.info.get(key)
    if kept is None:
        query = select(SequenceVersion).where(SequenceVersion.sequence_id == sequence.id)
        versions = tx.session.scalars(query.order_by(SequenceVersion.number)).all()
        kept = tx.session.info[key] = list(zip(versions, read_editions(tx, versions), strict=True))
    return kept


def read_editions(tx: Tx, versions: Rows[SequenceVersion]) -> list[Edition]:
    """Return versions as they are compared; of attachments only the digest."""
    files: dict[int, dict[str, str]] = {}
    query = select(SequenceFile.version_id, SequenceFile.name, SequenceFile.content)
    for number, name, content in tx.session.execute(
        query.where(SequenceFile.version_id.in_({version.id for version in versions}))
    ):
        files.setdefault(number, {})[name] = sha256(content).hexdigest()
    return [
        Edition(document=document_of(version), bodies=version.bodies, files=files.get(version.id, {}))
        for version in versions
    ]


def list_caps(tx: Tx, counts: Mapping[int, int]) -> list[tuple[Mailbox, int]]:
    """Return mailboxes by address, each with how many of the counted steps leave from it."""
    query = select(Mailbox).where(Mailbox.id.in_(counts)).order_by(Mailbox.address)
    return [(box, counts[box.id]) for box in tx.session.scalars(query)]


def restore_version(tx: Tx, sequence: Sequence, number: int, *, actor: str) -> SequenceVersion:
    """Publish the text of an older version again, as the newest one; runs stay on theirs."""
    refuse_archived(sequence)
    old, newest = get_version(tx, sequence, number), get_version(tx, sequence)
    if (old.source, old.bodies) == (newest.source, newest.bodies):
        raise ConflictError(
            say("Version %(number)s is what version %(number_a)s says already.", number=number, number_a=newest.number)
        )
    query = select(SequenceFile).where(SequenceFile.version_id == old.id)
    files = {file.name: file.content for file in tx.session.scalars(query)}
    source = old.source
    if document_of(old).name != sequence.name:  # it was renamed since
        source = write_tree(read_tree(source) | {"name": sequence.name})
    draft = Draft(source=source, document=read_sequence_file(source), bodies=dict(old.bodies), files=files)
    return publish(tx, sequence, draft, actor=actor, note=say("Version %(number)s again.", number=number))
