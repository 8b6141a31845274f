"""Wire: the API: JSON for programs, read-only, by bearer token; refusals as problem details (RFC 9457)."""
