"""Pure: format=flowed text back to paragraphs (RFC 3676), only where a soft break cannot be anything else."""

import re

_MARK = re.compile(r"^>*")
_SIGNATURE = "-- "
# Lines that programs which only pretend to flow write below one another: fields, list items, drawn rules.
_OWN_LINE = re.compile(r"[-*•–—_=#]|\d{1,3}[.)]|[^\W\d][\w -]{0,24}:(?:\s|$)|https?://\S+\s*$")


def unflow(text: str, *, delsp: bool) -> str:
    """Return the text with soft line breaks joined and stuffed blanks removed; quote marks stay."""
    out: list[str] = []
    paragraph: list[str] = []
    depth = 0
    for line in text.split("\n"):
        mark = _MARK.match(line)
        marks = mark.end() if mark else 0
        words = line[marks:].removeprefix(" ")
        if paragraph and (marks != depth or not _continues(paragraph, words, delsp=delsp)):
            _close(out, paragraph, depth)
        depth = marks
        soft = words.endswith(" ") and words != _SIGNATURE
        paragraph.append(words[:-1] if soft and delsp else words)
        if not soft:
            _close(out, paragraph, depth)
    _close(out, paragraph, depth)
    return "\n".join(out)


def _continues(paragraph: list[str], words: str, *, delsp: bool) -> bool:
    """Tell whether a line goes on with the paragraph; a signature mark, an empty line and a list item do not."""
    if words == _SIGNATURE or not words.strip() or not paragraph[-1].strip():
        return False
    return delsp or not _OWN_LINE.match(words)


def _close(out: list[str], paragraph: list[str], depth: int) -> None:
    if paragraph:
        out.append((">" * depth + " " if depth else "") + "".join(paragraph))
        paragraph.clear()
