"""Use cases: sequences as versioned texts: import, check, export, start, pause, resume."""

import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from sqlalchemy import select

from crm.brands import get_brand
from crm.mailboxes import find_mailbox
from crm.models import Brand, Stage, WorkspaceSetting
from crm.texts import read_workspace_texts
from kit.errors import ConflictError, InvalidError, NotFoundError, RefusedError, say
from kit.tx import Tx
from sequences.course.resume_plan import resume_sequence
from sequences.models import Sequence, SequenceVersion
from sequences.models import SequenceFile as StoredFile
from sequences.pitches.pitch import check_pitch, lookup_pitch
from sequences.versions.published import (
    document_of,
    find_sequence,
    get_sequence,
    get_version,
    list_sequences,
    refuse_archived,
    steps_of,
)
from sequences.versions.sequence_file import SequenceFile, Step, read_sequence_file

__all__ = ["Draft", "document_of", "find_sequence", "get_sequence", "get_version", "import_sequence", "list_sequences",
           "pause_sequence", "publish", "read_draft", "resume_sequence", "start_sequence", "steps_of",
           "workspace_pitches"]  # fmt: skip

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
        raise InvalidError(
            say("%(path)s cannot be read as a sequence file: %(error)s", path=path, error=error)
        ) from error
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


def import_sequence(tx: Tx, draft: Draft, *, actor: str = "", note: str = "") -> Sequence:
    """Store a checked file: a new sequence, or a new version of the one with its name; runs stay on theirs.

    The same text again changes nothing. `note` says why, for those who read the versions later.
    """
    document = draft.document
    brand = get_brand(tx, document.brand)
    for address in document.mailboxes:
        if find_mailbox(tx, address) is None:
            raise NotFoundError(
                say(
                    "No mailbox %(address)s is connected. Add it with: rapport mailboxes add %(address)s ...",
                    address=address,
                )
            )
    faults = tuple(_stage_faults(tx, document))
    if faults:
        raise InvalidError(" ".join(faults), faults=faults)
    sequence = find_sequence(tx, document.name)
    if sequence is None:
        sequence = Sequence(name=document.name, brand_id=brand.id, state="draft", version=0, created_at=tx.now)
        tx.session.add(sequence)
        tx.session.flush()
    elif _is_the_same(tx, get_version(tx, sequence), draft):
        return sequence
    publish(tx, sequence, draft, actor=actor, note=note)
    return sequence


def publish(tx: Tx, sequence: Sequence, draft: Draft, *, actor: str, note: str) -> SequenceVersion:
    """Store a draft as the newest version; whoever is enrolled from now on follows it."""
    refuse_archived(sequence)
    sequence.version += 1
    version = SequenceVersion(
        sequence_id=sequence.id,
        number=sequence.version,
        source=draft.source,
        document=draft.document.model_dump(mode="json"),
        bodies=draft.bodies,
        actor=actor,
        note=note.strip(),
        created_at=tx.now,
    )
    tx.session.add(version)
    tx.session.flush()
    for name, content in draft.files.items():
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        tx.session.add(StoredFile(version_id=version.id, name=name, content_type=kind, content=content))
    return version


def _is_the_same(tx: Tx, version: SequenceVersion, draft: Draft) -> bool:
    if version.source != draft.source or version.bodies != draft.bodies:
        return False
    stored = tx.session.execute(select(StoredFile.name, StoredFile.content).where(StoredFile.version_id == version.id))
    return {row[0]: row[1] for row in stored} == draft.files


def _stage_faults(tx: Tx, document: SequenceFile) -> Iterator[str]:
    """Yield the stages that nobody has: a move to one would be left out, a stop on one would never come."""
    known = list(tx.session.scalars(select(Stage.name)))
    named: list[tuple[str, str]] = [
        (say("Step %(key)r", key=step.key), step.stage) for step in document.flow.steps if step.kind == "stage"
    ]
    named += [("stop_on", word.removeprefix("stage:")) for word in document.stop_on if word.startswith("stage:")]
    for where, stage in named:
        if stage not in known:
            close = get_close_matches(stage, known, n=1, cutoff=0.5)
            hint = (
                say("Did you mean %(close)r?", close=close[0])
                if close
                else say("There are %(known)s.", known=", ".join(known))
            )
            yield say("%(where)s: there is no stage %(stage)r. %(hint)s", where=where, stage=stage, hint=hint)


def start_sequence(tx: Tx, name: str, *, is_public: bool = False) -> Sequence:
    """Let a sequence send. Starting one that runs changes nothing.

    `is_public`: others can open our links, so that mail can carry one click (RFC 8058).
    """
    sequence = get_sequence(tx, name)
    refuse_archived(sequence)
    if sequence.state == "paused":
        raise ConflictError(say("%(name)s is paused. Go on with: rapport sequences resume %(name)r", name=name))
    if sequence.state == "draft":
        brand = tx.session.get_one(Brand, sequence.brand_id)
        if brand.requires_postal and not brand.postal_address:
            raise RefusedError(
                say(
                    "%(name)s has no postal address, which mail to strangers must carry. Set one with: "
                    "rapport brands edit %(name)r --postal-address TEXT",
                    name=brand.name,
                )
            )
        if brand.requires_one_click and not is_public:
            raise RefusedError(
                say(
                    "%(name)s requires one-click opt-out. Set RAPPORT_PUBLIC_URL to an https address that "
                    "others can open.",
                    name=brand.name,
                ),
                code="no_one_click",
            )
        sequence.state, sequence.started_at = "live", tx.now
    return sequence


def pause_sequence(tx: Tx, sequence: Sequence) -> None:
    """Stop sending; clocks of everybody in it stand still from now on."""
    refuse_archived(sequence)
    if sequence.state != "live":
        raise ConflictError(say("%(name)s is not running.", name=sequence.name))
    sequence.state, sequence.paused_at = "paused", tx.now


def workspace_pitches(tx: Tx) -> dict[str, str]:
    """Return the workspace's own pitches by path: they come before the starters."""
    row = tx.session.get(WorkspaceSetting, "pitches")
    return (dict(row.value) if row else {}) | read_workspace_texts(tx)


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
        faults.append(say("Step %(key)r: %(error)s", key=step.key, error=error))
        return
    for source in (subject, bodies[body]):
        faults.extend(
            say("Step %(key)r: %(fault)s", key=step.key, fault=fault.sentence) for fault in check_pitch(source or "")
        )


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
            faults.append(
                say("Step %(key)r: the attachment %(name)r does not lie beside the file.", key=step.key, name=name)
            )
            continue
        size = path.stat().st_size
        total += size
        if size > MAX_ATTACHMENT:
            faults.append(say("Step %(key)r: %(name)r is larger than 10 MB.", key=step.key, name=name))
            continue
        files[name] = path.read_bytes()
    if total > MAX_MAIL:
        faults.append(say("Step %(key)r: its attachments are larger than 20 MB together.", key=step.key))
