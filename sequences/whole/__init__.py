"""Use cases: the whole workspace out as plain files, and back into an empty installation with the same result."""
