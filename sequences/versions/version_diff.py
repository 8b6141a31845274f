"""Pure: what changed from one version of a sequence to another: steps added, removed, moved, and within each step."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from typing import Any

from sequences.versions.sequence_file import SequenceFile
from sequences.versions.step import TEXT_KINDS, Step, Variant

_SETTINGS = ("mailbox", "window", "holidays", "stop_on", "new_per_day", "per_day", "fields", "brand")
_PARTS = ("kind", "wait", "review", "thread", "channel", "title", "stage", "tag", "when")
_RENAMED = (*TEXT_KINDS, "stage", "tag")
_MAILED = ("kind", "wait", "review", "thread")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One version as it is compared: `bodies` by the names in the file, `files` the digests of attachments by name."""

    document: SequenceFile
    bodies: Mapping[str, str]
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that differs. A text has `lines`, a unified diff without its heads; anything else has words."""

    what: str
    old: str = ""
    new: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDiff:
    """What became of one step: `fate` is added, removed, renamed, moved or changed; `was` its old key if renamed."""

    key: str
    kind: str
    fate: str
    was: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDiff:
    """Everything that differs; `settings` are those of the whole sequence."""

    settings: tuple[Change, ...]
    steps: tuple[StepDiff, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not self.settings and not self.steps


def diff_versions(old: Edition, new: Edition) -> VersionDiff:
    """Return what changed, in the order of the new version; what was removed comes last."""
    before, after = _steps(old), _steps(new)
    renames = find_renames(old, new)
    names = {now: was for was, now in renames.items()}
    moved = _moved(old, new, renames)
    steps = []
    for key, step in after.items():
        was = names.get(key, key)
        if was not in before:
            steps.append(StepDiff(key=key, kind=step.kind, fate="added", changes=tuple(_texts(None, step, old, new))))
            continue
        changes = tuple(_step_changes(before[was], step, old, new))
        fate = "renamed" if was != key else "moved" if key in moved else "changed"
        if changes or fate != "changed":
            steps.append(StepDiff(key=key, kind=step.kind, fate=fate, was=names.get(key, ""), changes=changes))
    gone = [step for key, step in before.items() if key not in after and key not in renames]
    steps += [StepDiff(key=step.key, kind=step.kind, fate="removed") for step in gone]
    return VersionDiff(settings=tuple(_settings(old.document, new.document)), steps=tuple(steps))


def find_renames(old: Edition, new: Edition) -> dict[str, str]:
    """Return steps that only got another key, old to new: the same words, stage or tag under a new name."""
    before, after = _steps(old), _steps(new)
    fresh = [step for key, step in after.items() if key not in before and step.kind in _RENAMED]
    found: dict[str, str] = {}
    for key, step in before.items():
        if key in after or step.kind not in _RENAMED:
            continue
        same = next((one for one in fresh if _essence(one, new) == _essence(step, old)), None)
        if same:
            found[key] = same.key
            fresh.remove(same)
    return found


def is_same_mail(key: str, variant: str, old: Edition, new: Edition) -> bool:
    """Return whether one text of a step would be planned alike by both versions."""
    before, after = _steps(old).get(key), _steps(new).get(key)
    if before is None or after is None or any(getattr(before, name) != getattr(after, name) for name in _MAILED):
        return False
    mails = [_mail(step, variant, edition) for step, edition in ((before, old), (after, new))]
    return mails[0] is not None and mails[0] == mails[1]


def _mail(step: Step, variant: str, edition: Edition) -> object:
    text = next((one for one in step.texts() if one.key == variant), None)
    return text and (text.subject, edition.bodies.get(text.body), _attached(step, edition))


def _essence(step: Step, edition: Edition) -> object:
    texts = [(text.key, text.subject, edition.bodies.get(text.body)) for text in step.texts()]
    return (step.kind, step.channel, step.stage, step.tag, texts)


def _steps(edition: Edition) -> dict[str, Step]:
    return {step.key: step for step in edition.document.flow.steps}


def _moved(old: Edition, new: Edition, renames: Mapping[str, str]) -> set[str]:
    """Return the steps that stand elsewhere: in another branch, or in another order."""
    before, after = (
        {node.step.key: (node.parent, node.side) for node in edition.document.flow.nodes} for edition in (old, new)
    )
    before = {renames.get(key, key): (renames.get(home[0], home[0]), home[1]) for key, home in before.items()}
    first, second = [key for key in before if key in after], [key for key in after if key in before]
    blocks = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    kept = {key for block in blocks for key in first[block.a : block.a + block.size]}
    # Once an `if` is gone or new, what stood in it and stands there no longer has moved.
    return {key for key in second if key not in kept or before[key] != after[key]}


def _step_changes(before: Step, after: Step, old: Edition, new: Edition) -> Iterator[Change]:
    for name in _PARTS:
        yield from _compare(name, getattr(before, name), getattr(after, name))
    for name, was, now in (("then", before.then, after.then), ("else", before.otherwise, after.otherwise)):
        yield from _compare(name, _way(was), _way(now))
    yield from _compare("attachments", _attached(before, old), _attached(after, new))
    yield from _texts(before, after, old, new)


def _texts(before: Step | None, after: Step, old: Edition, new: Edition) -> Iterator[Change]:
    was = {text.key: text for text in before.texts()} if before else {}
    now = {text.key: text for text in after.texts()}
    for key in {**was, **now}:
        label = f" of variant {key}" if key else ""
        first, second = was.get(key), now.get(key)
        if key and before and not (first and second):
            yield Change(what="variant", old=key if first else "", new=key if second else "")
        yield from _compare(f"subject{label}", first and first.subject, second and second.subject)
        if first and second:
            yield from _compare(f"weight{label}", first.weight, second.weight)
        lines = _lines(first, second, old, new)
        if lines:
            yield Change(what=f"text{label}", lines=lines)


def _lines(first: Variant | None, second: Variant | None, old: Edition, new: Edition) -> tuple[str, ...]:
    before = old.bodies.get(first.body, "") if first else ""
    after = new.bodies.get(second.body, "") if second else ""
    return tuple(list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2))[2:])


def _settings(old: SequenceFile, new: SequenceFile) -> Iterator[Change]:
    for name in _SETTINGS:
        yield from _compare(name, getattr(old, name), getattr(new, name))


def _compare(what: str, before: object, after: object) -> Iterator[Change]:
    if _words(before) != _words(after):
        yield Change(what=what, old=_words(before), new=_words(after))


def _words(value: Any) -> str:
    """Return a value of a file as it may be read aloud."""
    if hasattr(value, "model_dump"):
        value = value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_words(one)}" for key, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_words(one) for one in value)
    return "" if value is None else str(value)


def _way(branch: object) -> str:
    return branch if isinstance(branch, str) else ""


def _attached(step: Step, edition: Edition) -> list[str]:
    return [f"{name} ({edition.files.get(name, '')[:8]})" for name in step.attachments]
