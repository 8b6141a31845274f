"""DNS checks: what could not be asked is unclear, never bad."""

from collections.abc import Mapping

import pytest

from mailer.dns import check_domain
from mailer.dns_records import judge_dmarc, judge_spf

GOOD = {
    "brand.example": ("some-verification=1", "v=spf1 include:_spf.host.example ~all"),
    "google._domainkey.brand.example": ("v=DKIM1; k=rsa; p=MIIB",),
    "_dmarc.brand.example": ("v=DMARC1; p=quarantine; rua=mailto:d@brand.example",),
}


class FakeDns:
    """Knows some records; None means that the question gets no answer."""

    def __init__(self, records: Mapping[str, tuple[str, ...] | None], *, is_dead: bool = False) -> None:
        self._records = records
        self._is_dead = is_dead
        self.asked: list[str] = []

    def find_txt(self, name: str) -> tuple[str, ...] | None:
        self.asked.append(name)
        return None if self._is_dead else self._records.get(name, ())


def states(records: Mapping[str, tuple[str, ...] | None], domain: str = "brand.example") -> tuple[str, str, str]:
    check = check_domain(domain, resolver=FakeDns(records))
    return check.spf.state, check.dkim.state, check.dmarc.state


def test_a_domain_in_order() -> None:
    check = check_domain("Brand.Example", resolver=FakeDns(GOOD))
    assert (check.spf.state, check.dkim.state, check.dmarc.state) == ("ok", "ok", "ok")
    assert check.spf.record == "v=spf1 include:_spf.host.example ~all"
    assert "p=quarantine" in check.dmarc.sentence


def test_an_empty_domain_lacks_spf_and_dmarc_but_may_have_a_key() -> None:
    assert states({}) == ("missing", "unclear", "missing")


def test_a_dead_resolver_says_nothing_bad_and_is_not_asked_for_every_guess() -> None:
    dead = FakeDns({}, is_dead=True)
    check = check_domain("brand.example", resolver=dead)
    assert {check.spf.state, check.dkim.state, check.dmarc.state} == {"unclear"}
    assert len(dead.asked) == 3


def test_a_subdomain_is_covered_by_its_parent() -> None:
    assert states(GOOD, "mail.brand.example")[2] == "ok"
    assert states({"_dmarc.example": ("v=DMARC1; p=none",)}, "brand.example")[2] == "missing"


@pytest.mark.parametrize(
    ("records", "state"),
    [
        ({"k9._domainkey.brand.example": ("p=MIIB",)}, "ok"),
        ({"k9._domainkey.brand.example": ("v=DKIM1; p=",)}, "bad"),
        ({"k9._domainkey.brand.example": None}, "unclear"),
        ({"google._domainkey.brand.example": ("p=MIIB",)}, "missing"),
    ],
)
def test_a_known_selector(records: Mapping[str, tuple[str, ...] | None], state: str) -> None:
    assert check_domain("brand.example", selectors=["k9"], resolver=FakeDns(records)).dkim.state == state


@pytest.mark.parametrize(
    ("records", "state"),
    [
        (None, "unclear"),
        ((), "missing"),
        (("v=spf10 -all",), "missing"),
        (("v=spf1 -all",), "ok"),
        (("V=SPF1 mx -all",), "ok"),
        (("v=spf1 mx -all", "v=spf1 -all"), "bad"),
        (("v=spf1 +all",), "bad"),
        (("v=spf1 all",), "bad"),
        (("v=spf1 " + "include:a.example " * 10 + "-all",), "ok"),
        (("v=spf1 " + "include:a.example " * 11 + "-all",), "bad"),
        (("v=spf1 " + "ip4:192.0.2.1 " * 20 + "-all",), "ok"),
    ],
)
def test_spf(records: tuple[str, ...] | None, state: str) -> None:
    assert judge_spf(records).state == state


@pytest.mark.parametrize(
    ("records", "state"),
    [
        (None, "unclear"),
        ((), "missing"),
        (("v=DMARC1; p=none",), "ok"),
        (("v=DMARC1;p=reject;sp=none",), "ok"),
        (("v=DMARC1; sp=none",), "bad"),
        (("v=DMARC1; p=maybe",), "bad"),
        (("v=DMARC1; p=none", "v=DMARC1; p=reject"), "bad"),
        (("p=none",), "missing"),
    ],
)
def test_dmarc(records: tuple[str, ...] | None, state: str) -> None:
    assert judge_dmarc(records, at="brand.example").state == state
