"""Pure: the flow of a conversation: mails and what we wrote down about the person, in the order of time."""

from collections.abc import Sequence
from datetime import datetime

from crm.inbox_beside import Note
from crm.talk import Mail

Moment = tuple[datetime, Mail | None, Note | None]


def make_flow(
    mails: Sequence[Mail], notes: Sequence[Note], *, since: datetime | None, until: datetime | None = None
) -> list[Moment]:
    """Return mails with the notes written after `since` and up to `until`."""
    flow: list[Moment] = [(mail.message.at, mail, None) for mail in mails]
    flow += [
        (note.at, None, note)
        for note in notes
        if (since is None or note.at > since) and (until is None or note.at <= until)
    ]
    return sorted(flow, key=lambda moment: moment[0])
