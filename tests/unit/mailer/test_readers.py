"""Processes that understand mail: in order, and one that hangs or dies costs one mail."""

from datetime import UTC, datetime

import pytest

from mailer import readers
from mailer.readers import Readers
from mailer.types import Fetched, ParsedMail

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def letters(count: int) -> list[Fetched]:
    raws = [f"From: a@x.example\nSubject: {number}\n\nHi\n".encode() for number in range(count)]
    return [Fetched(uid=n, received_at=AT, size=len(raw), raw=raw) for n, raw in enumerate(raws)]


def test_readings_come_in_order_whoever_reads() -> None:
    with Readers(2) as pool:
        futures = [pool.submit(letters(7), frozenset()) for _ in range(5)]
        for future in futures:
            subjects = [one.subject for one in future.result() if isinstance(one, ParsedMail)]
            assert subjects == [str(number) for number in range(7)]


@pytest.mark.parametrize(
    "fault", ["import os; os._exit(1)", "import time; time.sleep(60)", "raise MemoryError", "b'x' * 10 ** 12"]
)
def test_a_mail_that_hurts_its_reader_costs_only_itself(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "import mailer.reader_process as p\n"
        "honest = p.parse_mail\n"
        "def parse(raw, **more):\n"
        f"    if b'Subject: 2' in raw: {fault}\n"
        "    return honest(raw, **more)\n"
        "p.parse_mail = parse\n"
        "p.main()\n"
    )
    monkeypatch.setattr(readers, "_PROGRAM", ["-c", program])
    with Readers(1, longest_s=2.0) as pool:
        readings = pool.submit(letters(5), frozenset()).result()
    assert [type(one).__name__ for one in readings] == ["ParsedMail", "ParsedMail", "UnreadableError"] + [
        "ParsedMail"
    ] * 2
