"""Wire: finds a pitch by its path, in the workspace first and then among the starter files of the program."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from kit.errors import InvalidError, say

STARTER_FOLDER = Path(__file__).resolve().parents[2] / "templates" / "pitches"
_PATH = re.compile(r"pitches/(?:[\w-][\w.-]*/)*[\w-][\w.-]*\.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """A pitch that ships with the program. `subject` is None for a direct message or a mail in the same thread."""

    path: str
    title: str
    subject: str | None


STARTERS: tuple[Starter, ...] = (
    Starter(path="pitches/long-pitch.md", title="First mail, in full", subject="{{ brand.name }} and your work"),
    Starter(path="pitches/dm.md", title="First direct message", subject=None),
    Starter(path="pitches/follow-up-1.md", title="First follow-up", subject=None),
    Starter(path="pitches/follow-up-2.md", title="Last follow-up", subject=None),
    Starter(
        path="pitches/feedback-request.md",
        title="Asking for feedback",
        subject="What do you make of {{ product.name }}?",
    ),
    Starter(path="pitches/brief-hand-over.md", title="Handing over the brief", subject="Brief: {{ offer.idea }}"),
    Starter(
        path="pitches/metrics-request.md", title="Asking for numbers", subject="Numbers for {{ product.name }}, please"
    ),
    Starter(path="pitches/thank-you.md", title="Saying thank you", subject="Thank you, from {{ brand.name }}"),
)


def lookup_pitch(path: str, workspace: Mapping[str, str]) -> str:
    """Get the source of a pitch by a path such as "pitches/dm.md".

    Raises InvalidError, with what was probably meant, when neither the workspace nor the starters have it.
    """
    if path in workspace:
        return workspace[path]
    known = {starter.path for starter in STARTERS}
    if path in known:
        return _read_starter(path)
    if not _PATH.fullmatch(path):
        raise InvalidError(
            say("“%(path)s” is not a pitch: a path looks like pitches/dm.md.", path=path), code="bad_pitch_path"
        )
    close = get_close_matches(path, sorted(known | set(workspace)), n=1)
    sentence = say("There is no pitch “%(path)s”.", path=path)
    if close:
        sentence = say("%(fault)s Did you mean “%(close)s”?", fault=sentence, close=close[0])
    raise InvalidError(sentence, code="unknown_pitch")


@lru_cache(maxsize=64)
def _read_starter(path: str) -> str:
    return (STARTER_FOLDER / Path(path).name).read_text(encoding="utf-8")
