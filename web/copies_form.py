"""Wire: the Cc line of the composer: boxes for those who act for a person, and a field for anybody else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from sequences.sending.writing_desk import Helper


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesForm:
    """What the Cc line shows: people with whether each is ticked, and what else was typed."""

    helpers: tuple[tuple[Helper, bool], ...]
    others: str

    @property
    def is_open(self) -> bool:
        """Whether somebody gets a copy."""
        return bool(self.others) or any(ticked for _, ticked in self.helpers)


def read_cc() -> str:
    """Return the Cc line that the form asks for."""
    given = [*request.form.getlist("cc_helper"), request.form.get("cc", "")]
    return ", ".join(one.strip() for one in given if one.strip())


def show_cc(cc: str, helpers: Sequence[Helper]) -> CopiesForm:
    """Return the line as boxes and a field."""
    typed = list(filter(None, re.split(r"[,;\s]+", cc)))
    known = {helper.email for helper in helpers}
    return CopiesForm(
        helpers=tuple((helper, helper.email in typed) for helper in helpers),
        others=", ".join(one for one in typed if one not in known),
    )
