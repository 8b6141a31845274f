"""How instants, figures and form fields read; the day's chart; and that SQL and Python agree on whose turn it is."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from crm.exchange import count_weeks, measure_answers
from crm.history import Moment, mark_waits
from crm.inbox import is_our_turn, is_their_turn
from crm.mailboxes import add_mailbox
from crm.models import Mailbox, Message, Thread
from crm.turns import Turn, decide_turn
from kit.tx import Database
from web import figures, forms, times
from web.day_chart import draw_day

NOW = datetime(2026, 11, 24, 13, 20, tzinfo=UTC)
HOME = ZoneInfo("Europe/Copenhagen")


@pytest.mark.parametrize(("passed", "words", "long"), [
    (timedelta(seconds=-5), "now", "a moment"), (timedelta(seconds=59), "now", "a moment"),
    (timedelta(minutes=50), "50 min", "50 minutes"), (timedelta(hours=1), "1 h", "1 hour"),
    (timedelta(hours=23, minutes=59), "23 h", "23 hours"), (timedelta(days=71), "71 d", "71 days"),
    (timedelta(days=426), "14 mo", "426 days"),
])  # fmt: skip
def test_waits(passed: timedelta, words: str, long: str) -> None:
    assert (times.wait(passed), times.wait_in_words(passed)) == (words, long)


@pytest.mark.parametrize(("at", "brief", "stamp"), [
    (NOW - timedelta(hours=5), "09:20", "Tue 24 Nov, 09:20"),
    (NOW - timedelta(hours=16), "Yesterday", "Mon 23 Nov, 22:20"),
    (NOW - timedelta(days=8), "Mon 16 Nov", "Mon 16 Nov, 14:20"),
    (NOW - timedelta(days=400), "20 Oct 2025", "20 Oct 2025, 15:20"),
])  # fmt: skip
def test_instants(at: datetime, brief: str, stamp: str) -> None:
    assert (times.brief(at, NOW, HOME), times.stamp(at, NOW, HOME)) == (brief, stamp)


def test_the_full_form_names_the_place() -> None:
    assert times.full(NOW, HOME) == "Tuesday 24 November 2026, 14:20 Copenhagen"


def test_a_day_is_25_hours_long_when_clocks_go_back() -> None:
    start, end = times.day_bounds(datetime(2026, 10, 25, 12, tzinfo=UTC), HOME)
    assert end - start == timedelta(hours=25)


@pytest.mark.parametrize("name", ["", None, "Nowhere/At all", "../etc/passwd", "\0"])
def test_a_stale_zone_is_utc(name: str | None) -> None:
    assert times.read_zone(name).key == "UTC"


@pytest.mark.parametrize(("number", "words"), [
    (None, "–"), (0, "0"), (940, "940"), (9_400, "9.4k"), (20_000, "20k"), (184_000, "184k"), (1_200_000, "1.2M"),
])  # fmt: skip
def test_sizes(number: float | None, words: str) -> None:
    assert figures.short(number) == words


@pytest.mark.parametrize(("name", "letters"), [
    ("Imani Oduya", "IO"), ("Kwesi Danquah-Mills", "KM"), ("Cher", "C"), ("مطبخ ليان", "مل"), ("", "·"), ("-- 7", "·"),
])  # fmt: skip
def test_initials(name: str, letters: str) -> None:
    assert figures.initials(name) == letters


def test_money() -> None:
    assert figures.money(Decimal("1800.00"), "EUR") == "€1,800"
    assert figures.money(Decimal("12.81"), "GBP") == "£12.81"
    assert figures.money(None, None) == "–"


@pytest.mark.parametrize(("text", "bounds"), [
    ("20k..500k", (20_000, 500_000)), ("3..", (3, None)), ("..5000", (None, 5000)), ("1.2M", (1_200_000, None)),
    ("x..y", (None, None)), ("inf..nan", (None, None)), ("", (None, None)), ("3%..", (3, None)),
])  # fmt: skip
def test_ranges(text: str, bounds: tuple[float | None, float | None]) -> None:
    assert forms.read_range(text) == bounds


@given(st.text())
def test_what_a_stranger_types_never_breaks_a_page(text: str) -> None:
    forms.read_range(text)
    forms.read_list(text)
    number = forms.read_int(text)
    assert number is None or 0 <= number < 10**10
    figures.initials(text)
    figures.slug(text)


def test_a_changed_query_keeps_what_it_does_not_know() -> None:
    changed = forms.change_query({"q": "a", "foo": "1", "page": "3"}, q=None, sort="-size")
    assert changed == {"foo": "1", "sort": "-size"}


def test_the_day_s_chart_counts_by_half_hours() -> None:
    at = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)
    day = draw_day([("in", at), ("out", at), ("out", at)], [NOW + timedelta(hours=1)], now=NOW, zone=HOME)
    assert (day.came, day.sent, day.planned, day.per, len(day.slots)) == (1, 2, 1, 1, 20)
    assert (day.slots[3].came, day.slots[3].sent) == (1, 2)
    assert day.now == 63.3


def test_mail_at_night_widens_the_chart_and_many_mails_share_a_block() -> None:
    night = [("out", datetime(2026, 11, 24, 2, tzinfo=UTC))] * 30
    day = draw_day(night, [], now=NOW, zone=HOME)
    assert (len(day.slots), day.per, day.slots[3].sent) == (24, 5, 6)


def test_weeks_are_counted_from_the_newest() -> None:
    exchange = count_weeks(
        [("in", NOW), ("out", NOW - timedelta(days=8)), ("in", NOW - timedelta(weeks=50))], weeks=3, now=NOW
    )
    assert exchange.weeks == ((0, 0), (0, 1), (1, 0))
    assert (exchange.came, exchange.went) == (1, 1)


def test_answer_times_begin_with_the_first_unanswered_mail() -> None:
    hours = [("out", 0), ("out", 5), ("in", 10), ("in", 11), ("out", 14)]
    answers = measure_answers([(direction, NOW + timedelta(hours=hour)) for direction, hour in hours])
    assert (answers.theirs, answers.ours) == (timedelta(hours=10), timedelta(hours=4))
    assert measure_answers([]).ours is None


def test_the_line_says_who_waited() -> None:
    def mail(direction: str, hours: int, kind: str = "reply") -> Moment:
        at = NOW + timedelta(hours=hours)
        return Moment(at=at, kind="message", message=Message(direction=direction, kind=kind, at=at))

    marked = mark_waits([mail("in", 30), mail("in", 20, "auto_reply"), mail("out", 10, "sent"), mail("in", 1)])
    assert [moment.waited for moment in marked] == ["them", "them", "you", ""]
    assert [moment.gap for moment in marked] == [timedelta(hours=20), None, timedelta(hours=9), None]


def test_sql_and_python_agree_whose_turn_it_is(sqlite_database: Database) -> None:
    moments = (None, *(NOW + timedelta(hours=h) for h in (-30, -20, -10)))
    ahead = (None, NOW - timedelta(hours=5), NOW + timedelta(days=30))
    with sqlite_database.transaction() as tx:
        box = add_mailbox(
            tx, Mailbox(address="a@b.example", smtp_url="", imap_url="", user="", secret="", window="always")
        )
        for came, went, done, snoozed in product(moments, moments, moments, ahead):
            tx.session.add(Thread(mailbox_id=box.id, last_at=NOW, last_in_at=came, last_out_at=went, done_at=done,
                                  snoozed_until=snoozed))  # fmt: skip
        tx.session.flush()
        rows = tx.session.execute(select(Thread, is_our_turn(NOW), is_their_turn(NOW))).all()
    assert len(rows) == 192
    for thread, ours, theirs in rows:
        turn = decide_turn(last_in_at=thread.last_in_at, last_out_at=thread.last_out_at, done_at=thread.done_at,
                           snoozed_until=thread.snoozed_until, now=NOW)  # fmt: skip
        assert (bool(ours), bool(theirs)) == (turn is Turn.YOU, turn is Turn.THEM)
