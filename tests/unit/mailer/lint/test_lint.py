"""The linter: a sound mail has no findings, and each rule has a mail that breaks it and nothing else."""

from collections.abc import Callable
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.lint import SOURCES, lint_mail

HTML = '<p>Hello Mila, see <a href="https://brand.example/x">the page</a>.</p>'
SOUND = (
    "Date: Wed, 04 Mar 2026 05:06:07 +0000\r\n"
    "From: Anna Brandt <anna@brand.example>\r\n"
    "To: =?utf-8?q?Mila_=C3=96z?=\r\n <mila@creator.example>\r\n"
    "Subject: A bottle for your next hike\r\n"
    "Message-ID: <20260304.abc@brand.example>\r\n"
    "In-Reply-To: <two@creator.example>\r\n"
    "References: <one@brand.example>\r\n <two@creator.example>\r\n"
    "List-Unsubscribe: <https://crm.brand.example/u/x>,\r\n <mailto:anna@brand.example?subject=unsubscribe>\r\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    "MIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed;\r\n boundary="=_mixed"\r\n'
    "\r\n"
    "--=_mixed\r\n"
    'Content-Type: multipart/alternative;\r\n boundary="=_alt"\r\n'
    "\r\n"
    "--=_alt\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n"
    "Hello Mila, see the page (https://brand.example/x).\r\n"
    "\r\n"
    "--=_alt\r\n"
    "Content-Type: text/html; charset=utf-8\r\n"
    "Content-Transfer-Encoding: 7bit\r\n"
    "\r\n"
    f"{HTML}\r\n"
    "\r\n"
    "--=_alt--\r\n"
    "\r\n"
    "--=_mixed\r\n"
    "Content-Type: text/csv; charset=utf-8\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "Content-Disposition: attachment;\r\n filename*0*=utf-8''Vertrag;\r\n filename*1*=%C3%BC.csv\r\n"
    "\r\n"
    "YTtiCsO8O8O8Cg==\r\n"
    "--=_mixed--\r\n"
).encode()


def codes(raw: bytes, **kwargs: bool) -> set[str]:
    return {finding.code for finding in lint_mail(raw, **kwargs)}


def swap(old: str, new: str | bytes) -> Callable[[], bytes]:
    def change() -> bytes:
        assert SOUND.count(old.encode()) >= 1, old
        return SOUND.replace(old.encode(), new if isinstance(new, bytes) else new.encode(), 1)

    return change


def add(field: str) -> Callable[[], bytes]:
    return swap("MIME-Version: 1.0\r\n", f"MIME-Version: 1.0\r\n{field}\r\n")


def swap_parts() -> bytes:
    before, text, html, after = SOUND.split(b"--=_alt")[:4]
    rest = SOUND.split(b"--=_alt")[4:]
    return b"--=_alt".join([before, html, text, after, *rest])


def deep() -> bytes:
    raw, level = b"\r\nx\r\n", 0
    for level in range(30):
        edge = b"--=_%d" % level
        raw = (
            b'Content-Type: multipart/mixed; boundary="=_%d"\r\n\r\n' % level
            + edge
            + b"\r\n"
            + raw
            + b"\r\n"
            + edge
            + b"--\r\n"
        )
    head = SOUND.partition(b"Content-Type: multipart")[0]
    return head + raw


TO = "To: =?utf-8?q?Mila_=C3=96z?=\r\n <mila@creator.example>"
SUBJECT = "A bottle for your next hike"
PAGE = '<a href="https://brand.example/x">the page</a>'
PLAIN = "Hello Mila, see the page (https://brand.example/x).\r\n"
CSV = "Content-Type: text/csv; charset=utf-8"
FILENAME = "filename*0*=utf-8''Vertrag;\r\n filename*1*=%C3%BC.csv"
DKIM = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/{c}; d=brand.example; s=x;\r\n h={h};\r\n bh=AA==; b=AA=="
ALL = "from:list-unsubscribe:list-unsubscribe-post"
LONG_CHAIN = "".join(f"\r\n <{n:04}.abcdefghijklmnopqrstuvwxyz@creator.example>" for n in range(21))

