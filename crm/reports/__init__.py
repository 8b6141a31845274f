"""Use cases: figures over longer times, counted by the database: what people do, and what they say of products."""
