"""Pure: every change of state has its entry on the timeline, written in the same transaction, once."""

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from web.simulation.books import Books
from web.simulation.broken import BrokenRuleError
from web.simulation.ledger import Change

_SEND_ENTRIES = {"sent": "mail_sent", "unknown": "send_unknown", "failed": "send_failed"}
_OPEN = ("active", "held")


class _Entry(NamedTuple):
    contact_id: int
    kind: str
    data: dict[str, Any]


def demand_entries(books: Books, changes: Sequence[Change]) -> None:
    """Demand the entries of one transaction's changes."""
    entries = [
        _Entry(change.a, change.b, json.loads(change.c) if change.c else {})
        for change in changes
        if change.what == "entry"
    ]
    # These entries say of everything that went over, or came back, what became of it.
    united = any(entry.kind in ("merged", "unmerged") for entry in entries)
    for change in changes:
        wanted = _wanted(change)
        if wanted is None or (united and wanted[1] in ("stage", "sequence_resumed")):
            continue
        words, kind, fits = wanted
        found = sum(entry.kind == kind and fits(entry) for entry in entries)
        # Two auto-replies that are read together hold a run and then hold it for longer.
        if found != 1 and not (found and kind == "sequence_held"):
            raise BrokenRuleError("timeline", f"{words} at {change.at} has {found} entries {kind!r}, not one")
    for change in changes:
        if change.what == "send" and change.c == "cancelled":
            _demand_reason(books, change, entries)
    for change in changes:
        if change.what == "entry" and change.d is not None:
            _demand_once(books, change)


def _wanted(change: Change) -> tuple[str, str, Callable[[_Entry], bool]] | None:
    """Return in words what happened, and the entry that it must have."""
    match change.what:
        case "send" if change.c in _SEND_ENTRIES:
            return f"mail {change.a} became {change.c}", _SEND_ENTRIES[change.c], _about("send", change.a)
        case "run new":
            return f"run {change.a} began", "enrolled", _about("enrolment", change.a)
        case "run" if change.b != change.c and (kind := _run_entry(change.b, change.c)):
            return f"run {change.a} became {change.c}", kind, _about("enrolment", change.a)
        case "stage":
            return (
                f"contact {change.a} moved",
                "stage",
                lambda e: (e.contact_id, e.data["to_id"]) == (change.a, change.d),
            )
        case "suppression" if change.c:
            # A wish of the person's own may take the place of a bounce in the same breath, and is told as well.
            return (
                f"{change.a} was suppressed",
                "suppression",
                lambda e: (e.data.get("target"), e.data.get("reason")) == (change.a, change.b),
            )
    return None


def _run_entry(before: str, after: str) -> str:
    """Return the entry of a run's move. An answer to the last step changes why it ended, not that it ended."""
    if before not in _OPEN:
        return ""
    if after == "active":
        return "sequence_resumed"
    return f"sequence_{after}"


def _about(name: str, value: object) -> Callable[[_Entry], bool]:
    return lambda entry: entry.data.get(name) == value


def _demand_reason(books: Books, change: Change, entries: Sequence[_Entry]) -> None:
    """Demand that a mail of a run is cancelled only with its run, or left out by a person."""
    send = books.sends[change.a]
    if send.run_id is None or books.runs[send.run_id].is_over:
        return
    if not any(entry.kind == "step_skipped" and entry.data.get("send") == change.a for entry in entries):
        raise BrokenRuleError("timeline", f"mail {change.a} was cancelled and nothing says why")


def _demand_once(books: Books, change: Change) -> None:
    """Demand that one message is told once on one timeline."""
    key = change.d, change.a, change.b
    books.told[key] += 1
    if books.told[key] > 1:
        raise BrokenRuleError("filed once", f"message {change.d} is on the timeline of contact {change.a} twice")
