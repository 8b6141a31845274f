"""Pure: own words without what stands below them: a signature, a mobile footer, a legal notice, a list's footer.

The steps at each line, in order: a legal notice, two dashes, a drawn rule, a mobile footer, a machine's note.
A sign-off ("Thanks, Mara") is the person's own; a signature needs its dashes. Where it is not clear, more is kept.
"""

import re

from mailer.parse.footers import find_legal, is_legal, is_list_line, is_machine_note
from mailer.parse.mobile import is_mobile_footer
from mailer.parse.quote_marks import is_rule

_DASHES = re.compile(r"^[*_\s]{0,2}(?:--|—|––|―|_{2,3})[*_]{0,2}$")
_CONTACT = re.compile(
    r"@\w|https?:|www\.|\+\d|\d{3}[\s/.-]?\d{3}|\b(?:tel|fon|phone|fax|mobile?|cell|t|m)\b\.?\s?[:.]\s?[+(\d]",
    re.IGNORECASE,
)
_NAMED = re.compile(r"^(?:--|—|–) ?(?:[A-ZÀ-Þ][\w.'’-]{0,20} ?){1,3}$")  # a name behind the dashes
_ONLY_LINK = re.compile(r"^\W{0,2}https?://\S{1,300}$")
_SHORT = 4  # written lines that may stand below a mobile footer and still be part of it
_NAME_WIDTH = 40  # characters of the longest such line
_LONG = 25  # written lines below two dashes that are no signature any more
_WIDE = 60  # characters of a line of prose
_PROSE = 4  # lines of prose below two dashes that are no signature any more
_DRAWN = 30  # characters of the rule above an advertisement
_CARD = 10  # written lines of the largest signature below a mere rule
_CARD_WIDTH = 80
_CARD_WORDS = 6
_ABOUT = 3  # characters by which a rule may be longer or shorter than the heading above it
_LIST_LINES = 8  # lines below a rule within which a list names itself
_WINDOW = 80  # lines of the tallest footer
_MAX_LINE = 600


def keep_words(lines: list[str], stretches: list[range], own: set[int]) -> list[list[int]]:
    """Return for each stretch the lines that are own words, without blank ones at its ends; `own` are beyond doubt."""
    written = [any(lines[at] for at in stretch) for stretch in stretches]
    return [
        _keep(lines, stretch, own, others=any(written[:place])) if written[place] else []
        for place, stretch in enumerate(stretches)
    ]


def _keep(lines: list[str], stretch: range, own: set[int], *, others: bool) -> list[int]:
    """Return the own lines of one stretch. `others` says that own words stand in an earlier one."""
    legal = find_legal(lines, stretch)
    kept: list[int] = []
    index, stop = stretch.start, stretch.stop
    words = others
    while index < stop:
        line = lines[index]
        after = None
        if line and index not in own and len(line) <= _MAX_LINE:
            after = legal.get(index) if words else None
            after = _unless_prose(lines, after, stop) if after else _footer_end(lines, index, stop, below_words=words)
        if after is not None and kept and _ONLY_LINK.match(lines[kept[-1]]) and is_machine_note(line):
            kept.pop()  # a scanner's note stands between two links
        if after is None:
            kept.append(index)
            words = words or bool(line)
        index = index + 1 if after is None else after
    cut = stop < len(lines) or not kept or kept[-1] != stop - 1
    return _trim(lines, kept, rules=cut)


def _footer_end(lines: list[str], index: int, stop: int, *, below_words: bool) -> int | None:
    """Return the line after the footer that begins here: `stop` for all that remains, None where there is no footer."""
    line = lines[index].strip()
    if _DASHES.match(line) or (below_words and _NAMED.match(line)):
        return stop if _is_card(lines, index, stop) else None
    if is_rule(line):
        return stop if not (index and is_rule(lines[index - 1])) and _is_ruled_footer(lines, index, stop) else None
    if is_mobile_footer(line):
        return stop if below_words and _is_name(lines, index + 1, stop) else index + 1
    if below_words and is_machine_note(line):
        return _unless_prose(lines, _paragraph_end(lines, index, stop), stop)
    return None


