"""Pure: the odd and broken shapes of mail, one by one: what people would read is read."""

import base64
import quopri

import pytest

from mailer.parse.charset import decode_bytes
from mailer.parse.flowed import unflow
from mailer.parse.headers import Headers, decode_words, parse_addresses
from mailer.parse.parameters import parse_parameters, parse_type
from mailer.parse.transfer import decode_transfer, find_encoding
from mailer.types import ParsedMail
from tests.unit.mailer.parse.builders import read

HEAD = b"From: Mara <mara@blog.example>\nTo: ana@agency.example\nSubject: Bread\n"


def mixed(*parts: str, kind: str = "mixed", end: str = "--b--\n", boundary: str = "b") -> ParsedMail:
    body = "".join(f"--b\n{part}\n" for part in parts) + end
    return read(HEAD + f"Content-Type: multipart/{kind}; boundary={boundary}\n\n".encode() + body.encode())


def test_parts_without_a_blank_line_and_without_a_header() -> None:
    assert mixed("\nfirst", "Content-Type: text/plain\n\nsecond", "third").text.split() == ["first", "second", "third"]


def test_the_last_boundary_is_missing() -> None:
    assert mixed("\nfirst", "\nsecond", end="").text.split() == ["first", "second"]


def test_the_inner_boundary_is_never_closed() -> None:
    inner = "Content-Type: multipart/alternative; boundary=c\n\n--c\n\nplain\n--c\nContent-Type: text/html\n\n<p>rich"
    mail = mixed(inner, "Content-Type: image/png; name=a.png\n\nPNG")
    assert (mail.text.strip(), mail.html) == ("plain", "<p>rich")
    assert [one.filename for one in mail.attachments] == ["a.png"]


def test_a_boundary_that_another_one_begins_with() -> None:
    inner = "Content-Type: multipart/alternative; boundary=bb\n\n--bb\n\nplain\n--bb--"
    assert mixed(inner, "\nmore").text.split() == ["plain", "more"]


@pytest.mark.parametrize("boundary", ['"b"', "b ", '"b "', "wrong", '""', "b; boundary=c"])
def test_boundaries_that_are_quoted_padded_wrong_or_empty(boundary: str) -> None:
    mail = mixed("Content-Type: text/plain\n\nfirst", "Content-Type: text/plain\n\nsecond", boundary=boundary)
    assert mail.text.split() == ["first", "second"]


def test_no_boundary_is_named_at_all() -> None:
    raw = HEAD + b"Content-Type: multipart/mixed\n\n--x\nContent-Type: text/plain\n\nfirst\n--x--\n"
    assert read(raw).text.strip() == "first"
    html = HEAD + b"Content-Type: multipart/alternative\n\n<html><body>Hello<br>Ana</body></html>"
    assert read(html).text == "Hello\nAna"


def test_the_boundary_before_the_first_part_is_missing() -> None:
    raw = (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\nContent-Type: text/plain\n\nfirst\n--b\n\nsecond\n--b--\n"
    )
    assert read(raw).text.split() == ["first", "second"]


def test_a_text_that_looks_like_a_boundary_stays() -> None:
    assert read(HEAD + b"\n--\nMara\n--b--\n").text == "--\nMara\n--b--\n"


def test_only_a_closing_boundary() -> None:
    assert read(HEAD + b"Content-Type: multipart/mixed; boundary=b\n\nHello\n--b--\n").text.strip() == "Hello"


def test_a_message_that_was_wrongly_encoded_is_opened() -> None:
    inner = base64.encodebytes(b"Subject: Old\nMessage-ID: <old@x.example>\n\nold words\n").decode()
    mail = mixed("\nHi", f"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{inner}")
    assert (mail.text.strip(), mail.quoted_ids) == ("Hi", ("old@x.example",))


def test_a_digest_holds_messages() -> None:
    mail = mixed("\nMessage-ID: <one@x.example>\nSubject: One\n\nwords", kind="digest")
    assert mail.quoted_ids == ("one@x.example",)


