"""Use cases: telling exactly those who raised a theme what became of it, on the road of every mail."""
