"""Rows as lines and mails as files: whatever they hold, the same comes back."""

import mailbox
from datetime import UTC, date, datetime
from decimal import Decimal
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, LargeBinary, Numeric, Table
from sqlalchemy.types import TypeEngine

import crm.models
import sequences.models
from kit.db import Base, Instant
from sequences.whole.lines import make_writer, read_line
from sequences.whole.mail_file import REBUILT, StoredMail, mail_bytes, mbox_bytes
from sequences.whole.plan import SECRETS, list_tables

assert crm.models
assert sequences.models
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
DOCUMENT = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
NAIVE = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1))  # noqa: DTZ001 - gets its zone below


def values(kind: TypeEngine[Any]) -> st.SearchStrategy[Any]:
    if isinstance(kind, Instant):
        return NAIVE.map(lambda at: at.replace(tzinfo=UTC))
    for types, strategy in (
        (JSON, DOCUMENT),
        (Boolean, st.booleans()),
        (Integer, st.integers(-(2**31), 2**31)),
        (Float, st.floats(allow_nan=False, allow_infinity=False)),
        (Numeric, st.decimals(min_value=0, max_value=10**9, places=2)),
        (Date, st.dates()),
        (LargeBinary, st.binary(max_size=40)),
    ):
        if isinstance(kind, types):  # type: ignore[arg-type]
            return strategy
    return TEXT


def cell(column: Column[Any]) -> st.SearchStrategy[Any]:
    given_value = values(column.type)
    return st.none() | given_value if column.nullable else given_value


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: str(table.name))
@settings(max_examples=15)
@given(data=st.data())
def test_a_row_comes_back_as_it_was(table: Table, data: st.DataObject) -> None:
    row = tuple(data.draw(cell(column)) for column in table.columns)
    line = make_writer(table, {})(row)
    assert line.count(b"\n") == 1
    back = read_line(table, line)
    assert tuple(back.values()) == row
    assert make_writer(table, {})(back.values()) == line


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b'{"name":1}', b"\xff", b"null"])
def test_what_is_no_row_is_refused(line: bytes) -> None:
    with pytest.raises((ValueError, KeyError)):
        read_line(Base.metadata.tables["workspace_settings"], line)


def test_secrets_are_columns_there_are_and_every_sealed_column_is_one() -> None:
    for table, column in SECRETS:
        assert column in Base.metadata.tables[table].c
    out = {table.name for table in list_tables(with_secrets=False)}
    words = ("secret", "password", "token", "hash")
    suspects = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        if table.name in out
        for column in table.c
        if any(word in column.name for word in words)
    }
    assert suspects == set(SECRETS)


MAILS = st.builds(
    StoredMail,
    at=NAIVE.map(lambda at: at.replace(tzinfo=UTC)),
    sender=st.sampled_from(["imani@kettle.example", "", "a b@x.example"]),
    sender_name=TEXT,
    recipients=st.sampled_from([(), ("ada@pastel.test",), ("ada@pastel.test", "bo@pastel.test")]),
    subject=TEXT,
    rfc_id=st.sampled_from(["<a1@x.example>", "a2@x.example", ""]),
    text=st.lists(st.sampled_from(["From here", ">From there", "", "Hello", "Zoë"]), max_size=5).map("\n".join) | TEXT,
    html=st.sampled_from(["", "<p>Zoë</p>"]),
    raw=st.none(),
)


@given(MAILS)
def test_a_mail_written_anew_says_what_it_said_and_that_it_is_anew(mail: StoredMail) -> None:
    found = BytesParser(policy=default).parsebytes(mail_bytes(mail))
    part = found.get_body(("plain",))
    assert found[REBUILT]
    assert part is not None
    assert part.get_content().replace("\r\n", "\n") == mail.text.replace("\r\n", "\n")
    assert " ".join(str(found["Subject"] or "").split()) == " ".join(mail.subject.split())
    assert mail_bytes(mail) == mail_bytes(mail)


@given(
    st.lists(MAILS, max_size=4),
    st.lists(st.sampled_from([b"From x", b">From y", b">>From z", b"text", b""]), max_size=6),
)
def test_an_mbox_is_read_back_mail_by_mail(mails: list[StoredMail], lines: list[bytes]) -> None:
    raw = b"Subject: Raw\r\n\r\n" + b"\r\n".join(lines) + b"\r\n"
    kept = StoredMail(
        at=datetime(2026, 1, 5, tzinfo=UTC), sender="a@x.example", sender_name="", recipients=(), subject="",
        rfc_id="", text="", raw=raw,
    )  # fmt: skip
    with TemporaryDirectory() as folder:
        path = Path(folder, "all.mbox")
        path.write_bytes(b"".join(mbox_bytes(mail) for mail in [*mails, kept]))
        box = mailbox.mbox(path, create=False)
        payloads = [bytes(found.as_bytes()) for found in box]
        box.close()
    assert len(payloads) == len(mails) + 1
    _head, _empty, body = payloads[-1].partition(b"\n\n")
    unquoted = b"\n".join(line[1:] if line.lstrip(b">").startswith(b"From ") else line for line in body.split(b"\n"))
    assert unquoted.rstrip(b"\n") == b"\n".join(lines).rstrip(b"\n")


def test_plain_values_have_one_form() -> None:
    table = Base.metadata.tables["handles"]
    row = {column.name: None for column in table.columns} | {
        "price_amount": Decimal("12.50"),
        "last_post_on": date(2026, 1, 2),
        "followers": 1.5,
    }
    assert b'"followers":1.5' in make_writer(table, {})(row.values())
    assert b'"price_amount":"12.50"' in make_writer(table, {})(row.values())
