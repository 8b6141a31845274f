"""Pure: one Markdown source becomes the text part and the HTML part of a mail, word for word the same.

Pictures, raw HTML, code blocks and underlined headings are left out of the dialect: the last would turn a line above a
`---` into a heading. Values stand as tokens (see pitch_value) while the Markdown is read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from sequences.pitches.pitch_value import Slots, clean_text, fill_tokens, token_numbers

_LINK = re.compile(r"https?://[^\s<>\"\\]+|mailto:[^\s<>\"\\]+@[^\s<>\"\\]+", re.IGNORECASE)
# A line end inside a paragraph: not before an empty line, a list or the like, nor after a tag of Jinja.
_INNER_BREAK = re.compile(r"(?<=[^\s\\])(?<!%\})[ \t]*\n(?![ \t]*(?:\n|\Z|[-*+>#]|[0-9]{1,9}[.)]))")
_BREAKS = {"softbreak": " ", "hardbreak": "<br>\n", "hr": "<hr>\n"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """What stands under every pitch: the brand's signature in Markdown, who writes, and how to say no."""

    postal_address: str | None
    opt_out_sentence: str
    opt_out_url: str | None
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The two parts of one mail. `html` is a fragment without a document round it."""

    text: str
    html: str


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    """Make the parser. It takes addresses as they are: they may still hold tokens, and are judged once filled."""
    left_out = ["image", "html_block", "html_inline", "code", "fence", "lheading", "reference"]
    markdown = MarkdownIt("commonmark", {"html": False}).disable(left_out)
    hooks = {"validateLink": bool, "normalizeLink": str, "normalizeLinkText": str}
    for name, hook in hooks.items():
        setattr(markdown, name, hook)
    return markdown


@lru_cache(maxsize=256)
def _tree(markdown: str) -> SyntaxTreeNode:
    """Parse once for all people: with tokens in place of values, their mails are one and the same Markdown."""
    return SyntaxTreeNode(_markdown().parse(markdown))


def make_parts(markdown: str, slots: Slots) -> Parts:
    """Turn Markdown with tokens into both parts."""
    linked = _linked(markdown)
    if all(_is_one_line(value) for number, value in enumerate(slots.held) if number not in linked):
        pattern = _pattern(markdown, tuple((number, slots.held[number]) for number in linked))
        escaped = Slots(held=[escape(value) for value in slots.held])
        return Parts(text=slots.fill(pattern.text), html=escaped.fill(pattern.html))
    tree = _tree(markdown)
    return Parts(text=_text(tree, slots), html=_html(tree, slots))


def show_parts(markdown: str) -> Parts:
    """Make both parts with the tokens left in, of a text that is looked at and not sent; nothing of it is kept."""
    tree, some = SyntaxTreeNode(_markdown().parse(markdown)), _Some({})
    return Parts(text=_text(tree, some), html=_html(tree, some))


class _Some(Slots):
    """Slots of which only some are filled; other tokens stay."""

    def __init__(self, given: Mapping[int, str]) -> None:
        super().__init__()
        self.given = given

    def fill(self, text: str) -> str:
        """Put in what there is."""
        return fill_tokens(text, self.given.get)


@lru_cache(maxsize=256)
def _linked(markdown: str) -> tuple[int, ...]:
    """Return the numbers of the tokens that stand in links: what a link becomes hangs on its address."""
    links = [node for node in _tree(markdown).walk() if node.type == "link"]
    inside = (f"{link.attrs['href']}{part.content}" for link in links for part in link.walk())
    return tuple(sorted({number for text in inside for number in token_numbers(text)}))


@lru_cache(maxsize=256)
def _pattern(markdown: str, linked: tuple[tuple[int, str], ...]) -> Parts:
    """Make both parts once with the tokens left in, for all people; those in links filled.

    For any other value that is one line with no blank ends the parts are the same: such a value is neither indented,
    nor stripped, nor left out.
    """
    tree, some = _tree(markdown), _Some(dict(linked))
    return Parts(text=_text(tree, some), html=_html(tree, some))


def _is_one_line(value: str) -> bool:
    return bool(value) and "\n" not in value and value.strip() == value


def join_parts(above: Parts, below: Parts) -> Parts:
    """Put one under the other, a blank line between."""
    return Parts(text=f"{above.text}\n\n{below.text}", html=f"{above.html}{below.html}")


def keep_lines(markdown: str) -> str:
    """Make every line of a paragraph end where it was written to end, as people expect of a signature."""
    return _INNER_BREAK.sub("\\\\\n", markdown)


def add_footer(parts: Parts, footer: Footer) -> Parts:
    """Close both parts with the footer; the text uses the "-- " line of RFC 3676, section 4.3."""
    address = clean_text(footer.postal_address or "").strip()
    sentence = clean_text(footer.opt_out_sentence).strip()
    url = clean_text(footer.opt_out_url or "").strip()
    sentence = sentence or "No more messages, please"
    link = f'<a href="{escape(url)}">{escape(sentence)}</a>' if is_link(url) else escape(sentence)
    lines = [address, f"{sentence}: {url}" if is_link(url) else sentence]
    text = "\n".join(["-- ", *filter(None, lines)])
    html = "".join(f'<p dir="auto">{line}</p>\n' for line in (_broken(escape(address)), link) if line)
    return Parts(text=f"{parts.text}\n\n{text}", html=f"{parts.html}<hr>\n{html}")


def is_link(url: str) -> bool:
    """Say whether an address may become a link: http, https or mailto, nothing else."""
    return _LINK.fullmatch(url) is not None


def _broken(escaped: str) -> str:
    return escaped.replace("\n", "<br>\n")


def _html(node: SyntaxTreeNode, slots: Slots) -> str:
    inner = "".join(_html(child, slots) for child in node.children)
    match node.type:
        case "text":
            return _broken(escape(slots.fill(node.content)))
        case "code_inline":
            return f"<code>{_broken(escape(slots.fill(node.content)))}</code>"
        case "link":
            return _html_link(node, inner, slots)
        case "strong" | "em":
            return f"<{node.type}>{inner}</{node.type}>"
        case "paragraph" | "heading" | "list_item" | "bullet_list" | "ordered_list" | "blockquote":
            return _html_block(node, inner)
        case _:
            return _BREAKS.get(node.type, inner)


def _html_block(node: SyntaxTreeNode, inner: str) -> str:
    if node.type == "paragraph" and (node.hidden or not inner.strip()):
        return inner
    if node.type in {"paragraph", "heading", "list_item"}:
        return f'<{node.tag} dir="auto">{inner.strip()}</{node.tag}>\n'
    start = node.attrs.get("start", 1)
    counted = f' start="{start}"' if start != 1 else ""
    return f"<{node.tag}{counted}>\n{inner}</{node.tag}>\n"


def _html_link(node: SyntaxTreeNode, label: str, slots: Slots) -> str:
    url = slots.fill(str(node.attrs["href"]))
    if is_link(url):
        return f'<a href="{escape(url)}">{label}</a>'
    return label if _says(_inline(node, slots), url) else f"{label} ({_broken(escape(url))})"


def _text(node: SyntaxTreeNode, slots: Slots) -> str:
    match node.type:
        case "root":
            return _join(node, "\n\n", slots)
        case "blockquote":
            return _indented(_join(node, "\n\n", slots), "> ", "> ")
        case "bullet_list" | "ordered_list":
            return _text_list(node, slots)
        case "list_item":
            return _join(node, "\n" if _is_tight(node) else "\n\n", slots)
        case "hr":
            return "* * *"
        case _:
            return "".join(_inline(child, slots) for child in node.children).strip()


def _join(node: SyntaxTreeNode, gap: str, slots: Slots) -> str:
    return gap.join(filter(None, (_text(child, slots) for child in node.children)))


def _is_tight(item: SyntaxTreeNode) -> bool:
    return all(child.hidden for child in item.children if child.type == "paragraph")


def _text_list(node: SyntaxTreeNode, slots: Slots) -> str:
    start = int(node.attrs.get("start", 1))
    items = []
    for number, item in enumerate(node.children, start):
        marker = f"{number}. " if node.type == "ordered_list" else "- "
        items.append(_indented(_text(item, slots), marker, " " * len(marker)))
    return ("\n" if all(_is_tight(item) for item in node.children) else "\n\n").join(items)


def _indented(text: str, first: str, rest: str) -> str:
    return first + text.replace("\n", "\n" + rest)


def _inline(node: SyntaxTreeNode, slots: Slots) -> str:
    match node.type:
        case "text" | "code_inline":
            return slots.fill(node.content)
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "link":
            return _text_link(node, slots)
        case _:
            return "".join(_inline(child, slots) for child in node.children)


def _text_link(node: SyntaxTreeNode, slots: Slots) -> str:
    label = "".join(_inline(child, slots) for child in node.children)
    url = slots.fill(str(node.attrs["href"]))
    return label if _says(label, url) else f"{label} ({url})"


def _says(label: str, url: str) -> bool:
    """Say whether the label already shows the address."""
    return label in (url, url.removeprefix("mailto:"), url.removeprefix("https://"))
