"""Use cases: one contact's way through a sequence: enrolment, waits, windows, the next step, the plan."""
