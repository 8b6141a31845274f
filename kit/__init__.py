"""Pure: the foundation. Nothing in here knows a noun of the domain."""
