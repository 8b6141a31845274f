"""The examples that stand beside the merge fields, as values to render with."""

from sequences.pitches.merge_fields import FIELDS, ROOTS


def example_values() -> dict[str, dict[str, object]]:
    """Build the examples as values for a preview, by root and name."""
    values: dict[str, dict[str, object]] = {root: {} for root in sorted(ROOTS)}
    for path, field in FIELDS.items():
        root, _, name = path.partition(".")
        values[root][name] = {} if path == "contact.custom" else field.example
    return values
