"""Pure: the protocols of mail. Bytes and values in, values out; no database, no web, no clock."""
