"""Pure: the HTML of a mail of ours as a page shows it: links lead nowhere and say their address, headings are words."""

import re
from collections.abc import Callable
from html import escape

import nh3

# As the mail's renderer writes them; what people wrote is escaped there and holds no tag.
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_HEADING, _HEADING_END = re.compile(r"<h[1-6] "), re.compile(r"</h[1-6]>")
_SHEET = re.compile(r"\A<div[^>]*>\n(.*)</div>\n\Z", re.DOTALL)
_TAGS = {"p", "li", "ol", "ul", "span", "strong", "em", "code", "blockquote", "br", "hr"}
_ATTRIBUTES = {"p": {"dir", "class"}, "li": {"dir"}, "ol": {"start"}, "span": {"class", "title"}}


def show_html(html: str, is_open: Callable[[str], object]) -> str:
    """Return the HTML of a mail to look at; its headings are no headings of the page.

    `is_open` tells an address in which something is still to be put: that is read after the words of its link.
    """

    def show_link(found: re.Match[str]) -> str:
        address, words = found.groups()
        if is_open(address):
            return f'<span class="link">{words}</span> <span class="faint t12">({address})</span>'
        return f'<span class="link" title="{address}">{words}</span>'

    return _HEADING_END.sub("</p>", _HEADING.sub('<p class="heading" ', _LINK.sub(show_link, html)))


def show_sheet(html: str, is_open: Callable[[str], object], *, has_foot: bool) -> str:
    """Return the body of a whole mail, as it was stored, to look at; without the foot that its last line cuts off.

    Whatever came into the store in other ways than by our renderer is left out.
    """
    sheet = _SHEET.match(html)
    inner = sheet[1] if sheet else html
    body = inner.rpartition("<hr>\n")[0] if has_foot else inner
    return nh3.clean(show_html(body, is_open), tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None)


def escape_text(text: str) -> str:
    """Return words as they stand in what `show_sheet` returns."""
    return nh3.clean(escape(text).replace("\n", "<br>\n"), tags={"br"}, attributes={})
