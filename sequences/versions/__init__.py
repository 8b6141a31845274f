"""Use cases: a sequence as a text with versions: its file and steps, what changed, who moves where."""
