"""Where a server listens, and what its address may not say."""

import pytest

from mailer.servers import is_loopback, parse_server
from mailer.types import Server


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtps://mail.brand.example:465", ("smtp", "mail.brand.example", 465, "tls")),
        ("smtps://mail.brand.example", ("smtp", "mail.brand.example", 465, "tls")),
        ("smtp://mail.brand.example", ("smtp", "mail.brand.example", 587, "starttls")),
        ("smtp://mail.brand.example:2587/", ("smtp", "mail.brand.example", 2587, "starttls")),
        ("imaps://mail.brand.example", ("imap", "mail.brand.example", 993, "tls")),
        ("imap://mail.brand.example", ("imap", "mail.brand.example", 143, "starttls")),
        (" IMAPS://Mail.Brand.Example ", ("imap", "mail.brand.example", 993, "tls")),
        ("imaps://bücher.example", ("imap", "xn--bcher-kva.example", 993, "tls")),
        ("smtp+plain://localhost:1025", ("smtp", "localhost", 1025, "plain")),
        ("imap+plain://127.0.0.1:1143", ("imap", "127.0.0.1", 1143, "plain")),
        ("imap+plain://[::1]:1143", ("imap", "::1", 1143, "plain")),
    ],
)
def test_reads_an_address(url: str, expected: tuple[str, str, int, str]) -> None:
    protocol, host, port, security = expected
    assert parse_server(url) == Server(protocol=protocol, host=host, port=port, security=security)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mail.brand.example", "begin with"),
        ("http://mail.brand.example", "begin with"),
        ("smtp+plain://mail.brand.example", "another machine"),
        ("imap+plain://10.0.0.7", "another machine"),
        ("imap+plain://localhost.brand.example", "another machine"),
        ("smtps://anna:secret@mail.brand.example", "kept elsewhere"),
        ("smtps://mail.brand.example/inbox", "end after"),
        ("smtps://mail.brand.example?tls=no", "end after"),
        ("smtps://", "no host"),
        ("smtps://mail.brand.example:0", "1 to 65535"),
        ("smtps://mail.brand.example:70000", "1 to 65535"),
        ("smtps://mail.brand.example:abc", "1 to 65535"),
    ],
)
def test_refuses_with_one_sentence(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as refusal:
        parse_server(url)
    assert "secret" not in str(refusal.value)


def test_a_name_is_no_loopback() -> None:
    assert is_loopback("127.8.9.1")
    assert not is_loopback("127.0.0.1.brand.example")
