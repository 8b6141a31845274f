"""Use cases: the memory. Contacts, relationships, timeline, mailboxes, threads; no sockets."""
