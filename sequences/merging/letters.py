"""Use cases: letters about themes when two people become one: of two about the same theme, one stays and can leave."""

from collections import defaultdict

from sqlalchemy import select, update

from kit.errors import say
from kit.tx import Tx
from sequences.models import Send
from sequences.tell_models import ThemeTell

_LEFT = ("sending", "sent", "unknown")
_WAITING = ("scheduled", "claimed")


def unite_letters(tx: Tx, survivor_id: int, absorbed_id: int) -> None:
    """Keep one letter for each theme: what left wins, then what waits; the other's mail is not sent any more.

    Which rows went and which mails were cancelled is in the difference of the merge, so that the way back is exact.
    """
    query = (
        select(ThemeTell, Send.state)
        .outerjoin(Send, Send.id == ThemeTell.send_id)
        .where(ThemeTell.contact_id.in_((survivor_id, absorbed_id)))
    )
    by_theme: dict[int, list[tuple[ThemeTell, str | None]]] = defaultdict(list)
    for tell, state in tx.session.execute(query):
        by_theme[tell.theme_id].append((tell, state))
    dropped: list[int] = []
    for letters in by_theme.values():
        letters.sort(key=lambda one: (_rank(*one), one[0].contact_id != survivor_id, one[0].id))
        for tell, _ in letters[1:]:
            dropped += [tell.send_id] if tell.send_id else []
            tx.session.delete(tell)
    tx.session.flush()
    tx.session.execute(
        update(Send)
        .where(Send.id.in_(dropped), Send.state.in_(_WAITING))
        .values(state="cancelled", reason=say("Merged with somebody who gets the same letter."), settled_at=tx.now)
        .execution_options(synchronize_session="fetch")
    )


def _rank(tell: ThemeTell, state: str | None) -> int:
    """Return how far a letter is: told, on its way out, waiting to leave, or only written."""
    if tell.told_at is not None:
        return 0
    if state in _LEFT:
        return 1
    return 2 if state in _WAITING else 3
