"""Pure: the fields every mail has, once and well written: Date, From, To, ids and the chain of a conversation.

Source: RFC 5322 3.3, 3.6.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from mailer.lint.addresses import list_specs
from mailer.lint.fields import Header
from mailer.lint.findings import Finding, found

_ONCE = frozenset(
    {
        *("date", "from", "sender", "reply-to", "to", "cc", "bcc", "message-id", "in-reply-to", "references"),
        *("subject", "mime-version", "content-type", "content-transfer-encoding", "content-disposition"),
        *("content-id", "content-description", "list-unsubscribe", "list-unsubscribe-post", "list-id", "return-path"),
    }
)
_NEEDED = ("date", "from", "to", "subject", "message-id")
_CHAIN_LIMIT = 998
_DATE = re.compile(
    r"(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) "
    r"(\d\d):(\d\d)(?::(\d\d))? ([+-])(\d\d)(\d\d)"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ATOMS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_MESSAGE_ID = re.compile(rf"<({_ATOMS})@({_ATOMS}|\[[!-Z^-~]*\])>")
# An id that came from elsewhere has to be repeated as it is, also where it breaks the grammar.
_FOREIGN_ID = re.compile(r"<[!-;=?-~]+>")


def lint_fixed(header: Header) -> Iterator[Finding]:
    """Check the fields that the header of a whole mail must have."""
    for name in _NEEDED:
        if header.get(name) is None:
            yield found("field-missing", name, f"The mail has no {name.title()}.")
    yield from lint_once(header)
    if (date := header.get("date")) is not None and not _is_date(date):
        yield found("date-syntax", "date", f"“{date}” is no date of a mail.")
    if (version := header.get("mime-version")) != "1.0" and (version or header.get("content-type")):
        yield found("mime-version", "mime-version", "Content fields need MIME-Version: 1.0.")
    yield from _lint_id(header)
    yield from _lint_chain(header)


def lint_once(header: Header, part: str = "") -> Iterator[Finding]:
    """Check that what may stand once does."""
    for name in sorted(_ONCE):
        if len(header.all(name)) > 1:
            yield found("field-repeated", part or name, f"{name.title()} stands more than once.")


def _is_date(value: str) -> bool:
    read = _DATE.fullmatch(value)
    if read is None:
        return False
    day, number, month, year, hour, minute, second, _, _, zone_minutes = read.groups()
    try:
        at = datetime(  # noqa: DTZ001 - only whether such a day and time exist; a leap second counts as its minute's last
            int(year), _MONTHS.index(month) + 1, int(number), int(hour), int(minute), min(int(second or 0), 59)
        )
    except ValueError:
        return False
    return int(zone_minutes) < 60 and (day is None or _DAYS[at.weekday()] == day)  # noqa: PLR2004 - minutes in an hour


def _lint_id(header: Header) -> Iterator[Finding]:
    value = header.get("message-id")
    if value is None:
        return
    read = _MESSAGE_ID.fullmatch(value)
    if read is None:
        yield found("message-id-syntax", "message-id", f"“{value}” is no Message-ID.")
        return
    senders = {spec.rpartition("@")[2].lower() for spec in list_specs(header.get("from") or "") or ()}
    if senders and read[2].lower() not in senders:
        yield found("message-id-domain", "message-id", "The Message-ID is not in the sender's domain.")


def _lint_chain(header: Header) -> Iterator[Finding]:
    chain = (header.get("references") or "").split()
    parents = (header.get("in-reply-to") or "").split()
    for name, ids in (("references", chain), ("in-reply-to", parents)):
        if (header.get(name) is not None and not ids) or not all(_FOREIGN_ID.fullmatch(one) for one in ids):
            yield found("references-syntax", name, "This is no list of ids in angle brackets.")
    if len(set(chain)) < len(chain) or header.get("message-id") in chain:
        yield found("references-repeated", "references", "An id stands twice, or the mail refers to itself.")
    if len(" ".join(chain)) > _CHAIN_LIMIT:
        yield found("references-long", "references", f"The chain is longer than {_CHAIN_LIMIT} characters.")
    if parents and chain and parents[-1] != chain[-1]:
        yield found("in-reply-to-not-last", "in-reply-to", "The mail answers another one than the last of its chain.")
