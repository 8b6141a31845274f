"""Pure: an address has one form."""

import pytest

from mailer.addresses import domain_of, is_free_mail, is_role_address, normalise_email


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mara@Example.COM", "mara@example.com"),
        ("  mara@blog.example \n", "mara@blog.example"),
        ("mailto:Mara@blog.test?subject=Hi", "mara@blog.test"),
        ("<mara+film@blog.example>", "mara+film@blog.example"),
        ("mara@Müller.example", "mara@xn--mller-kva.example"),
        ("mara@xn--mller-kva.example", "mara@xn--mller-kva.example"),
        ("o'neil_-x@blog.example", "o'neil_-x@blog.example"),
        ("", None),
        ("mara", None),
        ("mara@", None),
        ("@blog.example", None),
        ("mara@localhost", None),
        ("mara@@blog.example", None),
        ("mara..lind@blog.example", None),
        ("mara lind@blog.example", None),
        ("mara@blog.example, ben@blog.example", None),
        ("mara@[192.0.2.1]", None),
        ("m" * 400 + "@blog.example", None),
        ("mara@blog.example\nBcc: x@y.example", None),
    ],
)
def test_an_address_is_normalised_or_refused(text: str, expected: str | None) -> None:
    assert normalise_email(text) == expected


def test_normalising_twice_changes_nothing() -> None:
    once = normalise_email("Mara@MÜLLER.example")
    assert once is not None
    assert normalise_email(once) == once


@pytest.mark.parametrize(
    ("email", "role"),
    [
        ("info@a.example", True),
        ("Press+x@a.example", True),
        ("mara@a.example", False),
        ("information.desk@a.example", False),
    ],
)
def test_a_role_address_names_a_function(email: str, role: bool) -> None:
    assert is_role_address(email) is role


def test_domains() -> None:
    assert domain_of("mara@Blog.example") == "blog.example"
    assert domain_of("mara") == ""
    assert is_free_mail("Gmail.com.")
    assert not is_free_mail("blog.example")
