"""Pure: what is said about the records that speak for a sending domain: findings, and records to paste."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FindingState = Literal["ok", "weak", "missing", "unclear", "bad"]

_MOST_OCTETS = 255  # of one character-string (RFC 1035 3.3)
_MOST_TEXT = 8_192
_TAG = re.compile(r"[ \t\r\n]*([A-Za-z][A-Za-z0-9_]*)[ \t\r\n]*=(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record to paste. `value` is in the form that zone files and most providers' forms take; `note` says more."""

    name: str
    kind: str
    value: str
    note: str = ""

    @property
    def quoted(self) -> str:
        """The value as a zone file writes it: texts of more than 255 octets in several strings (RFC 7208 3.3)."""
        if self.kind != "TXT":
            return self.value
        octets = self.value.encode("utf-8")
        parts = [octets[at : at + _MOST_OCTETS] for at in range(0, len(octets), _MOST_OCTETS)] or [b""]
        return " ".join('"' + part.decode("utf-8", "replace").replace('"', r"\"") + '"' for part in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One judgement; `record` is the text found, `sentence` says it to people, `reason` says why it matters.

    `paste` are the records to set, ready made; `replaces` are found records that they take the place of.
    """

    state: FindingState
    record: str | None
    sentence: str
    reason: str = ""
    paste: tuple[Record, ...] = ()
    replaces: tuple[str, ...] = ()


def is_trouble(state: str) -> bool:
    """Tell whether a state asks somebody to do something; what could not be checked does not."""
    return state in {"bad", "missing", "weak"}


def read_tags(record: str) -> Mapping[str, str] | None:
    """Return the tags of a `name=value;` list (RFC 6376 3.2), names in lower case; None when it is no such list."""
    tags: dict[str, str] = {}
    for part in record[:_MOST_TEXT].split(";"):
        if not part.strip():
            continue
        found = _TAG.match(part)
        if found is None or found[1].lower() in tags:
            return None
        tags[found[1].lower()] = found[2].strip()
    return tags
