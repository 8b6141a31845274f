"""Pure: the platforms whose handles we understand: names, hosts, what a user name may look like, profile addresses."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One platform. `profile` makes the canonical address of a user name; `reserved` are paths that are no user."""

    key: str
    hosts: tuple[str, ...]
    username: re.Pattern[str]
    profile: str
    words: tuple[str, ...]
    reserved: frozenset[str] = frozenset()


def _platform(key: str, hosts: str, username: str, profile: str, words: str = "", reserved: str = "") -> Platform:
    """Build one row of the table."""
    return Platform(
        key=key,
        hosts=tuple(hosts.split()),
        username=re.compile(username),
        profile=profile,
        words=(key, *words.split()),
        reserved=frozenset(reserved.split()),
    )


PLATFORMS: dict[str, Platform] = {
    platform.key: platform
    for platform in (
        _platform(
            "instagram",
            "instagram.com instagr.am ig.me",
            r"[a-z0-9_](?:[a-z0-9._]{0,28}[a-z0-9_])?",
            "https://www.instagram.com/{}/",
            "ig insta",
            "p reel reels tv explore accounts direct about developer legal",
        ),
        _platform("tiktok", "tiktok.com", r"[a-z0-9._]{2,24}", "https://www.tiktok.com/@{}", "tt"),
        _platform(
            "youtube",
            "youtube.com youtube-nocookie.com",
            r"[\w.\-·]{3,30}",
            "https://www.youtube.com/@{}",
            "yt",
            "watch playlist shorts embed feed results live hashtag",
        ),
        _platform(
            "twitch", "twitch.tv", r"[a-z0-9]\w{2,24}", "https://www.twitch.tv/{}", "", "videos directory p settings"
        ),
        _platform(
            "x",
            "x.com twitter.com",
            r"[a-z0-9_]{1,15}",
            "https://x.com/{}",
            "twitter",
            "home search hashtag i intent share explore settings login",
        ),
        _platform(
            "facebook",
            "facebook.com fb.com fb.me",
            r"[\w.\-]{2,75}",
            "https://www.facebook.com/{}",
            "fb",
            "watch groups events sharer sharer.php share story.php photo.php marketplace login hashtag",
        ),
        _platform(
            "pinterest",
            "pinterest.com pin.it",
            r"[\w\-]{3,30}",
            "https://www.pinterest.com/{}/",
            "",
            "pin search ideas",
        ),
        _platform(
            "linkedin", "linkedin.com", r"[\w\-%]{3,100}", "https://www.linkedin.com/in/{}", "", "feed posts jobs"
        ),
        _platform("threads", "threads.net threads.com", r"[a-z0-9._]{1,30}", "https://www.threads.net/@{}"),
        _platform("snapchat", "snapchat.com", r"[\w.\-]{3,15}", "https://www.snapchat.com/add/{}", "snap"),
        _platform("substack", "substack.com", r"[a-z0-9\-]{1,63}", "https://{}.substack.com", "", "www open p home"),
        _platform("telegram", "t.me telegram.me", r"\w{4,32}", "https://t.me/{}", "", "s joinchat share"),
        _platform("bluesky", "bsky.app", r"[a-z0-9][a-z0-9.\-]{1,252}", "https://bsky.app/profile/{}", "bsky"),
    )
}
WEBSITE = "website"
PLATFORM_WORDS: dict[str, str] = {
    # "X" alone stands in headings such as "X followers"; as a word of running text nobody asks for it.
    word: platform.key
    for platform in PLATFORMS.values()
    for word in platform.words
}
_HOSTS: dict[str, Platform] = {host: platform for platform in PLATFORMS.values() for host in platform.hosts}
_SPLIT = re.compile(r"[\W_]+")
_PINTEREST = re.compile(r"(?:.+\.)?pinterest\.(?:[a-z]{2,3}|co\.[a-z]{2}|com\.[a-z]{2})")


def platform_name(text: str) -> str | None:
    """Return the platform that a word or a phrase names: `IG`, `Twitter/X`, `creators-instagram.csv`."""
    for word in _SPLIT.split(text.casefold().replace("you tube", "youtube").replace("tik tok", "tiktok")):
        if word in PLATFORM_WORDS:
            return PLATFORM_WORDS[word]
    return None


def platform_of_host(host: str) -> Platform | None:
    """Return the platform that a lower-case host belongs to, subdomains and country domains included."""
    labels = host.split(".")
    for start in range(len(labels) - 1):
        if found := _HOSTS.get(".".join(labels[start:])):
            return found
    return PLATFORMS["pinterest"] if _PINTEREST.fullmatch(host) else None
