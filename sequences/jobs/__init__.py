"""Use cases: long work, a chunk per transaction: what kinds there are, and the one who does it."""
