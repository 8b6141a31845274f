"""Pure: one step of a sequence as it is written: a mail, a task, a wait, a stage, a tag, or an `if` with two ways on.

Source: docs/commands.md, a sequence as a file.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator

from kit.errors import InvalidError, say
from sequences.course.schedule import Wait, parse_wait
from sequences.versions.conditions import When

STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, serialize_by_alias=True)
TEXT_KINDS = ("email", "task")
Word = Literal["continue", "end"]


class Variant(BaseModel):
    """An alternative text of a step."""

    model_config = STRICT
    key: str = Field(min_length=1, max_length=40)
    subject: str | None = None
    body: str
    weight: int = Field(default=1, ge=0, le=1000)


def _shape(value: object) -> str:
    return "word" if isinstance(value, str) else "steps"


Branch = Annotated[
    Annotated[Word, Tag("word")] | Annotated[tuple["Step", ...], Field(min_length=1), Tag("steps")],
    Discriminator(_shape),
]


class Step(BaseModel):
    """One step. A mail or task has texts; an `if` has a condition and two branches."""

    model_config = STRICT
    key: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$")
    kind: Literal["email", "task", "wait", "stage", "tag", "if"]
    wait: str | None = None
    review: Literal["required", "none"] = "none"
    thread: Literal["same", "new"] = "new"
    subject: str | None = None
    body: str | None = None
    variants: tuple[Variant, ...] = ()
    attachments: tuple[str, ...] = ()
    channel: str = ""
    title: str = ""
    stage: str = Field(default="", max_length=60)
    tag: str = Field(default="", max_length=80)
    when: When | None = None
    then: Branch | None = None
    otherwise: Branch | None = Field(default=None, alias="else")

    @property
    def waits(self) -> Wait | None:
        """The wait before this step, counted from the step before."""
        return parse_wait(self.wait) if self.wait else None

    def texts(self) -> tuple[Variant, ...]:
        """Return the texts of this step: its variants, or its own as the variant without a name."""
        if self.kind not in TEXT_KINDS:
            return ()
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


_BELONGS = {
    "wait": {"title"},
    "stage": {"stage", "title"},
    "tag": {"tag", "title"},
    "if": {"when", "then", "else", "title"},
}
_NEEDS = {"wait": ("wait",), "stage": ("stage",), "tag": ("tag",), "if": ("when", "then", "else")}


def shape_faults(step: Step) -> Iterator[str]:
    """Yield what a step of its kind lacks, or has and cannot use."""
    where = say("Step %(key)r", key=step.key)
    said = {Step.model_fields[name].alias or name for name in step.model_fields_set}
    for name in _NEEDS.get(step.kind, ()):
        if name not in said or getattr(step, "otherwise" if name == "else" else name) in (None, ""):
            hint = "; write steps, continue or end" if name == "else" else ""
            yield say(
                "%(where)s is of the kind %(kind)s and needs %(name)r%(hint)s.",
                where=where,
                kind=step.kind,
                name=name,
                hint=hint,
            )
    # What a mail once could say without meaning it stays allowed: stored files must be readable.
    if step.kind in TEXT_KINDS:
        strange = said & {"stage", "tag", "when", "then", "else"}
    else:
        strange = said - _BELONGS[step.kind] - {"key", "kind", "wait"}
    for name in sorted(strange):
        yield say("%(where)s is of the kind %(kind)s and cannot have %(name)r.", where=where, kind=step.kind, name=name)


def text_faults(step: Step) -> Iterator[str]:
    """Yield what is wrong with the texts of a mail or task, wherever it stands."""
    where = say("Step %(key)r", key=step.key)
    if step.kind not in TEXT_KINDS:
        return
    if step.variants and (step.body or step.subject):
        yield say("%(where)s has variants and a text of its own; move it into a variant.", where=where)
    if not step.variants and not step.body:
        yield say("%(where)s has no body.", where=where)
    keys = [variant.key for variant in step.variants]
    yield from (
        say("%(where)s has two variants %(key)r.", where=where, key=key)
        for key in dict.fromkeys(keys)
        if keys.count(key) > 1
    )
    if step.variants and not any(variant.weight for variant in step.variants):
        yield say("%(where)s: every variant has the weight 0.", where=where)