def test_a_mail_that_is_a_message_or_a_fragment_of_one_shows_its_words() -> None:
    for kind in ("message/rfc822", "message/partial; id=x; number=1; total=2"):
        mail = read(HEAD + f"Content-Type: {kind}\n\n".encode() + b"Subject: Inner\n\nwords inside")
        assert (mail.subject, mail.text) == ("Bread", "words inside")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("application/ms-tnef", "winmail.dat"),
        ("application/pkcs7-mime; smime-type=enveloped-data", "smime.p7m"),
        ("application/pgp-encrypted", "encryption.asc"),
        ("text/calendar; method=REQUEST", "invite.ics"),
        ("image/png; name*0*=utf-8''br%C3%B6; name*1=\"d.png\"", "bröd.png"),
        ('image/png; name="=?utf-8?q?br=C3=B6d=2Epng?="', "bröd.png"),
        ("image/png; name=C:\\bread\\a.png", "a.png"),
        ('image/png; name="a\\"b.png"', 'a"b.png'),
        ("image/png", "attachment"),
    ],
)
def test_files_have_the_name_of_what_they_are(kind: str, name: str) -> None:
    mail = mixed("\nHi", f"Content-Type: {kind}\n\nx")
    assert [one.filename for one in mail.attachments] == [name]
    assert mail.text.strip() == "Hi"


@pytest.mark.parametrize(
    "head",
    [
        HEAD.replace(b"\n", b"\r"),
        b"\xef\xbb\xbf" + HEAD,
        b"\n\n  \r\n" + HEAD,
        b">From mara Mon Nov 16\n" + HEAD,
        b"one\ntwo\n" + HEAD,
        HEAD.replace(b"Subject:", b"Subject \t:"),
        HEAD.replace(b"Subject: ", b"Subject:\n  "),
        HEAD.replace(b"Subject: Bread", b"Subject: Bread\n \n X"),
        HEAD.upper().replace(b"BREAD", b"Bread").replace(b"MARA@", b"mara@"),
    ],
    ids=range(9),
)
def test_odd_headers(head: bytes) -> None:
    mail = read(head + head[-1:] + b"Hello")
    assert (mail.subject.split()[0], mail.text.strip()) == ("Bread", "Hello")
    assert mail.sender is not None
    assert mail.sender.email == "mara@blog.example"


def test_a_whole_message_in_utf_16() -> None:
    raw = (HEAD + b"\nHello").decode()
    for codec in ("utf-16", "utf-16-be"):
        mail = read(("" if codec == "utf-16" else "\ufeff").encode(codec) + raw.encode(codec))
        assert (mail.subject, mail.text) == ("Bread", "Hello")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=?utf-8?q?Br=C3=B6t", "Bröt"),
        ("=?utf-8?b?QnLDtnQ", "Bröt"),
        ("=?utf-8?q?Br=C3=B6t?", "Bröt"),
        ("Re: =?utf-8?q?Br=C3=B6t", "Re: Bröt"),
        ("what =?is this?", "what =?is this?"),
        ("=?utf-8?q?Br=C3?= =?utf-8?q?=B6t?=", "Bröt"),
        ("=?utf-8?q?Br=C3?==?utf-8?q?=B6t?=", "Bröt"),
        ("=?UTF-8?Q?=E9=9D=A2=E5?=\n =?UTF-8?B?jIU=?=", "面包"),
        ("=?iso-8859-1?q?Br=C3=B6t?=", "Bröt"),
        ("=?gb2312?b?w+aw/A==?=", "面包"),
        ("=?iso-2022-jp?b?GyRCJVElcxsoQg==?=", "パン"),
        ("=?punycode?q?abc?=", "abc"),
    ],
)
def test_encoded_words(value: str, expected: str) -> None:
    assert decode_words(value) == expected


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("面包很好吃，谢谢你", "gbk"),
        ("面包很好吃，謝謝你", "big5"),
        ("빵이 정말 맛있어요 감사합니다", "euc-kr"),
        ("Хлеб и вода", "koi8-r"),
        ("ありがとうございます", "shift_jis"),
        ("ありがとうございます", "euc-jp"),
        ("Größe und Maße", "latin-1"),
        ("été créé à Orléans", "latin-1"),
        ("Ελληνικά", "iso-8859-7"),
        ("שלום לכולם", "windows-1255"),
    ],
)
def test_raw_headers_are_read_with_the_charset_of_the_body(text: str, codec: str) -> None:
    raw = b"From: " + text.encode(codec) + b" <mara@blog.example>\nSubject: " + text.encode(codec) + b"\n"
    for declared in (codec,) if codec[0] in "iwb" else (codec, None):
        kind = f"Content-Type: text/plain; charset={declared}\n" if declared else ""
        mail = read(raw + kind.encode() + b"\nx")
        assert mail.subject == text
        assert mail.sender is not None
        assert mail.sender.name == text
    inside = (
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset={codec}\n\nx\n--b--\n"
    )
    assert read(raw + inside.encode()).subject == text