BROKEN: list[tuple[str, Callable[[], bytes]]] = [
    ("bare-line-break", swap("05:06:07 +0000\r\n", "05:06:07 +0000\n")),
    ("bare-line-break", swap("<p>Hello Mila,", "<p>Hello\rMila,")),
    ("nul", swap("\r\n\r\n--=_mixed\r\n", "\r\n\r\nbefore\0\r\n--=_mixed\r\n")),
    ("line-too-long", swap("<https://crm.brand.example/u/x>", f"<https://{'x' * 990}>")),
    ("line-too-long", swap(HTML, HTML + "<p>" + " " * 990 + "</p>")),
    ("unfinished-line", lambda: SOUND[:-2]),
    ("header-line-long", swap(SUBJECT, "A bottle for your next hike " * 3 + "and more")),
    ("header-not-ascii", swap(SUBJECT, "Grüße")),
    ("header-control", swap(SUBJECT, "A\x07bottle")),
    ("header-syntax", swap("In-Reply-To: ", "In-Reply-To : ")),
    ("header-syntax", swap("MIME-Version: 1.0\r\n", "MIME-Version: 1.0\r\nnothing\r\n")),
    ("blank-continuation", swap(SUBJECT, f"{SUBJECT}\r\n ")),
    ("field-repeated", add("Subject: again")),
    ("field-repeated", swap(CSV, f"{CSV}\r\n{CSV}")),
    ("field-missing", swap("Subject: A bottle for your next hike\r\n", "")),
    ("field-missing", swap(TO + "\r\n", "")),
    ("mime-version", swap("MIME-Version: 1.0\r\n", "")),
    ("mime-version", swap("MIME-Version: 1.0", "MIME-Version: 2.0")),
    ("date-syntax", swap("Wed, 04 Mar", "Thu, 04 Mar")),
    ("date-syntax", swap("04 Mar 2026", "31 Feb 2026")),
    ("date-syntax", swap("+0000", "GMT")),
    ("address-syntax", swap("Anna Brandt <", "Anna, Brandt <")),
    ("address-syntax", swap(TO, "To: mila")),
    ("address-syntax", swap(TO, "To: J. Mila <mila@creator.example>")),
    ("address-syntax", swap(TO, "To: mila@creator.example,, bo@creator.example")),
    ("address-too-long", swap(TO, f"To: {'m' * 65}@creator.example")),
    ("address-idn", swap(TO, "To: mila@xn--a.example")),
    ("from-several", swap("From: Anna", "From: bo@brand.example,\r\n Anna")),
    ("message-id-syntax", swap("<20260304.abc@brand.example>", "<20260304..abc@brand.example>")),
    ("message-id-syntax", swap("<20260304.abc@brand.example>", "20260304.abc@brand.example")),
    ("message-id-domain", swap("<20260304.abc@brand.example>", "<20260304.abc@other.example>")),
    ("references-syntax", swap("<one@brand.example>", "one@brand.example")),
    ("references-repeated", swap("<one@brand.example>", "<20260304.abc@brand.example>")),
    ("references-long", swap("<one@brand.example>", "<one@brand.example>" + LONG_CHAIN)),
    ("in-reply-to-not-last", swap("In-Reply-To: <two@", "In-Reply-To: <one@")),
    ("word-too-long", swap(SUBJECT, f"=?utf-8?q?{'a' * 65}?=")),
    ("word-line-long", swap(SUBJECT, f"=?utf-8?q?{'a' * 58}?=")),
    ("word-unspaced", swap(SUBJECT, "A=?utf-8?q?bottle?=")),
    ("word-misplaced", swap("Anna Brandt <", '"=?utf-8?q?Anna?=" <')),
    ("word-misplaced", swap("<20260304.abc@", "<=?utf-8?q?a?=@")),
    ("word-misplaced", swap("anna@brand.example>", "=?utf-8?q?a?=@brand.example>")),
    ("word-misplaced", swap(FILENAME, 'filename="=?utf-8?q?a?="')),
    ("word-syntax", swap(SUBJECT, "=?utf-8?x?bottle?=")),
    ("word-syntax", swap(SUBJECT, "=?utf-8?b?a?=")),
    ("word-syntax", swap(SUBJECT, "=?utf-8?q?bottle=c3=9c?=")),
    ("word-syntax", swap("Mila_=C3=96z", "Mila#=C3=96z")),
    ("word-syntax", swap(SUBJECT, "=?utf-8 bottle")),
    ("word-charset", swap(SUBJECT, "=?uft-8?q?bottle?=")),
    ("word-splits-character", swap(SUBJECT, "=?utf-8?q?=C3?= =?utf-8?q?=9C?=")),
    ("word-control", swap(SUBJECT, "=?utf-8?q?a=0Ab?=")),
    ("parameter-syntax", swap(CSV, "Content-Type: text/csv; charset=utf-8;")),
    ("parameter-syntax", swap("text/csv; charset=utf-8", "text/csv; charset=utf-8; x=a b")),
    ("parameter-repeated", swap("text/csv; charset=utf-8", "text/csv; charset=utf-8; charset=utf-8")),
    ("parameter-continuation", swap("filename*1*", "filename*2*")),
    ("parameter-continuation", swap("filename*1*=%C3%BC.csv", "filename=b.csv")),
    ("parameter-extended", swap("utf-8''Vertrag", "Vertrag")),
    ("parameter-extended", swap("%C3%BC.csv", "%c3%bc.csv")),
    ("parameter-extended", swap(FILENAME, FILENAME.replace("%C3", "").replace("Vertrag", "Vertrag%C3"))),
    ("content-type-syntax", swap(CSV, "Content-Type: csv")),
    ("charset-missing", swap("text/csv; charset=utf-8", "text/csv")),
    ("charset-unknown", swap("text/csv; charset=utf-8", "text/csv; charset=uft-8")),
    ("charset-content", swap("text/csv; charset=utf-8", "text/csv; charset=us-ascii")),
    ("encoding-unknown", swap("Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: x-uuencode")),
    ("encoding-composite", swap(CSV, "Content-Type: message/rfc822")),
    ("seven-bit-content", swap(f"{HTML}\r\n", f"{HTML}<!-- ö -->\r\n")),
    ("eight-bit-unannounced", swap("Content-Transfer-Encoding: 7bit", "Content-Transfer-Encoding: 8bit")),
    ("quoted-printable-line", swap(PLAIN, PLAIN[:-2] + " " * 80 + "=20\r\n")),
    ("quoted-printable-syntax", swap(PLAIN, PLAIN[:-2] + " \r\n")),
    ("quoted-printable-syntax", swap("example/x).\r\n", "example/x)=2e\r\n")),
    ("base64-line", swap("YTtiCsO8O8O8Cg==", "YWFh" * 20)),
    ("base64-syntax", swap("YTtiCsO8O8O8Cg==", "YTtiCsO8O8O8Cg")),
    ("boundary-syntax", swap('boundary="=_mixed"', 'border="=_mixed"')),
    ("boundary-unused", swap('boundary="=_mixed"', 'boundary="=_other"')),
    ("boundary-unclosed", swap("--=_mixed--\r\n", "")),
    ("boundary-in-content", swap(f"{HTML}\r\n", f"{HTML}\r\n<!--\r\n--=_mixedup\r\n-->\r\n")),
    ("parts-too-deep", deep),
    ("attachment-unnamed", swap(";\r\n filename*0*=utf-8''Vertrag;\r\n filename*1*=%C3%BC.csv", "")),
    ("alternative-order", swap_parts),
    ("alternative-differs", swap("Hello Mila, see the page (", "Hello Mila! See the page (")),
    ("html-alone", lambda: SOUND.replace(b"multipart/alternative", b"multipart/related")),
    ("link-missing", swap("the page (https://brand.example/x)", "the page")),
    ("link-disguised", lambda: SOUND.replace(b"the page", b"https://bank.example/")),
    ("remote-content", swap("<p>Hello", '<img src="https://brand.example/p.png"><p>Hello')),
    ("remote-content", swap("<p>Hello", '<p style="background:url(https://brand.example/p)">Hello')),
    ("active-content", swap("<p>Hello", "<script></script><p>Hello")),
    ("active-content", swap("<p>Hello", '<p onclick="x()">Hello')),
    ("unsubscribe-syntax", swap("<https://crm.brand.example/u/x>", "https://crm.brand.example/u/x")),
    ("unsubscribe-not-https", swap("<https://crm.brand.example/u/x>", "<http://brand.example/u/x>, <https://brand.example/u/x>")),
    ("one-click-value", swap("List-Unsubscribe=One-Click", "List-Unsubscribe=Oneclick")),
    ("one-click-without-link", swap("<https://crm.brand.example/u/x>,\r\n ", "")),
    ("one-click-missing", swap("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", "")),
    ("dkim-syntax", add(DKIM.format(c="simple", h=ALL).replace("bh=AA==; ", ""))),
    ("dkim-body", add(DKIM.format(c="relaxed", h=ALL))),
    ("dkim-coverage", add(DKIM.format(c="simple", h="from:to"))),
]  # fmt: skip


