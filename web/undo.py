"""Wire: how each kind of change is taken back, and which power that takes; reversers live beside their nouns."""

from crm.changes import Reverser
from sequences.bulk.deeds import reverse_deed
from sequences.jobs.bulk import BULK

REVERSERS: dict[str, Reverser] = {
    **dict.fromkeys(BULK, reverse_deed),
}

# What takes more than the power to edit.
POWERS: dict[str, str] = {}
