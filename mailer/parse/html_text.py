"""Pure: HTML to plain text, with or without the quoted mail inside."""

import re
from html.parser import HTMLParser

_BLOCKS_WORDS = """
    address article aside blockquote center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr li main
    nav ol p pre section table tr ul
"""
_BLOCKS = frozenset(_BLOCKS_WORDS.split())
_PARAGRAPHS_WORDS = "p h1 h2 h3 h4 h5 h6 ul ol pre table"
_PARAGRAPHS = frozenset(_PARAGRAPHS_WORDS.split())
_SKIPPED_WORDS = "head style script title template noscript svg object"
_SKIPPED = frozenset(_SKIPPED_WORDS.split())
_VOID_WORDS = "area base br col embed hr img input link meta param source track wbr"
_VOID = frozenset(_VOID_WORDS.split())
_QUOTE_CLASS = re.compile(
    r"gmail_quote|gmail_extra|yahoo_quoted|moz-cite-prefix|protonmail_quote|tutanota_quote|zmail_extra|"
    r"gmail_signature|moz-signature|protonmail_signature|yahoo-signature",
    re.IGNORECASE,
)
_QUOTE_ID = re.compile(
    r"OLK_SRC_BODY_SECTION|mail-editor-reference-message|yahoo_quoted|isForwardContent", re.IGNORECASE
)
_CUT_ID = re.compile(r"divRplyFwdMsg|appendonsend|reply-intro|^_*origbody|x_divRplyFwdMsg|stopSpelling", re.IGNORECASE)
_OUTLOOK_LINE = re.compile(
    r"border-top:\s*solid\s*(?:#B5C4DF|#E1E1E1|windowtext)|border:none;\s*border-top:\s*solid", re.IGNORECASE
)
_CITE_STYLE = re.compile(r"border-left[^;]*(?:solid|px)", re.IGNORECASE)
_DANGLING = re.compile(r"<(?=[!?])[^>]*>?")
_RUN = re.compile(r"[ \t\n\f\v]+")
_MAX_OPEN = 2_000
_MAX_TAGS = 30_000
_TAG = re.compile(r"<[^<>]*+>")
_SOME_TAGS = re.compile(rf"(?:[^<]*+<){{{_MAX_TAGS}}}[^<>]*+>?")


def html_to_text(html: str, *, quotes: bool = True) -> str:
    """Return the readable text. Without `quotes`, quoted mails and marked signatures are left out."""
    converter = _Converter(quotes=quotes)
    try:
        converter.feed(_defused(html))
        converter.close()
    except (AssertionError, ValueError, RecursionError):
        pass  # broken markup: what was read so far stands
    return converter.result()


def _defused(html: str) -> str:
    """Return HTML without comments, declarations and unclosed tags: those make the parser read quadratically."""
    for opening, closing in (("<!--", "-->"), ("<style", "</style"), ("<script", "</script")):
        html = _without(html, opening, closing)
    html = _DANGLING.sub("", html)
    last = html.rfind(">") + 1
    return _with_few_tags(html[:last]) + html[last:].replace("<", "&lt;")


def _with_few_tags(html: str) -> str:
    """Return HTML whose tags beyond _MAX_TAGS are blanks: of a table that large only the words are read."""
    if html.count("<") <= _MAX_TAGS:
        return html
    many = _SOME_TAGS.match(html)
    last = html.rfind(">", 0, many.end() if many else 0) + 1
    return html[:last] + _TAG.sub(" ", html[last:]).replace("<", "&lt;")


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


