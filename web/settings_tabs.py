"""Wire: the pages of the settings as tabs, each for those who may open it."""

from web.auth import may
from web.words import _, lazy

_TABS = (
    ("you", "you", lazy("You"), ""),
    ("mailboxes", "mailboxes", lazy("Mailboxes"), ""),
    ("deliverability", "deliverability", lazy("Deliverability"), ""),
    ("sending", "sending", lazy("Sending limits"), ""),
    ("team-rules", "team-rules", lazy("Team rules"), ""),
    ("team", "team", lazy("Team"), "admin"),
    ("leave", "leave", lazy("Leave"), ""),
    ("brands", "brands", lazy("Brands and products"), ""),
    ("stages", "stages", lazy("Stages"), ""),
    ("fields", "fields", lazy("Fields"), ""),
    ("suppressions", "suppressions", lazy("Do not contact"), ""),
    ("holidays", "holidays", lazy("Holidays"), ""),
    ("tokens", "tokens", lazy("Tokens"), "admin"),
    ("data", "data", lazy("Data"), ""),
    ("privacy", "privacy", lazy("Privacy"), ""),
    ("changes", "data/changes", lazy("Recent changes"), ""),
    ("system", "system", lazy("System"), "admin"),
)


def settings_tabs() -> list[tuple[str, str, str]]:
    """Return name, address and words of each tab that the person signed in may open."""
    return [(name, f"/settings/{place}", _(words)) for name, place, words, power in _TABS if not power or may(power)]