def test_a_sound_mail_has_no_findings() -> None:
    assert lint_mail(SOUND) == []


@pytest.mark.parametrize(("code", "make"), BROKEN, ids=[f"{n}-{code}" for n, (code, _) in enumerate(BROKEN)])
def test_each_rule_finds_what_breaks_it_alone(code: str, make: Callable[[], bytes]) -> None:
    assert codes(make()) == {code}


def test_rules_about_whole_headers() -> None:
    assert "no-body" in codes(SOUND.partition(b"\r\n\r\n")[0] + b"\r\n")
    raw = SOUND.replace(b"mila@", "milá@".encode())
    assert codes(raw) == {"header-not-ascii"}
    assert codes(raw, smtputf8=True) == set()
    assert codes(SOUND.replace(b"mila@", b"mil\xe1@"), smtputf8=True) == {"header-not-utf8"}
    eight = SOUND.replace(b"Content-Transfer-Encoding: 7bit", b"Content-Transfer-Encoding: 8bit")
    assert codes(eight, eight_bit=True) == set()


def test_every_rule_has_a_mail_that_breaks_it() -> None:
    assert {code for code, _ in BROKEN} | {"no-body", "header-not-utf8"} == set(SOURCES)


def test_lines_of_lf_alone_hide_nothing_else() -> None:
    raw = SOUND.replace(b"Subject: A", b"Subject: =?x?= A").replace(b"\r\n", b"\n")
    assert codes(raw) == {"bare-line-break", "word-syntax"}


