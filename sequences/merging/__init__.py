"""Use cases: two contacts become one with all their runs and mails, and two again."""
