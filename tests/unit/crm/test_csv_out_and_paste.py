"""CSV that no spreadsheet runs, pasted lines as a table, and how a column's values look."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.csv_files import Conventions
from crm.csv_files.pasted import table_of_paste
from crm.csv_files.text import clean
from crm.csv_writing import write_rows
from crm.import_looks import look_at


@pytest.mark.parametrize(("value", "cell"), [
    ("=1+1", "'=1+1"),
    ("+49 30 1", "'+49 30 1"), ("-2", "'-2"), ("@mia", "'@mia"), ("\t=1", "'\t=1"), ("\r=1", "'\r=1"),
    ("a=b", "a=b"), (-2, "-2"), (None, ""), ("a\0b", "ab"), ("", ""), ('say "hi", all', 'say "hi", all'),
])  # fmt: skip
def test_a_cell_is_text_and_never_a_formula(value: object, cell: str) -> None:
    assert next(csv.reader(io.StringIO(write_rows([(value,)]).decode(), newline=""))) == ([cell] if cell else [""])


@given(st.text())
def test_no_text_comes_out_as_a_formula(text: str) -> None:
    raw = write_rows([(text, "end")]).decode()
    first = next(csv.reader(io.StringIO(raw, newline="")))[0]
    assert not first.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("handle", ["@mia.tinte", "+49 30 123", "-"])
def test_what_was_made_safe_reads_as_before(handle: str) -> None:
    cell = next(csv.reader(io.StringIO(write_rows([(handle,)]).decode(), newline="")))[0]
    assert clean(cell) == handle


@pytest.mark.parametrize(("text", "table"), [
    ("a@x.example", "name,email\r\n,a@x.example\r\n"),
    ("a@x.example, b@x.example;c@x.example", "name,email\r\n,a@x.example\r\n,b@x.example\r\n,c@x.example\r\n"),
    ("Mia <mia@x.example>\r\n\r\n\"Tinte, Tom\" <tom@x.example>\n",
     'name,email\r\nMia,mia@x.example\r\n"Tinte, Tom",tom@x.example\r\n'),
    ("Name\tEmail\nMia\tmia@x.example", "Name\tEmail\nMia\tmia@x.example"),
    ("name,email\nMia,mia@x.example", "name,email\nMia,mia@x.example"),
    ("just words", "just words"), ("", ""),
])  # fmt: skip
def test_pasted_lines_become_a_table(text: str, table: str) -> None:
    assert table_of_paste(text) == table


@given(st.text())
def test_anything_can_be_pasted(text: str) -> None:
    assert isinstance(table_of_paste(text), str)


@pytest.mark.parametrize(("field", "values", "look"), [
    ("followers", ["47.2K", "12"], ("“47.2K” read as 47,200", "good")),
    ("engagement_rate", ["8,2"], ("“8,2” read as 8.2 %", "good")),
    ("price", ["1200 EUR"], ("“1200 EUR” read as 1,200.00 EUR", "good")),
    ("country", ["DK", "Atlantis"], ("1 not recognised, left empty", "warn")),
    ("last_post_on", ["2026-11-03"], ("“2026-11-03” read as 2026-11-03", "good")),
    ("email", ["a@x.example", "broken"], ("1 fine, 1 broken", "warn")),
    ("name", ["Mia", ""], ("1 filled", "good")),
    ("name", ["", "-"], ("Empty", "muted")),
    ("ignore", ["x"], ("Not read", "muted")),
])  # fmt: skip
def test_a_column_says_how_it_looks(field: str, values: list[str], look: tuple[str, str]) -> None:
    assert look_at("column", field, values, Conventions()) == look
