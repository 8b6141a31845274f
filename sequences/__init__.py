"""Use cases: the engine, and the only place where mail becomes facts and facts become mail."""
