"""What a header alone tells: when unsure, the body is fetched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.glance import glance_at

PERSON = b"From: Anna <anna@x.example>\r\nTo: mia@pastel.test\r\nSubject: Hi\r\nMessage-ID: <a@x.example>\r\n"


@pytest.mark.parametrize(
    ("head", "is_machine", "is_bulk"),
    [
        (PERSON, False, False),
        (PERSON + b"List-Id: <news.example>\r\n", False, True),
        (PERSON + b"List-Unsubscribe: <https://x.example>\r\n", False, True),
        (PERSON + b"Precedence: bulk\r\n", False, True),
        (PERSON + b"Auto-Submitted: no\r\n", False, False),
        (PERSON + b"Auto-Submitted: auto-replied\r\n", True, False),
        (PERSON + b"Return-Path: <>\r\n", True, False),
        (PERSON + b"Content-Type: multipart/report; report-type=delivery-status\r\n", True, False),
        (PERSON + b"X-Failed-Recipients: b@x.example\r\n", True, False),
        (b"From: MAILER-DAEMON@mx.example\r\nSubject: Failed\r\n", True, False),
        (b"From: a@x.example\r\nSubject: Automatische Antwort\r\n", True, False),
        (b"Subject: from nobody\r\n", True, False),
        (b"", True, False),
    ],
)
def test_tells_what_may_be_left_out(head: bytes, is_machine: bool, is_bulk: bool) -> None:
    seen = glance_at(head + b"\r\n")
    assert (seen.is_machine, seen.is_bulk) == (is_machine, is_bulk)


def test_reads_people_and_ids() -> None:
    seen = glance_at(
        PERSON + b"Cc: b@x.example\r\nReferences: <1@y.example> <2@y.example>\r\nIn-Reply-To: <2@y.example>\r\n\r\n"
    )
    assert seen.sender == "anna@x.example"
    assert seen.recipients == ("mia@pastel.test", "b@x.example")
    assert set(seen.named_ids) == {"1@y.example", "2@y.example"}
    assert seen.message_id == "a@x.example"


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_header(head: bytes) -> None:
    glance_at(head)
