"""Pure: delivery status reports (RFC 3464), read tolerantly: wrong part types, stray blanks, missing fields."""

import re
from dataclasses import dataclass

from mailer.parse.headers import find_addresses, tidy_address
from mailer.parse.part import Part

_FIELD = re.compile(
    r"^[ \t]{0,4}(original-recipient|final-recipient|action|status|diagnostic-code|x-actual-recipient|"
    r"remote-recipient)\s{0,3}:\s*(.*)$",
    re.IGNORECASE,
)
_OTHER_FIELD = re.compile(r"^[A-Za-z][A-Za-z0-9-]{1,40}\s?:")
_STATUS = re.compile(r"(?<![\w.])([245]\.[0-7]\.\d{1,3})(?![\w]|\.\d)")
_REPLY_CODE = re.compile(r"^\s*([245])\d\d\b")
_X400_SMTP = re.compile(r"(?:dda:smtp|rfc-?822|dda:rfc-?822)=([^;\s]{1,200})", re.IGNORECASE)
_REPORT_TYPES = frozenset(
    {"message/delivery-status", "message/global-delivery-status", "text/delivery-status", "message/xdelivery-status"}
)
_GROUP_FIELDS = frozenset({"final-recipient", "original-recipient", "action", "status"})
_MAX_GROUPS = 200
_MAX_LOOSE = 200_000  # bytes of a part of another type that may be a report
_FIELD_LENGTH = 60  # a status of success counts only in a Status field; in prose it is a version number


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What a report says about one recipient. `recipient` is the address we mailed where the report names it."""

    recipient: str | None
    action: str
    status: str | None
    diagnostic: str


def find_failures(parts: tuple[Part, ...]) -> tuple[Failure, ...]:
    """Return the recipients' groups of every status part, or of a text part that is really a report."""
    for part in parts:
        if part.content_type in _REPORT_TYPES and not part.original:
            found = parse_report(part.text())
            if found:
                return found
    for part in parts:
        loose = part.content_type in {"text/plain", "message/rfc822", "application/octet-stream"}
        if loose and not part.original and part.size < _MAX_LOOSE:
            text = part.text()
            if "final-recipient" in text.lower() and (found := parse_report(text)):
                return found
    return ()


def parse_report(text: str) -> tuple[Failure, ...]:
    """Return the groups of a report's text. A repeated field begins a new group, blank lines alone do not."""
    groups: list[dict[str, str]] = [{}]
    name, blank = "", False
    for line in text.split("\n")[:5_000]:
        found = _FIELD.match(line[:2_000])
        if found:
            name = found[1].lower()
            if name in groups[-1] and (blank or name.endswith("-recipient")) and name in _GROUP_FIELDS:
                groups.append({})
            groups[-1].setdefault(name, found[2].strip())
            blank = False
        elif not line.strip():
            name, blank = "", True
        elif line[:1] in " \t" and name:
            groups[-1][name] = f"{groups[-1][name]} {line.strip()}"[:2_000]
        elif _OTHER_FIELD.match(line):
            name = ""
    return tuple(
        _failure(group) for group in groups[:_MAX_GROUPS] if {"action", "status"} & set(group) and _named(group)
    )


def _named(group: dict[str, str]) -> bool:
    return bool({"final-recipient", "original-recipient", "x-actual-recipient"} & set(group)) or "action" in group


def _failure(group: dict[str, str]) -> Failure:
    names = ("original-recipient", "final-recipient", "x-actual-recipient", "remote-recipient")
    recipient = next((email for name in names if (email := _address(group.get(name, "")))), None)
    diagnostic = group.get("diagnostic-code", "")
    return Failure(
        recipient=recipient,
        action=re.split(r"[\s(;]", group.get("action", "").lower().strip(), maxsplit=1)[0],
        status=_status(group.get("status", ""), diagnostic),
        diagnostic=re.sub(r"\s+", " ", re.sub(r"^\s*(?:smtp|x-[\w-]+)\s*;\s*", "", diagnostic, flags=re.IGNORECASE))[
            :500
        ],
    )


def _address(value: str) -> str | None:
    """Return the address of `rfc822; <a@b>` in any of its broken forms, an X.400 one when it names an SMTP address."""
    x400 = _X400_SMTP.search(value)
    if x400:
        return tidy_address(x400[1].replace("(a)", "@").replace("\\", ""))
    found = find_addresses(value.partition(";")[2] or value)
    return found[0] if found else None


def _status(field: str, diagnostic: str) -> str | None:
    """Return the status; one that says nothing (5.0.0) yields to a better one of its class in the diagnostic."""
    stated = next(iter(find_statuses(field)), None)
    if stated is None and (code := _REPLY_CODE.match(field)):
        stated = f"{code[1]}.0.0"
    if stated and not stated.endswith(".0.0"):
        return stated
    better = [
        code for code in find_statuses(diagnostic) if not code.endswith(".0.0") and (not stated or code[0] == stated[0])
    ]
    return better[0] if better else stated


def best_status(codes: list[str]) -> str | None:
    """Return the first code, unless it says nothing (5.0.0) and a later one of its class does."""
    return next(
        (code for code in codes if code[0] == codes[0][0] and not code.endswith(".0.0")), codes[0] if codes else None
    )


def find_statuses(text: str) -> list[str]:
    """Return the enhanced status codes (RFC 3463) in a text; addresses of hosts are not taken for them."""
    return [code for code in _STATUS.findall(text) if code[0] != "2" or len(text) < _FIELD_LENGTH]
