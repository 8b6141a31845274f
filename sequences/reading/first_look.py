"""Use cases: which mails of a large folder are worth their bodies, by their headers alone (B8)."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from crm.models import Mailbox
from crm.talks import find_aliases, find_mails, find_owners, find_stored, split
from kit.tx import Tx
from mailer.glance import Glance, glance_at
from mailer.types import Fetched
from sequences.models import Send
from sequences.reading.evidence import UNSETTLED

LARGE = 200  # mails up to which a first look simply reads everything
_MOST_IDS = 50


def choose_worthy(tx: Tx, mailbox: Mailbox, role: str, heads: Sequence[Fetched]) -> list[int]:
    """Return the UIDs to fetch whole: of known people, about our mails, in INBOX all that a person may have written.

    Mail that is stored already is left out (B2), and so are newsletters, strangers in Junk, and what we wrote to
    people who are no contacts.
    """
    glances = {head.uid: glance_at(head.raw) for head in heads}
    every = glances.values()
    ids = {rfc_id for glance in every for rfc_id in glance.named_ids[-_MOST_IDS:]}
    own = {glance.message_id for glance in every if glance.message_id}
    stored = find_stored(tx, mailbox.id, own)
    emails = {email for glance in every for email in (glance.sender, *glance.recipients)}
    people = {*find_owners(tx, emails), *find_aliases(tx, emails)}
    known = {*find_mails(tx, ids), *_sends(tx, ids)}
    wanted_copies = _sends(tx, own, unfiled_only=True)

    def is_worthy(glance: Glance) -> bool:
        if glance.message_id in wanted_copies:
            return True
        if glance.message_id in stored:
            return False
        if role == "sent":
            return any(email in people for email in glance.recipients)
        if glance.sender in people or glance.is_machine or not known.isdisjoint(glance.named_ids):
            return True
        return role == "inbox" and not glance.is_bulk

    return [uid for uid, glance in sorted(glances.items()) if is_worthy(glance)]


def _sends(tx: Tx, rfc_ids: set[str], *, unfiled_only: bool = False) -> set[str]:
    """Return which of these ids are mails of ours; with `unfiled_only` those whose copy would tell us something."""
    found: set[str] = set()
    for part in split(rfc_ids):
        query = select(Send.rfc_id).where(Send.rfc_id.in_(part))
        if unfiled_only:
            query = query.where(or_(Send.copy_filed_at.is_(None), Send.state.in_(UNSETTLED)))
        found.update(tx.session.scalars(query))
    return found
