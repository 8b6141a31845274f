"""Use cases: what a person promised in a mail that has left is kept until somebody says yes to it."""

from collections.abc import Sequence
from datetime import datetime

from crm.models import Mailbox
from crm.promises import propose_promises
from crm.zones import read_zone
from kit.tx import Tx
from mailer.parse.says.promises import find_promises
from sequences.sending.docket import Case


def propose_from_sent(tx: Tx, left: Sequence[tuple[Case, str, datetime]], messages: Sequence[int]) -> None:
    """Keep the promises of mails by hand, given with text and instant; a sequence's own words promise nothing."""
    for (case, text, at), message_id in zip(left, messages, strict=True):
        entry = case.entry
        if entry.enrolment_id is not None or not text:
            continue
        mailbox = tx.session.get_one(Mailbox, entry.mailbox_id)
        found = find_promises(text, at.astimezone(read_zone(mailbox.zone)).date())
        _, _, number = entry.approved_by.partition("user:")
        user_id = int(number) if number.isdigit() else mailbox.owner_id
        propose_promises(tx, entry.contact_id, found, user_id=user_id, brand_id=entry.brand_id, message_id=message_id)
