"""Pure: no words, however long and odd, hold up the telling of kinds."""

import time

import pytest

from mailer.types import ParsedMail
from tests.unit.mailer.parse.builders import DAEMON, parsed, report

MEGABYTE = 1_000_000
HOSTILE = {
    "letters": "a",
    "quotes": "> ",
    "brackets": "(",
    "digits": "1",
    "blanks": " ",
    "lines": "\n",
    "rules": "-",
    "addresses": "<a@b.example>:\n",
    "dated": " a@b.example on \n  x\n",
    "mailboxes": "the user mailbox ",
    "codes": "550 5.1.1 ",
    "japanese": "送信できません",
    "received": "we have received your ",
    "until": "until 3 ",
    "click": "click to be ",
    "sentence": "could not be delivered to: ",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_of_anything_is_told_in_less_than_two_seconds_of_work(name: str) -> None:
    text = HOSTILE[name] * (MEGABYTE // len(HOSTILE[name]))
    start = time.process_time()
    assert isinstance(parsed(text, headers=DAEMON), ParsedMail)
    assert isinstance(parsed(text[:100_000], auto_submitted="auto-replied"), ParsedMail)
    assert isinstance(report(f"Final-Recipient: rfc822; {text[:20_000]}\nAction: failed"), ParsedMail)
    assert time.process_time() - start < 2
