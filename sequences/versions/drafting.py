"""Use cases: writing the next version of a sequence: begun, changed step by step, checked, published or thrown away."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import delete, select

from crm.brands import get_brand, list_brands
from crm.mailboxes import list_mailboxes
from crm.models import Brand
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx
from sequences.draft_models import DraftFile, SequenceDraft
from sequences.models import Sequence, SequenceFile, SequenceVersion
from sequences.pitches.pitch import check_pitch, lookup_pitch
from sequences.versions.authoring import Draft, import_sequence, workspace_pitches
from sequences.versions.migration import PlannedMove, plan_draft
from sequences.versions.published import get_version, refuse_archived, require_free_name
from sequences.versions.revisions import read_editions
from sequences.versions.sequence_file import read_sequence_file
from sequences.versions.starters import STARTS, make_start
from sequences.versions.tree import Place, Tree, find_place, list_places, read_tree, write_tree
from sequences.versions.version_diff import VersionDiff, diff_versions

MAX_FILE = 1_500_000
_CHANGED = say(
    "Somebody changed this step meanwhile. Their words are shown; yours were not kept. Copy them before you reload."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What the editor shows: the draft's tree, or that of the newest version while nobody changed anything."""

    sequence: Sequence
    version: SequenceVersion
    draft: SequenceDraft | None
    tree: Tree

    @property
    def source(self) -> str:
        """The file as it stands."""
        return self.draft.source if self.draft else self.version.source

    @property
    def places(self) -> list[Place]:
        """All steps in reading order."""
        return list_places(self.tree)

    def body_of(self, body: str) -> str:
        """Return what a text says: that of the version when it names a file, else itself."""
        return str(self.version.bodies.get(body, body))


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing:
    """What publishing a draft would do: what differs and to whom; `faults` forbid it."""

    faults: tuple[str, ...]
    diff: VersionDiff | None = None
    moves: tuple[PlannedMove, ...] = ()


def read_writing(tx: Tx, sequence: Sequence) -> Writing:
    """Return what is being written. Two queries."""
    version = get_version(tx, sequence)
    draft = tx.session.get(SequenceDraft, sequence.id)
    return Writing(sequence=sequence, version=version, draft=draft, tree=read_tree((draft or version).source))


def open_writing(tx: Tx, sequence_id: int) -> tuple[Writing, Brand]:
    """Return what is being written of a sequence, and for which brand, in one query; refused for a strange number."""
    row = tx.session.execute(
        select(Sequence, SequenceVersion, SequenceDraft, Brand)
        .join(SequenceVersion, SequenceVersion.sequence_id == Sequence.id)
        .join(Brand, Brand.id == Sequence.brand_id)
        .outerjoin(SequenceDraft, SequenceDraft.sequence_id == Sequence.id)
        .where(Sequence.id == sequence_id, SequenceVersion.number == Sequence.version)
    ).first()
    if row is None:
        raise NotFoundError(say("There is no such sequence."))
    sequence, version, brand = row[0], row[1], row[3]
    draft: SequenceDraft | None = row[2]
    tree = read_tree((draft or version).source)
    return Writing(sequence=sequence, version=version, draft=draft, tree=tree), brand


def create_sequence(tx: Tx, name: str, *, start: str, brand: str = "", actor: str) -> Sequence:
    """Begin a sequence from a starter; it sends nothing before it is launched."""
    name = " ".join(name.split())
    if not name:
        raise InvalidError(say("Give the sequence a name; people never see it."))
    require_free_name(tx, name)
    if start not in STARTS:
        raise InvalidError(say("There is no such starter."))
    of = get_brand(tx, brand or (None if len(list_brands(tx)) == 1 else ""))
    boxes = [box.address for box in list_mailboxes(tx)]
    tree = make_start(start, name=name, brand=of.name, mailboxes=boxes)
    return import_sequence(tx, _compile(tx, write_tree(tree), None, {}), actor=actor, note="")


def change_draft(tx: Tx, sequence: Sequence, edit: Callable[[Tree], str | None], *, actor: str) -> str:
    """Change the draft, begun from the newest version if there is none; returns what `edit` returns, "" for nothing."""
    refuse_archived(sequence)
    writing = read_writing(tx, sequence)
    tree = writing.tree
    before = write_tree(tree)
    said = edit(tree) or ""
    after = write_tree(tree)
    if after == before:
        return said
    draft = writing.draft
    if draft is None:
        draft = SequenceDraft(sequence_id=sequence.id, base_number=sequence.version, source=after, changed_at=tx.now)
        tx.session.add(draft)
    draft.source, draft.actor, draft.changed_at = after, actor, tx.now
    tx.session.flush()
    return said


def change_step(
    tx: Tx, sequence: Sequence, key: str, edit: Callable[[Tree], str | None], *, seen: str = "", actor: str
) -> str:
    """Change one step of the draft; refused when it is no longer as it was `seen`. Returns its new mark."""

    def change(tree: Tree) -> str:
        place = find_place(tree, key)
        if seen and seen != place.mark:
            raise ConflictError(say(_CHANGED), code="changed")
        edit(place.step)
        return place.mark

    return change_draft(tx, sequence, change, actor=actor)


