"""Rows become candidates or rejections, one each."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.csv_files import (
    Candidate,
    Conventions,
    RawRow,
    Rejected,
    guess_mapping,
    learn_conventions,
    open_table,
    read_row,
    with_platform,
)

LETTERS = st.characters(exclude_categories=["Cs", "Cc"])
DATA = Path(__file__).parents[3] / "data" / "contacts"


def read_file(path: Path, filename: str | None = None) -> list[Candidate | Rejected]:
    table = open_table(path)
    mapping = guess_mapping(table.header, table.sample(), filename or path.name)
    conventions = learn_conventions(mapping, table.sample())
    return [read_row(row, mapping, conventions) for row in table.rows()]


def read(header: list[str], *cells: str, platform: str = "instagram") -> Candidate | Rejected:
    mapping = with_platform(guess_mapping(header, [cells]), platform)
    return read_row(RawRow(line=7, cells=cells), mapping, learn_conventions(mapping, [cells]))


def accepted(header: list[str], *cells: str) -> Candidate:
    candidate = read(header, *cells)
    assert isinstance(candidate, Candidate)
    return candidate


def test_the_creators_file() -> None:
    rows = read_file(DATA / "creators.csv", "creators-instagram.csv")
    assert len(rows) == 40
    first = rows[0]
    assert isinstance(first, Candidate)
    assert first.line == 2
    handle = first.handles[0]
    assert (handle.platform, handle.username) == ("instagram", "lumen.paints")
    assert handle.followers == 475_800_000
    assert isinstance(handle.engagement_rate, float)
    assert 0 < handle.engagement_rate < 0.05
    assert all(isinstance(row, Candidate) and len(row.handles) == 1 and not row.warnings for row in rows)
    unknown = [row for row in rows if isinstance(row, Candidate) and row.country is None]
    assert len(unknown) == 9
    assert sum(1 for row in rows if isinstance(row, Candidate) and row.handles[0].engagement_rate is None) == 1


def test_a_german_file_in_windows_1252() -> None:
    pia, juergen, zoe, mara, nobody = read_file(DATA / "zeichner.csv")
    assert isinstance(pia, Candidate)
    assert (pia.name, pia.country, pia.language, pia.tags) == ("Pia Müller", "DE", "de", ("Marker", "Zeichnen"))
    instagram, tiktok = pia.handles
    assert (instagram.followers, instagram.engagement_rate) == (12_345, 0.082)
    assert (instagram.price_amount, instagram.price_currency) == (Decimal("1200.50"), "EUR")
    assert instagram.last_post_on == date(2026, 11, 3)
    assert (tiktok.username, tiktok.followers, tiktok.engagement_rate) == ("pia.z", 1200, None)
    assert isinstance(juergen, Candidate)
    assert len(juergen.emails) == 2
    assert isinstance(zoe, Candidate)
    assert zoe.warnings == ("“kein-address” is no email address.",)
    assert zoe.handles[0].followers == 47_200
    assert isinstance(mara, Candidate)
    assert [(handle.platform, handle.followers) for handle in mara.handles] == [("tiktok", 2_300_000)]
    assert nobody == Rejected(line=6, reason="“nicht gültig” is no email address, and the row has no handle.")


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("", "", ""), "The row is empty."), (("NaN", "-", " "), "The row is empty."), ((), "The row is empty."),
        (("not-an-address", "", ""), "“not-an-address” is no email address, and the row has no handle."),
        (("not-an-address", "", "Mia"), "“not-an-address” is no email address, and the row has no handle."),
        (("", "=cmd|'/C calc'!A0", ""), "The row is empty."),
        (("", "@no way!", ""), "The row has no email address, handle or name."),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_contacts(cells: tuple[str, ...], reason: str) -> None:
    mapping = with_platform(guess_mapping(["Email", "Handle", "Name"], []), "instagram")
    rejected = read_row(RawRow(line=7, cells=cells), mapping, Conventions())
    assert isinstance(rejected, Rejected)
    assert rejected.line == 7
    assert rejected.reason.startswith(reason)


def test_a_fault_rejects() -> None:
    mapping = guess_mapping(["Email"], [])
    assert read_row(RawRow(line=3, cells=("a@x.example",), fault="Broken."), mapping, Conventions()) == Rejected(
        line=3, reason="Broken."
    )


def test_addresses_in_many_guises() -> None:
    header = ["Email", "Email 2", "Handle"]
    mia = accepted(header, "Mia Faber <Mia@Pastel.example>; tom@x.example", "mailto:MIA@pastel.example, oops", "@mia")
    assert mia.emails == ("mia@pastel.example", "tom@x.example")
    assert mia.warnings == ("“oops” is no email address.",)


def test_several_handles_and_a_website() -> None:
    mia = accepted(["Handle", "Links", "Followers"], "@mia", "https://tiktok.com/@mia https://mia.example", "1.5k")
    assert [(handle.platform, handle.followers) for handle in mia.handles] == [
        ("instagram", 1500),
        ("tiktok", None),
        ("website", None),
    ]


def test_the_platform_column_beats_the_file() -> None:
    mia = accepted(["Username", "Platform"], "mia", "YouTube")
    assert mia.handles[0].url == "https://www.youtube.com/@mia"


def test_unreadable_values_are_unknown_and_warned_about() -> None:
    mia = accepted(["Handle", "Followers", "Country", "Last post"], "mia", "lots", "Atlantis", "yesterday")
    assert (mia.handles[0].followers, mia.country, mia.handles[0].last_post_on) == (None, None, None)
    assert len(mia.warnings) == 3


def test_a_plain_handle_without_a_platform_is_not_taken_for_a_name() -> None:
    mapping = guess_mapping(["Handle"], [])
    rejected = read_row(RawRow(line=2, cells=("mia",)), mapping, Conventions())
    assert isinstance(rejected, Rejected)
    assert "No platform is known" in rejected.reason


def test_a_title_in_the_handle_column_is_kept_as_the_name() -> None:
    assert accepted(["Handle"], "Five Minute Doodles").name == "Five Minute Doodles"


def test_hostile_cells_lose_their_sting() -> None:
    mia = accepted(["Handle", "Name", "Notes", "City"], "mia", "Mi\x00a\u202e  Faber", "=HYPERLINK(1)", '="Ulm"')
    assert (mia.name, mia.notes, mia.city) == ("Mia Faber", None, "Ulm")
    assert mia.warnings == ("Notes holds a spreadsheet formula, which was left out.",)


def test_a_short_row_is_taken_with_a_warning() -> None:
    mapping = guess_mapping(["Email", "Name", "City"], [])
    mia = read_row(RawRow(line=2, cells=("mia@x.example",)), mapping, Conventions())
    assert isinstance(mia, Candidate)
    assert mia.warnings == ("The row has 1 of 3 cells; the others are taken as empty.",)


def test_utf_16_with_tabs(tmp_path: Path) -> None:
    path = tmp_path / "tiktok.txt"
    path.write_bytes("Name\tUsername\tSubs\nZoé\t@zoe\t1,2M\n".encode("utf-16"))
    (zoe,) = read_file(path)
    assert isinstance(zoe, Candidate)
    assert (zoe.name, zoe.handles[0].platform, zoe.handles[0].followers) == ("Zoé", "tiktok", 1_200_000)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(st.text(LETTERS, max_size=30), min_size=4, max_size=4), min_size=1, max_size=5))
def test_any_cells_give_one_verdict_each(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "instagram.csv"
    kept = [[cell.encode("utf-8", "ignore").decode() for cell in row] for row in rows]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["Email", "Handle", "Followers", "Country"], *kept])
    assert len(read_file(path)) == len(rows)
