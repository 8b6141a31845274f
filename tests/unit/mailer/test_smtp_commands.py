"""The content on the wire: line ends, dots and the end, whatever the bytes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.smtp_commands import read_offers, write_content

_SCRAPS = st.lists(st.sampled_from([b"\r\n", b"\n", b"\r", b".", b"..", b"text", b"\xc3\xa9", b" "]), max_size=30)


@given(scraps=_SCRAPS)
def test_content_is_what_the_standard_says(scraps: list[bytes]) -> None:
    raw = b"".join(scraps)
    wire = write_content(raw)
    plain = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    assert wire.endswith(b"\r\n.\r\n") or wire == b".\r\n"
    assert wire.count(b"\n") == wire.count(b"\r") == wire.count(b"\r\n")
    lines = wire.removesuffix(b".\r\n").split(b"\r\n")
    assert b"." not in lines
    unstuffed = b"\r\n".join(line.removeprefix(b".") for line in lines)
    assert unstuffed == (plain if plain.endswith(b"\r\n") else plain + b"\r\n")


@pytest.mark.parametrize(
    ("features", "largest"), [({}, 0), ({"size": ""}, 0), ({"size": "1000 "}, 1000), ({"size": "many"}, 0)]
)
def test_reads_what_a_server_offers(features: dict[str, str], largest: int) -> None:
    offers = read_offers(features)
    assert (offers.largest, offers.size, offers.pipelining) == (largest, "size" in features, False)
