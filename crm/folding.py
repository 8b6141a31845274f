"""Pure: text for searching and comparing: lower case, accents removed."""

import unicodedata


def fold(text: str) -> str:
    """Return `text` for searching: lower case, accents removed, so that "Zoë" and "zoe" meet."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def escape_like(text: str) -> str:
    """Return `text` for a LIKE with a backslash as its escape, so that it stands for itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
