"""Pure: a sequence as a file: its shape, read strictly; every fault is a sentence, all at once.

Source: docs/commands.md, a sequence as a file.
"""

from datetime import date
from difflib import get_close_matches
from functools import cached_property
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, Field, ValidationError, field_validator

from crm.zones import is_zone
from kit.errors import InvalidError, say
from sequences.course.windows import DEFAULT_WINDOW, Window, read_window
from sequences.versions.conditions import HandleWhen, When
from sequences.versions.dead_ends import MANY_MAILS, MAX_DEPTH, MAX_STEPS, branch_faults, most_mails
from sequences.versions.flow import Flow, make_flow
from sequences.versions.step import STRICT, Step, Variant, shape_faults, text_faults

__all__ = ["STOP_WORDS", "SequenceFile", "Step", "Variant", "read_sequence_file", "warnings_of"]

STOP_WORDS = ("reply", "bounce", "opt_out")
_MODELS = (Step, Variant, When, HandleWhen)


class SequenceFile(BaseModel):
    """A whole sequence. `steps` is the tree as written; positions count in `flow`."""

    model_config = STRICT
    name: str = Field(min_length=1, max_length=120)
    brand: str | None = None
    version: int = Field(default=1, ge=1)
    mailbox: str | tuple[str, ...] | None = None
    window: Literal["always"] | dict[str, Any] | None = None
    prefer: dict[str, Any] | None = None
    holidays: Literal["recipient-country", "none"] = "recipient-country"
    stop_on: tuple[str, ...] = STOP_WORDS
    new_per_day: Annotated[int, Field(ge=0)] | Literal["none"] | None = None
    per_day: Annotated[int, Field(ge=0)] | Literal["none"] | None = None
    fields: dict[str, dict[str, str | int | float | date]] = {}
    steps: tuple[Step, ...] = Field(min_length=1, max_length=30)

    @cached_property
    def flow(self) -> Flow:
        """The steps as one numbered list, and where each leads."""
        return make_flow(self.steps)

    @cached_property
    def sending_window(self) -> Window | None:
        """The hours in which this sequence writes: Monday to Friday, 08:00 to 17:00, unless it says otherwise."""
        return DEFAULT_WINDOW if self.window is None else read_window(self.window)

    @property
    def preferred_window(self) -> Window | None:
        """The hours in which mails are read best, inside the window; None for no preference."""
        return read_window(self.prefer) if self.prefer else None

    @property
    def zone_word(self) -> str:
        """Whose clock the window is read on: recipient, or the name of a zone."""
        return str(self.window.get("zone", "recipient")) if isinstance(self.window, dict) else "recipient"

    @property
    def mailboxes(self) -> tuple[str, ...]:
        """The addresses it may write from; empty when the enrolment chooses."""
        return (self.mailbox,) if isinstance(self.mailbox, str) else (self.mailbox or ())

    @property
    def new_limit(self) -> int | None:
        """How many first mails may leave in 24 hours; None for no limit."""
        return self.new_per_day if isinstance(self.new_per_day, int) else None

    @property
    def day_limit(self) -> int | None:
        """How many mails of any kind may leave in 24 hours; None for no limit."""
        return self.per_day if isinstance(self.per_day, int) else None

    @field_validator("window")
    @classmethod
    def _check_window(cls, value: object) -> object:
        if isinstance(value, dict):
            unknown = set(value) - {"days", "from", "to", "zone"}
            if unknown:
                raise ValueError(f"a window has days, from, to and zone, not {min(unknown)!r}.")
            zone = value.get("zone", "recipient")
            if zone != "recipient" and not is_zone(str(zone)):
                raise ValueError(f"{zone!r} is not a time zone; write recipient or a name such as Europe/Berlin.")
            try:
                read_window(value)
            except InvalidError as error:
                raise ValueError(str(error)) from error
        return value

    @field_validator("prefer")
    @classmethod
    def _check_preference(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        if value is not None:
            unknown = set(value) - {"days", "from", "to"}
            if unknown:
                raise ValueError(f"preferred hours have days, from and to, not {min(unknown)!r}.")
            try:
                read_window(value)
            except InvalidError as error:
                raise ValueError(str(error)) from error
        return value

    @field_validator("stop_on", mode="before")
    @classmethod
    def _check_stops(cls, value: object) -> object:
        if isinstance(value, list):
            # `stage: Alumni` is a mapping in YAML; people mean `stage:Alumni`.
            value = [f"{k}:{v}" for item in value if isinstance(item, dict) for k, v in item.items()] + [
                item for item in value if not isinstance(item, dict)
            ]
            for word in value:
                if word not in STOP_WORDS and not str(word).startswith("stage:"):
                    raise ValueError(f"unknown stop {word!r}; use {', '.join(STOP_WORDS)} or stage:NAME.")
        return value


def read_sequence_file(source: str) -> SequenceFile:
    """Return the sequence that a YAML text describes.

    Raises InvalidError naming every fault.
    """
    tree = _read_yaml(source)
    if not isinstance(tree, dict):
        raise InvalidError(say("A sequence file is a mapping with name, brand and steps."))
    _refuse_overgrown(tree)
    try:
        document = SequenceFile.model_validate(tree)
    except ValidationError as error:
        # Steps that are all faulty count as none; that there are none would then be untrue.
        found = [
            f for f in error.errors() if not (f["loc"] == ("steps",) and f["type"] == "too_short" and tree["steps"])
        ]
        faults = tuple(_sentence(dict(fault), tree) for fault in found)
        raise InvalidError(" ".join(faults), faults=faults) from error
    faults = tuple(_faults(document))
    if faults:
        raise InvalidError(" ".join(faults), faults=faults)
    return document


def _read_yaml(source: str) -> object:
    try:
        tree: object = yaml.safe_load(source)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" near line {mark.line + 1}" if mark else ""
        raise InvalidError(
            say(
                "This is not valid YAML%(where)s: %(value)s.",
                where=where,
                value=getattr(error, "problem", None) or error,
            )
        ) from error
    except (ValueError, RecursionError) as error:
        # A value such as 2026-13-45 looks like a date and is none; brackets may nest without end.
        raise InvalidError(say("This is not valid YAML: %(error)s.", error=error)) from error
    return tree


def warnings_of(document: SequenceFile) -> list[str]:
    """Return what is allowed and still worth a second thought."""
    mails = most_mails(document.flow)
    if mails <= MANY_MAILS:
        return []
    return [
        say(
            "One way through it has %(mails)s mails; more than %(many_mails)s to somebody who is silent is a lot.",
            mails=mails,
            many_mails=MANY_MAILS,
        )
    ]


def _refuse_overgrown(tree: dict[str, Any]) -> None:
    """Refuse what is nested or repeated beyond reason before it is read: YAML may name one part in many places."""
    level, depth, count = [tree.get("steps")], 0, 0
    while level := [step for branch in level if isinstance(branch, list) for step in branch[: MAX_STEPS + 1]]:
        inner = [step for step in level if isinstance(step, dict)]
        count, depth = count + len(level), depth + 1
        if depth > MAX_DEPTH + 1:
            raise InvalidError(
                say("Steps are nested more than %(max_depth)s deep; make a second sequence of it.", max_depth=MAX_DEPTH)
            )
        if count > MAX_STEPS:
            raise InvalidError(
                say("A sequence has at most %(max_steps)s steps, those in branches included.", max_steps=MAX_STEPS)
            )
        level = [step.get(name) for step in inner for name in ("then", "else")]


def _faults(document: SequenceFile) -> list[str]:
    """Return what the shape alone cannot tell."""
    flow = document.flow
    shapes = [fault for step in flow.steps for fault in (*shape_faults(step), *text_faults(step))]
    return [*shapes, *branch_faults(flow, document.stop_on)]


def _sentence(fault: dict[str, Any], tree: dict[str, Any]) -> str:
    place = _place(fault["loc"], tree)
    kind = fault["type"]
    if kind == "extra_forbidden":
        name = str(fault["loc"][-1])
        close = get_close_matches(name, _known_names(), n=1)
        if close:
            return say(
                "%(place)s: %(name)r is not known. Did you mean %(close)r?", place=place, name=name, close=close[0]
            )
        return say("%(place)s: %(name)r is not known.", place=place, name=name)
    if kind == "missing":
        return say("%(place)s: %(name)r is missing.", place=place, name=fault["loc"][-1])
    if kind == "too_short" and fault["loc"][-1] == "steps":
        return say("%(place)s: write at least one step, or the words continue or end.", place=place)
    message = str(fault["msg"]).removeprefix("Value error, ")
    return say("%(place)s: %(fault)s", place=place, fault=message if message.endswith((".", "?")) else f"{message}.")


def _known_names() -> set[str]:
    parts = {field.alias or name for model in _MODELS for name, field in model.model_fields.items()}
    return {*SequenceFile.model_fields, *parts}


def _place(loc: tuple[Any, ...], tree: dict[str, Any]) -> str:
    """Name the innermost step that a fault lies in, and where in it."""
    at: Any = tree
    rest: list[str] = []
    name = ""
    for part in loc:
        at = _within(at, part)
        if isinstance(part, int) and isinstance(at, dict) and rest[-1:] in (["steps"], ["then"], ["else"]):
            name, rest = say("Step %(name)s", name=at.get("key") or part + 1), []
        elif not (name and part in ("steps", "word")):
            rest.append(str(part))
    if name and rest:
        return say("%(place)s, %(part)s", place=name, part=".".join(rest))
    return name or ".".join(rest) or say("The file")


def _within(at: Any, part: Any) -> Any:
    """Go one part further into the file; the names of alternatives are no place in it."""
    if isinstance(at, dict):
        return at.get(part, at if part in ("steps", "word") else None)
    if isinstance(at, list) and isinstance(part, int):
        return at[part] if part < len(at) else None
    return at if part in ("steps", "word") else None