def test_international_domains_are_compared_in_ascii() -> None:
    for value in (
        "Mara <mara@bücher.example>",
        "mara@xn--bcher-kva.example",
        "=?utf-8?q?mara=40b=C3=BCcher=2Eexample?=",
    ):
        assert [box.email for box in parse_addresses(value)] == ["mara@xn--bcher-kva.example"]
    raw = "From: Mara <mara@bücher.example>\n\nx".encode()
    sender = read(raw).sender
    assert sender is not None
    assert sender.email == "mara@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("content", "declared", "expected"),
    [
        ("Brot".encode("utf-16-le"), None, "Brot"),
        ("Brot".encode("utf-16-be"), "utf-16", "Brot"),
        ("Bröt".encode("utf-16"), "us-ascii", "Bröt"),
        (b"Brot", "utf-16", "Brot"),
        (b"+2AA-", "utf-7", "\ufffd"),
        (b"\\ud800", "unicode-escape", "\\ud800"),
        (b"Brot \x80", "iso-8859-1", "Brot €"),
        (b"caf\xc3", "utf-8", "cafÃ"),
        (b"Brot \x93x\x94", None, "Brot “x”"),
    ],
)
def test_charsets(content: bytes, declared: str | None, expected: str) -> None:
    assert decode_bytes(content, declared) == expected


@pytest.mark.parametrize(
    ("value", "email", "name"),
    [
        ("other@x.example <mara@blog.example>", "mara@blog.example", "other@x.example"),
        ("'mara@blog.example' <mara@blog.example>", "mara@blog.example", "mara@blog.example"),
        ("=?utf-8?q?other=40x=2Eexample?= <mara@blog.example>", "mara@blog.example", "other@x.example"),
        ('"Mara <old@x.example>" <mara@blog.example>', "mara@blog.example", "Mara <old@x.example>"),
        ("Mara [press] <mara@blog.example>", "mara@blog.example", "Mara [press]"),
        ("Mara J. Lind<mara@blog.example>", "mara@blog.example", "Mara J. Lind"),
        ("Mara <mara@blog.example", "mara@blog.example", "Mara"),
        ('"mara"@blog.example', "mara@blog.example", ""),
        ('<"mara lind"@blog.example>', '"mara lind"@blog.example', ""),
        ("mara@[192.0.2.1]", "mara@[192.0.2.1]", ""),
        ("mara @ blog . example", "mara@blog.example", ""),
        ("Mara <@relay.example:mara@blog.example>", "mara@blog.example", "Mara"),
        ("Mara <mailto:mara@blog.example>", "mara@blog.example", "Mara"),
    ],
)
def test_the_sender_is_the_one_in_brackets(value: str, email: str, name: str) -> None:
    assert [(box.email, box.name) for box in parse_addresses(value)] == [(email, name)]


def test_html_says_its_charset_itself() -> None:
    html = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-7"></head>Ελληνικά</html>'
    assert read(HEAD + b"Content-Type: text/html\n\n" + html.encode("iso-8859-7")).text == "Ελληνικά"


def test_enriched_text_loses_its_marks() -> None:
    raw = HEAD + b"Content-Type: text/enriched\n\n<bold>Hello</bold> <color><param>red</param>Ana</color> <<3"
    assert read(raw).text == "Hello Ana <3"


LONG = b"Many words of bread and butter, and of the salt that makes both of them good. " * 3


