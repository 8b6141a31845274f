"""The strict check of five hundred letters: nothing to object to, nothing lost, and the standard library agrees."""

from collections.abc import Iterator
from email import message_from_string, policy
from email.errors import NonASCIILocalPartDefect
from email.header import decode_header, make_header
from email.headerregistry import Address as StdAddress
from email.message import EmailMessage
from email.utils import getaddresses

import pytest

from mailer.addresses import normalise_email
from mailer.compose import compose, needs_smtputf8
from mailer.domain import ascii_address
from mailer.lint import lint_mail
from mailer.parse import parse_mail
from mailer.smtp_commands import write_content
from mailer.types import Address, Letter

from .five_hundred import COUNT, FILES, TONGUES, five_hundred

# The standard library takes a text that looks like an encoded word for one; we keep it as it was written.
LOOK_ALIKE = "=?utf-8?q?"
CHUNK = 50
CHUNKS = range(COUNT // CHUNK)


def letters(chunk: int) -> Iterator[tuple[Letter, bytes]]:
    for letter in five_hundred()[chunk * CHUNK : (chunk + 1) * CHUNK]:
        yield letter, compose(letter)


def test_they_are_five_hundred_different_ones_and_hold_what_is_hard() -> None:
    all_of_them = five_hundred()
    assert len({letter.message_id for letter in all_of_them}) == COUNT
    assert {one.filename for letter in all_of_them for one in letter.attachments} == {one.filename for one in FILES}
    assert len(TONGUES) >= 10
    assert sum('lang="ar"' in (letter.html or "") for letter in all_of_them) >= 10
    assert any(needs_smtputf8(letter) for letter in all_of_them)
    assert any(max(map(len, letter.text.split("\n"))) >= 2_000 for letter in all_of_them)


@pytest.mark.parametrize("chunk", CHUNKS)
def test_the_linter_finds_nothing(chunk: int) -> None:
    for letter, raw in letters(chunk):
        assert lint_mail(raw, smtputf8=needs_smtputf8(letter)) == [], letter.message_id


@pytest.mark.parametrize("chunk", CHUNKS)
def test_they_parse_back_and_the_standard_library_writes_the_same(chunk: int) -> None:
    for letter, raw in letters(chunk):
        mine, its = parse(raw), write_with_standard_library(letter)
        assert [defect for part in mine.walk() for defect in defects_of(part)] == [], letter.message_id
        for name in {*map(str.lower, mine.keys()), *map(str.lower, its.keys())} - {"content-type", "date"}:
            if name in ("from", "to", "cc", "reply-to"):
                assert people_of(mine, raw, name) == people_in(its, name), (letter.message_id, name)
            elif not name.startswith("content-") and LOOK_ALIKE not in str(mine[name]):
                assert str(mine[name]) == str(its[name]), (letter.message_id, name)
        assert str(mine["Subject"]) == letter.subject
        assert [str(mine[name]) for name, _ in letter.headers] == [value for _, value in letter.headers]
        assert mine["Date"].datetime == letter.date
        assert bodies_of(mine) == bodies_of(its) == [letter.text, *([letter.html] if letter.html else [])]
        assert files_of(mine) == [(one.filename, one.content) for one in letter.attachments]
        assert without_look_alikes(files_of(mine)) == without_look_alikes(files_of(its)), letter.message_id


@pytest.mark.parametrize("chunk", CHUNKS)
def test_our_own_reader_reads_what_we_write(chunk: int) -> None:
    for letter, raw in letters(chunk):
        read = parse_mail(raw, received_at=letter.date)
        # A name from outside is cut at 200 characters and cannot be a path.
        assert read.defects == ()
        assert (read.message_id, read.date) == (letter.message_id, letter.date)
        assert " ".join(read.subject.split()) == " ".join(letter.subject.split()), letter.message_id
        assert read.sender is not None
        assert (read.sender.email, read.sender.name) == (
            "mia@xn--brcken-cua.example",
            " ".join(letter.sender.name.split()),
        )
        # A local part in quotes is legal on the wire, and has no other form.
        assert [one.email for one in read.to] == [normalise_email(letter.to.email) or letter.to.email]
        assert read.in_reply_to == ((letter.in_reply_to,) if letter.in_reply_to else ())
        assert "".join(read.text.split()) == "".join(letter.text.split()), letter.message_id
        assert [(one.filename, one.content) for one in read.attachments] == [
            (one.filename.rpartition("\\")[2][:200], one.content) for one in letter.attachments
        ]


@pytest.mark.parametrize("chunk", CHUNKS)
def test_the_wire_changes_nothing(chunk: int) -> None:
    for _, raw in letters(chunk):
        lines = write_content(raw).split(b"\r\n")
        assert lines[-2:] == [b".", b""]
        assert not any(line == b"." for line in lines[:-2])
        assert b"\r\n".join(line.removeprefix(b".") for line in lines[:-2]) + b"\r\n" == raw


def parse(raw: bytes) -> EmailMessage:
    """Read with the standard library; its reader of bytes minds UTF-8 in a header (RFC 6532), that of text not."""
    parsed = message_from_string(raw.decode(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    for part in parsed.walk():
        # Fields are read once; the library reads them again at every look.
        part._headers = [(name, policy.default.header_fetch_parse(name, value)) for name, value in part._headers]
    return parsed


def defects_of(part: EmailMessage) -> list[object]:
    """Return what the standard library minds; that a local part is not ASCII is what SMTPUTF8 is for (RFC 6532)."""
    return [
        defect
        for defect in (*part.defects, *(one for value in part.values() for one in value.defects))
        if not isinstance(defect, NonASCIILocalPartDefect)
    ]


def write_with_standard_library(letter: Letter) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTPUTF8)
    message["Date"] = letter.date
    for name, people in (
        ("From", [letter.sender]),
        ("Reply-To", [letter.reply_to] if letter.reply_to else []),
        ("To", [letter.to]),
        ("Cc", [*letter.cc]),
    ):
        if people:
            message[name] = [standard_address(one) for one in people]
    message["Subject"] = letter.subject
    message["Message-ID"] = f"<{letter.message_id}>"
    if letter.in_reply_to:
        message["In-Reply-To"] = f"<{letter.in_reply_to}>"
        message["References"] = " ".join(f"<{one}>" for one in kept_of(letter.references))
    ways = [f"<{letter.unsubscribe_url}>"] if letter.unsubscribe_url else []
    if letter.unsubscribe_mailto:
        ways.append(f"<mailto:{ascii_address(letter.unsubscribe_mailto)}?subject=unsubscribe>")
    if ways:
        message["List-Unsubscribe"] = ", ".join(ways)
    if letter.unsubscribe_url:
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    for name, value in letter.headers:
        message[name] = value
    message.set_content(letter.text, cte="base64")
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="base64")
    for one in letter.attachments:
        message.add_attachment(one.content, maintype="application", subtype="octet-stream", filename=one.filename)
    return message


def kept_of(chain: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a chain may keep within 998 characters: the first id and the latest."""
    left = next(
        n for n in range(len(chain)) if len(" ".join((chain[0], *chain[n + 1 :]))) + 2 * (len(chain) - n) <= 998
    )
    return (chain[0], *chain[left + 1 :])


def standard_address(person: Address) -> StdAddress:
    local, _, domain = ascii_address(person.email).rpartition("@")
    return StdAddress(tidy(person.name), username=local.strip('"'), domain=domain)


def tidy(name: str) -> str:
    return " ".join(word for word in name.split(" ") if word)


def people_of(message: EmailMessage, raw: bytes, name: str) -> list[tuple[str, str]]:
    """Names by the old parser: the new one of 3.11 puts blanks between the encoded words of a name."""
    value = str(message_from_string(raw.decode())[name] or "").replace("\r\n", "").replace("\n", "")
    specs = [one.addr_spec for one in message[name].addresses]
    phrases = [str(make_header(decode_header(phrase))) for phrase, _ in getaddresses([value])]
    return list(zip(phrases, specs, strict=True))


def people_in(message: EmailMessage, name: str) -> list[tuple[str, str]]:
    return [(one.display_name, one.addr_spec) for one in message[name].addresses]


def bodies_of(message: EmailMessage) -> list[str]:
    found = [message.get_body((kind,)) for kind in ("plain", "html")]
    return [part.get_content().replace("\r\n", "\n") for part in found if part is not None]


def files_of(message: EmailMessage) -> list[tuple[str | None, bytes]]:
    return [(part.get_filename(), part.get_payload(decode=True)) for part in message.iter_attachments()]


def without_look_alikes(files: list[tuple[str | None, bytes]]) -> list[tuple[str | None, bytes]]:
    return [one for one in files if one[0] not in {f"{LOOK_ALIKE}trap?=.pdf", "trap.pdf"}]
