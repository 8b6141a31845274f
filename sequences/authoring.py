"""Use cases: sequences as versioned texts: import, check, export, start, pause, resume."""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select

from crm.brands import get_brand
from crm.mailboxes import find_mailbox
from crm.models import Brand, WorkspaceSetting
from kit.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from kit.tx import Tx
from sequences.models import Enrolment, Send, Sequence, SequenceVersion
from sequences.models import SequenceFile as StoredFile
from sequences.pitch import check_pitch, lookup_pitch
from sequences.sequence_file import SequenceFile, Step, read_sequence_file

MAX_ATTACHMENT = 10 * 1024 * 1024
MAX_MAIL = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A sequence file with everything it names, checked and ready to store."""

    source: str
    document: SequenceFile
    bodies: dict[str, str]
    files: dict[str, bytes]


def read_draft(path: Path, workspace: Mapping[str, str]) -> Draft:
    """Read a file with the texts and attachments it names.

    Raises InvalidError naming every fault: shape, missing texts, unknown fields, sizes.
    """
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidError(f"{path} cannot be read as a sequence file: {error}") from error
    document = read_sequence_file(source)
    faults: list[str] = []
    bodies: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for step in document.flow.steps:
        for text in step.texts():
            _read_body(step, text.subject, text.body, path.parent, workspace, bodies, faults)
        _read_files(step, path.parent, files, faults)
    if faults:
        raise InvalidError(" ".join(faults), faults=tuple(faults))
    return Draft(source=source, document=document, bodies=bodies, files=files)


def import_sequence(tx: Tx, draft: Draft) -> Sequence:
    """Store a checked file: a new sequence, or a new version of the one with its name."""
    document = draft.document
    brand = get_brand(tx, document.brand)
    for address in document.mailboxes:
        if find_mailbox(tx, address) is None:
            raise NotFoundError(f"No mailbox {address} is connected. Add it with: rapport mailboxes add {address} ...")
    sequence = find_sequence(tx, document.name)
    if sequence is None:
        sequence = Sequence(name=document.name, brand_id=brand.id, state="draft", version=0, created_at=tx.now)
        tx.session.add(sequence)
        tx.session.flush()
    elif get_version(tx, sequence).source == draft.source and get_version(tx, sequence).bodies == draft.bodies:
        return sequence
    sequence.version += 1
    version = SequenceVersion(
        sequence_id=sequence.id,
        number=sequence.version,
        source=draft.source,
        document=document.model_dump(mode="json"),
        bodies=draft.bodies,
        created_at=tx.now,
    )
    tx.session.add(version)
    tx.session.flush()
    for name, content in draft.files.items():
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        tx.session.add(StoredFile(version_id=version.id, name=name, content_type=kind, content=content))
    return sequence


def find_sequence(tx: Tx, name: str) -> Sequence | None:
    """Return the sequence of that name."""
    return tx.session.scalar(select(Sequence).where(Sequence.name == name))


def get_sequence(tx: Tx, name: str) -> Sequence:
    """Return the sequence of that name, or refuse."""
    sequence = find_sequence(tx, name)
    if sequence is None:
        raise NotFoundError(f"There is no sequence named {name}.")
    return sequence


def list_sequences(tx: Tx) -> list[Sequence]:
    """Return all sequences, newest first."""
    return list(tx.session.scalars(select(Sequence).order_by(Sequence.id.desc())))


def get_version(tx: Tx, sequence: Sequence) -> SequenceVersion:
    """Return the newest published version of a sequence."""
    query = select(SequenceVersion).where(
        SequenceVersion.sequence_id == sequence.id, SequenceVersion.number == sequence.version
    )
    return tx.session.scalars(query).one()


def document_of(version: SequenceVersion) -> SequenceFile:
    """Return the reading of a stored version."""
    return _read_document(_Stored(version.id, version.source, version.document))


@dataclass(frozen=True, slots=True)
class _Stored:
    """What tells a version from all others, also from one of another database; its reading follows from it."""

    id: int
    source: str
    document: Mapping[str, object] = field(compare=False)


@lru_cache(maxsize=256)
def _read_document(stored: _Stored) -> SequenceFile:
    # Every mail asks for its sequence several times; a version never changes, and neither does a frozen document.
    return SequenceFile.model_validate(stored.document)


def steps_of(version: SequenceVersion) -> tuple[Step, ...]:
    """Return the steps of a stored version by number, those in branches included."""
    return document_of(version).flow.steps


def start_sequence(tx: Tx, name: str) -> Sequence:
    """Let a sequence send. Starting one that runs changes nothing."""
    sequence = get_sequence(tx, name)
    if sequence.state == "paused":
        raise ConflictError(f"{name} is paused. Go on with: rapport sequences resume {name!r}")
    if sequence.state == "draft":
        brand = tx.session.get_one(Brand, sequence.brand_id)
        if not brand.postal_address:
            raise RefusedError(
                f"{brand.name} has no postal address, which mail to strangers must carry. Set one before starting."
            )
        sequence.state, sequence.started_at = "live", tx.now
    return sequence


def pause_sequence(tx: Tx, sequence: Sequence) -> None:
    """Stop sending; clocks of everybody in it stand still from now on."""
    if sequence.state != "live":
        raise ConflictError(f"{sequence.name} is not running.")
    sequence.state, sequence.paused_at = "paused", tx.now


def resume_sequence(tx: Tx, sequence: Sequence) -> None:
    """Go on; every waiting date moves on by the length of the pause, so nothing fires at once."""
    if sequence.state != "paused" or sequence.paused_at is None:
        raise ConflictError(f"{sequence.name} is not paused.")
    pause = tx.now - sequence.paused_at
    sequence.state, sequence.paused_at = "live", None
    for run in tx.session.scalars(
        select(Enrolment).where(Enrolment.sequence_id == sequence.id, Enrolment.state.in_(("active", "held")))
    ):
        # Whoever joined during the pause has waited only since then.
        missed = min(pause, tx.now - run.created_at)
        run.next_at = run.next_at + missed if run.next_at else None
    for send in tx.session.scalars(
        select(Send).where(Send.sequence_id == sequence.id, Send.state.in_(("draft", "scheduled")))
    ):
        send.due_at = max(send.due_at + pause, tx.now)
        send.expires_at = send.expires_at + pause if send.expires_at else None


def workspace_pitches(tx: Tx) -> dict[str, str]:
    """Return the workspace's own pitches by path: they come before the starters."""
    row = tx.session.get(WorkspaceSetting, "pitches")
    return dict(row.value) if row else {}


