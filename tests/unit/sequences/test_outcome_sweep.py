"""The report of a sequence for every day at once says of each day what counting that day alone says."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sequences.insight.outcome_sweep import Run, Sweep, read_heat, read_rows, sweep_days
from sequences.insight.touches_report import GROUPS, Answer, Touch, credit, group, heat

BEGAN = datetime(2026, 10, 20, tzinfo=UTC)
ZONES = (ZoneInfo("Europe/Copenhagen"), ZoneInfo("America/Toronto"), ZoneInfo("Asia/Kathmandu"))
ORDER = ["pitch", "nudge", "call"]
people, hours = st.integers(1, 4), st.integers(0, 24 * 20)


def at(hour: int, number: int) -> datetime:
    """Return an instant that nothing else happens at."""
    return BEGAN + timedelta(hours=hour, seconds=number)


@st.composite
def happenings(draw: st.DrawFn) -> tuple[list[Touch], list[Answer], list[Run]]:
    touches = [
        Touch(contact_id=who, step=step, variant=variant, mailbox=mailbox, version=version, at=at(hour, number),
              zone=draw(st.sampled_from(ZONES)), bounced=bounced)
        for number, (who, hour, step, variant, mailbox, version, bounced) in enumerate(draw(st.lists(st.tuples(
            people, hours, st.sampled_from(ORDER), st.sampled_from("ab"), st.sampled_from(("ada@a.example", "")),
            st.integers(1, 2), st.booleans(),
        ), max_size=14)))
    ]  # fmt: skip
    kinds = st.sampled_from(("interested", "no", ""))
    answers = [
        Answer(contact_id=who, at=at(hour, 1000 + number), kind=kind)
        for number, (who, hour, kind) in enumerate(draw(st.lists(st.tuples(people, hours, kinds), max_size=10)))
    ]
    runs = [
        Run(contact_id=who, at=at(hour, 2000 + number), opted_out=is_out)
        for number, (who, hour, is_out) in enumerate(
            draw(st.lists(st.tuples(people, hours, st.booleans()), max_size=6))
        )
    ]
    return touches, answers, runs


@given(happenings(), st.frozensets(people, max_size=3))
def test_every_day_says_what_it_says_alone(
    happened: tuple[list[Touch], list[Answer], list[Run]], agreed: frozenset[int]
) -> None:
    touches, answers, runs = happened
    edges = [BEGAN + timedelta(days=day) for day in range(22)]
    kept = dict(sweep_days(touches, runs, Sweep(answers, agreed), edges))
    for edge in edges:
        document = kept[min(one for one in kept if one >= edge)]
        some = [touch for touch in touches if touch.at >= edge]
        credited = credit(some, answers)
        gone = frozenset(run.contact_id for run in runs if run.at >= edge and run.opted_out)
        reached, lost = {touch.contact_id for touch in some}, {touch.contact_id for touch in some if touch.bounced}
        for by in GROUPS:
            alone = group(some, credited, by, order=ORDER, agreed=agreed, opted_out=gone)
            assert read_rows(document, by, ORDER) == alone, (edge, by)
        week = heat([touch for touch in some if touch.mailbox], credited)
        assert read_heat(document) == tuple(map(tuple, week))
        assert document["kinds"] == Counter(answer.kind or "other" for _, answer in credited.values())
        assert (document["delivered"], document["bounced"]) == (len(reached - lost), len(lost))
        assert (document["replied"], document["agreed"]) == (len(credited), len(agreed & set(credited)))
        assert document["enrolled"] == len({run.contact_id for run in runs if run.at >= edge})
        assert document["opted_out"] == len(gone & reached)
        assert document["first_at"] == (min(touch.at for touch in some).isoformat() if some else None)


def test_days_on_which_nothing_happened_are_left_out() -> None:
    edges = [BEGAN + timedelta(days=day) for day in range(10)]
    mail = Touch(contact_id=1, step="pitch", variant="a", mailbox="ada@a.example", version=1, at=at(30, 0),
                 zone=ZONES[0])  # fmt: skip
    kept = dict(sweep_days([mail], [], Sweep([], frozenset()), edges))
    assert sorted(kept) == [edges[1], edges[9]]
