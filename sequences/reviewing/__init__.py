"""Use cases: the review queue: who waits, what to know beside it, and the decision."""
