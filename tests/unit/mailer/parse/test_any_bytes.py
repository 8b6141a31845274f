"""Pure: no bytes at all make the parser fail; that none make it stall is for test_hostile.py."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.parse import parse_mail
from mailer.types import MailKind, ParsedMail
from tests.unit.mailer.parse.builders import DAEMON, ORIGINAL, OURS, RECEIVED_AT, message

SHAPES = (
    message("Yes, gladly.\n\nOn 16 Nov 2026, Ana <ana@agency.example> wrote:\n> Shall we?\n"),
    message(
        "--b1\nContent-Type: text/plain; charset=utf-8\n\nIt failed: <mara@blog.example>: 550 5.1.1 unknown\n"
        "--b1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; "
        "mara@blog.example\n"
        f"Action: failed\nStatus: 5.1.1\n\n--b1\nContent-Type: message/rfc822\n\n{ORIGINAL}\n--b1--\n",
        headers=DAEMON,
        content_type="multipart/report; report-type=delivery-status; boundary=b1",
    ),
    message(
        "--b1\nContent-Type: text/html; charset=gb2312\nContent-Transfer-Encoding: quoted-printable\n\n"
        "<p>=C4=E3<b>x</p><blockquote type=3Dcite>"
        "\n--b1\nContent-Type: image/png; name*0=a; name*1=b\nContent-Transfer-Encoding: base64\n\niVBOR\n--b1--\n",
        content_type="multipart/mixed; boundary=b1",
        subject="=?utf-8?q?Br=C3=B6t?= =?x?b?//8=?=",
    ),
    message("I am out of the office until 3 December.", auto_submitted="auto-replied", subject="Automatic reply: Film"),
)
FRAGMENTS = (
    b"\r\n\r\n",
    b"=?",
    b"?=",
    b"--b1",
    b"--b1--",
    b"\x00",
    b"\xff\xfe",
    b"From: ",
    b"<",
    b">",
    b":",
    b"\xe4",
    b'"',
    b"(",
    b"Content-Type: ",
    b"multipart/mixed; boundary=",
    b"message/rfc822",
    b"charset=utf-16",
    b"base64",
    b"@",
    b";",
    b"\r",
    b"> ",
    b"rfc822;",
)


def read(raw: bytes) -> ParsedMail:
    return parse_mail(raw, received_at=RECEIVED_AT, ours=OURS)


@given(st.binary(max_size=3_000))
@settings(deadline=None)
def test_any_bytes_give_a_mail(raw: bytes) -> None:
    assert isinstance(read(raw).kind, MailKind)


@given(
    st.sampled_from(SHAPES),
    st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 40), st.sampled_from(FRAGMENTS)), min_size=1, max_size=6),
)
@settings(deadline=None, max_examples=300)
def test_any_damage_to_a_real_shape_gives_a_mail(raw: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    for at, removed, added in cuts:
        start = at % len(raw) if raw else 0
        raw = raw[:start] + added + raw[start + removed :]
    mail = read(raw)
    assert (mail.kind is MailKind.REPLY) == (mail.reply_kind is not None)
    assert (mail.kind is MailKind.AUTO_REPLY) == (mail.auto_reply is not None)
    assert mail.kind is not MailKind.BOUNCE or mail.bounce is not None


@given(st.text(max_size=400), st.text(max_size=400))
@settings(deadline=None)
def test_any_header_values_give_a_mail(subject: str, sender: str) -> None:
    raw = (
        b"Subject: "
        + subject.encode("utf-8", "replace")
        + b"\r\nFrom: "
        + sender.encode("utf-16", "replace")
        + b"\r\n\r\nx"
    )
    assert isinstance(read(raw), ParsedMail)
