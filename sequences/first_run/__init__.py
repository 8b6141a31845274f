"""Use cases: the first run: from an empty installation to the first pitch, in steps that can be taken up again."""