def _read_body(
    step: Step,
    subject: str | None,
    body: str,
    folder: Path,
    workspace: Mapping[str, str],
    bodies: dict[str, str],
    faults: list[str],
) -> None:
    try:
        bodies[body] = _find_body(body, folder, workspace)
    except (InvalidError, OSError, UnicodeDecodeError) as error:
        faults.append(f"Step {step.key!r}: {error}")
        return
    for source in (subject, bodies[body]):
        faults.extend(f"Step {step.key!r}: {fault.sentence}" for fault in check_pitch(source or ""))


def _find_body(body: str, folder: Path, workspace: Mapping[str, str]) -> str:
    """Return a text: beside the file, of the workspace, among the starters, or written in place."""
    if "\n" in body or not body.endswith(".md"):
        return body
    beside = (folder / body).resolve()
    if beside.is_relative_to(folder.resolve()) and beside.is_file():
        return beside.read_text(encoding="utf-8")
    return lookup_pitch(body, workspace)


def _read_files(step: Step, folder: Path, files: dict[str, bytes], faults: list[str]) -> None:
    total = 0
    for name in step.attachments:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            faults.append(f"Step {step.key!r}: the attachment {name!r} does not lie beside the file.")
            continue
        size = path.stat().st_size
        total += size
        if size > MAX_ATTACHMENT:
            faults.append(f"Step {step.key!r}: {name!r} is larger than 10 MB.")
            continue
        files[name] = path.read_bytes()
    if total > MAX_MAIL:
        faults.append(f"Step {step.key!r}: its attachments are larger than 20 MB together.")
