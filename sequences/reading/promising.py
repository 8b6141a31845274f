"""Use cases: what we write becomes proposed promises: mails by hand, mails found in Sent, notes. Nothing is decided."""

from collections.abc import Sequence

from crm.models import Mailbox, Promise
from crm.promises import propose_promises
from crm.zones import read_zone
from kit.tx import Tx
from mailer.parse.says.promises import find_promises
from sequences.reading.arrival import Arrival


def propose_from_note(
    tx: Tx, contact_id: int, text: str, *, user_id: int | None, zone: str, brand_id: int | None
) -> list[Promise]:
    """Keep what a note or a logged message seems to promise, by the day its author sees."""
    found = find_promises(text, tx.now.astimezone(read_zone(zone)).date())
    return propose_promises(tx, contact_id, found, user_id=user_id, brand_id=brand_id)


def propose_from_found(tx: Tx, mailbox: Mailbox, arrivals: Sequence[Arrival]) -> None:
    """Keep what mails promise that somebody of us wrote elsewhere; whose mailbox it is, is taken to have written."""
    for arrival in arrivals:
        if not arrival.is_ours or arrival.side != "out" or arrival.match.contact_id is None:
            continue
        day = arrival.at.astimezone(read_zone(mailbox.zone)).date()
        propose_promises(
            tx,
            arrival.match.contact_id,
            find_promises(arrival.parsed.new_text, day),
            user_id=mailbox.owner_id,
            brand_id=arrival.talk.brand_id,
            message_id=arrival.message_id,
        )
