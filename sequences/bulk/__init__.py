"""Use cases: one act on many people: who can take part, doing it, and taking it back."""
