"""Pure: the stages of a relationship and the moves that rules may make. People may move anything anywhere."""

from dataclasses import dataclass

FIRST_PITCH = "first_pitch"
HUMAN_REPLY = "human_reply"

# Name and the rule whose automatic move ends there.
DEFAULT_STAGES: tuple[tuple[str, str | None], ...] = (
    ("Found", None),
    ("Shortlisted", None),
    ("Pitched", FIRST_PITCH),
    ("Talking", HUMAN_REPLY),
    ("Agreed", None),
    ("Active", None),
    ("Alumni", None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageAt:
    """A stage and where it stands on the board."""

    id: int
    name: str
    position: int


def decide_move(current: StageAt, target: StageAt | None) -> StageAt | None:
    """Return the stage a rule moves to, or None: a rule moves forward only, so it never undoes a person's work."""
    if target is None or target.position <= current.position:
        return None
    return target
