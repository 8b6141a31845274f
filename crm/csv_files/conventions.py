"""Pure: how a file writes its values, learnt per column from samples: decimal mark, bare per cents, order of a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crm.csv_files.columns import Mapping
from crm.csv_files.days import guess_day_first
from crm.csv_files.fields import column_percent
from crm.csv_files.numbers import Mark, groups_with_points, guess_bare_percent, guess_decimal

COUNTS = frozenset({"followers", "posts", "avg_views", "avg_likes", "avg_comments"})
_DAYS = ("last_post_on", "read_on")
_NUMERIC = COUNTS | {"engagement_rate", "score", "price"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conventions:
    """`decimals` by column, missing where nothing tells; `fractions` are rate columns written as 0.0139."""

    decimals: dict[str, Mark] = field(default_factory=dict)
    fractions: frozenset[str] = frozenset()
    day_first: bool | None = None


def learn_conventions(mapping: Mapping, rows: Iterable[Sequence[str]]) -> Conventions:
    """Learn from the cells of some rows; the more rows, the surer.

    A column that does not tell its decimal mark takes that of the file's other columns; and a column of counts whose
    points all stand before three digits (1.234) groups with them: nobody has a third of a follower.
    """
    samples: dict[str, list[str]] = {name: [] for name, chosen in mapping.columns.items() if chosen != "ignore"}
    positions = [(index, name) for index, name in enumerate(mapping.columns) if name in samples]
    for cells in rows:
        for index, name in positions:
            if index < len(cells) and cells[index].strip():
                samples[name].append(cells[index])
    numeric = [name for name in samples if mapping.columns[name] in _NUMERIC]
    decimals = _decimals(mapping, {name: samples[name] for name in numeric})
    rates = [name for name in numeric if mapping.columns[name] == "engagement_rate" and not column_percent(name)]
    days = [text for name in samples if mapping.columns[name] in _DAYS for text in samples[name]]
    return Conventions(
        decimals=decimals,
        fractions=frozenset(name for name in rates if not _is_percent(samples[name], decimals.get(name))),
        day_first=guess_day_first(days),
    )


def _decimals(mapping: Mapping, samples: dict[str, list[str]]) -> dict[str, Mark]:
    """Return the decimal mark of every column that tells, or of the file."""
    found = {name: mark for name, texts in samples.items() if (mark := guess_decimal(texts)) is not None}
    marks = list(found.values())
    usual: Mark | None = None
    if marks.count(".") != marks.count(","):
        usual = "." if marks.count(".") > marks.count(",") else ","
    for name, texts in samples.items():
        if name in found:
            continue
        if mapping.columns[name] in COUNTS and groups_with_points(texts):
            found[name] = ","
        elif usual is not None:
            found[name] = usual
    return found


def _is_percent(texts: list[str], decimal: Mark | None) -> bool:
    """Say whether a column's bare numbers are per cent; signed ones speak for themselves."""
    return guess_bare_percent((text for text in texts if "%" not in text), decimal=decimal)
