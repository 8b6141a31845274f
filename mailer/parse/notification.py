"""Pure: machine mail that answers nobody: newsletters, notifications, read receipts."""

import re

from mailer.parse.auto_reply import auto_submitted, is_answer
from mailer.parse.opened import Opened

_NO_REPLY = re.compile(
    r"^(?:no|do[-_.]?not|donot|dont|never)[-_.]?reply|^noreply|^notifications?@|^newsletter@|^bounces?[+@-]|"
    r"^mailer@|^updates?@",
    re.IGNORECASE,
)
_CAMPAIGN_WORDS = """
    feedback-id x-campaign x-campaignid x-mailchimp-id x-mc-user x-sg-eid x-mailgun-sid x-csa-complaints x-mailer-
    recptid x-rpcampaign x-ses-outgoing x-feedback-id
"""
_CAMPAIGN = frozenset(_CAMPAIGN_WORDS.split())
_DMARC = re.compile(r"^(?:\[preview\] )?report domain:.{1,260}\bsubmitter:", re.IGNORECASE)  # RFC 7489 7.2.1.1
# what a list adds that people write to; newsletters have no use for it
_DISCUSSION = ("list-post", "list-subscribe", "x-mailing-list", "mailing-list", "x-beenthere")
_RECEIPTS = frozenset({"disposition-notification", "feedback-report"})


def is_notification(mail: Opened) -> bool:
    """Tell whether no person wrote this to us. A discussion list's mail is a person's; when unsure, so is the rest."""
    if mail.report_type in _RECEIPTS or _DMARC.search(mail.subject):
        return True
    headers = mail.headers
    if is_answer(mail) or any(name in headers for name in _DISCUSSION):
        return False
    if auto_submitted(mail):
        return True
    sender = mail.sender.email if mail.sender else ""
    signs = (
        bool(_NO_REPLY.search(sender)),
        "list-unsubscribe" in headers,
        headers.get("precedence").lower() in {"bulk", "junk", "list"},
        bool(_CAMPAIGN.intersection(headers.names())),
        "x-auto-response-suppress" in headers,
    )
    return sum(signs) > 1
