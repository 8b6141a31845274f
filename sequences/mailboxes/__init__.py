"""Use cases: our mailboxes: signing in, keys and consent, health, and how deliverable their mail is."""