class _Converter(HTMLParser):
    """Collects text; keeps a stack of open elements with what each one does to the text inside."""

    def __init__(self, *, quotes: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._quotes = quotes
        self._out: list[str] = []
        self._open: list[tuple[str, str]] = []  # (tag, effect): skip, quote, pre or nothing
        self._skip = 0
        self._pre = 0
        self._stopped = False
        self._href = ""
        self._link_from = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._stopped:
            return
        given = {name: value or "" for name, value in attrs}
        if not self._quotes and self._is_cut(tag, given):
            self._stopped = True
            return
        if tag == "br":
            self._write("\n")
        elif tag in _BLOCKS:
            self._write("\v" if tag in _PARAGRAPHS else "\f")
            self._write("- " if tag == "li" else "")
        elif tag in {"td", "th"}:
            self._write(" ")
        elif tag == "a":
            self._href, self._link_from = given.get("href", "").strip(), len(self._out)
        if tag not in _VOID and len(self._open) < _MAX_OPEN:
            self._push(tag, self._effect(tag, given))

    def handle_endtag(self, tag: str) -> None:
        if self._stopped or tag in _VOID:
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
        if self._stopped:
            return
        data = data.replace("\x0e", "").replace("\x0f", "")
        self._write(data if self._pre else re.sub(r"[ \t\r\n\f\v]+", " ", data))

    def result(self) -> str:
        """Return the collected text with blanks and empty lines collapsed."""
        text = _RUN.sub(_line_ends, "".join(self._out).replace("\u00a0", " "))
        lines = [re.sub(r"(?<=\S)[ \t]{2,}", " ", line).rstrip() for line in text.split("\n")]
        lines = [line[1:] if line.startswith(" ") and not line.startswith("  ") else line for line in lines]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._cited(lines))).strip("\n")

    def _cited(self, lines: list[str]) -> list[str]:
        r"""Return the lines with `> ` before those inside a citation (\\x0e opens one, \\x0f closes it)."""
        depth, out = 0, []
        for line in lines:
            depth += line.count("\x0e")
            bare = line.replace("\x0e", "").replace("\x0f", "").strip() if depth else line
            out.append("> " * min(depth, 5) + bare if depth and bare else bare)
            depth = max(0, depth - line.count("\x0f"))
        return out

    def _write(self, text: str) -> None:
        if text and not self._skip:
            self._out.append(text)

    def _push(self, tag: str, effect: str) -> None:
        self._open.append((tag, effect))
        self._skip += effect == "skip"
        self._pre += effect == "pre"
        if effect == "cite":
            self._write("\f\x0e")

    def _pop(self) -> None:
        _, effect = self._open.pop()
        self._skip -= effect == "skip"
        self._pre -= effect == "pre"
        if effect == "cite":
            self._write("\x0f\f")

    def _effect(self, tag: str, given: dict[str, str]) -> str:
        if tag in _SKIPPED or "display:none" in given.get("style", "").replace(" ", "").lower():
            return "skip"
        marked = _QUOTE_CLASS.search(given.get("class", "")) or _QUOTE_ID.search(given.get("id", ""))
        cited = tag == "blockquote" and (
            given.get("type", "").lower() == "cite" or bool(marked) or bool(_CITE_STYLE.search(given.get("style", "")))
        )
        if not self._quotes and (marked or cited):
            return "skip"
        if cited:
            return "cite"
        return "pre" if tag == "pre" else ""

    def _is_cut(self, tag: str, given: dict[str, str]) -> bool:
        """Tell whether everything from this element on is the quoted mail (Outlook puts it beside, not inside)."""
        return bool(
            _CUT_ID.search(given.get("id", ""))
            or (tag in {"div", "p"} and _OUTLOOK_LINE.search(given.get("style", "")))
            or (tag == "hr" and given.get("id", "") == "zwchr")
        )

    def _end_link(self) -> None:
        """Write the target of a link after its text, unless the text is the target."""
        href, self._href = self._href, ""
        if not href or self._skip or not href.lower().startswith(("http://", "https://", "mailto:")):
            return
        text = "".join(self._out[self._link_from :]).strip()
        bare = href.removeprefix("mailto:").rstrip("/")
        if text and bare not in text and text not in href:
            self._write(f" <{href}>")
