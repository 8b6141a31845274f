"""Wire: the doors: pages, command line, worker, demo, and the one place where things are wired."""
