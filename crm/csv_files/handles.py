"""Pure: reads handles: plain names, @names and profile addresses become one canonical account."""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from crm.csv_files.platforms import PLATFORMS, WEBSITE, Platform, platform_of_host

_MAX = 2000
_CHANNEL_ID = re.compile(r"UC[\w-]{22}")
_HAS_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:", re.IGNORECASE)
_HOST_END = re.compile(r"[/?#]")
_HOSTLIKE = re.compile(r"(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
_WITH_USER_FIRST = {"instagram": ("stories",), "snapchat": ("add",), "bluesky": ("profile",)}


class Account(NamedTuple):
    """An account on a platform: `username` canonical (lower case, except YouTube channel ids), `url` likewise."""

    platform: str
    username: str
    url: str


@lru_cache(maxsize=4096)
def parse_handle(text: str, platform: str | None) -> Account | None:
    """Read a handle or a profile address; None when it is neither, or when a plain name has no platform.

    An address speaks for itself, whatever `platform` says. A page that belongs to no platform is a `website`.
    """
    text = text.strip().strip("<>()").strip()
    if not text or len(text) > _MAX or len(text.split()) > 1:
        return None
    address = _address(text)
    if address is not None:
        return _account_of(address)
    if platform not in PLATFORMS or _HAS_SCHEME.match(text):
        return None
    return _named(PLATFORMS[platform], text.removeprefix("@"))


def _address(text: str) -> SplitResult | None:
    """Split what looks like an http address; a bare host counts when it is a platform's or begins with www."""
    if not text.lower().startswith(("http://", "https://")):
        if "." not in text or text.startswith("@"):
            return None
        host = _HOST_END.split(text, maxsplit=1)[0].lower()
        known = platform_of_host(host)
        with_path = known is not None and (host != text.lower() or known.key == "substack")
        if "@" in host or not (host.startswith("www.") or with_path):
            return None
        text = "https://" + text
    try:
        parts = urlsplit(text)
        return parts if parts.hostname and _HOSTLIKE.fullmatch(parts.hostname) else None
    except ValueError:
        return None


def _account_of(address: SplitResult) -> Account | None:
    """Return the account that an address shows, or the website it is."""
    host = (address.hostname or "").removeprefix("www.")
    platform = platform_of_host(host)
    path = [unquote(part) for part in address.path.split("/") if part]
    if platform is None:
        place = "/".join([host, *path])
        return Account(WEBSITE, place, f"https://{place}") if host != "youtu.be" else None
    if platform.key == "youtube" and path:
        return _youtube(path)
    if platform.key == "substack" and not host.startswith(("substack.", "open.")):
        return _named(platform, host.split(".")[0])
    if platform.key == "facebook" and path and path[0] in {"profile.php", "people", "pages"}:
        number = path[2:3] or parse_qs(address.query).get("id", [])
        return _named(platform, number[0]) if number else None
    if platform.key == "linkedin":
        return _linkedin(platform, path)
    if path and path[0].lower() in _WITH_USER_FIRST.get(platform.key, ()):
        path = path[1:]
    if not path or path[0].lower() in platform.reserved:
        return None
    if platform.key in {"tiktok", "threads", "substack"} and not path[0].startswith("@"):
        return None
    return _named(platform, path[0].removeprefix("@"))


def _named(platform: Platform, name: str) -> Account | None:
    """Return the account of a plain user name, if the platform allows such a name."""
    if platform.key == "youtube" and _CHANNEL_ID.fullmatch(name):
        # Channel ids are case-sensitive: lower case would be another channel.
        return Account("youtube", name, f"https://www.youtube.com/channel/{name}")
    username = name.rstrip("/").lower()
    if not platform.username.fullmatch(username):
        return None
    return Account(platform.key, username, platform.profile.format(username))


def _youtube(path: list[str]) -> Account | None:
    """Read the four forms of a channel's address; the old /c/ and /user/ names are not @handles, so they stay apart."""
    first = path[0]
    if first.startswith("@"):
        return _named(PLATFORMS["youtube"], first[1:])
    if first.lower() == "channel":
        return _named(PLATFORMS["youtube"], path[1]) if len(path) > 1 and _CHANNEL_ID.fullmatch(path[1]) else None
    if first.lower() in {"c", "user"}:
        if len(path) == 1:
            return None
        username = f"{first.lower()}/{path[1].lower()}"
        return Account("youtube", username, f"https://www.youtube.com/{username}")
    if first.lower() in PLATFORMS["youtube"].reserved:
        return None
    return _named(PLATFORMS["youtube"], first)


def _linkedin(platform: Platform, path: list[str]) -> Account | None:
    """Read a person's or a company's page."""
    kind, *names = path or [""]
    if not names or kind not in {"in", "company", "school"}:
        return None
    account = _named(platform, names[0])
    if account is None or kind == "in":
        return account
    username = f"{kind}/{account.username}"
    return Account(platform.key, username, f"https://www.linkedin.com/{username}")
