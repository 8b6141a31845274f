"""Pure: from raw bytes to a ParsedMail; any bytes in, a value out."""
