"""Pure: how each kind of change is taken back, and which power that takes; reversers live beside their nouns."""

from crm.changes import Reverser

REVERSERS: dict[str, Reverser] = {}

# What takes more than the power to edit.
POWERS: dict[str, str] = {}
