"""Wire: the demo without a page: three weeks in some seconds, one line per creator, and the checks."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sequences.insight.listing import list_enrolments
from sequences.sending.outbox import Counts
from web.demo.cast import CAST, Creator
from web.demo.company import SEQUENCE
from web.demo.play import BEGINS, Play

WEEKS = timedelta(weeks=3)
STEPS = 3
ANSWERING = 4
_MAX_EVENTS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What happened with one creator."""

    name: str
    sent: int
    got: int
    came_back: str
    filed_as: str
    expected: str


def play_through(play: Play) -> Counts:
    """Jump from event to event for three weeks."""
    total = play.settle()
    for _ in range(_MAX_EVENTS):
        at = play.next_event()
        if at is None or at > BEGINS + WEEKS:
            break
        play.clock.jump(at + timedelta(seconds=1))
        total.add(play.settle())
    return total


def tell(play: Play) -> list[Line]:
    """Return one line per creator."""
    with play.house.database.reading() as tx:
        runs = {row["email"]: row for row in list_enrolments(tx) if row["sequence"] == SEQUENCE}
    return [_line(play, creator, runs[creator.email]) for creator in CAST]


def check(lines: list[Line], total: Counts) -> list[tuple[str, bool]]:
    """Return what must hold, and whether it does."""
    filed = " | ".join(line.filed_as for line in lines)
    return [
        ("everybody was filed as expected", all(_fits(line) for line in lines)),
        ("nobody got more than three mails", all(line.got <= STEPS for line in lines)),
        ("what we sent is what arrived", all(line.sent == line.got for line in lines)),
        ("replies stopped their runs", total.replies >= ANSWERING and "reply" in filed),
        ("an out-of-office held its run", total.auto_replies == 1),
        ("a bounce stopped its run", total.bounces == 1 and "bounce" in filed),
        ("an opt-out was obeyed", total.opt_outs == 1 and "opt_out" in filed),
        ("nothing is unclear", total.unknown == 0),
    ]


def _line(play: Play, creator: Creator, run: dict[str, Any]) -> Line:
    parts = [f"{run['replies']} reply" if run["replies"] else "", "1 auto-reply" if run["auto_replies"] else ""]
    if creator.behaviour == "no_such_person":
        parts.append("1 bounce")
    if creator.behaviour == "refused":
        parts.append("refused by the server")
    filed = " ".join(
        word
        for word in (
            run["state"],
            run["reason"] or "",
            run["reply_kind"] or "",
            "do-not-contact" if run["suppressed"] else "",
        )
        if word
    )
    return Line(
        name=creator.name,
        sent=run["steps_sent"],
        got=play.world.count_received(creator.email),
        came_back=", ".join(part for part in parts if part) or "nothing",
        filed_as=filed,
        expected=creator.expect,
    )


_FILED = {
    "reply, interested": ("stopped reply interested", "stopped reply question"),
    "reply, counter-offer": ("stopped reply counter_offer",),
    "reply, question": ("stopped reply question",),
    "reply, no": ("stopped reply no",),
    "out of office, held": ("finished finished",),
    "bounce, do not contact": ("stopped bounce do-not-contact",),
    "refused, do not contact": ("stopped bounce do-not-contact",),
    "opt-out, do not contact": ("stopped opt_out no do-not-contact", "stopped opt_out other do-not-contact"),
    "silence, finished": ("finished finished",),
}


def _fits(line: Line) -> bool:
    return line.filed_as in _FILED[line.expected]
