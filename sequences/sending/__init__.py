"""Use cases: from a due mail to a mail that left: claim, rules, limits, bytes, the wire, and how it ended."""
