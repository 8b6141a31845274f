"""Pure: what Today shows first to whom: the order follows the role, promises come before pitches, nothing hides."""

_ORDERS = {
    "outreach": ("turn", "promise", "yes", "due", "talk", "heard"),
    "relationship": ("turn", "promise", "talk", "due", "yes", "heard"),
    "reviewer": ("promise", "yes", "turn", "due", "talk", "heard"),
    "brand": ("heard", "promise", "due", "yes", "talk", "turn"),
}


def order_sections(role: str) -> tuple[str, ...]:
    """Return the sections of Today in the order of a role; an admin sees what outreach sees."""
    return _ORDERS.get(role, _ORDERS["outreach"])
