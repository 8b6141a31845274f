"""Pure: the error tree. Each refusal has a stable code and a sentence that says what to do.

The doors (web, command line) map a class to a status in one place; nothing below them knows HTTP.
"""

from collections.abc import Sequence
from typing import Any


class Sentence(str):
    """A sentence for people that can still be said in another language: `msgid` is its English shape."""

    __slots__ = ("msgid", "params")
    msgid: str
    params: dict[str, Any]


def say(msgid: str, **params: Any) -> Sentence:
    """Return a sentence; `params` fill its %(name)s slots, now in English and later in the reader's language."""
    sentence = Sentence(msgid % params if params else msgid)
    sentence.msgid, sentence.params = msgid, params
    return sentence


def join_said(parts: Sequence[str]) -> str:
    """Return several sentences or words as one, joined by "and"."""
    first, *rest = parts
    return say("%(said)s and %(rest)s", said=first, rest=join_said(rest)) if rest else first


class RapportError(Exception):
    """A refusal that a person should read.

    `code` is stable and may be scripted against; `str(error)` is one sentence for people. `field` names what was
    given wrongly, where it is one thing; `contact_id` is the person in whom the reason lies.
    """

    code = "refused"

    def __init__(
        self, sentence: str, *, code: str | None = None, field: str = "", contact_id: int | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence, self.field, self.contact_id = sentence, field, contact_id
        if code is not None:
            self.code = code


class NotFoundError(RapportError):
    """What was named does not exist."""

    code = "not_found"


class InvalidError(RapportError):
    """What was given cannot be used as it is; nothing was changed.

    `faults` lists every fault found, in reading order; the sentence joins them.
    """

    code = "invalid"

    def __init__(
        self, sentence: str, *, code: str | None = None, faults: tuple[str, ...] = (), field: str = ""
    ) -> None:
        super().__init__(sentence, code=code, field=field)
        self.faults = faults or (sentence,)


class ConflictError(RapportError):
    """Somebody or something else holds what was asked for."""

    code = "conflict"


class RefusedError(RapportError):
    """A rule forbids it."""

    code = "refused"
