"""A failing script becomes short, and stays failing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.simulation.shrink import shrink


@pytest.mark.parametrize("needed", [{7}, {0, 99}, {3, 50, 51}, set()])
def test_only_what_is_needed_is_left(needed: set[int]) -> None:
    assert shrink(range(100), lambda part: needed <= set(part), tries=500) == sorted(needed)


@given(st.sets(st.integers(0, 40)), st.integers(0, 60))
def test_it_never_stops_failing(needed: set[int], tries: int) -> None:
    assert needed <= set(shrink(range(41), lambda part: needed <= set(part), tries=tries))
