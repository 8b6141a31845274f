"""Pure: reads a pitch before it is saved and names what is wrong with it, by line.

The list of allowed constructs is short on purpose: with no calls, no arithmetic, no nested loops and no joining inside
`set`, a pitch cannot do more work than its length.
"""

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

from jinja2 import TemplateSyntaxError, nodes

from kit.errors import say
from sequences.pitches.merge_fields import ROOTS, is_field, suggest_field
from sequences.pitches.pitch_sandbox import FILTERS, TESTS, compile_pitch, pitch_environment
from sequences.pitches.pitch_value import clean_text

MAX_SOURCE = 50_000
_MAX_DEPTH = 40
_LOOP_FIELDS = frozenset({"first", "last", "index"})
_PLAIN = (nodes.Template, nodes.TemplateData, nodes.Const, nodes.If, nodes.CondExpr, nodes.And, nodes.Or, nodes.Not,
          nodes.Compare, nodes.Operand, nodes.Keyword)  # fmt: skip
_WORDS = {
    "Include": "include", "Import": "import", "FromImport": "import", "Extends": "extends", "Block": "block",
    "Macro": "macro", "CallBlock": "call", "Call": "calling something with ( )", "FilterBlock": "filter as a block",
    "AssignBlock": "set as a block", "Getitem": "square brackets after a name", "With": "with", "Dict": "a dictionary",
    "List": "a list outside a loop", "Tuple": "a list outside a loop", "Concat": "joining with ~ outside {{ }}",
}  # fmt: skip
_MARKDOWN = (
    ("placeholder", re.compile(r"(?<!\])\[[^\W\d_][^\[\]\n{}]{0,60}\](?![(\[])"),
     say("“%(quoted)s” still waits to be filled in. Write the words, or use a merge field.")),
    ("picture", re.compile(r"!\[[^\]\n]{0,200}\]"), say("“%(quoted)s” is a picture. Attach it or link to it instead.")),
    ("link", re.compile(r"\]\( ?<?(?!https?:|mailto:)[a-z][a-z0-9+.-]*:", re.IGNORECASE),
     say("A link must start with https:, http: or mailto:.")),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PitchFault:
    """One thing that keeps a pitch from being used. `line` counts from 1; `suggestion` is what was probably meant."""

    line: int
    code: str
    sentence: str
    suggestion: str | None = None


@lru_cache(maxsize=1024)
def check_pitch(source: str) -> tuple[PitchFault, ...]:
    """Find every fault in a subject or body, in reading order; empty means it may be saved."""
    source = clean_text(source)
    if len(source) > MAX_SOURCE:
        return (
            PitchFault(
                line=1,
                code="too_long",
                sentence=say("A pitch has at most %(max_source)s characters.", max_source=f"{MAX_SOURCE:,}"),
            ),
        )
    try:
        tree = pitch_environment().parse(source)
    except TemplateSyntaxError as error:
        return (PitchFault(line=error.lineno, code="syntax", sentence=error.message or say("This cannot be read.")),)
    except RecursionError:
        return (_too_deep(1),)
    reader = _Reader(local={name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"})
    reader.read(tree)
    faults = [*reader.faults, *_markdown_faults(source)] or _compile_faults(source)
    return tuple(sorted(dict.fromkeys(faults), key=lambda fault: fault.line))


def _too_deep(line: int) -> PitchFault:
    return PitchFault(
        line=line, code="too_deep", sentence=say("This is nested too deeply. Split it into simpler parts.")
    )


def _compile_faults(source: str) -> list[PitchFault]:
    try:
        compile_pitch(source)
    except TemplateSyntaxError as error:
        return [PitchFault(line=error.lineno, code="syntax", sentence=error.message or say("This cannot be read."))]
    except (SyntaxError, RecursionError):
        return [_too_deep(1)]
    return []


def _markdown_faults(source: str) -> list[PitchFault]:
    """Look through the written words; what stands in braces is blanked, keeping its lines."""
    words = re.sub(r"\{([{%#]).*?[}%#]\}", lambda found: "\n" * found[0].count("\n") + "{}", source, flags=re.DOTALL)
    return [
        PitchFault(
            line=words.count("\n", 0, found.start()) + 1,
            code=code,
            sentence=say(sentence, quoted=found[0]) if "%(" in sentence else sentence,
        )
        for code, pattern, sentence in _MARKDOWN
        for found in pattern.finditer(words)
    ]


@dataclass(slots=True)
class _Reader:
    """A walk through the syntax tree that gathers faults."""

    local: set[str]
    in_loop: bool = False
    faults: list[PitchFault] = field(default_factory=list)

    def read(self, node: nodes.Node, depth: int = 0) -> None:
        if depth > _MAX_DEPTH:
            self.faults.append(_too_deep(node.lineno))
            return
        match node:
            case nodes.Getattr() | nodes.Name():
                self._read_name(node)
                return
            case nodes.For():
                self._read_loop(node, depth)
                return
            case nodes.Output():
                parts = [part for child in node.nodes for part in _joined(child)]
            case nodes.Assign():
                self._read_target(node.target)
                parts = [node.node]
            case nodes.Filter():
                self._read_filter(node)
                parts = list(node.iter_child_nodes())
            case nodes.Test():
                self._read_test(node)
                parts = list(node.iter_child_nodes())
            case _ if isinstance(node, _PLAIN):
                parts = list(node.iter_child_nodes())
            case _:
                self._refuse(node)
                return
        for part in parts:
            self.read(part, depth + 1)

    def _note(self, node: nodes.Node, code: str, sentence: str, suggestion: str | None = None) -> None:
        if suggestion:
            sentence = say("%(fault)s Did you mean “%(close)s”?", fault=sentence, close=suggestion)
        self.faults.append(PitchFault(line=node.lineno or 1, code=code, sentence=sentence, suggestion=suggestion))

    def _refuse(self, node: nodes.Node) -> None:
        word = _WORDS.get(type(node).__name__, "arithmetic" if isinstance(node, nodes.Expr) else "this construct")
        self._note(
            node,
            "forbidden",
            say("A pitch cannot use %(word)s. It knows merge fields, if, for, set and filters.", word=word),
        )

    def _read_name(self, node: nodes.Expr) -> None:
        path = _dotted(node)
        if path is None:
            self._note(node, "forbidden", say("A dot may only follow a merge field."))
            return
        root, _, rest = path.partition(".")
        if self.in_loop and root == "loop" and rest in _LOOP_FIELDS:
            return
        if root in ROOTS and not rest:
            self._note(
                node,
                "unknown_field",
                say(
                    "“%(root)s” is a group of fields; choose one, such as %(first_of)s.",
                    root=root,
                    first_of=_first_of(root),
                ),
            )
        elif root in self.local and rest:
            self._note(node, "unknown_field", say("“%(root)s” has no fields of its own.", root=root))
        elif root not in self.local and not is_field(path):
            self._note(
                node, "unknown_field", say("There is no merge field “%(path)s”.", path=path), suggest_field(path)
            )

    def _read_target(self, target: nodes.Node) -> None:
        if not isinstance(target, nodes.Name):
            self._note(target, "forbidden", say("Only one plain name can be set."))
        elif target.name in ROOTS or target.name == "loop":
            self._note(target, "forbidden", say("“%(name)s” is taken; choose another name.", name=target.name))

    def _read_loop(self, node: nodes.For, depth: int) -> None:
        self._read_target(node.target)
        if node.recursive or any(node.find_all(nodes.For)):
            self._note(node, "forbidden", say("A loop cannot hold another loop."))
        literal = isinstance(node.iter, nodes.List | nodes.Tuple)
        parts = list(node.iter.iter_child_nodes()) if literal else [node.iter]
        self.in_loop = True
        for part in [*parts, *node.body, *node.else_, *([node.test] if node.test else [])]:
            self.read(part, depth + 1)
        self.in_loop = False

    def _read_filter(self, node: nodes.Filter) -> None:
        if node.node is None or node.dyn_args or node.dyn_kwargs:
            self._note(node, "forbidden", say("The filter “%(name)s” cannot be used this way.", name=node.name))
        if node.name not in FILTERS:
            close = get_close_matches(node.name, FILTERS, n=1)
            self._note(
                node,
                "unknown_filter",
                say("There is no filter “%(name)s”.", name=node.name),
                close[0] if close else None,
            )

    def _read_test(self, node: nodes.Test) -> None:
        if node.name not in TESTS:
            self._note(node, "forbidden", say("A pitch cannot test for “%(name)s”.", name=node.name))


def _joined(node: nodes.Node) -> list[nodes.Node]:
    """Give the parts that `~` joins inside {{ }}, where joining is allowed."""
    return list(node.nodes) if isinstance(node, nodes.Concat) else [node]


def _dotted(node: nodes.Expr) -> str | None:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        front = _dotted(node.node)
        return None if front is None else f"{front}.{node.attr}"
    return None


def _first_of(root: str) -> str:
    return suggest_field(f"{root}.name") or root
