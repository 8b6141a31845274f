"""What figures come to: each formula as a table, with what is missing as nothing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.account_figures import (
    cost_per_mille,
    engagement,
    is_stale,
    median_views,
    spread_of_views,
    usual_gap_days,
    views_per_follower,
)
from crm.post_lines import PostLine, read_posts
from crm.rate_formats import default_format, format_of
from crm.scoring import DEFAULTS, Figures, score_fit, shown, weigh
from crm.spread import judge_posts
from kit.errors import InvalidError

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = NOW.date()


@pytest.mark.parametrize(("views", "followers", "found"), [
    (50_000, 100_000, 0.5), (0, 10, 0.0), (None, 10, None), (10, None, None), (10, 0, None),
])  # fmt: skip
def test_views_per_follower(views: float | None, followers: float | None, found: float | None) -> None:
    assert views_per_follower(views, followers) == found


@pytest.mark.parametrize(("interactions", "views", "found"), [
    (71, 1000, 0.071), (0, 1000, 0.0), (None, 1, None), (1, 0, None), (1, None, None),
])  # fmt: skip
def test_engagement(interactions: float | None, views: float | None, found: float | None) -> None:
    assert engagement(interactions, views) == found


@pytest.mark.parametrize(("views", "middle", "spread"), [
    ([], None, None),
    ([100], 100, None),
    ([100, 300], 200, None),
    ([100, 100, 100], 100, 0.0),
    # mean 5, deviation 2: the example of every textbook
    ([2, 4, 4, 4, 5, 5, 7, 9], 4.5, 0.4),
    ([100, None, 300, None, 200], 200, 0.408248),
    # only the ten newest count
    ([10] * 10 + [1_000_000], 10, 0.0),
    ([0, 0, 0], 0, None),
])  # fmt: skip
def test_the_last_ten_posts(views: list[float | None], middle: float | None, spread: float | None) -> None:
    assert median_views(views) == middle
    assert spread_of_views(views) == (None if spread is None else pytest.approx(spread, abs=1e-6))


@given(st.lists(st.floats(min_value=1, max_value=1e9), min_size=3, max_size=10), st.floats(min_value=0.5, max_value=9))
def test_spread_does_not_hang_on_the_size_of_an_account(views: list[float], times: float) -> None:
    one, other = spread_of_views(views), spread_of_views([view * times for view in views])
    assert one == pytest.approx(other, abs=1e-6)


@pytest.mark.parametrize(("days_ago", "gap"), [
    ([], None), ([1, 8], None), ([0, 7, 14], 7.0), ([0, 7, 14, 90], 7.0), ([14, 0, 7], 7.0), ([0, 0, 3, 10], 3.0),
    ([*range(0, 20, 2), 400], 2.0),
])  # fmt: skip
def test_rhythm(days_ago: list[int], gap: float | None) -> None:
    assert usual_gap_days([TODAY - timedelta(days=ago) for ago in days_ago]) == gap


@pytest.mark.parametrize(("amount", "views", "found"), [
    (Decimal(1800), 96_000, Decimal("18.75")), (2800.0, 90_000, Decimal("31.11")), (None, 10, None), (10, 0, None),
    (10, None, None), (0, 1000, Decimal("0.00")),
])  # fmt: skip
def test_cost_per_mille(amount: Decimal | float | None, views: float | None, found: Decimal | None) -> None:
    assert cost_per_mille(amount, views) == found


@pytest.mark.parametrize(("ago", "days", "stale"), [(None, 30, True), (30, 30, False), (31, 30, True), (31, 60, False)])
def test_stale(ago: int | None, days: int, stale: bool) -> None:
    assert is_stale(None if ago is None else NOW - timedelta(days=ago), NOW, days) is stale


@pytest.mark.parametrize(("spread", "word"), [(None, None), (0.1, "steady"), (0.49, "steady"), (0.5, "swings")])
def test_spread_in_a_word(spread: float | None, word: str | None) -> None:
    assert judge_posts(spread) == word


@pytest.mark.parametrize(("line", "post"), [
    ("2026-11-20 96k", PostLine(posted_on=date(2026, 11, 20), views=96_000)),
    ("2026-11-20; 1.2M; https://video.example/a?b=1",
     PostLine(posted_on=date(2026, 11, 20), views=1_200_000, url="https://video.example/a?b=1")),
    ("96,5k 2026-1-2", PostLine(posted_on=date(2026, 1, 2), views=96_500)),
    ("2026-11-20 5000 views 350 likes Oat & Co",
     PostLine(posted_on=date(2026, 11, 20), views=5000, interactions=350, sponsor="Oat & Co")),
    ("2026-11-20 Knife 7 Ltd https://video.example/a",
     PostLine(posted_on=date(2026, 11, 20), views=7, url="https://video.example/a", sponsor="Knife Ltd")),
    ("2026-11-20", PostLine(posted_on=date(2026, 11, 20))),
])  # fmt: skip
def test_a_pasted_post(line: str, post: PostLine) -> None:
    assert read_posts(f"\n{line}\n\n", TODAY) == [post]


@pytest.mark.parametrize(("text", "words"), [
    ("", "at least one"), ("96k", "Line 1 has no day"), ("2026-11-20 1\n2026-02-30 1", "Line 2 has no day"),
    ("2026-11-24 1", "still to come"), ("2026-11-20 https://", "cannot be read"), ("2026-11-20 1\n" * 101, "at most"),
])  # fmt: skip
def test_a_line_that_cannot_be_read_is_named(text: str, words: str) -> None:
    with pytest.raises(InvalidError, match=words):
        read_posts(text, TODAY)


@pytest.mark.parametrize(("words", "platform", "name"), [
    ("two Instagram stories", "instagram", "story"), ("a YouTube short", "youtube", "short"),
    ("three videos", "youtube", "video"), ("", "instagram", "reel"), ("", "newsletter", "newsletter"),
    ("", "pinterest", "post"), ("per carousel", "instagram", "post"),
])  # fmt: skip
def test_formats(words: str, platform: str, name: str) -> None:
    assert format_of(words, platform) == name
    assert default_format("somewhere") == "post"


def test_fit_is_the_sum_of_what_is_shown() -> None:
    figures = Figures(followers=100_000, views=25_000, engagement=0.04, spread=0.25, last_post_on=TODAY)
    parts = {part.name: part for part in weigh(figures, DEFAULTS, TODAY)}
    assert {name: part.worth for name, part in parts.items()} == {
        "engagement": 0.5, "views": 0.5, "price": None, "fresh": 1.0, "size": 0.5, "steady": 1.0,
    }  # fmt: skip
    assert score_fit(figures, DEFAULTS, TODAY) == pytest.approx(100 * (1.5 + 1.5 + 1 + 0.5 + 1) / 9)


@pytest.mark.parametrize(("score", "points"), [(0.0, 1), (0.4, 1), (1.5, 2), (99.6, 100), (100.0, 100)])
def test_fit_is_shown_from_1_to_100(score: float, points: int) -> None:
    assert shown(score) == points