@pytest.mark.parametrize(
    ("encoded", "encoding", "expected"),
    [
        (base64.b64encode(LONG), "base64", LONG),
        (base64.encodebytes(LONG)[:-6], "base64", LONG[:230]),
        (base64.b64encode(b"one!") + b"\n" + base64.b64encode(b"two"), "base64", b"one!two"),
        (base64.b64encode(b"one!") + b"\n-- \nA list footer\n", "base64", b"one!"),
        (b"!" + base64.b64encode(LONG) + b"\x00", "base64", LONG),
        (LONG, "base64", LONG),
        (b"<p>Hello</p>", "base64", b"<p>Hello</p>"),
        (quopri.encodestring(LONG), "qp", LONG),
        (b"a =  \nb=3d=3D=ZZ=", "qp", b"a b===ZZ"),
        (b"begin 644 a.txt\r\n%2&5L;&\\\r\n`\r\nend\r\n", "uu", b"Hello"),
        (b"%2&5L;&\\\n", "uu", b"Hello"),
        (b"begin 644 a\n%2&5L;&\\JUNK\n\nend\nafter", "uu", b"Hello"),
        (b"no uuencode", "uu", b"no uuencode"),
        (b"=ybegin line=128 size=4 name=a\r\n\x72\x8f=J\x96\r\n=yend size=4\r\n", "yenc", b"He\xe0l"),
        (b"plain", "", b"plain"),
    ],
    ids=range(15),
)
def test_transfer_encodings(encoded: bytes, encoding: str, expected: bytes) -> None:
    source = b"before\n" + encoded + b"after"
    assert decode_transfer(source, 7, 7 + len(encoded), encoding) == expected


@pytest.mark.parametrize(
    ("field", "encoding"),
    [
        ("BASE64", "base64"),
        ('"quoted-printable"', "qp"),
        ("quoted_printable;", "qp"),
        ("x-uuencode", "uu"),
        ("8bit", ""),
    ],
)
def test_names_of_transfer_encodings(field: str, encoding: str) -> None:
    assert find_encoding(field) == encoding


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text/plain", {}),
        ("text/plain; charset=utf-8", {"charset": "utf-8"}),
        ('text/plain; CHARSET = "utf-8" ; format=flowed', {"charset": "utf-8", "format": "flowed"}),
        ("text/plain;; charset=utf-8;", {"charset": "utf-8"}),
        ("text/plain; name=two words.txt; x=y", {"name": "two words.txt", "x": "y"}),
        ('a/b; name="a;b=c"', {"name": "a;b=c"}),
        ('a/b; name="never closed', {"name": "never closed"}),
        ("a/b; name*=iso-8859-1'sv'br%F6d", {"name": "bröd"}),
        ("a/b; name*1=c; name*0=ab", {"name": "abc"}),
        ("a/b; name*0*=utf-8''br%C3; name*1*=%B6d", {"name": "bröd"}),
        ("a/b; name*=broken", {"name": "broken"}),
        ("a/b;\n\tname=x", {"name": "x"}),
    ],
)
def test_parameters(value: str, expected: dict[str, str]) -> None:
    assert parse_parameters(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("TEXT/HTML; x", "text/html"),
        ("text", "text/plain"),
        ("", "a/b"),
        ("text /html", "text/plain"),
        ("?/", "text/plain"),
    ],
)
def test_types(value: str, expected: str) -> None:
    assert parse_type(value, "a/b") == expected


@pytest.mark.parametrize(
    ("text", "delsp", "expected"),
    [
        ("one \ntwo \nthree\nfour", False, "one two three\nfour"),
        ("long \nword", True, "longword"),
        ("> one \n> two\n> three", False, "> one two\n> three"),
        ("> one \n>> two \nthree", False, "> one \n>> two \nthree"),
        (" From here\n  code", False, "From here\n code"),
        ("Bye \n-- \nMara \nLind", False, "Bye \n-- \nMara Lind"),
        ("words \n\nmore", False, "words \n\nmore"),
        ("From: Ana \nSubject: x", False, "From: Ana \nSubject: x"),
        ("first \n- item \n- item", False, "first \n- item \n- item"),
        ("", False, ""),
    ],
)
def test_flowed_text(text: str, expected: str, *, delsp: bool) -> None:
    assert unflow(text, delsp=delsp) == expected


def test_long_fields_keep_their_beginning_and_their_end() -> None:
    ids = [f"<{number}@x.example>" for number in range(10_000)]
    mail = read(b"References: " + " ".join(ids).encode() + b"\n\nx")
    assert (mail.references[0], mail.references[-1]) == ("0@x.example", "9999@x.example")
    assert len(mail.references) < 2_000


def test_fields_are_found_without_case_and_read_in_order() -> None:
    headers = Headers([("X-A", "one"), ("x-a", "=?utf-8?q?tw=C3=B6?="), ("X-B", "")])
    assert (headers.raw("x-a"), headers.all("x-a"), headers.get("x-b")) == ("one", ["one", "twö"], "")
    assert ("x-a" in headers, "x-c" in headers, list(headers.names())) == (True, False, ["x-a", "x-b"])