def attach_file(tx: Tx, sequence: Sequence, key: str, name: str, content: bytes, *, actor: str) -> None:
    """Attach a file to a step of the draft; the same name again replaces it."""
    name = name.replace("\\", "/").rpartition("/")[2].strip()
    if not name or not content:
        raise InvalidError(say("Choose a file first."))
    if len(content) > MAX_FILE:
        raise InvalidError(say("This file is larger than 1.5 MB. Put it online and link to it instead."))

    def edit(step: Tree) -> None:
        step["attachments"] = [*dict.fromkeys([*step.get("attachments", []), name])]

    change_step(tx, sequence, key, edit, actor=actor)
    if tx.session.get(SequenceDraft, sequence.id) is None:
        return
    tx.session.merge(DraftFile(sequence_id=sequence.id, name=name, content=content))


def discard_draft(tx: Tx, sequence: Sequence) -> None:
    """Throw the draft away; what runs was never touched by it."""
    refuse_archived(sequence)
    tx.session.execute(delete(DraftFile).where(DraftFile.sequence_id == sequence.id))
    tx.session.execute(delete(SequenceDraft).where(SequenceDraft.sequence_id == sequence.id))
    tx.session.expire_all()


def check_draft(tx: Tx, writing: Writing) -> tuple[str, ...]:
    """Return every fault of what is being written, in sentences; none for what is published."""
    if writing.draft is None:
        return ()
    try:
        _compile_draft(tx, writing)
    except InvalidError as error:
        return error.faults
    return ()


def plan_publishing(tx: Tx, writing: Writing) -> Publishing:
    """Return what publishing would change, and for whom with old and new dates; changes nothing."""
    try:
        draft = _compile_draft(tx, writing)
    except InvalidError as error:
        return Publishing(faults=error.faults)
    sequence = writing.sequence
    version = SequenceVersion(
        id=0, sequence_id=sequence.id, number=sequence.version + 1, source=draft.source,
        document=draft.document.model_dump(mode="json"), bodies=draft.bodies, created_at=tx.now,
    )  # fmt: skip
    before, after = read_editions(tx, [writing.version, version])
    files = {**before.files, **{name: str(len(content)) for name, content in draft.files.items()}}
    named = {name for step in draft.document.flow.steps for name in step.attachments}
    after = type(after)(
        document=after.document, bodies=after.bodies, files={n: one for n, one in files.items() if n in named}
    )
    moves = plan_draft(tx, sequence, version, after)
    return Publishing(faults=(), diff=diff_versions(before, after), moves=tuple(moves))


def publish_draft(tx: Tx, sequence: Sequence, *, actor: str, note: str = "") -> SequenceVersion:
    """Publish the draft as the newest version; whoever is in the sequence stays on theirs until they are moved."""
    refuse_archived(sequence)
    writing = read_writing(tx, sequence)
    if writing.draft is None:
        raise ConflictError(say("Nothing was changed since version %(number)s.", number=sequence.version))
    import_sequence(tx, _compile_draft(tx, writing), actor=actor, note=note)
    discard_draft(tx, sequence)
    return get_version(tx, sequence)


def compile_as(tx: Tx, writing: Writing, name: str) -> Draft:
    """Return what is written as a file of that name, checked and ready to store."""
    return _compile(tx, write_tree(writing.tree | {"name": name}), writing, _read_files(tx, writing))


def _compile_draft(tx: Tx, writing: Writing) -> Draft:
    draft = _compile(tx, writing.source, writing, _read_files(tx, writing))
    if draft.document.name != writing.sequence.name:
        raise InvalidError(say("The name of a sequence does not change with its text."))
    return draft


def _compile(tx: Tx, source: str, writing: Writing | None, files: dict[str, bytes]) -> Draft:
    document = read_sequence_file(source)
    pitches = workspace_pitches(tx)
    bodies: dict[str, str] = {}
    faults: list[str] = []
    for step in document.flow.steps:
        for text in step.texts():
            bodies[text.body] = _find_body(text.body, writing, pitches)
            for words in (text.subject, bodies[text.body]):
                faults += [
                    say("%(place)s: %(fault)s", place=step.key, fault=fault.sentence)
                    for fault in check_pitch(words or "")
                ]
        faults += [
            say("%(key)s: the file %(name)s is not here.", key=step.key, name=name)
            for name in step.attachments
            if name not in files
        ]
    if faults:
        raise InvalidError(" ".join(faults), faults=tuple(faults))
    named = {name for step in document.flow.steps for name in step.attachments}
    return Draft(
        source=source, document=document, bodies=bodies, files={n: one for n, one in files.items() if n in named}
    )


def _find_body(body: str, writing: Writing | None, pitches: dict[str, str]) -> str:
    if writing and body in writing.version.bodies:
        return str(writing.version.bodies[body])
    return body if "\n" in body or not body.endswith(".md") else lookup_pitch(body, pitches)


def _read_files(tx: Tx, writing: Writing) -> dict[str, bytes]:
    return dict(_files(tx, writing))


def _files(tx: Tx, writing: Writing) -> Iterator[tuple[str, bytes]]:
    if not any(place.step.get("attachments") for place in writing.places):
        return
    stored = select(SequenceFile.name, SequenceFile.content).where(SequenceFile.version_id == writing.version.id)
    yield from ((row[0], row[1]) for row in tx.session.execute(stored))
    own = select(DraftFile.name, DraftFile.content).where(DraftFile.sequence_id == writing.sequence.id)
    yield from ((row[0], row[1]) for row in tx.session.execute(own))
