"""DKIM: what we sign verifies, by our own reading of the standard and by another's; nothing may be added after."""

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as make_ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mailer.compose import compose
from mailer.dkim import (
    Signer,
    is_published,
    is_selector,
    make_signer,
    public_part,
    read_private_key,
    relaxed_body,
    relaxed_field,
    sign,
    split_record,
    write_record,
)
from mailer.lint import lint_mail

from .letters import make_letter

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
RSA = generate_private_key(65_537, 2048)
ED = Ed25519PrivateKey.generate()
SIGNERS = (make_signer("brand.example", "r2026", RSA), make_signer("brand.example", "e2026", ED))
LETTERS = (
    make_letter(),
    make_letter(
        subject="Grüße  an   dich und alle anderen, die das hier lesen, bis die Zeile voll ist " * 3,
        text="Hello  \n\n trailing\t\n\n\n\n",
        html="<p>Hello</p>",
        in_reply_to="a@creator.example",
        references=("a@creator.example",),
        unsubscribe_url="https://crm.brand.example/u/x",
        unsubscribe_mailto="anna@brand.example",
    ),
    make_letter(text="", subject=""),
)


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("signer", SIGNERS, ids=["rsa", "ed25519"])
def test_a_signature_verifies_by_the_standard(letter, signer: Signer) -> None:
    raw = sign(compose(letter), [signer], now=NOW)
    assert raw.endswith(compose(letter))
    verify(raw, signer)
    assert [one for one in lint_mail(raw) if one.code.startswith(("dkim", "header"))] == []


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b"Subject: ", b"Subject: Re: "),
        lambda raw: raw.replace(b"From: ", b"From: x@evil.example\r\nFrom: "),
        lambda raw: raw.replace(b"To: Mila", b"Reply-To: x@evil.example\r\nTo: Mila"),
        lambda raw: raw.replace(b"To: Mila", b"List-Unsubscribe: <https://evil.example>\r\nTo: Mila"),
        lambda raw: raw.replace(b"To: Mila", b"Subject: second\r\nTo: Mila"),
        lambda raw: raw.replace(b"film", b"flim"),
        lambda raw: raw + b"more\r\n",
    ],
)
@pytest.mark.parametrize("signer", SIGNERS, ids=["rsa", "ed25519"])
def test_whatever_is_changed_or_added_breaks_it(change: Callable[[bytes], bytes], signer: Signer) -> None:
    raw = sign(compose(make_letter()), [signer], now=NOW)
    assert change(raw) != raw
    with pytest.raises((InvalidSignature, AssertionError)):
        verify(change(raw), signer)


def test_folding_and_blanks_on_the_way_do_not_break_it() -> None:
    raw = sign(compose(make_letter()), SIGNERS[:1], now=NOW)
    verify(raw.replace(b"A bottle for", b"A bottle\r\n\t for  "), SIGNERS[0])
    verify(raw + b"\r\n\r\n", SIGNERS[0])


def test_another_reader_agrees() -> None:
    records = {
        f"{one.selector}._domainkey.brand.example.".encode(): write_record(one.algorithm, public_part(one.key)).encode()
        for one in SIGNERS
    }
    for letter in LETTERS:
        raw = sign(compose(letter), SIGNERS, now=NOW)
        for index in range(2):
            assert dkim.DKIM(raw).verify(idx=index, dnsfunc=lambda name, timeout=5: records.get(name))
        assert not dkim.verify(raw.replace(b"Date: ", b"Date:  1"), dnsfunc=lambda name, timeout=5: records.get(name))


def test_examples_of_the_standard() -> None:
    """RFC 6376 3.4.5."""
    assert relaxed_field(b"A: X") == b"a:X"
    assert relaxed_field(b"B : Y\t\r\n\tZ  ") == b"b:Y Z"
    assert relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n") == b" C\r\nD E\r\n"
    assert relaxed_body(b"\r\n\r\n") == b""
    assert relaxed_body(b"x ") == b"x\r\n"


def test_lines_of_the_signature_are_short() -> None:
    head = sign(compose(LETTERS[1]), SIGNERS, now=NOW).partition(b"Date: ")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78


def test_without_keys_nothing_changes_and_a_broken_mail_is_refused() -> None:
    raw = compose(make_letter())
    assert sign(raw, [], now=NOW) == raw
    with pytest.raises(ValueError, match="whole mail"):
        sign(b"Subject: x\r\n", SIGNERS, now=NOW)


def test_keys_come_from_pem_files() -> None:
    for key in (RSA, ED):
        assert public_part(read_private_key(pem(key))) == public_part(key)
    small = generate_private_key(65_537, 1024)
    for wrong in (b"", b"nonsense", pem(small), pem(make_ec(SECP256R1()))):
        with pytest.raises(ValueError, match=r"key|bits"):
            read_private_key(wrong)


def test_the_record_is_cut_for_dns_and_found_again() -> None:
    public = public_part(RSA)
    record = write_record("rsa-sha256", public)
    pieces = re.findall(r'"([^"]*)"', split_record(record))
    assert "".join(pieces) == record
    assert max(map(len, pieces)) == 255
    assert is_published([record], public)
    assert is_published(["v=DKIM1; p=" + public[:40] + " " + public[40:]], public)
    assert not is_published(["v=DKIM1; p=", "p=%%%", write_record("ed25519-sha256", public_part(ED))], public)
    assert len(b64decode(public_part(ED))) == 32


def test_selectors() -> None:
    assert all(map(is_selector, ("r2026", "a.b-c")))
    assert not any(map(is_selector, ("", "A", "a b", "a" * 64, "-a", "a..b", "ü")))


def pem(key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def verify(raw: bytes, signer: Signer) -> None:
    """Verify the first signature step by step, written apart from the signing (RFC 6376 6.1)."""
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = re.findall(rb"[^\r\n]+(?:\r\n[ \t][^\r\n]*)*", head)
    mine = fields.pop(0)
    pairs = (tag.partition(b"=") for tag in mine.split(b":", 1)[1].split(b";"))
    tags = {name.strip().decode(): re.sub(rb"\s", b"", value) for name, _, value in pairs}
    lines = [b" ".join(line.replace(b"\t", b" ").split(b" ")) for line in body.split(b"\r\n")]
    lines = [re.sub(rb" +", b" ", line).rstrip() for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    assert b64decode(tags["bh"]) == sha256(b"".join(line + b"\r\n" for line in lines)).digest()
    chosen = []
    for name in tags["h"].split(b":"):
        at = next((n for n in reversed(range(len(fields))) if fields[n].split(b":")[0].lower() == name), None)
        if at is not None:
            chosen.append(shrink(fields.pop(at)) + b"\r\n")
    signed = b"".join(chosen) + shrink(re.sub(rb"(;\s*b=)[^;]*$", rb"\1", mine))
    key = signer.key
    if isinstance(key, RSAPrivateKey):
        key.public_key().verify(b64decode(tags["b"]), signed, PKCS1v15(), SHA256())
    else:
        key.public_key().verify(b64decode(tags["b"]), sha256(signed).digest())


def shrink(field: bytes) -> bytes:
    name, _, value = field.partition(b":")
    return name.lower().strip() + b":" + b" ".join(value.split())
