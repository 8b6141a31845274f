"""Use cases: the texts that runs follow, by version: read from the database once in the life of a program."""

from collections.abc import Collection
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.pool import Pool

from kit.tx import Tx
from sequences.models import SequenceVersion
from sequences.versions.authoring import document_of
from sequences.versions.sequence_file import SequenceFile

# By database; only what sends asks here, and what it sends by was committed long ago and never changes.
_KNOWN: WeakKeyDictionary[Pool, dict[int, SequenceFile]] = WeakKeyDictionary()


def read_documents(tx: Tx, version_ids: Collection[int]) -> dict[int, SequenceFile]:
    """Return the texts of these published versions."""
    bind = tx.session.get_bind()
    known = _KNOWN.setdefault(bind.pool, {}) if isinstance(bind, Engine) else {}
    for number in version_ids:
        if number not in known:
            known[number] = document_of(tx.session.get_one(SequenceVersion, number))
    return {number: known[number] for number in version_ids}
