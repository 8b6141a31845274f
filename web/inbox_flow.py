"""Pure: the flow of a conversation: mails and what we wrote down about the person, in the order of time."""

from collections.abc import Sequence
from datetime import datetime

from crm.inbox_beside import Note
from crm.talk import Mail

Moment = tuple[datetime, Mail | None, Note | None]


def make_flow(
    mails: Sequence[Mail], notes: Sequence[Note], *, shown: int, until: datetime | None = None
) -> tuple[list[Moment], int]:
    """Return the newest `shown` mails with the notes beside them, up to `until`; and how many mails came before."""
    folded = mails[:-shown]
    since = folded[-1].message.at if folded else None
    flow: list[Moment] = [(mail.message.at, mail, None) for mail in mails[-shown:]]
    flow += [
        (note.at, None, note)
        for note in notes
        if (since is None or note.at > since) and (until is None or note.at <= until)
    ]
    return sorted(flow, key=lambda moment: moment[0]), len(folded)
