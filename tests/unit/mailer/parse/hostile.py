"""Pure: messages made to cost time and memory.

Run as a program it reads each one in a process of its own and prints CPU seconds and peak memory:
`python -m tests.unit.mailer.parse.hostile [NAME...]`. HOSTILE_MB is their size; of a larger mail 50 MB are read.
"""

import json
import os
import resource
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from mailer.parse import parse_mail

RECEIVED_AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
MEGABYTE = 1024 * 1024
SIZE = int(os.environ.get("HOSTILE_MB", "50"))
FULL = SIZE * MEGABYTE
FROM = b"From: mara@blog.example\r\nTo: ana@agency.example\r\nSubject: Bread\r\n"
HTML = FROM + b"Content-Type: text/html\r\n\r\n"
MIXED = FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
DAEMON = b"From: mailer-daemon@mx.example\r\nSubject: failure notice\r\n\r\n"


def filled(head: bytes, unit: bytes, tail: bytes = b"", size: int = FULL) -> bytes:
    """Return a message of about `size` bytes: a head, one unit over and over, a tail."""
    return b"".join((head, unit * ((size - len(head) - len(tail)) // len(unit)), tail))


def nested(depth: int) -> bytes:
    """Return multiparts in multiparts, each with a boundary of its own."""
    unit = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
    return FROM + b"".join(unit % (level, level) for level in range(depth)) + b"\r\nHello"


def nested_and_closed(depth: int) -> bytes:
    """Return multiparts in multiparts with every boundary closed, and much text in the innermost."""
    begin = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (at, at) for at in range(depth))
    end = b"".join(b"\r\n--b%d--\r\n" % at for at in reversed(range(depth)))
    return filled(FROM + begin + b"\r\n", b"-- \r\n--b\r\n-", end)


def every_field_long() -> bytes:
    """Return a header in which every field that is read as addresses or ids is long."""
    names = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Failed-Recipients", "From", "Sender")
    long = b"".join(b"%s: " % name.encode() + filled(b"", b"a@b%d.example, " % at, size=60_000) + b"\r\n"
                    for at, name in enumerate(names))  # fmt: skip
    return long + b"\r\n" + FROM


def many_originals() -> bytes:
    """Return a report that returns a thousand messages, each to a thousand addresses."""
    part = b"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <m@x>\r\nTo: " + b"ab@c.example, " * 3_000 + b"\r\n"
    return filled(b"From: <>\r\nContent-Type: multipart/report; boundary=b\r\n\r\n", part)


CASES: dict[str, Callable[[], bytes]] = {
    "one line of 50 MB": lambda: filled(FROM + b"\r\n", b"x"),
    "one line of 50 MB without a header": lambda: b"x" * FULL,
    "words without a line end": lambda: filled(FROM + b"\r\n", b"please remove me, ich bin nicht im "),
    "half a cue of absence": lambda: filled(FROM + b"\r\n", b"ich bin "),
    "half a cue of opting out": lambda: filled(FROM + b"\r\n", b"please remove "),
    "50 MB of blanks": lambda: filled(FROM + b"\r\n", b" "),
    "50 MB of line ends": lambda: filled(FROM + b"\r\n", b"\n"),
    "50 MB of bare carriage returns": lambda: filled(FROM, b"\r"),
    "a header line of 50 MB": lambda: filled(FROM + b"X-Long: ", b"x"),
    "a Subject of 50 MB": lambda: filled(b"Subject: ", b"x ", b"\r\n\r\nHello"),
    "a folded field of 50 MB": lambda: filled(b"Subject: x", b"\r\n x", b"\r\n\r\nHello"),
    "a header of a million lines": lambda: filled(b"", b"X-A: some words of a field\r\n", b"\r\nHello"),
    "a header that is no header": lambda: filled(b"", b"no field here\r\nyes: here\r\n", size=FULL // 5),
    "a million addresses": lambda: filled(b"To: ", b"a@b.example, ", b"\r\n\r\nHello"),
    "a million different addresses": lambda: b"From: " + b",".join(b"n%d@b.example" % n for n in range(FULL // 50)),
    "every address field long": every_field_long,
    "comments in comments": lambda: filled(b"From: ", b"(", b"\r\n\r\nHello"),
    "groups in groups": lambda: filled(b"To: ", b"a:b;<c", b"\r\n\r\nHello"),
    "quotes never closed": lambda: filled(b'To: "', b"\\", b"\r\n\r\nHello"),
    "a million encoded words": lambda: filled(b"Subject: ", b"=?utf-8?q?=C3=A4?= ", b"\r\n\r\nHello"),
    "encoded words never closed": lambda: filled(b"Subject: ", b"=?utf-8?q?", b"\r\n\r\nHello"),
    "100,000 references": lambda: b"References: " + b" ".join(b"<%d@x.example>" % n for n in range(10**5)) + b"\n\n",
    "references never closed": lambda: filled(b"References: ", b"<a@b ", b"\r\n\r\nHello"),
    "a million parameters": lambda: filled(b"Content-Type: text/plain", b'; a*1*="b\\', b"\r\n\r\nHello"),
    "MIME 10,000 levels deep": lambda: nested(10_000),
    "MIME 50 levels deep and 50 MB": lambda: nested_and_closed(49),
    "messages in messages": lambda: filled(FROM, b"Content-Type: message/rfc822\r\n\r\n"),
    "100,000 parts": lambda: MIXED + b"--b\r\n\r\nx\r\n" * 100_000,
    "parts of 50 MB": lambda: filled(MIXED, b"--b\r\n\r\nx\r\n"),
    "lines like boundaries": lambda: filled(MIXED, b"--\r\n"),
    "boundaries of 10,000 characters": lambda: filled(
        MIXED.replace(b"=b", b"=" + b"b" * 10_000), b"--" + b"b" * 10_000 + b"\r\n"
    ),
    "no boundary named": lambda: filled(
        FROM, b"Content-Type: multipart/mixed\r\n\r\n--%d\r\nContent-Type: multipart/mixed\r\n\r\n"
    ),
    "base64 of 50 MB": lambda: filled(FROM + b"Content-Transfer-Encoding: base64\r\n\r\n", b"VG9vIG11Y2ggYnJlYWQK\r\n"),
    "a file of 50 MB": lambda: filled(
        FROM + b"Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        b"UEsDBBQAAAAIAFZ2c1kAAAAAAAAAAAAAAAAIAAAA\r\n",
    ),
    "base64 in chunks": lambda: filled(
        FROM + b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n", b"YQ==\r\n"
    ),
    "quoted-printable of 50 MB": lambda: filled(FROM + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", b"=\t"),
    "uuencode of 50 MB": lambda: filled(
        FROM + b"Content-Type: image/png\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n", b"#0V%T\r\n"
    ),
    "yEnc of 50 MB": lambda: filled(
        FROM + b"Content-Type: image/png\r\nContent-Transfer-Encoding: x-yenc\r\n\r\n=ybegin line=1 name=a\r\n", b"=J"
    ),
    "NULs": lambda: filled(FROM + b"\r\n", b"\x00"),
    "NULs at the front": lambda: filled(b"", b"\x00", FROM + b"\r\nHello"),
    "one wide character and 50 MB": lambda: filled(FROM + b"\r\n\xf0\x9f\x8d\x9e", b"x "),
    "8-bit of no charset": lambda: filled(FROM + b"\r\n", b"\xe4\xff\x81 "),
    "UTF-16 of 50 MB": lambda: filled(b"\xff\xfe", b"a\x00\n\x00"),
    "wide parts": lambda: filled(
        MIXED, b"--b\r\n\r\n\xf0\x9f\x8d\x9e" + b"x" * 49_000 + b"\r\n"
    ),
    "HTML tables": lambda: filled(HTML, b"<table><tr><td>x</td></tr></table>"),
    "HTML tables in tables": lambda: filled(HTML, b"<table><tr><td>"),
    "HTML blockquotes": lambda: filled(HTML, b"<div><blockquote type=cite>"),
    "HTML comments": lambda: filled(HTML, b"<!--"),
    "HTML declarations": lambda: filled(HTML, b"<![CDATA[", b">"),
    "HTML ends never closed": lambda: filled(HTML, b"</p", b">"),
    "HTML tags never closed": lambda: filled(HTML, b"<a href='", b">"),
    "HTML entities": lambda: filled(HTML, b"&#x1F35E;&amp"),
    "HTML attributes": lambda: filled(HTML + b"<p ", b"a=b ", b">x"),
    "HTML links": lambda: filled(HTML, b"<a href=http://a.example/>x"),
    "HTML ends": lambda: filled(HTML, b"</p>"),
    "HTML breaks": lambda: filled(HTML, b"<br>"),
    "flowed text": lambda: filled(FROM + b"Content-Type: text/plain; format=flowed\r\n\r\n", b"> a \r\n"),
    "quotes and answers": lambda: filled(FROM + b"\r\n", b"> a\r\nb\r\n\r\n"),
    "attributions": lambda: filled(FROM + b"\r\n", b"On 3 May 2026 at 10:00, Ana <ana@agency.example> wrote\r\n"),
    "header blocks": lambda: filled(FROM + b"\r\n", b"From: a@b.example\r\nSent: x\r\nSubject: y\r\n"),
    "signatures": lambda: filled(FROM + b"\r\n", b"-- \r\nSent from my phone\r\n________\r\n"),
    "prices": lambda: filled(FROM + b"\r\n", b"$1 500 EUR "),
    "dates": lambda: filled(b"Auto-Submitted: auto-replied\r\n\r\n", b"until 3 December back 1.1. "),
    "failed addresses": lambda: filled(DAEMON, b"<a@b.example>: 550 5.1.1 failed\r\n"),
    "returned messages": lambda: filled(DAEMON, b"--- below this line is a copy of the message.\r\n\r\n"),
    "dashes": lambda: filled(DAEMON, b"-"),
    "a report of a million groups": lambda: filled(
        b"From: <>\r\nContent-Type: message/delivery-status\r\n\r\n",
        b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n",
    ),
    "many originals": many_originals,
}  # fmt: skip


def measure(make: Callable[[], bytes]) -> tuple[int, float, float]:
    """Return exit status, CPU seconds of the reading and peak megabytes of a process that reads one message."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            raw = make()
            before = resource.getrusage(resource.RUSAGE_SELF)
            parse_mail(raw, received_at=RECEIVED_AT)
            after = resource.getrusage(resource.RUSAGE_SELF)
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            os.write(writer, str(spent).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    spent = os.read(reader, 100)
    os.close(reader)
    _, ended, usage = os.wait4(child, 0)
    return ended, float(spent or 0), usage.ru_maxrss / 1024


def figures(names: list[str]) -> Iterator[dict[str, object]]:
    """Yield name, status, CPU seconds and peak megabytes of each case."""
    for name in names or list(CASES):
        status, seconds, megabytes = measure(CASES[name])
        yield {"name": name, "status": status, "cpu_s": round(seconds, 2), "peak_mb": round(megabytes)}


if __name__ == "__main__":
    for row in figures(sys.argv[1:]):
        print(json.dumps(row), flush=True)
