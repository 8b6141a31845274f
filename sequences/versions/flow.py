"""Pure: the way through a sequence: its tree of steps as one numbered list, and where each step leads.

Steps are numbered as they are read from top to bottom, so a sequence without branches keeps its numbers. Every way
leads to a higher number: no step comes twice. `None` is the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sequences.versions.step import Branch, Step

# Steps the engine does by itself at their due instant, without a window.
OWN_KINDS = ("wait", "stage", "tag", "if")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One step at its place. `after` is what follows (for an `if`: where both ways meet); `yes` and `no` its branches.

    `parent` is the key of the `if` it stands in, `side` then or else there, `depth` how many it stands in.
    """

    index: int
    step: Step
    after: int | None
    yes: int | None = None
    no: int | None = None
    depth: int = 0
    parent: str = ""
    side: str = ""

    @property
    def ways(self) -> tuple[int | None, ...]:
        """Where it may go on."""
        return (self.yes, self.no) if self.step.kind == "if" else (self.after,)


@dataclass(frozen=True)
class Flow:
    """All steps in order, by number."""

    nodes: tuple[Node, ...]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps by number: `enrolment.next_step` and `send.step` count in it."""
        return tuple(node.step for node in self.nodes)

    @cached_property
    def index_of(self) -> dict[str, int]:
        """The number of each step by its key."""
        return {node.step.key: node.index for node in self.nodes}

    @cached_property
    def reach(self) -> tuple[frozenset[int], ...]:
        """What may still come from each step on, itself included."""
        found: dict[int, frozenset[int]] = {}
        for node in reversed(self.nodes):
            later = (found[way] for way in node.ways if way is not None)
            found[node.index] = frozenset({node.index}).union(*later)
        return tuple(found[index] for index in range(len(self.nodes)))

    def reachable(self, index: int) -> frozenset[int]:
        """Return what may still come from a position; nothing from the end."""
        return self.reach[index] if index < len(self.nodes) else frozenset()

    def node(self, key: str) -> Node:
        """Return the step of that key, at its place."""
        return self.nodes[self.index_of[key]]

    def next_of(self, index: int) -> int | None:
        """Return what follows a step; for an `if`, where its two ways meet again."""
        return self.nodes[index].after

    def branch_of(self, index: int, *, holds: bool) -> int | None:
        """Return where an `if` goes on when its condition holds, or does not."""
        node = self.nodes[index]
        return node.yes if holds else node.no


def make_flow(steps: tuple[Step, ...]) -> Flow:
    """Number a tree of steps."""
    return Flow(nodes=tuple(_number(steps, 0, None, depth=0, parent="", side="")))


def count_steps(steps: tuple[Step, ...]) -> int:
    """Return how many steps a tree has."""
    return sum(1 + sum(count_steps(_inside(branch)) for branch in (one.then, one.otherwise)) for one in steps)


def _inside(branch: Branch | None) -> tuple[Step, ...]:
    return branch if isinstance(branch, tuple) else ()


def _number(
    steps: tuple[Step, ...], begin: int, after: int | None, *, depth: int, parent: str, side: str
) -> Iterator[Node]:
    """Yield the nodes of one list, which goes on at `after`."""
    index = begin
    for place, step in enumerate(steps):
        then, otherwise = _inside(step.then), _inside(step.otherwise)
        no_begins = index + 1 + count_steps(then)
        ends = no_begins + count_steps(otherwise)
        following = ends if place + 1 < len(steps) else after
        yes = index + 1 if then else (following if step.then == "continue" else None)
        no = no_begins if otherwise else (following if step.otherwise == "continue" else None)
        yield Node(
            index=index, step=step, after=following, yes=yes, no=no, depth=depth, parent=parent, side=side,
        )  # fmt: skip
        yield from _number(then, index + 1, following, depth=depth + 1, parent=step.key, side="then")
        yield from _number(otherwise, no_begins, following, depth=depth + 1, parent=step.key, side="else")
        index = ends
