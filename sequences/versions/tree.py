"""Pure: a sequence file as it is edited: a tree of plain values, changed step by step and written as YAML again.

A file that nobody changed keeps its every letter; one that was edited is written anew and reads as the same sequence.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import yaml

from kit.errors import InvalidError, NotFoundError, say

Tree = dict[str, Any]
KINDS = ("email", "dm", "task", "wait", "if", "stage", "tag")
_FRESH: dict[str, Tree] = {
    "email": {"kind": "email", "wait": "4 business days", "thread": "same", "body": ""},
    "dm": {"kind": "task", "wait": "4 business days", "channel": "instagram", "title": "A short DM", "body": ""},
    "task": {"kind": "task", "wait": "1 business day", "title": "Something to do", "body": ""},
    "wait": {"kind": "wait", "wait": "2 business days"},
    "if": {"kind": "if", "when": {"tag": ["vip"]}, "then": "continue", "else": "end"},
    "stage": {"kind": "stage", "stage": ""},
    "tag": {"kind": "tag", "tag": ""},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One step where it stands: `number` counts from 1 as it is read; `row` are the steps beside it."""

    number: int
    step: Tree
    row: list[Tree]
    at: int
    depth: int = 0
    parent: str = ""
    side: str = ""

    @property
    def key(self) -> str:
        """What names the step for good."""
        return str(self.step.get("key") or "")

    @property
    def mark(self) -> str:
        """A short word that changes whenever anything of the step does."""
        return sha256(repr(self.step).encode("utf-8", "surrogatepass")).hexdigest()[:12]


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, as people do."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def read_tree(source: str) -> Tree:
    """Return the tree of a file that was stored; refused when it is none."""
    tree = yaml.safe_load(source)
    if not isinstance(tree, dict) or not isinstance(tree.get("steps"), list):
        raise InvalidError(say("This is not a sequence file."))
    return tree


def write_tree(tree: Tree) -> str:
    """Return a tree as a file."""
    return yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def list_places(tree: Tree) -> list[Place]:
    """Return all steps as they are read, those of branches after their condition."""
    found: list[Place] = []
    for place in _walk(tree["steps"], 0, "", ""):
        found.append(Place(number=len(found) + 1, **place))
    return found


def find_place(tree: Tree, key: str) -> Place:
    """Return the step of that key, or refuse."""
    place = next((one for one in list_places(tree) if one.key == key), None)
    if place is None:
        raise NotFoundError(say("There is no such step any more. Somebody may have removed it."))
    return place


def add_step(tree: Tree, kind: str, *, after: str = "", branch: str = "") -> str:
    """Add a step after another one, or at the begin of a branch (`branch` is then or else of the step `after`).

    Returns its key. Without `after` it becomes the last one.
    """
    if kind not in _FRESH:
        raise InvalidError(say("There is no step of the kind %(kind)s.", kind=kind))
    keys = {place.key for place in list_places(tree)}
    key = next(name for n in range(1, 1000) if (name := kind if n == 1 else f"{kind}-{n}") not in keys)
    step = {"key": key, **deepcopy(_FRESH[kind])}
    if not after:
        tree["steps"].append(step)
        return key
    place = find_place(tree, after)
    if branch in ("then", "else") and place.step.get("kind") == "if":
        inner = place.step.get(branch)
        place.step[branch] = [step, *(inner if isinstance(inner, list) else [])]
    else:
        place.row.insert(place.at + 1, step)
    return key


def move_step(tree: Tree, key: str, by: int) -> None:
    """Move a step up (-1) or down (1) among those beside it; at an end it stays."""
    place = find_place(tree, key)
    to = place.at + by
    if 0 <= to < len(place.row):
        place.row.insert(to, place.row.pop(place.at))


def remove_step(tree: Tree, key: str) -> None:
    """Remove a step with all that stands in its branches; refused for the last one."""
    place = find_place(tree, key)
    if place.row is tree["steps"] and len(place.row) == 1:
        raise InvalidError(say("A sequence needs at least one step. Add another one first, then remove this one."))
    place.row.pop(place.at)
    if place.parent and not place.row:
        find_place(tree, place.parent).step[place.side] = "end" if place.side == "else" else "continue"


def texts_of(step: Tree) -> list[Tree]:
    """Return the texts of a step: its variants, or its own as the one without a key."""
    variants = step.get("variants")
    if isinstance(variants, list | tuple) and variants:
        return [dict(one) for one in variants]
    return [{"key": "", "subject": step.get("subject"), "body": step.get("body") or "", "weight": 1}]


def add_variant(step: Tree) -> str:
    """Give a step one more text, a copy of the last one; returns its key."""
    texts = texts_of(step)
    if not step.get("variants"):
        texts[0]["key"] = "a"
        step.pop("subject", None)
        step.pop("body", None)
    used = {one["key"] for one in texts}
    key = next(letter for letter in "abcdefghijklmnopqrstuvwxyz" if letter not in used)
    step["variants"] = [_tidy(one) for one in (*texts, {**texts[-1], "key": key})]
    return key


def remove_variant(step: Tree, key: str) -> None:
    """Take a text away; of two, the other one becomes the step's own."""
    left = [one for one in texts_of(step) if one["key"] != key]
    if not left:
        raise InvalidError(say("A step keeps at least one text."))
    if len(left) > 1:
        step["variants"] = [_tidy(one) for one in left]
        return
    step.pop("variants", None)
    step.update({name: left[0][name] for name in ("subject", "body") if left[0].get(name) is not None})


def set_text(step: Tree, key: str, *, subject: str | None, body: str, weight: int | None = None) -> None:
    """Write one text of a step; an empty subject leaves it to the conversation."""
    words: Tree = {"subject": subject or None, "body": body}
    if not step.get("variants"):
        set_or_drop(step, "subject", subject)
        step["body"] = body
        return
    for one in step["variants"]:
        if one["key"] == key:
            one.update(words if weight is None else {**words, "weight": weight})
            if not subject:
                one.pop("subject", None)


def set_or_drop(step: Tree, name: str, value: object) -> None:
    """Set a value of a step; nothing takes it away."""
    if value in (None, "", [], {}):
        step.pop(name, None)
    else:
        step[name] = value


def clean_lines(text: str) -> str:
    """Return typed words as a file holds them: one kind of line end, no spaces at line ends."""
    return re.sub(r"[ \t]+\n", "\n", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _tidy(text: Tree) -> Tree:
    return {name: value for name, value in text.items() if value is not None}


def _walk(row: list[Tree], depth: int, parent: str, side: str) -> Iterator[dict[str, Any]]:
    for at, step in enumerate(row):
        yield {"step": step, "row": row, "at": at, "depth": depth, "parent": parent, "side": side}
        for name in ("then", "else"):
            inner = step.get(name)
            if isinstance(inner, list):
                yield from _walk(inner, depth + 1, str(step.get("key") or ""), name)
