"""Use cases: figures over all sequences and mailboxes, counted by the database."""
