"""Use cases: from a mail in a folder to facts: reading mailboxes, matching, filing, and what an answer sets off."""
