"""Pure: how each kind of change is taken back, and which power that takes; reversers live beside their nouns."""

from crm.changes import Reverser
from sequences.course import leaving

REVERSERS: dict[str, Reverser] = {
    leaving.ADDED: leaving.undo_added,
    leaving.REMOVED: leaving.undo_removal,
}

# What takes more than the power to edit.
POWERS: dict[str, str] = {}
