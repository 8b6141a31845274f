"""What came of what was sent: who is credited with an answer, the ranges, the week, and how it is said."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sequences.insight.touches_report import Answer, Row, Touch, credit, group, heat, overlap
from sequences.insight.wilson import wilson
from web.report_words import compare

TUESDAY = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
AARHUS = ZoneInfo("Europe/Copenhagen")


def touch(person: int, step: str = "first", days: float = 0, *, variant: str = "a", bounced: bool = False) -> Touch:
    return Touch(
        contact_id=person, step=step, variant=variant, mailbox="ada@brackenware.example", version=1,
        at=TUESDAY + timedelta(days=days), zone=AARHUS, bounced=bounced,
    )  # fmt: skip


def answer(person: int, days: float, kind: str = "question") -> Answer:
    return Answer(contact_id=person, at=TUESDAY + timedelta(days=days), kind=kind)


def row(variant: str, replied: int, sent: int) -> Row:
    low, high = wilson(replied, sent)
    return Row(
        key=("first", variant), sent=sent, bounced=0, replied=replied, interested=0, agreed=0, opted_out=0, low=low,
        high=high, typical_wait=None,
    )  # fmt: skip


@pytest.mark.parametrize(("replies", "contacts", "low", "high"), [
    (21, 203, 0.069, 0.153), (33, 203, 0.118, 0.220), (9, 121, 0.040, 0.135), (0, 10, 0.0, 0.278), (0, 0, 0.0, 1.0),
])  # fmt: skip
def test_ranges_are_wilsons(replies: int, contacts: int, low: float, high: float) -> None:
    assert wilson(replies, contacts) == pytest.approx((low, high), abs=0.0006)


def test_an_answer_is_credited_once_to_the_last_touch_before_it() -> None:
    touches = [touch(1), touch(1, "nudge", 4), touch(1, "last", 9), touch(2)]
    credited = credit(touches, [answer(1, 10.5), answer(1, 5), answer(2, -1), answer(3, 1)])
    assert {person: pair[0].step for person, pair in credited.items()} == {1: "nudge"}


def test_lines_add_up() -> None:
    touches = [touch(1), touch(2), touch(3, bounced=True), touch(1, "nudge", 4)]
    credited = credit(touches, [answer(1, 5, "interested"), answer(2, 1)])
    rows = group(
        touches, credited, "step", order=("first", "nudge"), agreed=frozenset({1}), opted_out=frozenset({1, 9})
    )
    figures = [(r.key, r.sent, r.bounced, r.replied, r.interested, r.agreed, r.opted_out) for r in rows]
    assert figures == [
        (("first",), 3, 1, 1, 0, 0, 0), (("nudge",), 1, 0, 1, 1, 1, 1),
    ]  # fmt: skip
    assert rows[1].typical_wait == timedelta(days=1)
    assert sum(one.sent for one in group(touches, credited, "weekday")) == 4


def test_the_week_is_the_readers_and_few_are_not_coloured() -> None:
    touches = [touch(person) for person in range(20)]
    week = heat(touches, credit(touches, [answer(person, 0.1) for person in range(4)]))
    # 08:30 in London is 09:30 in Aarhus: the second part of a Tuesday.
    assert (week[1][1].sent, week[1][1].replied, week[1][1].level) == (20, 4, 10)
    assert heat(touches[:14], {})[1][1].level is None


@pytest.mark.parametrize(("rows", "more", "is_settled", "said"), [
    ([row("a", 21, 203), row("b", 33, 203)], 600, False,
     "Text B looks stronger than A, but the ranges still overlap. About 300 more sends of each would settle it."),
    ([row("a", 2, 100), row("b", 30, 100)], 0, False, "Text B looks stronger than A; it is not settled yet."),
    ([row("a", 2, 100), row("b", 30, 100)], 0, True,
     "Text B earns more replies. Looking again does not change that."),
    ([row("a", 5, 100), row("b", 5, 100)], 90, False, "No text is ahead."),
])  # fmt: skip
def test_no_text_wins_while_ranges_overlap(rows: list[Row], more: int, is_settled: bool, said: str) -> None:
    assert compare(rows, more, is_settled=is_settled) == said
    assert overlap(*rows) == ("overlap" in said or "No text" in said)
