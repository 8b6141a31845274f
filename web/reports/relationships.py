"""Wire: the report on relationships, in words."""

from datetime import datetime, timedelta

from crm.contacts import display_name
from crm.pulses import Quiet, list_quiet
from crm.reports.relationships import MOST, Answers, Stages, measure_sides, measure_stages
from kit.tx import Tx
from web.reports.sheet import Part, Sheet, make_bars
from web.times import wait_in_words
from web.words import _, ngettext

_SHOWN = 12
_QUIET = 20


def make_relationships(tx: Tx, since: datetime, until: datetime) -> Sheet:
    """Return answer times, who goes quiet, who returned, and how long stages take. Three queries."""
    sides, stages, quiet = (
        measure_sides(tx, since, until),
        measure_stages(tx, since, until),
        list_quiet(tx, limit=_QUIET),
    )
    return Sheet(verdict=_verdict(sides), parts=(_answers(sides), _stages(stages), _quiet(quiet), _alumni(stages)))


def _verdict(sides: dict[str, Answers]) -> str:
    ours, theirs = sides["out"].typical, sides["in"].typical
    if ours is None or theirs is None:
        return _("Too few answers in this time to say who answers how fast.")
    words = {"ours": wait_in_words(ours), "theirs": wait_in_words(theirs)}
    if ours <= theirs:
        return _("We typically answer after %(ours)s, they after %(theirs)s: nobody waits longer for us.", **words)
    return _("They typically answer after %(theirs)s, we after %(ours)s: people wait longer for us.", **words)


def _answers(sides: dict[str, Answers]) -> Part:
    lines = [(_("Ours"), sides["out"]), (_("Theirs"), sides["in"])]
    rows = tuple((label, str(one.count), _wait(one.typical), _wait(one.slow)) for label, one in lines)
    hours = [
        (label, round(one.typical.total_seconds() / 3600), _wait(one.typical)) for label, one in lines if one.typical
    ]
    heads = (_("Whose answer"), _("Answers"), _("Typical (median)"), _("Slowest tenth from"))
    how = _("From the first mail of one side to the first mail of the other after it. Machines' mail does not count. "
            "The chart is in hours.")  # fmt: skip
    return Part(key="answers", title=_("How long an answer takes"), how=how, heads=heads, rows=rows, chart="bars",
                marks=make_bars(hours), wide=False)  # fmt: skip


def _wait(passed: timedelta | None) -> str:
    return "–" if passed is None else wait_in_words(passed)


def _stages(stages: Stages) -> Part:
    rows = tuple(
        (one.before, one.after, str(one.count), "–" if one.days is None else f"{one.days:.1f}")
        for one in stages.passages
    )
    marks = make_bars(
        (
            f"{one.before} → {one.after}",
            one.count,
            "" if one.days is None else _("%(days)s days", days=f"{one.days:.0f}"),
        )
        for one in stages.passages[:_SHOWN]
    )
    heads = (_("From"), _("To"), _("Moves"), _("Median days in the first"))
    how = _("Moves in this time. Days: from coming to a stage until leaving it, where coming to it is on the timeline. "
            "Of very many moves, the newest %(most)s count.", most=MOST)  # fmt: skip
    return Part(
        key="stages", title=_("From stage to stage"), how=how, heads=heads, rows=rows, chart="bars", marks=marks
    )


def _quiet(quiet: list[Quiet]) -> Part:
    rows = tuple(
        (display_name(one.contact), ngettext("%(num)s day", "%(num)s days", one.silent_for.days)) for one in quiet
    )
    how = _("Now: people who wrote at least three times and have been silent for more than twice their usual gap.")
    return Part(key="quiet", title=_("Going quiet"), how=how, heads=(_("Person"), _("Silent for")), rows=rows)


def _alumni(stages: Stages) -> Part:
    rows = ((_("Became alumni"), str(stages.alumni)), (_("Came back"), str(stages.returned)))
    how = _("People who were moved to Alumni in this time, and people who were moved from it to another stage.")
    marks = make_bars([(_("Became alumni"), stages.alumni, ""), (_("Came back"), stages.returned, "")])
    return Part(key="alumni", title=_("Alumni who return"), how=how, heads=(_("What"), _("People")), rows=rows,
                chart="bars", marks=marks, wide=False)  # fmt: skip
