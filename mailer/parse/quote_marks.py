"""Pure: the marks at the beginning of a quoted line, and the lines that only look as if they had one."""

import re

_INDENT = 3  # blanks before a mark; four are a code block in everybody's markdown
_INITIALS = re.compile(r"^ ?[A-Z]{2,3}>(?:\s|$)")
_GROUPWISE = re.compile(r"^>>> .{3,300}\d{1,2}[:.]\d{2}.{0,12}>>>$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_FACE = re.compile(r"^>(?:[=:;._]|-[<>(]|<)")
_PROMPT = ">>> "
_RULE = re.compile(r"^[\s|>]{0,4}(?:[_\-=*—–‐~#]\s?){3,300}$")
_MAX_LINE = 500


def is_quoted(line: str) -> bool:
    """Tell whether a line carries a quote mark; `>From` at a line's start is mbox escaping, not a quote."""
    bare = line.lstrip(" \t")
    if bare[:1] == ">":
        return len(line) - len(bare) <= _INDENT and not bare.startswith(">From ")
    return line[:5].find(">") > 0 and bool(_INITIALS.match(line))


def is_barred(line: str) -> bool:
    """Tell whether a line carries the bar that a few programs put before quoted lines."""
    return line.startswith("|")


def is_groupwise(line: str) -> bool:
    """Tell whether a line is GroupWise's attribution, which stands between its own marks."""
    return line.startswith(_PROMPT) and len(line) <= _MAX_LINE and bool(_GROUPWISE.match(line))


def is_rule(line: str) -> bool:
    """Tell whether a line is only a drawn rule."""
    return line.strip()[:1] in tuple("_-=*—–‐~#|>") and len(line) <= _MAX_LINE and bool(_RULE.match(line))


def first_written(lines: list[str], start: int) -> str:
    """Return the first line with words among the next eight, or an empty one."""
    return next((line for line in lines[start : start + 8] if line.strip()), "")


def find_own_marks(lines: list[str]) -> set[int]:
    """Return the lines that are the person's own whatever they look like: code, prompts, a "greater than"."""
    own = _fenced(lines)
    marked = [index for index, line in enumerate(lines) if line.lstrip(" ")[:1] == ">" and index not in own]
    if any(lines[index].lstrip(" ").startswith(_PROMPT) for index in marked):
        own.update(_prompts(lines, marked))
    own.update(index for index in marked if _is_mid_sentence(lines, index))
    return own


def _fenced(lines: list[str]) -> set[int]:
    """Return the lines of fenced code; a fence that nobody closes is none."""
    own: set[int] = set()
    opened, mark = -1, ""
    for index, line in enumerate(lines):
        found = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if not found:
            continue
        if opened < 0:
            opened, mark = index, found[1]
        elif found[1] == mark:
            own.update(range(opened, index + 1))
            opened = -1
    return own


def _prompts(lines: list[str], marked: list[int]) -> set[int]:
    """Return the prompts of an interpreter: runs of three marks with no lesser level, below no attribution."""
    own: set[int] = set()
    run: list[int] = []
    for index, following in zip(marked, [*marked[1:], -1], strict=True):
        run.append(index)
        if following == index + 1:
            continue
        above = next((lines[at] for at in range(run[0] - 1, max(-1, run[0] - 4), -1) if lines[at]), "")
        plain = all(lines[at].lstrip(" ").startswith(_PROMPT) and not is_groupwise(lines[at]) for at in run)
        if plain and not (above[-1:] in {":", "："} and any(letter.isdigit() or letter == "@" for letter in above)):
            own.update(run)
        run = []
    return own


def _is_mid_sentence(lines: list[str], index: int) -> bool:
    """Tell whether a lone mark is a sign within a sentence: the line above breaks off, the mark is no quote's."""
    above = lines[index - 1].strip() if index else ""
    below = lines[index + 1] if index + 1 < len(lines) else ""
    if not above or is_quoted(above) or is_quoted(below) or not below.strip():
        return False
    line = lines[index].strip()
    return bool(_FACE.match(line)) or (above[-1].isalnum() and line[1:].lstrip()[:1].isdigit())
