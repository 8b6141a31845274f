"""Pure: what must hold for any bytes: no raise, bounded time, and a result that does not contradict itself.

A first byte from 1 to 4 chooses a smaller target than the whole message; no mail begins with one.
"""

import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

from mailer.parse import parse_mail
from mailer.parse.headers import decode_words, find_addresses, parse_addresses, parse_date, parse_ids
from mailer.parse.html_text import read_html
from mailer.parse.quoting import strip_quotes
from mailer.parse.return_date import find_return_date
from mailer.types import MailKind, ParsedMail

RECEIVED_AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
OURS = frozenset({"ana@agency.example"})
MAX_CPU_S = 2.0
SHORT = 15_000  # bytes below which no cut falls differently with other line ends
# Where a line end is part of a character or of an escape, the two messages are not the same text.
OTHER_WITH_CR = re.compile(
    rb"utf.?_?(?:7|16|32)|unicode|ucs|hz|\x00|\r|~\n|=0[ad]|\xff\xfe|\xfe\xff|base64|iso-2022|yenc|uu", re.IGNORECASE
)
INVISIBLE = re.compile(r"[\s\u200b-\u200f\u202a\u202c\u2060\ufeff]+")


class TooSlowError(AssertionError):
    """An input took more CPU time than a message may."""


def check(data: bytes) -> None:
    """Read the bytes as the target that their first byte chooses, and check what comes out."""
    start = time.process_time()
    target = TARGETS.get(data[:1])
    if target:
        target(data[1:].decode("utf-8", "surrogateescape"))
    else:
        check_mail(data)
    spent = time.process_time() - start
    if spent > MAX_CPU_S:
        raise TooSlowError(f"{spent:.1f} s of CPU time for {len(data)} bytes")


def check_mail(raw: bytes) -> None:
    mail = parse_mail(raw, received_at=RECEIVED_AT, ours=OURS)
    assert (mail.kind is MailKind.REPLY) == (mail.reply_kind is not None)
    assert (mail.kind is MailKind.AUTO_REPLY) == (mail.auto_reply is not None)
    assert mail.kind is not MailKind.BOUNCE or mail.bounce is not None
    assert not (mail.bounce and mail.bounce.hard and not mail.bounce.permanent)
    for text in (mail.subject, mail.text, mail.new_text, mail.html or "", *(one.filename for one in mail.attachments)):
        assert "\x00" not in text
        text.encode("utf-8")  # half a character is refused by databases
    if mail.html is None:
        check_new_text(mail.new_text, mail.text)
    if len(raw) < SHORT and not OTHER_WITH_CR.search(raw):
        other = parse_mail(raw.replace(b"\n", b"\r\n"), received_at=RECEIVED_AT, ours=OURS)
        assert essence(other) == essence(mail)


def essence(mail: ParsedMail) -> tuple[object, ...]:
    """Return what must not depend on the kind of line ends."""
    return (
        mail.kind, mail.message_id, mail.references, mail.quoted_ids, mail.sender, mail.to, mail.subject, mail.text,
        mail.new_text, mail.bounce, mail.auto_reply, mail.opt_out, mail.reply_kind, len(mail.attachments),
    )  # fmt: skip


def check_new_text(new: str, whole: str) -> None:
    """Every line of the new text stands in the whole text: nothing is invented."""
    squeezed = INVISIBLE.sub("", whole)
    for line in new.split("\n"):
        assert INVISIBLE.sub("", line) in squeezed, line


def check_quotes(text: str) -> None:
    check_new_text(strip_quotes(text), text)


def check_html(text: str) -> None:
    page = read_html(text)
    assert isinstance(page.text, str)
    assert isinstance(page.own, str)


def check_header(text: str) -> None:
    for value in (decode_words(text), *(part for box in parse_addresses(text) for part in (box.email, box.name))):
        assert "\n" not in value
    parse_ids(text)
    parse_date(text)
    find_addresses(text)


def check_return_date(text: str) -> None:
    found = find_return_date(text, received_at=RECEIVED_AT)
    assert found is None or date(2026, 11, 20) <= found <= date(2028, 11, 20)


TARGETS: dict[bytes, Callable[[str], None]] = {
    b"\x01": check_quotes,
    b"\x02": check_html,
    b"\x03": check_header,
    b"\x04": check_return_date,
}
