"""Pure: how a search for somebody's traces treats each column: what others are known by is never rewritten in part."""

from typing import Literal

Kind = Literal["free", "excerpt", "exact", "others"]

# What somebody who stays is known by.
_OTHERS = {
    "contacts": ("name", "first_name", "last_name", "search_text"),
    "contact_addresses": ("email",),
    "handles": ("username", "url"),
    "handle_names": ("username", "url"),
}
# One address or one name: the person's own, or not theirs at all.
_EXACT = {
    "suppressions": ("target",),
    "sends": ("email",),
    "enrolments": ("email",),
    "messages": ("sender", "sender_name"),
    "feedback": ("said_by", "said_email"),
}
# The beginning of a longer text, which may end in the middle of a name.
_EXCERPTS = {
    "messages": ("snippet", "reply_cue"),
    "timeline_entries": ("summary", "data"),
    "suppressions": ("source",),
    "proposals": ("sentence", "data"),
    "promises": ("what", "sentence"),
    "incidents": ("sentence", "data"),
    "attempts": ("text",),
}
# Texts of ours, and facts about somebody else: the name of an account may be a word there like any other.
WITHOUT_ACCOUNTS = frozenset(
    {"contacts", "saved_texts", "sequence_drafts", "mail_drafts", "saved_views", "themes", "workspace_settings"}
)


def kind_of(table: str, column: str) -> Kind:
    """Return how a column is searched."""
    if column in _OTHERS.get(table, ()):
        return "others"
    if column in _EXACT.get(table, ()):
        return "exact"
    return "excerpt" if column in _EXCERPTS.get(table, ()) else "free"
