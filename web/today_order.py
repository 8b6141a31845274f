"""Pure: what Today shows first to whom: the order follows the role, and nothing is hidden."""

_ORDERS = {
    "outreach": ("turn", "yes", "due", "heard"),
    "relationship": ("turn", "due", "yes", "heard"),
    "reviewer": ("yes", "turn", "due", "heard"),
    "brand": ("heard", "due", "yes", "turn"),
}


def order_sections(role: str) -> tuple[str, ...]:
    """Return the sections of Today in the order of a role; an admin sees what outreach sees."""
    return _ORDERS.get(role, _ORDERS["outreach"])
