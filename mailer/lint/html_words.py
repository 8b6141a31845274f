"""Pure: what a reader of an HTML part sees and where it leads, and what it fetches or runs behind their back."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_FETCHES = frozenset({"src", "srcset", "background", "poster", "data", "lowsrc", "dynsrc", "longdesc"})
_RUNS = frozenset({"script", "iframe", "frame", "object", "embed", "applet", "form", "input", "button", "base"})
_UNSEEN = frozenset({"head", "style", "script", "title"})
_LEADS = re.compile(r"(?:https?|mailto|tel|sms):", re.IGNORECASE)
_REMOTE = re.compile(r"\s*(?:https?:|ftp:|//)", re.IGNORECASE)
_CSS_REMOTE = re.compile(r"url\(\s*['\"]?\s*(?:https?:|//)|@import", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link: the address it leads to and the words it stands behind."""

    url: str
    label: str


@dataclass(slots=True)
class HtmlWords:
    """The words, with each link's address after its label unless the label shows it."""

    said: str = ""
    links: list[Link] = field(default_factory=list)
    fetches: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.words = HtmlWords()
        self._open: tuple[str, int] | None = None
        self._lists: list[int | None] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._note(tag, given)
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag in ("ol", "ul"):
            start = given.get("start", "1")
            self._lists.append((int(start) if start.isascii() and start.isdigit() else 1) if tag == "ol" else None)
        elif tag == "li":
            self._number()
        elif tag == "a":
            self._end_link()
            self._open = (given["href"], len(self.pieces)) if given.get("href") else None

    def handle_endtag(self, tag: str) -> None:
        if self._unseen and tag == self._unseen[-1]:
            self._unseen.pop()
        elif tag in ("ol", "ul") and self._lists:
            self._lists.pop()
        elif tag == "a":
            self._end_link()

    def handle_data(self, data: str) -> None:
        if self._unseen:
            if self._unseen[-1] == "style" and _CSS_REMOTE.search(data):
                self.words.fetches.append("style")
        else:
            self.pieces.append(data)

    def _end_link(self) -> None:
        """End the open link. Links never lie in each other: the next one ends the last."""
        if self._open is None:
            return
        url, begin = self._open
        link = Link(url, "".join(self.pieces[begin:]).strip())
        self.words.links.append(link)
        if not is_shown(link):
            self.pieces.append(f" ({url})")
        self._open = None

    def _number(self) -> None:
        if self._lists and self._lists[-1] is not None:
            self.pieces.append(f"{self._lists[-1]}. ")
            self._lists[-1] += 1

    def _note(self, tag: str, given: dict[str, str]) -> None:
        if tag in _RUNS or (tag == "meta" and "http-equiv" in given):
            self.words.runs.append(tag)
        self.words.runs += [name for name in given if name.startswith("on")]
        if given.get("href") and tag in ("a", "area") and not _LEADS.match(given["href"].strip()):
            self.words.runs.append(given["href"][:60])
        self.words.fetches += [name for name, value in given.items() if name in _FETCHES and _REMOTE.match(value)]
        if (tag == "link" and _REMOTE.match(given.get("href", ""))) or _CSS_REMOTE.search(given.get("style", "")):
            self.words.fetches.append(tag)


def read_html(html: str) -> HtmlWords:
    """Read an HTML part; any text can be read."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.words.said = "".join(reader.pieces)
    return reader.words


def is_shown(link: Link) -> bool:
    """Tell whether a link's words are its address."""
    return link.label in (link.url, link.url.removeprefix("mailto:"), link.url.removeprefix("https://"))
