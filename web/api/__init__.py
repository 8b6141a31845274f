"""Wire: the API: JSON for programs, by bearer token; refusals as problem details (RFC 9457)."""
