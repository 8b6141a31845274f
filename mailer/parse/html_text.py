"""Pure: HTML to plain text, the whole and, in the same pass, the part that is not quoted."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from mailer.parse.html_marks import BARE, BOX, CITE, CUT, HIDDEN, QUOTE, SKIPPED, effect_of

_BLOCKS_WORDS = """
    address article aside blockquote center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr li main
    nav ol p pre section table tr ul
"""
_BLOCKS = frozenset(_BLOCKS_WORDS.split())
_PARAGRAPHS_WORDS = "p h1 h2 h3 h4 h5 h6 ul ol pre table"
_PARAGRAPHS = frozenset(_PARAGRAPHS_WORDS.split())
_VOID_WORDS = "area base br col embed hr img input link meta param source track wbr"
_VOID = frozenset(_VOID_WORDS.split())
_DANGLING = re.compile(r"<(?=[!?])[^>]*>?")
_RUN = re.compile(r"[ \t\n\f\v]+")
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_GAP = re.compile(r"(?<=\S)[ \t]{2,}")
_EMPTY = re.compile(r"\n{3,}")
_CELLS = frozenset({"td", "th"})
_SPECIAL = SKIPPED | {"blockquote"}
_TAG = re.compile(r"<[^<>]{0,2000}>?")
_QUOTES = frozenset({QUOTE, CITE, BARE})
_MAX_OPEN = 2_000
_MAX_TAGS = 20_000


@dataclass(frozen=True, slots=True)
class Page:
    """The readable text of an HTML mail, and the same without quoted mails and marked signatures."""

    text: str
    own: str


def read_html(html: str) -> Page:
    """Return the readable text of a page, whole and without what is marked as quoted."""
    converter = _Converter()
    try:
        converter.feed(_defused(html))
        converter.close()
    except (AssertionError, ValueError, RecursionError):
        pass  # broken markup: what was read so far stands
    return converter.page()


def html_to_text(html: str) -> str:
    """Return the readable text of a page."""
    return read_html(html).text


def _defused(html: str) -> str:
    """Return HTML without comments, declarations and unclosed tags: those make the parser read quadratically."""
    for opening, closing in (("<!--", "-->"), ("<style", "</style"), ("<script", "</script")):
        html = _without(html, opening, closing)
    html = _DANGLING.sub("", html)
    tags = html.split("<", _MAX_TAGS)
    if len(tags) > _MAX_TAGS:  # nobody writes so many; the rest is read without its structure
        html = "<".join(tags[:-1]) + _TAG.sub(" ", "<" + tags[-1])
    last = html.rfind(">") + 1
    return html[:last] + html[last:].replace("<", "&lt;")


def _without(html: str, opening: str, closing: str) -> str:
    lower = html.lower()
    if len(lower) != len(html):  # a few capitals grow when lowered; markup is compared by position
        lower = html
    kept: list[str] = []
    start = 0
    while (begin := lower.find(opening, start)) >= 0:
        kept.append(html[start:begin])
        end = lower.find(closing, begin)
        if end < 0:
            return "".join(kept)
        start = end + len(closing)
        if closing != "-->":
            close = html.find(">", start)
            start = close + 1 if close >= 0 else len(html)
    kept.append(html[start:])
    return "".join(kept)


def _line_ends(run: re.Match[str]) -> str:
    """Return the line ends for a run of blanks: form feed ends a line, vertical tab a paragraph, br always counts.

    A br right before the end of its block adds nothing, as in browsers.
    """
    marks = run[0].replace(" ", "").replace("\t", "")
    if "\f" not in marks and "\v" not in marks:
        return run[0]
    ends = marks.count("\n") + (not marks.startswith("\n"))
    return "\n" * max(ends, 2 if "\v" in marks else 1)


def _tidy(pieces: list[str]) -> str:
    """Return the collected text with blanks and empty lines collapsed."""
    text = _RUN.sub(_line_ends, "".join(pieces).replace("\u00a0", " "))
    lines = [_GAP.sub(" ", line).rstrip() for line in text.split("\n")]
    lines = [line[1:] if line.startswith(" ") and not line.startswith("  ") else line for line in lines]
    return _EMPTY.sub("\n\n", "\n".join(_cited(lines))).strip("\n")


def _cited(lines: list[str]) -> list[str]:
    r"""Return the lines with `> ` before those inside a citation (\x0e opens one, \x0f closes it)."""
    depth, out = 0, []
    for line in lines:
        if not depth and "\x0e" not in line and "\x0f" not in line:
            out.append(line)
            continue
        depth += line.count("\x0e")
        bare = line.replace("\x0e", "").replace("\x0f", "").strip() if depth else line
        out.append("> " * min(depth, 5) + bare if depth and bare else bare)
        depth = max(0, depth - line.count("\x0f"))
    return out


class _Converter(HTMLParser):
    """Collects text; keeps a stack of open elements with what each one does to the text inside."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._own: list[str] = []
        self._open: list[tuple[str, str]] = []  # (tag, effect)
        self._boxes: list[bool] = []  # for each open box: whether a quote in it has ended, so that answers may follow
        self._hidden = 0  # open elements that show nothing
        self._quoted = 0  # open elements whose text is quoted
        self._pre = 0
        self._cut = False
        self._href = ""
        self._link_from = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        effect = effect_of(tag, attrs) if attrs or tag in _SPECIAL else ""
        if effect == CUT:
            self._cut = True
        if tag == "br":
            self._write("\n")
        elif tag in _BLOCKS:
            self._write("\v" if tag in _PARAGRAPHS else "\f")
            if tag == "li":
                self._write("- ")
        elif tag in _CELLS:
            self._write(" ")
        elif tag == "a":
            self._href = next((value or "" for name, value in attrs if name == "href"), "").strip()
            self._link_from = len(self._out)
        if tag not in _VOID and len(self._open) < _MAX_OPEN:
            self._push(tag, effect)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if tag == "a":
            self._end_link()
        for depth in range(len(self._open) - 1, max(-1, len(self._open) - 60), -1):
            if self._open[depth][0] == tag:
                while len(self._open) > depth:
                    self._pop()
                break
        if tag in _BLOCKS:
            self._write("\v" if tag in _PARAGRAPHS else "\f")

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if "\x0e" in data or "\x0f" in data:
            data = data.replace("\x0e", "").replace("\x0f", "")
        if self._boxes and not self._boxes[-1] and data.lstrip()[:5] == "-----":
            self._cut = True  # a forwarded mail has no answers between its lines
        self._write(data if self._pre else _BLANKS.sub(" ", data))

    def page(self) -> Page:
        """Return what was collected."""
        text = _tidy(self._out)
        return Page(text=text, own=text if self._own == self._out else _tidy(self._own))

    def _write(self, text: str) -> None:
        if text and not self._hidden:
            self._out.append(text)
            if not self._quoted and not self._cut:
                self._own.append(text)

    def _push(self, tag: str, effect: str) -> None:
        self._open.append((tag, effect))
        if tag == "pre":
            self._pre += 1
        if effect == HIDDEN:
            self._hidden += 1
        elif effect in _QUOTES:
            self._quoted += 1
            if effect == CITE and not self._hidden:
                self._out.append("\f\x0e")
        elif effect == BOX:
            self._quoted += 1
            self._boxes.append(False)

    def _pop(self) -> None:
        tag, effect = self._open.pop()
        if tag == "pre":
            self._pre -= 1
        if effect == HIDDEN:
            self._hidden -= 1
        elif effect in _QUOTES:
            self._quoted -= 1
            if effect == CITE and not self._hidden:
                self._out.append("\x0f\f")
            if effect != QUOTE:
                self._end_quote()
        elif effect == BOX:
            self._quoted -= not self._boxes.pop()

    def _end_quote(self) -> None:
        if self._boxes and not self._boxes[-1]:
            self._boxes[-1] = True
            self._quoted -= 1
        if not self._quoted and not self._cut:
            self._own.append("\f>\f")  # where a quote stood, for the rules that read what introduces it

    def _end_link(self) -> None:
        """Write the target of a link after its text, unless the text is the target."""
        href, self._href = self._href, ""
        if not href or self._hidden or not href.lower().startswith(("http://", "https://", "mailto:")):
            return
        text = "".join(self._out[self._link_from :]).strip()
        bare = href.removeprefix("mailto:").rstrip("/")
        if text and bare not in text and text not in href:
            self._write(f" <{href}>")
