"""Numbers, prices and days as files of the world write them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.csv_files import (
    guess_bare_percent,
    guess_day_first,
    guess_decimal,
    parse_day,
    parse_money,
    parse_number,
    parse_percent,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("475.8m", 475_800_000), ("0.89k", 890), ("47.2K", 47_200), ("29.0b", 29e9), ("8.2m", 8_200_000),
        ("1,234,567", 1_234_567), ("1.234.567", 1_234_567), ("1.234.567,8", 1_234_567.8), ("1,234.5", 1234.5),
        ("8,2", 8.2), ("12 %", 12), ("1.39%", 1.39), ("1 234 567", 1_234_567), ("1 234", 1234),
        ("12\u202f345,5", 12_345.5), ("1'234'567", 1_234_567), ("12,34,567", 1_234_567), ("10k+", 10_000),
        ("47,2 Tsd.", 47_200), ("1,1 Mio.", 1_100_000), ("12,3 mil", 12_300), ("4.758E+08", 475_800_000), ("-3", -3),
        ("1,5万", 15_000), ("~900", 900), ("٣", 3), ("１２", 12), (".5", 0.5), ("0.123", 0.123), ("1,234", 1234),
        ("1.234", 1.234),
    ],
)  # fmt: skip
def test_reads_a_number(text: str, value: float) -> None:
    assert parse_number(text) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    "text",
    ["", " ", "NaN", "NaN%", "N/A", "-", "—", "none", "#N/A", "10k-50k", "abc", "1,2,3", "1.23.4", "k", "1e999", "inf",
     "9" * 400, "1..2", "12 34", "=1+1", "1,234,56.7"],
)  # fmt: skip
def test_reads_no_number(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(("text", "value"), [("1.234", 1234), ("8,2", 8.2), ("12.345,6", 12345.6), ("1.5", 1.5)])
def test_a_column_of_decimal_commas_settles_ambiguous_points(text: str, value: float) -> None:
    assert parse_number(text, decimal=",") == pytest.approx(value)


@pytest.mark.parametrize(
    ("samples", "mark"),
    [
        (["8,2", "12"], ","), (["8.2"], "."), (["1.234", "2.345"], None), (["1.234.567"], ","), (["1,234.5"], "."),
        (["NaN", ""], None), (["47.2K", "1.1M", "8,2"], "."), (["0.123"], "."),
    ],
)  # fmt: skip
def test_guesses_the_decimal_mark(samples: list[str], mark: str | None) -> None:
    assert guess_decimal(samples) == mark


@given(st.text(max_size=60))
def test_never_raises(text: str) -> None:
    parse_number(text)
    parse_percent(text, decimal=",")
    parse_money(text)
    parse_day(text)


@given(st.integers(0, 10**12))
def test_grouped_integers_survive(number: int) -> None:
    assert parse_number(f"{number:,}", decimal=".") == number
    assert parse_number(f"{number:,}".replace(",", "."), decimal=",") == number
    assert parse_number(f"{number:,}".replace(",", " ")) == number


def test_rates_become_fractions() -> None:
    assert parse_percent("1.39%") == 0.0139
    assert parse_percent("8,2 %", bare_is_percent=False) == 0.082
    assert parse_percent("1.39") == 0.0139
    assert parse_percent("0.0139", bare_is_percent=False) == 0.0139
    assert parse_percent("NaN%") is None


@pytest.mark.parametrize(
    ("samples", "percent"),
    [
        (["1.39", "0.2", "4.1"], True), (["0.0139", "0.002", "0.041"], False), ([], True),
        (["0.02"] * 30 + ["0.45"], False), (["0.07", "0.9", "1.2", "2.2"], True),
    ],
)  # fmt: skip
def test_guesses_whether_bare_rates_are_per_cent(samples: list[str], percent: bool) -> None:
    assert guess_bare_percent(samples) is percent


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("€1,200.50", "1200.50", "EUR"), ("1.200,50 €", "1200.50", "EUR"), ("US$ 800", "800.00", "USD"),
        ("R$ 1.500,00", "1500.00", "BRL"), ("800", "800.00", None), ("CHF 1'200.-", "1200.00", "CHF"),
        ("1.2k EUR", "1200.00", "EUR"), ("500 kr", "500.00", None), ("$2,500", "2500.00", "USD"),
        ("250 zł", "250.00", "PLN"),
    ],
)  # fmt: skip
def test_reads_a_price(text: str, amount: str, currency: str | None) -> None:
    assert parse_money(text) == (Decimal(amount), currency)


@pytest.mark.parametrize("text", ["", "on request", "500-800 €", "-5 €", "EUR"])
def test_reads_no_price(text: str) -> None:
    assert parse_money(text) is None


@pytest.mark.parametrize(
    ("text", "day_first", "day"),
    [
        ("2026-11-05", None, date(2026, 11, 5)), ("2026-11-05T10:00:00Z", None, date(2026, 11, 5)),
        ("20261105", None, date(2026, 11, 5)), ("5.11.2026", None, date(2026, 11, 5)),
        ("05/11/2026", None, None), ("05/11/2026", True, date(2026, 11, 5)), ("05/11/2026", False, date(2026, 5, 11)),
        ("25/11/26", None, date(2026, 11, 25)), ("Nov 5th, 2026", None, date(2026, 11, 5)),
        ("5. November 2026", None, date(2026, 11, 5)), ("5 de noviembre de 2026", None, date(2026, 11, 5)),
        ("3 févr. 2026", None, date(2026, 2, 3)), ("46331", None, date(2026, 11, 5)), ("31.2.2026", None, None),
        ("3 days ago", None, None), ("", None, None), ("0001-01-01", None, None),
    ],
)  # fmt: skip
def test_reads_a_day(text: str, day_first: bool | None, day: date | None) -> None:
    assert parse_day(text, day_first=day_first) == day


def test_one_late_day_settles_the_order() -> None:
    assert guess_day_first(["05/11/2026", "25/11/2026"]) is True
    assert guess_day_first(["11/25/2026"]) is False
    assert guess_day_first(["05/11/2026"]) is None
