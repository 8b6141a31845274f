"""Composing: what leaves parses back to what was meant, whoever parses it."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address as StdAddress
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.compose import compose, needs_smtputf8
from mailer.types import Address, Attachment

from .letters import PLAIN, make_letter

words = st.text(st.characters(categories=("L", "M", "N", "P", "S", "Z", "Cf", "Co")), max_size=120)
lines = st.text(
    st.characters(
        categories=["L", "M", "N", "P", "S", "Z", "Cc", "Cf", "Co", "Cn"],
        exclude_characters="\r\0\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e",
    )
)
emails = st.from_regex(r"[a-z0-9]{1,20}(\.[a-z0-9]{1,20}){0,2}@[a-z0-9]{1,20}\.example", fullmatch=True)


def parse(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def check_wire(raw: bytes) -> None:
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert raw.endswith(b"\r\n")


def body_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


@settings(max_examples=60, deadline=None)
@given(subject=words, name=words, email=emails)
def test_header_values_come_back(subject: str, name: str, email: str) -> None:
    raw = compose(make_letter(subject=subject, to=Address(email=email, name=name)))
    check_wire(raw)
    parsed = parse(raw)
    assert str(parsed["Subject"]) == subject
    assert parsed["To"].addresses[0].addr_spec == email
    # The new parser of 3.11 puts blanks between the encoded words of a name (RFC 2047 6.2 says none); the old does not.
    phrase, spec = parseaddr(str(message_from_bytes(raw)["To"]).replace("\r\n", ""))
    assert spec == email
    assert str(make_header(decode_header(phrase))).split() == name.split()
    assert not parsed.defects
    head = raw.partition(b"\r\n\r\n")[0]
    assert all(len(line) <= 76 or b"=?" not in line for line in head.split(b"\r\n"))


@settings(max_examples=60, deadline=None)
@given(text=lines, html=st.none() | lines)
def test_bodies_come_back(text: str, html: str | None) -> None:
    raw = compose(make_letter(text=text, html=html))
    check_wire(raw)
    parsed = parse(raw)
    assert body_of(parsed, "plain") == (text if text.endswith("\n") else text + "\n")
    if html is not None:
        assert body_of(parsed, "html") == (html if html.endswith("\n") else html + "\n")
    assert not any(part.defects for part in parsed.walk())
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))


@settings(max_examples=60, deadline=None)
@given(filename=words.map(str.strip).filter(bool), content=st.binary(max_size=400))
def test_attachments_come_back(filename: str, content: bytes) -> None:
    attachment = Attachment(filename=filename, content_type="application/pdf", content=content)
    raw = compose(make_letter(attachments=(attachment,)))
    check_wire(raw)
    (part,) = parse(raw).iter_attachments()
    assert part.get_content() == content
    assert part.get_content_type() == "application/pdf"
    assert part.get_filename() == filename


@pytest.mark.parametrize(
    "text",
    [
        "From here on\nFrom there\n",
        ".\n..\n.dot\n",
        "trailing blank \nand tab\t\n",
        "x" * 5000 + "\n",
        "Grüße aus Köln, " * 60 + "\n",
        "こんにちは世界" * 40 + "\n",
        "--=_looks like a boundary\n",
        "\n\n\n",
    ],
)
def test_awkward_texts_come_back(text: str) -> None:
    raw = compose(make_letter(text=text, html=f"<p>{text}</p>\n"))
    check_wire(raw)
    assert body_of(parse(raw), "plain") == text
    assert b"\r\nFrom " not in raw.partition(b"\r\n\r\n")[2]


def test_agrees_with_the_standard_library() -> None:
    letter = make_letter(
        sender=Address(email="anna@brand.example", name="Anna Bränd, CEO"),
        to=Address(email="mila@creator.example", name='Mila "Mi" Öz'),
        cc=(Address(email="bo@brand.example"), Address(email="cy@brand.example", name="C. Y.")),
        subject="Grüße: eine Flasche für die nächste Wanderung? " * 3,
        html="<p>Grüße</p>\n",
        in_reply_to="two@creator.example",
        references=("one@brand.example", "two@creator.example"),
        attachments=(Attachment(filename="Vertrag ü.pdf", content_type="application/pdf", content=b"%PDF" * 99),),
    )
    oracle = EmailMessage(policy=policy.SMTP)
    oracle["From"] = StdAddress("Anna Bränd, CEO", addr_spec="anna@brand.example")
    oracle["To"] = StdAddress('Mila "Mi" Öz', addr_spec="mila@creator.example")
    oracle["Cc"] = [StdAddress(addr_spec="bo@brand.example"), StdAddress("C. Y.", addr_spec="cy@brand.example")]
    oracle["Subject"] = letter.subject
    oracle["Message-ID"] = f"<{letter.message_id}>"
    oracle["In-Reply-To"] = "<two@creator.example>"
    oracle["References"] = "<one@brand.example> <two@creator.example>"
    oracle.set_content(letter.text)
    oracle.add_alternative(letter.html, subtype="html")
    oracle.add_attachment(b"%PDF" * 99, maintype="application", subtype="pdf", filename="Vertrag ü.pdf")
    ours, theirs = parse(compose(letter)), parse(oracle.as_bytes())
    for name in ("From", "To", "Cc", "Subject", "Message-ID", "In-Reply-To", "References"):
        assert str(ours[name]) == str(theirs[name]), name
    assert [part.get_content_type() for part in ours.walk()] == [part.get_content_type() for part in theirs.walk()]
    for kind in ("plain", "html"):
        assert body_of(ours, kind) == body_of(theirs, kind)
    (mine,), (its,) = ours.iter_attachments(), theirs.iter_attachments()
    assert (mine.get_content(), mine.get_filename()) == (its.get_content(), its.get_filename())


def test_writes_date_thread_and_unsubscribe() -> None:
    parsed = parse(
        compose(
            make_letter(
                in_reply_to="c@creator.example",
                references=("a@brand.example", "broken id", "c@creator.example"),
                reply_to=Address(email="desk@brand.example"),
                unsubscribe_mailto="stop+x1@brand.example",
                unsubscribe_url="https://brand.example/u/x1",
                headers=(("X-Rapport-Send", "42"),),
            )
        )
    )
    assert parsedate_to_datetime(str(parsed["Date"])) == PLAIN.date
    assert parsed["In-Reply-To"] == "<c@creator.example>"
    assert str(parsed["References"]).split() == ["<a@brand.example>", "<c@creator.example>"]
    assert parsed["Reply-To"] == "desk@brand.example"
    assert re.findall(r"<([^>]*)>", str(parsed["List-Unsubscribe"])) == [
        "https://brand.example/u/x1",
        "mailto:stop+x1@brand.example?subject=unsubscribe",
    ]
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parsed["MIME-Version"] == "1.0"
    assert parsed["X-Rapport-Send"] == "42"
    assert parsed["X-Mailer"] is None


def test_one_click_needs_a_link() -> None:
    parsed = parse(compose(make_letter(unsubscribe_mailto="stop@brand.example")))
    assert parsed["List-Unsubscribe"] == "<mailto:stop@brand.example?subject=unsubscribe>"
    assert parsed["List-Unsubscribe-Post"] is None


def test_same_letter_same_bytes_and_boundaries_follow_the_id() -> None:
    letter = make_letter(html="<p>x</p>")
    assert compose(letter) == compose(letter)
    other = compose(make_letter(html="<p>x</p>", message_id="other@brand.example"))
    assert re.search(rb"boundary=.*", compose(letter)) != re.search(rb"boundary=.*", other)


def test_domains_become_ascii_and_foreign_local_parts_ask_for_smtputf8() -> None:
    letter = make_letter(to=Address(email="mila@bücher.example"))
    assert b"To: mila@xn--bcher-kva.example\r\n" in compose(letter)
    assert not needs_smtputf8(letter)
    foreign = make_letter(to=Address(email="milá@creator.example"))
    assert needs_smtputf8(foreign)
    assert "milá@creator.example".encode() in compose(foreign)


@pytest.mark.parametrize("bad", ["a\rb", "a\nBcc: x@evil.example", "a\0b"])
@pytest.mark.parametrize(
    "change",
    [
        lambda bad: {"subject": bad},
        lambda bad: {"message_id": bad + "@x.example"},
        lambda bad: {"in_reply_to": bad},
        lambda bad: {"references": (bad,)},
        lambda bad: {"to": Address(email="mila@creator.example", name=bad)},
        lambda bad: {"to": Address(email=bad + "@creator.example")},
        lambda bad: {"to": Address(email="mila@" + bad)},
        lambda bad: {"cc": (Address(email="bo@brand.example", name=bad),)},
        lambda bad: {"reply_to": Address(email="bo@brand.example", name=bad)},
        lambda bad: {"unsubscribe_url": "https://brand.example/" + bad},
        lambda bad: {"unsubscribe_mailto": bad + "@brand.example"},
        lambda bad: {"headers": (("X-A", bad),)},
        lambda bad: {"headers": ((bad, "x"),)},
        lambda bad: {"attachments": (Attachment(filename=bad, content_type="text/csv", content=b""),)},
        lambda bad: {"attachments": (Attachment(filename="a", content_type="text/" + bad, content=b""),)},
    ],
)
def test_no_value_smuggles_a_header(change: Any, bad: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        compose(make_letter(**change(bad)))


@pytest.mark.parametrize(
    "changes",
    [
        {"date": PLAIN.date.replace(tzinfo=None)},
        {"message_id": "no at sign"},
        {"message_id": "<a@b>"},
        {"to": Address(email="mila")},
        {"to": Address(email="mila@creator.example>, <bo@brand.example")},
        {"to": Address(email="mila@creator.example bo")},
        {"unsubscribe_url": "http://brand.example/u"},
        {"headers": (("Subject", "again"),)},
        {"headers": (("X-" + "L" * 39, "x"),)},
        {"headers": (("Content-Type", "text/html"),)},
        {"attachments": (Attachment(filename="a", content_type="multipart/mixed", content=b""),)},
    ],
)
def test_refuses_what_cannot_be_written(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        compose(make_letter(**changes))


def test_an_attached_message_travels_as_octets() -> None:
    raw = compose(
        make_letter(
            attachments=(Attachment(filename="a.eml", content_type="message/rfc822", content=b"A: b\r\n\r\nc"),)
        )
    )
    (part,) = parse(raw).iter_attachments()
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_content() == b"A: b\r\n\r\nc"


def test_a_long_conversation_keeps_its_first_id_and_the_latest() -> None:
    chain = tuple(f"{number}.{'x' * 40}@creator.example" for number in range(5_000))
    ids = str(parse(compose(make_letter(references=chain, in_reply_to=chain[-1])))["References"]).split()
    assert ids[0] == f"<{chain[0]}>"
    assert ids[1:] == [f"<{one}>" for one in chain[-len(ids) + 1 :]]
    assert 900 < len(" ".join(ids)) <= 998


def test_the_answered_id_stands_once_and_last() -> None:
    letter = make_letter(references=("a@b.example", "b@b.example", "a@b.example"), in_reply_to="a@b.example")
    assert str(parse(compose(letter))["References"]).split() == ["<b@b.example>", "<a@b.example>"]
    huge = tuple(f"{number}{'x' * 880}@b.example" for number in range(3))
    assert str(parse(compose(make_letter(references=huge, in_reply_to=huge[-1])))["References"]) == f"<{huge[-1]}>"
    itself = make_letter(references=(PLAIN.message_id,))
    assert parse(compose(itself))["References"] is None


def test_an_extra_header_fits_whatever_its_value() -> None:
    name, value = "X-" + "L" * 38, "Grüße " * 30 + "x" * 300
    raw = compose(make_letter(headers=((name, value),)))
    assert str(parse(raw)[name]) == value
    assert all(len(line) <= 78 for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n"))


@pytest.mark.parametrize("name", ["DKIM-Signature", "Received", "Return-Path", "Resent-To", "Authentication-Results"])
def test_marks_of_the_way_are_not_ours_to_write(name: str) -> None:
    with pytest.raises(ValueError, match="written from the letter"):
        compose(make_letter(headers=((name, "x"),)))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a;b\n", "text/csv"),
        ("a;\u00fc\n".encode(), "text/csv; charset=utf-8"),
        (b"a;\xfc\n", "application/octet-stream"),
    ],
)
def test_text_files_name_their_charset_or_travel_as_octets(content: bytes, kind: str) -> None:
    raw = compose(make_letter(attachments=(Attachment(filename="a.csv", content_type="text/csv", content=content),)))
    assert f"Content-Type: {kind}\r\n".encode() in raw
    (part,) = parse(raw).iter_attachments()
    assert part.get_payload(decode=True) == content


def test_pieces_of_a_file_name_never_split_a_character() -> None:
    attachment = Attachment(filename="\u898b\u7a4d\u66f8" * 40, content_type="application/pdf", content=b"")
    pieces = re.findall(rb"filename\*\d+\*=(?:utf-8'')?(\S*?);?\r\n", compose(make_letter(attachments=(attachment,))))
    assert len(pieces) > 5
    assert "".join(unquote_to_bytes(piece).decode() for piece in pieces) == attachment.filename
