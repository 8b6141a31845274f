"""Pure: a sequence as a file: its shape, read strictly; every fault is a sentence, all at once.

Source: docs/commands.md, a sequence as a file.
"""

from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from crm.zones import is_zone
from kit.errors import InvalidError
from sequences.schedule import Wait, parse_wait
from sequences.windows import DEFAULT_WINDOW, Window, read_window

STOP_WORDS = ("reply", "bounce", "opt_out")
_STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Variant(BaseModel):
    """An alternative text of a step."""

    model_config = _STRICT
    key: str = Field(min_length=1, max_length=40)
    subject: str | None = None
    body: str
    weight: int = Field(default=1, ge=0, le=1000)


class Step(BaseModel):
    """One planned mail, or one thing a person does."""

    model_config = _STRICT
    key: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$")
    kind: Literal["email", "task"]
    wait: str | None = None
    review: Literal["required", "none"] = "none"
    thread: Literal["same", "new"] = "new"
    subject: str | None = None
    body: str | None = None
    variants: tuple[Variant, ...] = ()
    attachments: tuple[str, ...] = ()
    channel: str = ""
    title: str = ""

    @property
    def waits(self) -> Wait | None:
        """The wait before this step, counted from the step before."""
        return parse_wait(self.wait) if self.wait else None

    def texts(self) -> tuple[Variant, ...]:
        """Return the texts of this step: its variants, or its own as the variant without a name."""
        if self.variants:
            return self.variants
        return (Variant.model_construct(key="", subject=self.subject, body=self.body or "", weight=1),)

    @field_validator("wait")
    @classmethod
    def _check_wait(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                parse_wait(value)
            except InvalidError as error:
                # Only a ValueError is gathered with the other faults of the file.
                raise ValueError(str(error)) from error
        return value


class SequenceFile(BaseModel):
    """A whole sequence."""

    model_config = _STRICT
    name: str = Field(min_length=1, max_length=120)
    brand: str | None = None
    version: int = Field(default=1, ge=1)
    mailbox: str | tuple[str, ...] | None = None
    window: Literal["always"] | dict[str, Any] | None = None
    holidays: Literal["recipient-country", "none"] = "recipient-country"
    stop_on: tuple[str, ...] = STOP_WORDS
    new_per_day: Annotated[int, Field(ge=0)] | Literal["none"] | None = None
    fields: dict[str, dict[str, str | int | float | date]] = {}
    steps: tuple[Step, ...] = Field(min_length=1, max_length=30)

    @property
    def sending_window(self) -> Window | None:
        """The hours in which this sequence writes: Monday to Friday, 08:00 to 17:00, unless it says otherwise."""
        return DEFAULT_WINDOW if self.window is None else read_window(self.window)

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

    @field_validator("window")
    @classmethod
    def _check_window(cls, value: object) -> object:
        if isinstance(value, dict):
            unknown = set(value) - {"days", "from", "to", "zone"}
            if unknown:
                raise ValueError(f"a window has days, from, to and zone, not {min(unknown)!r}")
            zone = value.get("zone", "recipient")
            if zone != "recipient" and not is_zone(str(zone)):
                raise ValueError(f"{zone!r} is not a time zone; write recipient or a name such as Europe/Berlin.")
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
                    raise ValueError(f"unknown stop {word!r}; use {', '.join(STOP_WORDS)} or stage:NAME")
        return value


def read_sequence_file(source: str) -> SequenceFile:
    """Return the sequence that a YAML text describes.

    Raises InvalidError naming every fault.
    """
    tree = _read_yaml(source)
    if not isinstance(tree, dict):
        raise InvalidError("A sequence file is a mapping with name, brand and steps.")
    try:
        document = SequenceFile.model_validate(tree)
    except ValidationError as error:
        # Steps that are all faulty count as none; that there are none would then be untrue.
        found = [f for f in error.errors() if not (f["type"] == "too_short" and tree.get("steps"))]
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
        raise InvalidError(f"This is not valid YAML{where}: {getattr(error, 'problem', None) or error}.") from error
    except (ValueError, RecursionError) as error:
        # A value such as 2026-13-45 looks like a date and is none; brackets may nest without end.
        raise InvalidError(f"This is not valid YAML: {error}.") from error
    return tree


def _faults(document: SequenceFile) -> list[str]:
    """Return what the shape alone cannot tell."""
    faults = []
    keys = [step.key for step in document.steps]
    faults += [f"Two steps have the key {key!r}." for key in dict.fromkeys(keys) if keys.count(key) > 1]
    has_mail = False
    for step in document.steps:
        where = f"Step {step.key!r}"
        if step.variants and (step.body or step.subject):
            faults.append(f"{where} has variants and a text of its own; move it into a variant.")
        if not step.variants and not step.body:
            faults.append(f"{where} has no body.")
        if step.kind == "email":
            is_reply = step.thread == "same" and has_mail
            if not is_reply and any(not text.subject for text in step.texts()):
                faults.append(f"{where} begins a new conversation and needs a subject.")
            has_mail = True
        variant_keys = [variant.key for variant in step.variants]
        faults += [f"{where} has two variants {k!r}." for k in dict.fromkeys(variant_keys) if variant_keys.count(k) > 1]
        if step.variants and not any(variant.weight for variant in step.variants):
            faults.append(f"{where}: every variant has the weight 0.")
    return faults


def _sentence(fault: dict[str, Any], tree: dict[str, Any]) -> str:
    place = _place(fault["loc"], tree)
    kind = fault["type"]
    if kind == "extra_forbidden":
        name = str(fault["loc"][-1])
        known = {*SequenceFile.model_fields, *Step.model_fields, *Variant.model_fields}
        close = get_close_matches(name, known, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        return f"{place}: {name!r} is not known.{hint}"
    if kind == "missing":
        return f"{place}: {fault['loc'][-1]!r} is missing."
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{place}: {message}{'' if message.endswith('.') else '.'}"


def _place(loc: tuple[Any, ...], tree: dict[str, Any]) -> str:
    if len(loc) > 1 and loc[0] == "steps" and isinstance(loc[1], int):
        steps = tree.get("steps")
        step = steps[loc[1]] if isinstance(steps, list) and loc[1] < len(steps) else None
        name = step.get("key") if isinstance(step, dict) else None
        rest = ".".join(str(part) for part in loc[2:])
        return f"Step {name or loc[1] + 1}" + (f", {rest}" if rest else "")
    return ".".join(str(part) for part in loc) or "The file"
