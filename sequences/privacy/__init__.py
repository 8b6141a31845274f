"""Use cases: people and their data: erased for good, kept no longer than needed, given out and taken in whole."""
