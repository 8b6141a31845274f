"""Pure: what a merge does with every row that names a contact; a test refuses a column nobody decided about.

A new table with a foreign key to contacts gets its line here. `MOVES` is right for most: the rows go over, and come
back by their numbers. `WHOLE` is for rows that the merge may also change, drop or add: they are kept as they were.
"""

from typing import Any, Literal

from sqlalchemy import Column

from kit.db import Base

Decision = Literal["moves", "whole", "stays"]

DECISIONS: dict[str, Decision] = {
    "contact_addresses.contact_id": "whole",
    # Compared anew by the beat.
    "contact_bests.contact_id": "stays",
    "contact_keys.contact_id": "whole",
    "contact_links.agent_id": "whole",
    "contact_links.contact_id": "whole",
    "contact_tags.contact_id": "whole",
    "disclosures.contact_id": "moves",
    "enrolments.contact_id": "whole",
    "feedback.contact_id": "moves",
    "handles.contact_id": "whole",
    "incidents.contact_id": "moves",
    "messages.contact_id": "moves",
    "promises.contact_id": "moves",
    "proposals.contact_id": "moves",
    "pulses.contact_id": "whole",
    "relationships.contact_id": "whole",
    "sends.contact_id": "whole",
    "suppressions.contact_id": "whole",
    "tasks.contact_id": "moves",
    "theme_tells.contact_id": "whole",
    "threads.contact_id": "moves",
    "timeline_entries.contact_id": "moves",
    "contact_pairs.low_id": "whole",
    "contact_pairs.high_id": "whole",
    # Earlier merges into the absorbed one stay as they are: who looks for them is led on, step by step.
    "contact_merges.absorbed_id": "stays",
    "contact_merges.survivor_id": "stays",
}


def find_contact_columns() -> list[str]:
    """Return every column that names a contact, as table.column."""
    return sorted(
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname == "contacts.id"
    )


def find_binding_columns() -> list[Column[Any]]:
    """Return the columns whose rows neither go with a contact nor let it go: a contact that has any stays."""
    return [
        column
        for table in Base.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname == "contacts.id" and key.ondelete is None
    ]


def columns_for(decision: Decision) -> list[str]:
    """Return the columns with one decision, in the order they were written down."""
    return [name for name, decided in DECISIONS.items() if decided == decision]
