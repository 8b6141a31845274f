"""Pure: style sheets without comments and without the blanks that mean nothing (CSS Syntax Level 3)."""

from collections.abc import Sequence

import tinycss2
from tinycss2.ast import Node


def shorten_style(text: str) -> str:
    """Return a style sheet that means the same and is shorter."""
    short: str = tinycss2.serialize(_without_blanks(tinycss2.parse_component_value_list(text, skip_comments=True)))
    return short


def _without_blanks(nodes: Sequence[Node]) -> list[Node]:
    """Return the values with one blank where one may mean something, and none beside what parts them anyway."""
    kept = []
    for node, before, after in zip(nodes, (None, *nodes), (*nodes[1:], None), strict=False):
        if node.type == "whitespace":
            if _parts(before) or _parts(after):
                continue
            node.value = " "
        for inner in ("content", "arguments"):
            if isinstance(getattr(node, inner, None), list):
                setattr(node, inner, _without_blanks(getattr(node, inner)))
        kept.append(node)
    return kept


def _parts(node: Node | None) -> bool:
    """Whether blanks beside this mean nothing: an end, a block, or what stands between two values."""
    return node is None or node.type == "{} block" or (node.type == "literal" and node.value in {";", ","})
