"""Pure: damaged and odd MIME still gives its words."""

import base64
from datetime import UTC, datetime

import pytest

from mailer.parse import parse_mail
from mailer.parse.charset import decode_bytes
from mailer.parse.headers import decode_words, parse_addresses, parse_date, parse_ids
from mailer.types import Address, MailKind
from tests.unit.mailer.parse.builders import RECEIVED_AT, parsed


def read(raw: bytes):
    return parse_mail(raw, received_at=RECEIVED_AT)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=?utf-8?q?Br=C3=B6tchen?= & more", "Brötchen & more"),
        ("=?utf-8?B?QnLDtg==?= =?utf-8?B?dGNoZW4=?=", "Brötchen"),
        ("=?utf-8?B?QnLD?=\r\n =?utf-8?B?tnRjaGVu?=", "Brötchen"),
        ("=?utf-8?q?two words and?=", "two words and"),
        ("=?utf-8?q?over a\r\n line?=", "over a line"),
        ("=?uft-8?q?Br=C3=B6d?=", "Bröd"),
        ("=?x-unknown?q?Br=F6d?=", "Bröd"),
        ("=?iso-8859-1*de?q?Br=F6d?=", "Bröd"),
        ("=?utf-8?b?broken base64!!?=", decode_words("=?utf-8?b?brokenbase64?=")),
        ("=?gb2312?b?xMG6ww==?=", "牧好"),
        ("Br\udcc3\udcb6d", "Bröd"),
        ("folded\r\n\tvalue", "folded value"),
        ("=?utf-8?q?unclosed", "unclosed"),
        ("", ""),
    ],
)
def test_header_words(value: str, expected: str) -> None:
    assert decode_words(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mara Lind <Mara@Blog.example>", (Address(email="mara@blog.example", name="Mara Lind"),)),
        (
            '"Lind, Mara" <mara@blog.example>, ben@blog.example',
            (Address(email="mara@blog.example", name="Lind, Mara"), Address(email="ben@blog.example")),
        ),
        ("mara@blog.example (Mara)", (Address(email="mara@blog.example", name="Mara"),)),
        ("=?utf-8?q?L=C3=B6v=2C_Mara?= <mara@blog.example>", (Address(email="mara@blog.example", name="Löv, Mara"),)),
        ("=?utf-8?q?Mara_=3Cmara=40blog=2Eexample=3E?=", (Address(email="mara@blog.example", name="Mara"),)),
        (
            "Bakers: mara@blog.example, ben@blog.example;",
            (Address(email="mara@blog.example"), Address(email="ben@blog.example")),
        ),
        ("<mara.@blog.example>", (Address(email="mara.@blog.example"),)),
        ("<>", ()),
        ("undisclosed-recipients:;", ()),
        ("", ()),
    ],
)
def test_addresses(value: str, expected: tuple[Address, ...]) -> None:
    assert parse_addresses(value) == expected


def test_ids_and_dates() -> None:
    assert parse_ids("<a@x.example>\r\n <b@x.example> <a@x.example>") == ("a@x.example", "b@x.example")
    assert parse_ids("a@x.example") == ("a@x.example",)
    assert parse_ids("Your message of Monday") == ()
    assert parse_date("Mon, 16 Nov 2026 09:12:00 +0100") == datetime(2026, 11, 16, 8, 12, tzinfo=UTC)
    assert parse_date("yesterday") is None
    assert parse_date("Mon, 99 Nov 20266 09:12:00 +9999") is None


JAPANESE = "お問い合わせありがとうございます。"


@pytest.mark.parametrize(
    ("content", "declared", "expected"),
    [
        ("Brötchen".encode(), "us-ascii", "Brötchen"),
        ("Brötchen".encode(), None, "Brötchen"),
        ("Brötchen".encode(), "big5", "Brötchen"),
        ("Brötchen".encode("cp1252"), None, "Brötchen"),
        ("Brötchen".encode("cp1252"), "utf-8", "Brötchen"),
        ("Brötchen — €".encode("cp1252"), "iso-8859-1", "Brötchen — €"),
        ("Brötchen".encode("latin-1"), "charset=us-ascii", "Brötchen"),
        ("Brötchen".encode("latin-1"), "X-UNKNOWN", "Brötchen"),
        ("Brötchen".encode("latin-1"), "iso-8859-1\r\nX-Next: header", "Brötchen"),
        ("Brötchen".encode("latin-1"), "base64", "Brötchen"),
        ("面包很好".encode("gbk"), "iso-gb2312", "面包很好"),
        (JAPANESE.encode("cp932"), None, JAPANESE),
        (JAPANESE.encode("iso-2022-jp"), None, JAPANESE),
        (JAPANESE.encode("iso-2022-jp"), "iso-2022-jp", JAPANESE),
        ("Привет, хлеб".encode("koi8-r"), None, "Привет, хлеб"),
        ("Привет, хлеб".encode("cp1251"), None, "Привет, хлеб"),
        ("Привет".encode("mac-cyrillic"), "x-mac-cyrillic", "Привет"),
        ("Frösche".encode("utf-7"), "utf-7", "Frösche"),
        ("Brot".encode("utf-16"), "utf-16", "Brot"),
        (b"", "utf-8", ""),
    ],
)
def test_charsets(content: bytes, declared: str | None, expected: str) -> None:
    assert decode_bytes(content, declared) == expected


