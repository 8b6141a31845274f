"""Wire: the report on relationships, in words."""

from datetime import datetime, timedelta

from crm.contacts import display_name
from crm.models import Contact
from crm.pulses import Quiet, list_quiet
from crm.reports.relationships import (
    MOST,
    MOST_MAILS,
    Answers,
    Stages,
    list_answers,
    measure_sides,
    measure_stages,
    name_people,
)
from crm.silence import FEWEST, GAPS, LEAST
from crm.working_hours_setting import read_working_hours
from kit.tx import Tx
from sequences.reports.answer_times import Answerer, measure_colleagues
from web.reports.sheet import Part, Sheet, make_bars
from web.times import date_of, wait_in_words, working
from web.words import _, pgettext

_SHOWN = 12
_QUIET = 20


def make_relationships(tx: Tx, since: datetime, until: datetime) -> Sheet:
    """Return answer times, ours by colleague too, stages, who goes quiet, who returned. Seven queries."""
    answers = list_answers(tx, since, until)
    sides, stages = measure_sides(answers), measure_stages(tx, since, until)
    back = name_people(tx, [person for person, _, _ in stages.back[:_QUIET]])
    parts = (
        _answers(sides), _colleagues(measure_colleagues(tx, answers), read_working_hours(tx).per_day),
        _stages(stages),
        _alumni(stages), _quiet(list_quiet(tx, limit=_QUIET)), _returned(stages, back),
    )  # fmt: skip
    return Sheet(verdict=_verdict(sides), parts=parts)


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
            "The chart is in hours. Of very many mails, the newest %(most)s count.", most=MOST_MAILS)  # fmt: skip
    return Part(key="answers", title=_("How long an answer takes"), how=how, heads=heads, rows=rows, chart="bars",
                marks=make_bars(hours), wide=False)  # fmt: skip


def _colleagues(found: list[Answerer], per_day: timedelta) -> Part:
    """Return what nobody sees of the whole: who keeps people waiting, and how much of it is nights and weekends."""
    rows = tuple(
        (one.name or _("Nobody we know"), str(one.count), _wait(one.typical), working(one.working, per_day))
        for one in found
    )
    marks = make_bars(
        (one.name or _("Nobody we know"), round(one.working.total_seconds() / 3600), _wait(one.typical))
        for one in found[:_SHOWN]
    )
    heads = (_("Who answered"), _("Answers"), _("Typical wait (median)"), _("In working hours (median)"))
    how = _("Wait = our first mail after theirs minus their first mail before it that nobody had answered. Working "
            "time counts the hours of Settings, Holidays. Whoever wrote or approved the answer gave it; for a mail "
            "written elsewhere, whose mailbox it is. The chart is in working hours; of very many mails, "
            "the newest %(most)s count.", most=MOST_MAILS)  # fmt: skip
    return Part(key="colleagues", title=_("How long people wait for each of us"), how=how, heads=heads, rows=rows,
                chart="bars", marks=marks)  # fmt: skip


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
    heads = (_("From"), pgettext("stage", "To"), _("Moves"), _("Median days in the first"))
    how = _("Moves in this time. Days: from coming to a stage until leaving it, where coming to it is on the timeline. "
            "Of very many moves, the newest %(most)s count.", most=MOST)  # fmt: skip
    return Part(
        key="stages", title=_("From stage to stage"), how=how, heads=heads, rows=rows, chart="bars", marks=marks
    )


def _quiet(quiet: list[Quiet]) -> Part:
    rows = tuple((display_name(one.contact), _wait(one.silent_for), _wait(one.usual)) for one in quiet)
    how = _("Now: quiet when the silence is longer than 2 × the usual gap, and than %(least)s days. Usual gap = median "
            "of the last %(most)s gaps between their mails, of which there must be %(few)s.",
            least=LEAST.days, most=GAPS, few=FEWEST)  # fmt: skip
    heads = (_("Person"), _("Silent for"), _("Usual gap (median)"))
    bars = ((display_name(one.contact), one.silent_for.days, _wait(one.usual)) for one in quiet[:_SHOWN])
    return Part(key="quiet", title=_("Going quiet"), how=how, heads=heads, rows=rows, chart="bars",
                marks=make_bars(bars, tone="them"))  # fmt: skip


def _alumni(stages: Stages) -> Part:
    rows = ((_("Became alumni"), str(stages.alumni)), (_("Came back"), str(stages.returned)))
    how = _("People who were moved to the last stage of the board in this time, and people who were moved from it to "
            "another one.")  # fmt: skip
    marks = make_bars([(_("Became alumni"), stages.alumni, ""), (_("Came back"), stages.returned, "")])
    return Part(key="alumni", title=_("Alumni who return"), how=how, heads=(_("What"), _("People")), rows=rows,
                chart="bars", marks=marks, wide=False)  # fmt: skip


def _returned(stages: Stages, people: dict[int, Contact]) -> Part:
    """Return who came back: good partners whom somebody won again."""
    rows = tuple(
        (display_name(people[person]), after, date_of(at)) for person, after, at in stages.back if person in people
    )
    heads = (_("Person"), _("Came back to"), _("On"))
    how = _("Moves away from the last stage of the board in this time, who came back last first.")
    return Part(key="returned", title=_("Who came back"), how=how, heads=heads, rows=rows, wide=False)
