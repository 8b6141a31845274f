"""Use cases: the rules of the team: who was written to lately, whose a contact is, and how much mail is enough."""