HEAD = b"From: mara@blog.example\r\nTo: ana@agency.example\r\nSubject: Bread\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n\r\n" + HEAD + b"\r\nHello",
        b"From mara@blog.example Mon Nov 16 09:12:00 2026\n" + HEAD + b"\r\nHello",
        b"garbage without colon\r\n" + HEAD + b"\r\nHello",
        HEAD.replace(b"Subject:", b"Subject :") + b"\r\nHello",
        HEAD.replace(b"Subject", b"a garbage line\r\nSubject") + b"\r\nHello",
        HEAD.replace(b"\r\n", b"\n") + b"\nHello",
        HEAD.replace(b"\r\n", b"\r") + b"\rHello",
        HEAD + b"Content-Type: text/plain; charset\r\n\r\nHello",
        HEAD + b"Content-Type: multipart/mixed\r\n\r\nHello",
        HEAD + b"Content-Type: nonsense\r\n\r\nHello",
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8",
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8=\r\n!!",
        HEAD + b"Content-Transfer-Encoding: nonsense\r\n\r\nHello",
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello",
        HEAD + b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n--b--",
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; "
        b"boundary=b\r\n\r\n"
        b"--b\r\n\r\nHello\r\n--b--\r\n",
        HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a.txt\r\n%2&5L;&\\\r\n`\r\nend\r\n",
    ],
    ids=range(17),
)
def test_damage_does_not_lose_the_words(raw: bytes) -> None:
    mail = read(raw)
    assert (mail.subject, mail.text.strip()) == ("Bread", "Hello")
    assert mail.sender == Address(email="mara@blog.example")


def test_no_header_at_all_is_all_text() -> None:
    mail = read(b"Hello Ana,\r\nthis is all I have.\r\n")
    assert mail.text.split() == ["Hello", "Ana,", "this", "is", "all", "I", "have."]
    assert mail.kind is MailKind.REPLY


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"\x00" * 100, HEAD])
def test_no_words_at_all(raw: bytes) -> None:
    assert read(raw).new_text == ""


def test_alternatives_are_one_text_and_files_are_attachments() -> None:
    png = base64.b64encode(b"\x89PNG").decode()
    body = (
        "--o\nContent-Type: multipart/alternative; boundary=i\n\n--i\nContent-Type: text/plain; charset=utf-8\n\nHi.\n"
        "--i\nContent-Type: text/html\n\n<p>Hi.</p>\n--i--\n"
        f"--o\nContent-Type: image/png; name*=utf-8''br%C3%B6d.png\nContent-Transfer-Encoding: base64\n\n{png}\n"
        '--o\nContent-Type: text/plain\nContent-Disposition: attachment; filename="../../price list.txt"\n\n500\n'
        "--o\nContent-Type: message/rfc822\n\nSubject: Old\nMessage-ID: <old@x.example>\n\nold words\n--o--\n"
    )
    mail = parsed(body, content_type="multipart/mixed; boundary=o")
    assert mail.text.strip() == "Hi."
    assert mail.html is not None
    assert "<p>Hi.</p>" in mail.html
    assert [(one.filename, one.content_type) for one in mail.attachments] == [
        ("bröd.png", "image/png"),
        ("price list.txt", "text/plain"),
        ("message.eml", "message/rfc822"),
    ]
    assert mail.attachments[0].content == b"\x89PNG"
    assert mail.quoted_ids == ("old@x.example",)


def test_html_becomes_readable_text() -> None:
    html = (
        "<html><head><title>no</title></head><body><h1>Rates</h1><p>Two&nbsp;reels:\n <b>500</b> "
        "EUR</p><ul><li>one</li><li>two</li></ul>"
        '<p>See <a href="https://blog.example/kit">my kit</a>, <a href="https://blog.example">https://blog.example</a></p>'
        "<script>evil()</script><!-- hidden --><blockquote type=cite>old<br>words</blockquote></body></html>"
    )
    mail = parsed(html, content_type="text/html")
    assert mail.text == (
        "Rates\n\nTwo reels: 500 EUR\n\n- one\n- two\n\nSee my kit <https://blog.example/kit>, "
        "https://blog.example\n\n> old\n> words"
    )


def test_every_id_and_address_is_read() -> None:
    mail = parsed(
        "Hi\n\n> Message-ID: <quoted@agency.example>\n",
        message_id="<r1@blog.example>",
        in_reply_to="<m2@agency.example>",
        references="<m1@agency.example>\r\n <m2@agency.example>",
        cc="Ben <ben@blog.example>",
        delivered_to="ana+t7@agency.example",
        x_original_to="ana@agency.example",
        date="Mon, 16 Nov 2026 09:12:00 +0000",
    )
    assert mail.message_id == "r1@blog.example"
    assert mail.in_reply_to == ("m2@agency.example",)
    assert mail.references == ("m1@agency.example", "m2@agency.example")
    assert mail.quoted_ids == ("quoted@agency.example",)
    assert mail.cc == (Address(email="ben@blog.example", name="Ben"),)
    assert mail.delivered_to == ("ana+t7@agency.example", "ana@agency.example")
    assert mail.date == datetime(2026, 11, 16, 9, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<div>a<br></div><div>b</div>", "a\nb"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<p>a</p>\n<p>b</p>", "a\n\nb"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("a<unknown>b</unknown>c &lt;d&gt; &euro;", "abc <d> €"),
        ("<div style='display: none'>preheader</div>a", "a"),
        ("a < b", "a < b"),
    ],
)
def test_html_blocks_end_lines_as_in_a_browser(html: str, text: str) -> None:
    assert parsed(html, content_type="text/html; charset=utf-8").text == text
