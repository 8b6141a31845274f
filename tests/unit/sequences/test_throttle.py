"""How fast a mailbox may send: by table, and by a sender who always obeys."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sequences.sending.pace import Pace
from sequences.sending.throttle import DAY, RAMP_START, Go, Later, Limit, SendingDay, draw_gap, ramped_cap

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CLEAN = SendingDay(sent=4, bounced=0)
BOUNCED = SendingDay(sent=4, bounced=1)
IDLE = SendingDay(sent=0, bounced=0)


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def pace(sent: list[datetime], cap: int | None, gap_s: float) -> Pace:
    """A mailbox that sent at these instants, ascending."""
    limit = None if cap is None else Limit("mia@pastel.example", cap, sent)
    gap_until = sent[-1] + timedelta(seconds=gap_s) if sent and gap_s else None
    return Pace(address="mia@pastel.example", limit=limit, gap_until=gap_until, reserve=lambda: 0)


@pytest.mark.parametrize(
    ("sent", "cap", "gap_s", "free_at"),
    [
        ([], 1, 90, None),
        ([], None, 0, None),
        ([ago(seconds=60)], None, 0, None),
        ([ago(seconds=60)], None, 60, None),
        ([ago(seconds=59)], None, 60, NOW + timedelta(seconds=1)),
        ([ago(hours=3), ago(hours=2)], 3, 0, None),
        ([ago(hours=3), ago(hours=2)], 2, 0, ago(hours=3) + DAY),
        # A limit that was lowered: enough of the old mails must leave the 24 hours, not just the oldest.
        ([ago(hours=4), ago(hours=3), ago(hours=2)], 1, 0, ago(hours=2) + DAY),
        # A mail of exactly 24 hours ago counts no more; one of a second less does.
        ([ago(hours=24)], 1, 0, None),
        ([ago(hours=23, minutes=59, seconds=59)], 1, 0, NOW + timedelta(seconds=1)),
        ([], 0, 0, NOW + DAY),
    ],
)
def test_decides_the_pace(sent: list[datetime], cap: int | None, gap_s: float, free_at: datetime | None) -> None:
    verdict = pace(sent, cap, gap_s).check(NOW)
    if free_at is None:
        assert verdict == Go()
    else:
        assert isinstance(verdict, Later)
        assert verdict.at == free_at


def test_the_reason_names_limit_and_mailbox() -> None:
    capped = pace([ago(hours=1)], 1, 0).check(NOW)
    assert capped == Later(
        at=ago(hours=1) + DAY, reason="The limit of 1 mails in 24 hours of mia@pastel.example is reached."
    )
    paused = pace([ago(seconds=1)], 9, 60).check(NOW)
    assert isinstance(paused, Later)
    assert "pause between two mails of mia@pastel.example" in paused.reason


@given(
    st.integers(1, 12),
    st.floats(0, 7200),
    st.lists(st.integers(0, 8 * 3600), min_size=1, max_size=60),
)
def test_a_sender_who_obeys_never_exceeds_the_cap_in_any_24_hours(cap: int, gap_s: float, naps: list[int]) -> None:
    now, sent = NOW, list[datetime]()
    for nap in naps:
        now += timedelta(seconds=nap)
        while isinstance(verdict := pace(sent, cap, gap_s).check(now), Later):
            assert verdict.at > now
            now = verdict.at
        sent.append(now)
    for first in sent:
        assert sum(first <= at < first + DAY for at in sent) <= cap
    assert all(later - earlier >= timedelta(seconds=gap_s) for earlier, later in pairwise(sent))


@given(st.lists(st.integers(0, 2 * 86400), max_size=40), st.integers(0, 10), st.floats(0, 600))
def test_asking_again_at_the_promised_time_is_a_go_unless_the_cap_is_nothing(
    ages: list[int], cap: int, gap_s: float
) -> None:
    sent = sorted(NOW - timedelta(seconds=age) for age in ages)
    verdict = pace(sent, cap, gap_s).check(NOW)
    if isinstance(verdict, Go):
        return
    again = pace(sent, cap, gap_s).check(verdict.at)
    if cap == 0:
        assert isinstance(again, Later)
    elif isinstance(again, Later):
        assert again.at == sent[-1] + timedelta(seconds=gap_s)


@pytest.mark.parametrize(
    ("cap", "days", "expected"),
    [
        (50, [], 5),
        (50, [CLEAN], 7),
        (50, [CLEAN, CLEAN, CLEAN], 11),
        (50, [CLEAN, IDLE, IDLE, CLEAN], 9),
        (50, [CLEAN, CLEAN, CLEAN, BOUNCED], 7),
        (50, [BOUNCED, BOUNCED], 5),
        (50, [CLEAN] * 90, 50),
        # The level does not run ahead of the cap, so one bounce is felt at once.
        (10, [CLEAN] * 90 + [BOUNCED], 6),
        (3, [CLEAN] * 9, 3),
        (3, [BOUNCED], 3),
        (0, [CLEAN], 0),
        (None, [CLEAN] * 30, 65),
    ],
)
def test_ramps_up_on_clean_days_and_back_on_bounces(cap: int | None, days: list[SendingDay], expected: int) -> None:
    assert ramped_cap(cap, days) == expected


DAYS = st.lists(st.builds(SendingDay, sent=st.integers(0, 30), bounced=st.integers(0, 2)), max_size=60)


@given(st.one_of(st.none(), st.integers(0, 80)), DAYS, st.integers(1, 30))
def test_the_ramp_never_falls_on_a_clean_day_and_never_passes_the_cap(
    cap: int | None, days: list[SendingDay], sent: int
) -> None:
    before = ramped_cap(cap, days)
    after = ramped_cap(cap, [*days, SendingDay(sent=sent, bounced=0)])
    worse = ramped_cap(cap, [*days, SendingDay(sent=sent, bounced=1)])
    assert worse <= before <= after <= before + 2
    assert cap is None or after <= cap
    assert before >= min(RAMP_START, RAMP_START if cap is None else cap)


@given(st.integers(0, 600), st.integers(1, 600), st.integers(1, 10**6), st.integers(0, 10**6))
def test_the_gap_is_in_its_bounds_and_the_same_each_time_it_is_asked(
    low: int, span: int, mailbox_id: int, sent_total: int
) -> None:
    gap = draw_gap(low, low + span, mailbox_id=mailbox_id, after=NOW + timedelta(seconds=sent_total))
    assert low <= gap <= low + span
    assert gap == draw_gap(low, low + span, mailbox_id=mailbox_id, after=NOW + timedelta(seconds=sent_total))


def test_the_gap_differs_from_mail_to_mail_and_from_mailbox_to_mailbox() -> None:
    assert len({draw_gap(60, 120, mailbox_id=1, after=NOW + timedelta(seconds=n)) for n in range(50)}) == 50
    assert draw_gap(60, 120, mailbox_id=1, after=NOW) != draw_gap(60, 120, mailbox_id=2, after=NOW)


@pytest.mark.parametrize(("low", "high", "expected"), [(0, 0, 0.0), (30, 0, 0.0), (90, 60, 90.0)])
def test_odd_bounds_of_the_gap(low: int, high: int, expected: float) -> None:
    assert draw_gap(low, high, mailbox_id=1, after=NOW) == expected
