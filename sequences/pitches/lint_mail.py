"""Pure: a finished mail as the pitch lint reads it, what is seen in its HTML, and what a finding is."""

import re
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from typing import Literal

Severity = Literal["note", "warn", "serious"]
MOST_TEXT = 30_000
_MOST_HTML = 100_000
_FOOT = re.compile(r"(?:^|\n)-- ?\n")
_WORD = re.compile(r"https?://\S{1,2000}|\w+(?:['’-]\w+)*")
_URL = re.compile(r"https?://[^\s<>\"')\]]{1,2000}", re.IGNORECASE)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0(?![.\d]*[1-9])"
    r"|(?:max-)?height\s*:\s*0(?![.\d]*[1-9])",
    re.IGNORECASE,
)
_PALE = re.compile(r"(?<![\w-])color\s*:\s*(?:#fff(?:fff)?\b|white\b|transparent\b)", re.IGNORECASE)
_RAW_TAG = re.compile(r"<(/?)(?:script|style|title|textarea|xmp|iframe|noembed|noframes|plaintext)\b", re.IGNORECASE)
_VOID = frozenset(
    {"img", "br", "hr", "meta", "link", "input", "wbr", "col", "area", "base", "source", "track", "embed"}
)
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LintFinding:
    """One thing to think about. `where` is subject, text, link, picture, attachment or foot; it never stops a mail."""

    code: str
    severity: Severity
    sentence: str
    reason: str
    where: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment by name; `size` in octets."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, kw_only=True)
class LintMail:
    """One mail to one person, as it would leave.

    `line` is its personal line. `is_follow_up`: it goes on in a conversation. `names` are words that only name people
    and so say nothing about a compliment. `needs_way_out`: it must say how to get no more mail.
    """

    subject: str
    text: str
    html: str = ""
    files: tuple[File, ...] = ()
    line: str = ""
    names: tuple[str, ...] = ()
    language: str = ""
    is_follow_up: bool = False
    needs_way_out: bool = False

    @cached_property
    def body(self) -> str:
        """The text without the foot that every mail ends with."""
        return _FOOT.split(self.text[:MOST_TEXT], maxsplit=1)[0].strip()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the body, an address as one."""
        return tuple(_WORD.findall(self.body))

    @cached_property
    def sight(self) -> "Sight":
        """What its HTML shows."""
        return read_sight(self.html)

    @cached_property
    def urls(self) -> tuple[str, ...]:
        """Web addresses that the body leads to, each once; those of the foot are left out."""
        foot = frozenset(_URL.findall(self.text[:MOST_TEXT][len(self.body) :]))
        linked = [link.target for link in self.sight.links if link.target.lower().startswith("http")]
        found = dict.fromkeys(url.rstrip(".,;:!?") for url in [*_URL.findall(self.body), *linked])
        return tuple(url for url in found if url not in foot)


@dataclass(frozen=True, slots=True)
class Link:
    """One link: where it leads and what it says."""

    target: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a reader sees of an HTML part, and what was put there not to be seen."""

    text: str = ""
    links: tuple[Link, ...] = ()
    pictures: tuple[str, ...] = ()
    pixels: tuple[str, ...] = ()
    hidden: str = ""


def read_sight(html: str) -> Sight:
    """Read an HTML part; any markup gives an answer."""
    if not html:
        return Sight()
    reader = _Reader()
    reader.feed(_defused(html[:_MOST_HTML]))
    reader.close()
    return Sight(
        text=" ".join("".join(reader.seen).split()),
        links=tuple(reader.links),
        pictures=tuple(reader.pictures),
        pixels=tuple(reader.pixels),
        hidden=" ".join("".join(reader.hidden).split()),
    )


def _is_hidden(style: str) -> bool:
    """Tell whether a style hides words: white on white as well, but not white on a button's colour."""
    style = style[:2_000]
    return bool(_HIDING.search(style) or (_PALE.search(style) and "background" not in style.lower()))


def _defused(html: str) -> str:
    """Return markup without what makes the parser read over and over: open ends, comments, raw text."""
    whole = re.sub(r"<(?![^<>]*>)", "&lt;", html)
    plain = re.sub(r"<[!?][^<>]*>", "", whole)
    return _RAW_TAG.sub(r"<\1template", plain)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self.hidden: list[str] = []
        self.links: list[Link] = []
        self.pictures: list[str] = []
        self.pixels: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._hides = 0
        self._unseen = 0
        self._link: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.seen.append(" ")
        if tag == "img":
            tiny = any(re.fullmatch(r"\s*[01](?:px)?\s*", given.get(side, "")) for side in ("width", "height"))
            (self.pixels if tiny or _is_hidden(given.get("style", "")) else self.pictures).append(
                given.get("src", "")[:200]
            )
        if tag in _VOID:
            return
        role = "unseen" if tag in _UNSEEN else ""
        if not role and (_is_hidden(given.get("style", "")) or "hidden" in given):
            role = "hides"
        self._hides += role == "hides"
        self._unseen += role == "unseen"
        self._open.append((tag, role))
        if tag == "a" and given.get("href"):
            self._close_link()
            self._link = given["href"].strip(), []

    def handle_endtag(self, tag: str) -> None:
        self.seen.append(" ")
        if tag == "a":
            self._close_link()
        if not any(name == tag for name, _ in self._open[-50:]):
            return
        while self._open:
            name, role = self._open.pop()
            self._hides -= role == "hides"
            self._unseen -= role == "unseen"
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        (self.hidden if self._hides else self.seen).append(data)
        if self._link is not None:
            self._link[1].append(data)

    def close(self) -> None:
        super().close()
        self._close_link()

    def _close_link(self) -> None:
        if self._link is not None:
            target, label = self._link
            self.links.append(Link(target, " ".join("".join(label).split())))
            self._link = None
