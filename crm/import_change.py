"""Use cases: an import as a change: taken back like any other, also when it was cut short."""

from collections.abc import Mapping

from crm.changes import keep_words, record_change
from crm.models import Change
from kit.errors import say
from kit.tx import Tx

KIND = "import"


def open_change(tx: Tx, import_id: int, filename: str, *, actor: str, place: str) -> Change:
    """Record an import that begins; `place` is where its outcome is seen."""
    data = {"import_id": import_id, "place": place}
    summary = say("Import of %(file)s, cut short", file=filename)
    return record_change(tx, KIND, actor=actor, summary=summary, data=data)


def close_change(tx: Tx, change_id: int, filename: str, counts: Mapping[str, int]) -> None:
    """Say what an import brought; one that brought nothing is no change."""
    change = tx.session.get_one(Change, change_id)
    change.count = counts["created"] + counts["updated"]
    if not change.count:
        tx.session.delete(change)
        return
    summary = say(
        "Imported %(file)s: %(new)s new, %(updated)s topped up",
        file=filename,
        new=counts["created"],
        updated=counts["updated"],
    )
    change.summary, change.words = str(summary), keep_words(summary)
