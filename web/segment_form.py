"""Pure: a segment as a form of groups and conditions, there and back; every part of it works as plain fields.

`s.join` joins the groups, `s.1.join` the conditions of the first, `s.1.not` turns it round, and `s.1.2.name`,
`s.1.2.value`, `s.1.2.not` are its second condition. A condition without a name or a value is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from crm.segments import Either, Every, Node, Not, Term

PREFIX = "s."
MOST_GROUPS, MOST_CONDITIONS = 8, 12


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of the form."""

    name: str = ""
    value: str = ""
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Some lines, all or any of which must hold, or must not."""

    conditions: tuple[Condition, ...] = ()
    is_any: bool = False
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class SegmentForm:
    """The whole form."""

    groups: tuple[Group, ...] = ()
    is_any: bool = False


def is_form(query: Mapping[str, object]) -> bool:
    """Return whether a query carries the form's fields."""
    return any(name.startswith(PREFIX) for name in query)


def read_segment_form(query: Mapping[str, str]) -> Node | None:
    """Return the tree that a form means; None for an empty one."""
    groups = [_read_group(query, f"{PREFIX}{number}.") for number in range(1, MOST_GROUPS + 1)]
    return _join([group for group in groups if group is not None], is_any=query.get(f"{PREFIX}join") == "any")


def make_segment_form(node: Node | None) -> SegmentForm | None:
    """Return the form of a tree; None for one that has brackets in brackets, which only its text can show."""
    if node is None:
        return SegmentForm()
    whole = _group(node)
    if whole is not None:
        return SegmentForm(groups=(whole,))
    if not isinstance(node, Every | Either):
        return None
    groups = [_group(part) for part in node.parts]
    if len(groups) > MOST_GROUPS or None in groups:
        return None
    return SegmentForm(groups=tuple(group for group in groups if group), is_any=isinstance(node, Either))


def _read_group(query: Mapping[str, str], prefix: str) -> Node | None:
    lines = [_read_condition(query, f"{prefix}{number}.") for number in range(1, MOST_CONDITIONS + 1)]
    found = _join([line for line in lines if line is not None], is_any=query.get(f"{prefix}join") == "any")
    return Not(found) if found is not None and query.get(f"{prefix}not") else found


def _read_condition(query: Mapping[str, str], prefix: str) -> Node | None:
    name, value = query.get(f"{prefix}name", "").strip(), query.get(f"{prefix}value", "").strip()
    if not name or not value:
        return None
    return Not(Term(name, value)) if query.get(f"{prefix}not") else Term(name, value)


def _join(parts: list[Node], *, is_any: bool) -> Node | None:
    if len(parts) < 2:  # noqa: PLR2004 - one alone is joined with nothing
        return parts[0] if parts else None
    return Either(tuple(parts)) if is_any else Every(tuple(parts))


def _group(node: Node) -> Group | None:
    inner = node.part if isinstance(node, Not) else node
    if isinstance(inner, Term):
        return Group(conditions=(_condition(node),))
    if isinstance(inner, Not) or len(inner.parts) > MOST_CONDITIONS or not all(map(_is_line, inner.parts)):
        return None
    lines = tuple(map(_condition, inner.parts))
    return Group(conditions=lines, is_any=isinstance(inner, Either), is_not=isinstance(node, Not))


def _is_line(node: Node) -> bool:
    return isinstance(node.part if isinstance(node, Not) else node, Term)


def _condition(node: Node) -> Condition:
    term = node.part if isinstance(node, Not) else node
    assert isinstance(term, Term)  # noqa: S101 - what _is_line asked
    return Condition(name=term.name, value=term.value, is_not=isinstance(node, Not))
