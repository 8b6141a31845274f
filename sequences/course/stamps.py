"""Pure: an instant as the document of a row keeps it, and back."""

from datetime import datetime


def write_stamp(at: datetime | None) -> str | None:
    """Return an instant as text (ISO 8601)."""
    return at.isoformat() if at else None


def read_stamp(text: str | None) -> datetime | None:
    """Return the instant that `write_stamp` wrote."""
    return datetime.fromisoformat(text) if text else None
