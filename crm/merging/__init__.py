"""Use cases: two contacts become one, and two again: what of it the memory can do without knowing of sequences."""
