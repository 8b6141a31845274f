"""Use cases: a sequence by another name, and a second one that begins as a copy of the first."""

from dataclasses import replace

from sqlalchemy import select

from kit.errors import InvalidError, say
from kit.tx import Tx
from sequences.draft_models import DraftFile
from sequences.models import Sequence
from sequences.versions.authoring import import_sequence, publish
from sequences.versions.drafting import Writing, change_draft, compile_as, read_writing
from sequences.versions.published import refuse_archived, require_free_name
from sequences.versions.tree import Tree, read_tree

MOST = 120


def rename(tx: Tx, sequence: Sequence, name: str, *, actor: str) -> bool:
    """Give a sequence another name: a version that says the same, for its file names it; False when it has it already.

    Whoever is in it stays on their version, and a draft goes on under the new name.
    """
    refuse_archived(sequence)
    name, before = _read_name(name), sequence.name
    if name == before:
        return False
    require_free_name(tx, name)
    writing = read_writing(tx, sequence)
    text = compile_as(tx, _published(writing), name)
    sequence.name = name
    publish(tx, sequence, text, actor=actor, note=say("Renamed from %(name)s.", name=before))
    if writing.draft:
        change_draft(tx, sequence, lambda tree: tree.update(name=name), actor=actor)
        writing.draft.base_number = sequence.version
    tx.session.flush()
    return True


def duplicate(tx: Tx, sequence: Sequence, *, actor: str) -> Sequence:
    """Begin a sequence with the words and settings of another, its draft included; nobody is in it."""
    writing = read_writing(tx, sequence)
    name = _free_name(tx, sequence.name)
    note = say("Copied from %(name)s.", name=sequence.name)
    copy = import_sequence(tx, compile_as(tx, _published(writing), name), actor=actor, note=note)
    if writing.draft is None:
        return copy

    def write(tree: Tree) -> None:
        tree.clear()
        tree.update(writing.tree | {"name": name})

    change_draft(tx, copy, write, actor=actor)
    for file in tx.session.scalars(select(DraftFile).where(DraftFile.sequence_id == sequence.id)).all():
        tx.session.add(DraftFile(sequence_id=copy.id, name=file.name, content=file.content))
    tx.session.flush()
    return copy


def _published(writing: Writing) -> Writing:
    return replace(writing, draft=None, tree=read_tree(writing.version.source))


def _read_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise InvalidError(say("Give the sequence a name; people never see it."))
    if len(name) > MOST:
        raise InvalidError(say("A name has at most %(most)s characters.", most=MOST))
    return name


def _free_name(tx: Tx, name: str) -> str:
    taken = set(tx.session.scalars(select(Sequence.name)))
    number = 2
    while (found := f"{name[: MOST - 6]} {number}") in taken:
        number += 1
    return found
