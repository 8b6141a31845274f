"""Pure: what is said without `say`, read off the strings: `f"{host} has"` is `%(host)s has`.

The mail floor knows no languages, and what is wrong with a sequence as a file goes through a library that keeps plain
texts only.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# Whatever has two words in these modules is said to people.
_MODULES = (
    *(f"mailer/{name}.py" for name in ("dns", "spf_judge", "dmarc", "dkim_record", "providers", "oauth_providers")),
    "sequences/versions/conditions.py",
    "sequences/versions/sequence_file.py",
)
# Of these only what an error says.
_RAISING = tuple(
    f"mailer/{name}.py"
    for name in (
        *("domain", "headers", "servers", "login", "folder_names", "parcels", "readers", "oauth", "oauth_door"),
        *("imap", "imap_door", "smtp", "smtp_door", "smtp_link", "smtp_pipeline", "smtp_replies"),
    )
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_NO_WORDS = re.compile(r"://|\\|^\d+ \S+$|\.(?:com|net|org|ch)\b|^Value error|\|")


def list_plain_words(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the file and the msgid of every sentence, or part of one, that these modules say."""
    for path in (*_MODULES, *_RAISING):
        tree = ast.parse((root / path).read_text(encoding="utf-8"))
        for part in [tree] if path in _MODULES else _errors(tree):
            for node in _strings(part):
                shape = shape_of(node)
                words = re.sub(r"%\(\w+\)s", " ", shape).strip()
                if len(_WORD.findall(words)) > 1 and " " in words and not _NO_WORDS.search(shape):
                    yield path, shape


def _errors(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Error"):
            yield node


def _strings(tree: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
            continue
        if isinstance(node, ast.AnnAssign) and node.value is None:
            continue
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            yield node
            for part in node.values if isinstance(node, ast.JoinedStr) else ():
                if isinstance(part, ast.FormattedValue):
                    yield from _strings(part)
        else:
            yield from _strings(node)


def shape_of(node: ast.Constant | ast.JoinedStr) -> str:
    """Return the msgid that a string is the text of."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    shape, seen = "", []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            seen.append(_slot(part.value, seen))
            shape += f"%({seen[-1]})s"
        elif isinstance(part, ast.Constant):
            shape += str(part.value).replace("%", "%%")
    return shape


def _slot(value: ast.expr, seen: list[str]) -> str:
    """Name a slot by the last name in what fills it; a second of that name gets a number."""
    names = [one.attr if isinstance(one, ast.Attribute) else one.id for one in ast.walk(value)
             if isinstance(one, ast.Attribute | ast.Name)]  # fmt: skip
    name = (names[0] if names else "part").strip("_").lower()
    name = {"join": names[-1].strip("_").lower()}.get(name, name)
    return name if name not in seen else f"{name}{seen.count(name) + 1}"
