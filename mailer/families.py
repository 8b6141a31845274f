"""Pure: the large receivers, by the domains where anybody has an address with them: their rules count all of these."""

from typing import Literal

Family = Literal["google", "microsoft", "yahoo"]

FAMILY_NAMES: dict[Family, str] = {"google": "Google", "microsoft": "Microsoft", "yahoo": "Yahoo and AOL"}
_DOMAINS: dict[str, Family] = {
    "gmail.com": "google", "googlemail.com": "google", "msn.com": "microsoft", "passport.com": "microsoft",
    "ymail.com": "yahoo", "rocketmail.com": "yahoo", "myyahoo.com": "yahoo", "aim.com": "yahoo",
    "verizon.net": "yahoo", "att.net": "yahoo", "sbcglobal.net": "yahoo", "bellsouth.net": "yahoo",
    "netscape.net": "yahoo",
}  # fmt: skip
# These stand before the ending of many countries: hotmail.co.uk, yahoo.com.br.
_NAMES: dict[str, Family] = {
    "hotmail": "microsoft", "outlook": "microsoft", "live": "microsoft", "yahoo": "yahoo", "aol": "yahoo",
}  # fmt: skip
_MOST_ENDING = 3


def family_of(domain: str) -> Family | None:
    """Return the large receiver that an address at `domain` belongs to; None for companies and other providers.

    Domains of firms that have their mail with Google or Microsoft do not count: the rules are for personal accounts.
    """
    plain = domain.strip().rstrip(".").lower()
    name, _, ending = plain.partition(".")
    is_country = bool(ending) and all(0 < len(part) <= _MOST_ENDING for part in ending.split("."))
    return _DOMAINS.get(plain) or (_NAMES.get(name) if is_country and ending.count(".") <= 1 else None)
