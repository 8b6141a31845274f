"""Pure: the error tree. Each refusal has a stable code and a sentence that says what to do.

The doors (web, command line) map a class to a status in one place; nothing below them knows HTTP.
"""


class RapportError(Exception):
    """A refusal that a person should read.

    `code` is stable and may be scripted against; `str(error)` is one sentence for people.
    """

    code = "refused"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
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

    def __init__(self, sentence: str, *, code: str | None = None, faults: tuple[str, ...] = ()) -> None:
        super().__init__(sentence, code=code)
        self.faults = faults or (sentence,)


class ConflictError(RapportError):
    """Somebody or something else holds what was asked for."""

    code = "conflict"


class RefusedError(RapportError):
    """A rule forbids it."""

    code = "refused"
