"""Pure: is it a report of non-delivery, and of which address? Layers, the most authoritative first.

1 RFC 3464 groups, 2 X-Failed-Recipients, 3 the servers' prose, 4 the To of the returned message when it names one
address. The outreach mail's own Message-ID, the strongest sign, is matched by the caller through `quoted_ids`.
"""

import re
from enum import Enum

from mailer.parse.bounce_reason import find_reason, is_dead_reason, status_of
from mailer.parse.bounce_signs import is_bounce_prose, is_delay, is_from_machine, is_other_report
from mailer.parse.bounce_text import report_head
from mailer.parse.dialects import Named, Prose, read_prose
from mailer.parse.dialects.generic import words_about
from mailer.parse.dsn import Failure, best_status, find_failures, find_statuses
from mailer.parse.headers import find_addresses, parse_addresses
from mailer.parse.opened import Opened, inline_original
from mailer.types import Bounce, BounceReason

_DELIVERED = frozenset({"delivered", "relayed", "expanded", "deliverable", "displayed"})
_SAID = re.compile(
    r"(?:said|returned|respon(?:ded|se)|replied|error|reason|<<<|code)\b\W{0,12}([45])[0-5]\d(?!\d)|"
    r"(?:^|[\s:\[\"'#])([45])[0-5]\d[ -](?=\D)",
    re.IGNORECASE,
)


class Outcome(Enum):
    """What a delivery report says on the whole; only a failure is a bounce."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"


def find_bounce(mail: Opened, *, ours: frozenset[str]) -> tuple[Bounce, Outcome] | None:
    """Return what the report says and about whom; None when this is no delivery report."""
    if is_other_report(mail):
        return None
    failures = find_failures(mail.parts)
    head = report_head(mail.body.text)
    if failures and is_from_machine(mail):
        return _from_report(mail, failures, head, ours)
    failed = tuple(email for value in mail.headers.all("x-failed-recipients") for email in find_addresses(value))
    if not failed and not is_bounce_prose(mail, head):
        return None
    return _from_prose(mail, failed, head, ours)


def _from_report(
    mail: Opened, failures: tuple[Failure, ...], head: str, ours: frozenset[str]
) -> tuple[Bounce, Outcome]:
    bad, outcome = _worst(failures)
    first = next((one for one in bad if one.recipient), bad[0])
    recipients = tuple(dict.fromkeys(one.recipient for one in bad if one.recipient and one.recipient not in ours))
    prose = ""
    if not recipients or all(_is_internal(email) for email in recipients):
        found = _by_prose_or_original(mail, ours, head)
        recipients = tuple(one.email for one in found) or recipients
        prose = found[0].words if found else ""
    prose = prose or (words_about(recipients[0], head) if recipients else "")
    diagnostic = first.diagnostic or prose
    status = first.status or best_status(find_statuses(diagnostic))
    failed = outcome is Outcome.FAILED
    permanent = failed and (first.action.startswith("fail") or not (status or "5").startswith("4"))
    reason = find_reason(status, diagnostic) or find_reason(status, prose)
    return _bounce(recipients, status, reason, diagnostic, permanent=permanent), outcome


def _worst(failures: tuple[Failure, ...]) -> tuple[list[Failure], Outcome]:
    """Return the groups that matter: those that failed, else those that wait, else all, which arrived."""
    failed = [one for one in failures if one.action != "delayed" and not _has_arrived(one)]
    if failed:
        return failed, Outcome.FAILED
    delayed = [one for one in failures if one.action == "delayed"]
    return (delayed, Outcome.DELAYED) if delayed else (list(failures), Outcome.DELIVERED)


def _has_arrived(one: Failure) -> bool:
    return one.action in _DELIVERED or (not one.action and (one.status or "").startswith("2"))


def _from_prose(mail: Opened, failed: tuple[str, ...], head: str, ours: frozenset[str]) -> tuple[Bounce, Outcome]:
    found = _by_prose_or_original(mail, ours, head)
    recipients = failed or tuple(one.email for one in found)
    about = next((one.words for one in found if one.email in recipients), "")
    diagnostic = about or (words_about(recipients[0], head) if recipients else "") or _flat(head[-1_200:])[:600]
    status = best_status(find_statuses(diagnostic) or find_statuses(head))
    delayed = not failed and not (status or "4").startswith("5") and is_delay(mail.subject, head)
    permanent = not delayed  # prose that does not promise another attempt is the end of it, as Action: failed is
    reason = find_reason(status, diagnostic) or find_reason(status, _around(recipients, head))
    bounce = _bounce(recipients, status or _said(diagnostic, reason), reason, diagnostic, permanent=permanent)
    return bounce, Outcome.DELAYED if delayed else Outcome.FAILED


def _bounce(
    recipients: tuple[str, ...], status: str | None, reason: BounceReason, diagnostic: str, *, permanent: bool
) -> Bounce:
    return Bounce(
        recipients=recipients,
        status=status or status_of(reason, permanent=permanent),
        permanent=permanent,
        hard=is_dead_reason(status, reason, permanent=permanent),
        diagnostic=diagnostic,
        reason=reason,
    )


def _said(diagnostic: str, reason: BounceReason) -> str | None:
    """Return X.0.0 for a bare reply code such as 550, unless the reason has a better code."""
    found = _SAID.search(diagnostic)
    return f"{found[1] or found[2]}.0.0" if found and not status_of(reason, permanent=True) else None


def _by_prose_or_original(mail: Opened, ours: frozenset[str], head: str) -> tuple[Named, ...]:
    own = (
        ours
        | {mail.sender.email if mail.sender else ""}
        | {box.email for box in parse_addresses(mail.headers.raw("to"))}
    )
    inline = tuple(box.email for box in parse_addresses(inline_original(mail.body.text).raw("to")))
    original = tuple(email for email in (mail.original_recipients() or inline) if email not in ours)
    found = read_prose(
        Prose(
            text=mail.body.text[:60_000],
            head=head,
            subject=mail.subject,
            from_text=mail.from_text,
            ours=own,
            originals=original,
        )
    )
    return found or (tuple(Named(email=email, words="") for email in original) if len(original) == 1 else ())


def _around(recipients: tuple[str, ...], head: str) -> str:
    """Return the words just before the first failed address, where some servers give the reason."""
    at = head.lower().find(recipients[0]) if recipients else -1
    return _flat(head[max(0, at - 300) : at + 300] if at >= 0 else head[:1_000])


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _is_internal(email: str) -> bool:
    """Tell whether an address lives behind the reporting server only, so that we cannot have mailed it."""
    return (
        email.endswith((".local", ".internal", ".lan", ".localdomain", ".localhost", ".corp"))
        or "." not in email.rpartition("@")[2]
    )
