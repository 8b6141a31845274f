"""Use cases: the acts on many people as kinds of jobs."""

from collections.abc import Callable

from crm.models import Job
from kit.tx import Tx
from sequences.bulk.deeds import KINDS, do_chunk

BULK: dict[str, Callable[[Tx, Job], bool]] = dict.fromkeys(KINDS.values(), do_chunk)