def test_a_mail_of_plain_text_is_sound() -> None:
    raw = (
        b'Date: 4 Mar 2026 05:06 -0330\r\nFrom: a@[192.0.2.1]\r\nTo: "Mila, \\"Mi\\"" <mila@creator.example>\r\n'
        b"Subject: Hi\r\nMessage-ID: <a@[192.0.2.1]>\r\n\r\nHi\r\n"
    )
    assert lint_mail(raw) == []


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, len(SOUND) - 1), new=st.binary(max_size=4), cut=st.integers(0, 30))
def test_never_raises_and_always_knows_its_source(at: int, new: bytes, cut: int) -> None:
    for finding in lint_mail(SOUND[:at] + new + SOUND[at + cut :]):
        assert finding.source
        assert finding.sentence.endswith(".")


@settings(max_examples=60, deadline=None)
@given(raw=st.binary(max_size=400))
def test_any_bytes_can_be_read(raw: bytes) -> None:
    assert lint_mail(raw) != []


@pytest.mark.parametrize(
    "raw",
    [
        b"To: " + b"a " * 50_000 + b"\r\n\r\n",
        b"To: " + b'"' * 50_000 + b"\r\n\r\n",
        b"To: " + b"a@b.example," * 20_000 + b"\r\n\r\n",
        b"To: " + b"<" * 50_000 + b"\r\n\r\n",
        b"Subject: " + b"=?utf-8?q?" * 20_000 + b"\r\n\r\n",
        b"Content-Type: text/plain" + b"; a=b" * 20_000 + b"\r\n\r\n",
        b"Content-Type: text/plain; a=" + b'"\\' * 30_000 + b"\r\n\r\n",
        b"DKIM-Signature: " + b"a=b;" * 30_000 + b"\r\n\r\n",
        b"List-Unsubscribe: " + b"<a>, " * 30_000 + b"\r\n\r\n",
        b"Content-Type: text/html\r\n\r\n" + b"<a href='https://a.example'>" * 10_000,
        b"Content-Type: text/html\r\n\r\n" + b"<a href=x>a.a.a.a" * 10_000 + b"</a>" * 10_000,
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=" * 300_000,
        b"\r\n" * 200_000,
    ],
)
def test_no_mail_takes_long(raw: bytes) -> None:
    began = perf_counter()
    lint_mail(raw)
    assert perf_counter() - began < 2