def _unless_prose(lines: list[str], end: int, stop: int) -> int:
    """Return `stop`, or the end of a note's paragraph where somebody goes on writing below it."""
    return end if _has_prose(lines, end, min(stop, end + _WINDOW)) else stop


def _written(lines: list[str], start: int, stop: int, enough: int) -> int:
    """Count the written lines, at most one more than `enough`."""
    count = 0
    for index in range(start, stop):
        count += bool(lines[index])
        if count > enough:
            break
    return count


def _is_name(lines: list[str], start: int, stop: int) -> bool:
    """Tell whether nothing but a few short lines (a name, a firm) stands below a mobile footer."""
    if stop > start + _WINDOW or _written(lines, start, stop, _SHORT) > _SHORT:
        return False
    return not any(len(line) > _NAME_WIDTH or line.endswith((".", "?", "!")) for line in lines[start:stop])


def _is_card(lines: list[str], index: int, stop: int) -> bool:
    """Tell whether a signature stands below two dashes, not the rest of a letter."""
    if stop > index + _WINDOW or _written(lines, index + 1, stop, _LONG) > _LONG:
        return False
    prose = 0
    for at in range(index + 1, stop):
        if is_legal(lines[at]) or is_machine_note(lines[at]):
            break
        if lines[at].endswith("?"):
            return False  # nobody asks in a signature
        prose += len(lines[at]) >= _WIDE and not _CONTACT.search(lines[at][:_MAX_LINE])
    return prose < _PROSE


def _is_ruled_footer(lines: list[str], index: int, stop: int) -> bool:
    """Tell whether a list's or scanner's footer, or a card with a telephone or an address, stands below a rule."""
    if stop > index + _WINDOW or _written(lines, index + 1, stop, _LONG) > _LONG:
        return False
    if any(is_list_line(line) for line in lines[index + 1 : min(stop, index + 1 + _LIST_LINES)]):
        return True
    card = [line for line in lines[index + 1 : stop] if line and not is_rule(line)]
    if len(lines[index]) >= _DRAWN and lines[index][-1] == "_" and len(card) <= _SHORT and "http" in "".join(card):
        return True  # a free mailer's advertisement
    return (
        len(card) < _CARD
        and not _underlines(lines, index)
        and any(_CONTACT.search(line[:_MAX_LINE]) for line in card)
        and all(len(line) <= _CARD_WIDTH and line.count(" ") <= _CARD_WORDS for line in card)
        and not any(line.endswith(("?", "!")) for line in card)
    )


def _underlines(lines: list[str], index: int) -> bool:
    """Tell whether a rule is the first line or underlines a heading, so that own words go on below it."""
    heading = lines[index - 1] if index else ""
    return not index or bool(heading and abs(len(heading) - len(lines[index])) < _ABOUT)


def _has_prose(lines: list[str], start: int, stop: int) -> bool:
    """Tell whether somebody goes on writing: a full line that is neither legal nor an address."""
    return any(
        len(line) >= _WIDE
        and not is_legal(line)
        and not _CONTACT.search(line[:_MAX_LINE])
        and not is_machine_note(line)
        for line in lines[start:stop]
    )


def _paragraph_end(lines: list[str], index: int, stop: int) -> int:
    while index < stop and lines[index]:
        index += 1
    return index


def _trim(lines: list[str], kept: list[int], *, rules: bool) -> list[int]:
    """Return the lines without blank ones at either end, and without a rule at the end where something was cut."""
    start, end = 0, len(kept)
    while start < end and not lines[kept[start]].strip():
        start += 1
    while end > start and (not lines[kept[end - 1]].strip() or (rules and is_rule(lines[kept[end - 1]]))):
        end -= 1
    return kept[start:end]
