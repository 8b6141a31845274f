"""Files of every kind become tables of records, or are refused with one sentence."""

import codecs
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.csv_files import Table, open_table
from kit.errors import InvalidError

DATA = Path(__file__).parents[3] / "data" / "contacts"


def table(tmp_path: Path, content: str | bytes, encoding: str = "utf-8") -> Table:
    path = tmp_path / "list.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return open_table(path)


def test_the_creators_file() -> None:
    creators = open_table(DATA / "creators.csv")
    assert creators.header[:2] == ("rank", "channel_info")
    assert (creators.encoding, creators.delimiter) == ("utf-8-sig", ",")
    rows = list(creators.rows())
    assert len(rows) == 40
    assert [row.line for row in rows] == list(range(2, 42))
    assert all(row.fault is None for row in rows)


TEXT = "Name;Email;Größe\nZoé;zoe@tinte.example;8,2\nPía;pia@tinte.example;1,5\n"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TEXT.encode(), "utf-8"), (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"), (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"), (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-32"), "utf-32"), (TEXT.encode("cp1252"), "cp1252"),
        (TEXT.encode("latin-1") + b"\x81;a;b\n", "latin-1"),
    ],
)  # fmt: skip
def test_every_encoding(tmp_path: Path, raw: bytes, encoding: str) -> None:
    read = table(tmp_path, raw)
    assert read.encoding == encoding
    assert read.header == ("Name", "Email", "Größe")
    assert next(read.rows()).cells == ("Zoé", "zoe@tinte.example", "8,2")


def test_one_broken_byte_does_not_change_the_encoding(tmp_path: Path) -> None:
    read = table(tmp_path, b"Name,City\n" + "Zoé,Köln\n".encode() * 9 + b"Jos\xe9,Ulm\n")
    assert read.encoding == "utf-8"
    assert [row.cells[0] for row in read.rows()][-1] == "Jos\ufffd"


def test_a_late_eight_bit_byte_is_found(tmp_path: Path) -> None:
    read = table(tmp_path, b"Name,City\n" + b"Mia,Ulm\n" * 20_000 + b"Jos\xe9,Ulm\n")
    assert list(read.rows())[-1].cells == ("José", "Ulm")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_line_end(tmp_path: Path, delimiter: str, end: str) -> None:
    lines = [delimiter.join(cells) for cells in (("Name", "ER", "Tags"), ("Mia", '"8,2"', "a b"), ("Tom", '"1,5"', ""))]
    read = table(tmp_path, end.join(lines) + end)
    assert read.delimiter == delimiter
    assert [row.cells for row in read.rows()] == [("Mia", "8,2", "a b"), ("Tom", "1,5", "")]


def test_decimal_commas_do_not_pass_for_delimiters(tmp_path: Path) -> None:
    assert table(tmp_path, "Name;ER;Price\n" + "Mia;8,2;3,5\n" * 9).delimiter == ";"
    assert table(tmp_path, "mia@x.example;8,2;3,4\n" * 9).delimiter == ";"
    assert table(tmp_path, "sep=|\nName|City\nMia|Ulm\n").header == ("Name", "City")


def test_headers(tmp_path: Path) -> None:
    assert table(tmp_path, "Email,Email,,Email\na@x.example,,,\n").header == (
        "Email",
        "Email (2)",
        "Column 3",
        "Email (3)",
    )
    bare = table(tmp_path, "mia@x.example,Mia,12k\ntom@x.example,Tom,9k\n")
    assert (bare.has_header, bare.header, len(list(bare.rows()))) == (False, ("Column 1", "Column 2", "Column 3"), 2)
    titled = table(tmp_path, "Export of May\n\nName,Email\nMia,mia@x.example\n")
    assert titled.header == ("Name", "Email")
    assert [(row.line, row.cells[0]) for row in titled.rows()] == [(4, "Mia")]
    alone = table(tmp_path, "Name,Email\n")
    assert (alone.header, list(alone.rows())) == (("Name", "Email"), [])
    assert len(list(table(tmp_path, "email\na@x.example\nb@x.example\n").rows())) == 2


def test_ragged_rows(tmp_path: Path) -> None:
    read = table(
        tmp_path, "Name,Email,City\nMia,mia@x.example\nTom,tom@x.example,Ulm,,\nUte,u@x.example,Ulm,Bonn\n\nIda,,\n"
    )
    rows = list(read.rows())
    assert [(row.line, len(row.cells), row.fault is None) for row in rows] == [
        (2, 2, True), (3, 3, True), (4, 4, False), (6, 3, True),
    ]  # fmt: skip
    assert rows[2].fault == "The row has 4 cells, the header 3."


def test_quoted_cells_over_several_lines(tmp_path: Path) -> None:
    read = table(tmp_path, 'Name,Notes\nMia,"first\nsecond, ""third"""\nTom,short\n')
    assert [(row.line, row.cells) for row in read.rows()] == [
        (2, ("Mia", 'first\nsecond, "third"')),
        (4, ("Tom", "short")),
    ]


@pytest.mark.parametrize("after", [3, 30_000])
def test_an_unclosed_quote_costs_one_row_only(tmp_path: Path, after: int) -> None:
    read = table(tmp_path, 'Name,Notes\nMia,"oh\n' + "Tom,fine\n" * after)
    rows = list(read.rows())
    assert len(rows) == after + 1
    assert [row.line for row in rows] == list(range(2, after + 3))
    assert [row.fault is None for row in rows[:3]] == [False, True, True]


def test_two_stray_quotes_cost_two_rows(tmp_path: Path) -> None:
    rows = list(table(tmp_path, 'Name,Notes\nMia,"oh\nTom,"ah\nIda,fine\nUte,"5"" pen"\n').rows())
    assert [row.fault is None for row in rows] == [False, False, True, True]
    assert rows[-1].cells == ("Ute", '5" pen')


def test_enormous_cells_and_nuls(tmp_path: Path) -> None:
    read = table(tmp_path, "Name,Notes\nMia," + "x" * 10_000_000 + '\nTom,"' + "y" * 200_000 + '"\nI\x00da,fine\n')
    rows = list(read.rows())
    assert [row.fault is None for row in rows] == [False, False, True]
    assert [row.line for row in rows] == [2, 3, 4]
    assert all(len(cell) <= 200_000 for row in rows for cell in row.cells)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"), (b"\n\n  \n", "empty"), (codecs.BOM_UTF8, "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "picture"),
        (b"PK\x03\x04" + b"\x00" * 50, "workbook"), (b"%PDF-1.7", "PDF"), (bytes(range(256)) * 20, "binary"),
        (b"<!DOCTYPE html><html>", "web page"), (b'{"a": 1}', "JSON"), (b"\x00" * 500, "empty"),
        (b"Dear Mia,\nthank you for your letter, it came today.\nWe read it.\nAll the best, and so on\n", "text"),
        (b"We came, we saw the sea and swam\nIt was cold, so we all went home at once\n" * 9, "text"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, word: str) -> None:
    with pytest.raises(InvalidError, match=word):
        table(tmp_path, content)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match=r"gone\.csv cannot be read"):
        open_table(tmp_path / "gone.csv")
    with pytest.raises(InvalidError, match="cannot be read"):
        open_table(tmp_path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet='a,";\n\r\t\x00=é', max_size=200).map(str.encode))
def test_any_bytes_are_a_table_or_refused(tmp_path: Path, content: bytes) -> None:
    try:
        read = table(tmp_path, content)
    except InvalidError:
        return
    lines = [row.line for row in read.rows()]
    assert lines == sorted(set(lines))
