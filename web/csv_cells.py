"""Pure: cells of a table that a spreadsheet opens: what strangers wrote must never be taken for a formula."""


def tame(value: object) -> str:
    """Return a cell as text; one that would begin a formula begins with an apostrophe."""
    text = "" if value is None else str(value)
    is_number = isinstance(value, int | float)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} and not is_number else text
