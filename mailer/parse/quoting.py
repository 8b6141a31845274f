"""Pure: what the sender newly wrote, told apart from what the mail program added and quoted.

Claims nothing about quotes without any mark: where unsure, the text is kept.
"""

import re
from textwrap import dedent

from mailer.parse.body import Body
from mailer.parse.html_text import html_to_text
from mailer.parse.quote_marks import attribution_end, header_block_end, is_delimiter, is_quoted, is_rule
from mailer.parse.signature import strip_footers

_MAX_LINES = 5_000
_FULL_LINE = 66  # characters after which mail programs wrap
_TAIL = 30
_FENCE = re.compile(r"^\s{0,3}(?:```|~~~)")
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x200E, 0x200F, 0x202A, 0x202C], None)


def new_text_of(body: Body) -> str:
    """Return the newly written text of a message's body."""
    if not body.from_html or not body.html:
        return strip_quotes(body.text)
    cut = strip_quotes(html_to_text(body.html, quotes=False))
    return cut or strip_quotes(body.text)


def strip_quotes(text: str) -> str:
    """Return the text without quotes, their introductions, signatures and footers. Interleaved answers are kept."""
    lines = _normal_lines(text)
    stretches, opened = _own_stretches(lines)
    kept = [_trim(strip_footers(stretch)) for stretch in stretches]
    result = "\n\n".join("\n".join(stretch) for stretch in kept if stretch)
    if not result and opened is not None:
        result = "\n".join(_trim(strip_footers(lines[opened:])))
    # Some webmailers begin every paragraph, or only the first, with a space.
    return dedent(result).lstrip(" \t")


def _normal_lines(text: str) -> list[str]:
    flat = text.translate(_INVISIBLE).replace("\u00a0", " ").replace("\u2028", "\n").replace("\r", "")
    return [line.rstrip() for line in flat.split("\n")[:_MAX_LINES]]


def _own_stretches(lines: list[str]) -> tuple[list[list[str]], int | None]:
    """Cut the lines at the quotes.

    The second value is the line from which an unmarked text follows an attribution at the very top: a reply below an
    unmarked quote cannot be told from the quote, so the caller may keep it all.
    """
    stretches: list[list[str]] = [[]]
    index, fenced = 0, False
    while index < len(lines):
        line = lines[index]
        if is_quoted(line):
            index = _after_quote(lines, index)
            stretches.append([])
            continue
        fenced ^= bool(_FENCE.match(line))
        end = None if fenced else _introduction_end(lines, index)
        if end is None:
            stretches[-1].append(line)
            index += 1
        elif _quote_follows(lines, end):
            stretches.append([])
            index = _next_written(lines, end)
        else:
            at_top = not any(part.strip() for stretch in stretches for part in stretch)
            unmarked = attribution_end(lines, index) is not None
            return stretches, end if at_top and unmarked else None
    return stretches, None


def _introduction_end(lines: list[str], index: int) -> int | None:
    """Return the line after a quote's introduction that begins here (rule, delimiter, header block, attribution)."""
    at = index
    if is_rule(lines[at]):
        at = _next_written(lines, at + 1)
        if at >= len(lines) or at > index + 4:
            return None
        return header_block_end(lines, at) if not is_delimiter(lines[at]) else at + 1
    if is_delimiter(lines[at]):
        below = _next_written(lines, at + 1)
        block = header_block_end(lines, below) if below < len(lines) else None
        return block or at + 1
    if not lines[at].strip():
        return None
    return header_block_end(lines, at) or attribution_end(lines, at)


def _next_written(lines: list[str], index: int) -> int:
    while index < len(lines) and not lines[index].strip():
        index += 1
    return index


def _quote_follows(lines: list[str], index: int) -> bool:
    at = _next_written(lines, index)
    return at < len(lines) and is_quoted(lines[at])


def _after_quote(lines: list[str], index: int) -> int:
    """Return the first line after a run of quoted lines; a quoted line's tail that was wrapped belongs to it."""
    while index < len(lines) and is_quoted(lines[index]):
        index += 1
        if index + 1 < len(lines) and _is_wrapped_tail(lines, index):
            index += 1
    return index


def _is_wrapped_tail(lines: list[str], index: int) -> bool:
    """Tell whether a line without mark is the rest of the long quoted line above it."""
    line, above = lines[index], lines[index - 1]
    return (
        bool(line.strip())
        and len(above) > _FULL_LINE
        and len(line) < _TAIL
        and is_quoted(lines[index + 1])
        and lines[index + 1].strip(" >\t") != ""
        and line[:1].islower()
    )


def _trim(lines: list[str]) -> list[str]:
    """Return the lines without blank ones at either end."""
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and (not lines[end - 1].strip() or is_rule(lines[end - 1])):
        end -= 1
    return lines[start:end]
