"""DNS checks over recorded zones: what could not be asked is unclear, never bad; each trouble has its record."""

import base64
import re

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.dkim_record import read_keys
from mailer.dns import DomainCheck, Sender, check_domain, check_sender, make_sender
from mailer.dns_records import Record, is_trouble, read_tags
from mailer.providers import PROVIDERS, find_provider
from mailer.spf import follow_spf
from mailer.spf_record import parse_spf
from tests.unit.mailer.zones import Zone, Zones


def make_key(bits: int) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


KEY, SHORT_KEY = make_key(2048), make_key(1024)
GOOD: Zone = {
    "brand.example": ("some-verification=1", "v=spf1 include:_spf.google.com ~all"),
    "_spf.google.com": ("v=spf1 ip4:192.0.2.0/24 ~all",),
    "google._domainkey.brand.example": (f"v=DKIM1; k=rsa; p={KEY}",),
    "_dmarc.brand.example": ("v=DMARC1; p=quarantine; rua=mailto:d@brand.example",),
    "brand.example MX": ("1 smtp.google.com",),
}
GOOGLE = make_sender("mia@brand.example", smtp_host="smtp.gmail.com", user="mia@brand.example")
HOST: Zone = {"mail.brand.example A": ("192.0.2.9",)}
OWN = make_sender("mia@brand.example", smtp_host="mail.brand.example", user="mia")


def check(zone: Zone, sender: Sender = GOOGLE) -> DomainCheck:
    return check_sender(sender, resolver=Zones(zone))


def spf(zone: Zone, sender: Sender = GOOGLE) -> tuple[str, tuple[str, ...]]:
    found = check(zone, sender).spf
    return found.state, tuple(record.value for record in found.paste)


def test_a_domain_in_order() -> None:
    found = check(GOOD)
    assert {name: finding.state for name, finding in found.findings} == dict.fromkeys(
        ("spf", "dkim", "dmarc", "alignment", "mx", "ptr"), "ok"
    )
    assert found.spf.record == "v=spf1 include:_spf.google.com ~all"
    assert "lets Google send" in found.spf.sentence
    assert "p=quarantine" in found.dmarc.sentence
    assert not [record for _, finding in found.findings for record in finding.paste]


def test_an_empty_domain_gets_every_record_ready_made() -> None:
    found = check({})
    assert [finding.state for _, finding in found.findings] == [
        "missing", "unclear", "missing", "unclear", "missing", "ok"
    ]  # fmt: skip
    assert found.spf.paste == (Record(name="brand.example", kind="TXT", value="v=spf1 include:_spf.google.com ~all"),)
    assert found.dmarc.paste[0].name == "_dmarc.brand.example"
    assert found.dmarc.paste[0].value == "v=DMARC1; p=none; rua=mailto:mia@brand.example"
    assert found.mx.paste == (Record(name="brand.example", kind="MX", value="1 smtp.google.com"),)
    assert "Admin console" in found.dkim.reason


def test_a_dead_resolver_says_nothing_bad_and_is_not_asked_for_every_guess() -> None:
    dead = Zones({}, is_dead=True)
    found = check_sender(OWN, resolver=dead)
    assert {finding.state for _, finding in found.findings} == {"unclear"}
    assert not any(finding.paste for _, finding in found.findings)
    assert len(dead.asked) == 6


def test_the_domain_of_a_free_provider_is_not_ours_to_set() -> None:
    sender = make_sender("mia@gmail.com", smtp_host="smtp.gmail.com")
    assert not any(finding.paste for _, finding in check({}, sender).findings)


SPF_CASES: list[tuple[Zone, str, tuple[str, ...]]] = [
    ({"brand.example": None}, "unclear", ()),
    ({"brand.example": ("v=spf10 -all",)}, "missing", ("v=spf1 include:_spf.google.com ~all",)),
    ({"brand.example": ("V=SPF1 include:_SPF.google.com -all",)}, "ok", ()),
    ({"brand.example": ("v=spf1 ip4:192.0.2.7 include:_spf.google.com ?all",)}, "weak",
     ("v=spf1 ip4:192.0.2.7 include:_spf.google.com ~all",)),
    ({"brand.example": ("v=spf1 include:_spf.google.com",)}, "weak", ("v=spf1 include:_spf.google.com ~all",)),
    ({"brand.example": ("v=spf1 ptr include:_spf.google.com -all",)}, "weak", ("v=spf1 include:_spf.google.com -all",)),
    ({"brand.example": ("v=spf1 include:_spf.google.com +all",)}, "bad", ("v=spf1 include:_spf.google.com ~all",)),
    ({"brand.example": ("v=spf1 include:_spf.google.com all",)}, "bad", ("v=spf1 include:_spf.google.com ~all",)),
    ({"brand.example": ("v=spf1 ip4:198.51.100.1 -all",)}, "bad",
     ("v=spf1 ip4:198.51.100.1 include:_spf.google.com -all",)),
    ({"brand.example": ("v=spf1 ip4:198.51.100.1 -all", "v=spf1 include:_spf.google.com ~all")}, "bad",
     ("v=spf1 ip4:198.51.100.1 include:_spf.google.com ~all",)),
    ({"brand.example": ("v=spf1 redirect=_spf.google.com",)}, "ok", ()),
    ({"brand.example": ("v=spf1 redirect=other.example",), "other.example": ("v=spf1 ip4:192.0.2.1 -all",)}, "bad",
     ("v=spf1 include:_spf.google.com redirect=other.example",)),
    ({"brand.example": ("v=spf1 include:gone.example include:_spf.google.com ~all",)}, "bad",
     ("v=spf1 include:_spf.google.com ~all",)),
    ({"brand.example": ("v=spf1 include:late.example ~all",), "late.example": None}, "unclear", ()),
    ({"brand.example": ("v=spf1 include:brand.example ~all",)}, "bad",
     ("v=spf1 include:_spf.google.com ~all",)),
    ({"brand.example": ("v=spf1 ip4:1.2.3 include:_spf.google.com ~all",)}, "bad",
     ("v=spf1 include:_spf.google.com ~all",)),
    ({"brand.example": ("v=spf1 include:_spf.google.com a:a.no.example a:b.no.example a:c.no.example -all",)}, "bad",
     ()),
    ({"brand.example": ("v=spf1 include:_spf.google.com a:a.no.example a:b.no.example -all",)}, "ok", ()),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "state", "paste"), SPF_CASES)
def test_spf(zone: Zone, state: str, paste: tuple[str, ...]) -> None:
    assert spf({**GOOD, **zone}) == (state, paste)


def chain(count: int) -> Zone:
    """One include that takes in `count` more, each with an address of its own."""
    inner = {f"s{n}.example": (f"v=spf1 ip4:192.0.2.{n} -all",) for n in range(count)}
    many = " ".join(f"include:s{n}.example" for n in range(count))
    return {**inner, "many.example": (f"v=spf1 {many} -all",)}


@pytest.mark.parametrize(("count", "state"), [(8, "ok"), (9, "bad")])
def test_lookups_are_counted_over_the_whole_tree(count: int, state: str) -> None:
    # One for many.example, one for Google, and those below.
    zone = {**GOOD, **chain(count), "brand.example": ("v=spf1 include:many.example include:_spf.google.com -all",)}
    found = check(zone).spf
    assert found.state == state
    if state == "bad":
        assert "needs 11 lookups" in found.sentence
        assert "include:many.example costs 10" in found.reason


def test_a_record_that_would_be_ignored_as_well_is_not_offered() -> None:
    zone = {**GOOD, **chain(9), "brand.example": ("v=spf1 include:many.example -all",)}
    found = check(zone).spf
    assert (found.state, found.paste) == ("bad", ())


def test_what_stands_behind_all_costs_nothing() -> None:
    tree = follow_spf("brand.example", "v=spf1 -all " + "include:x.example " * 20, Zones({}))
    assert (tree.lookups, tree.faults) == (0, [])


def test_whom_a_record_lets_send() -> None:
    zone = {
        "a.brand.example A": ("198.51.100.9",), "brand.example MX": ("10 mx.brand.example",),
        "mx.brand.example A": ("203.0.113.5",), "mx.brand.example AAAA": ("2001:db8::5",),
        "in.example": ("v=spf1 ip4:192.0.2.0/28 ?ip4:192.0.2.99 -all",),
    }  # fmt: skip
    tree = follow_spf("brand.example", "v=spf1 a:a.brand.example/31 mx//64 include:in.example -all", Zones(zone))
    told = {"198.51.100.8": True, "198.51.100.10": False, "203.0.113.5": True, "2001:db8::77": True,
            "192.0.2.15": True, "192.0.2.16": False, "192.0.2.99": False, "no address": False}  # fmt: skip
    assert {address: tree.lets_send(address) for address in told} == told


@pytest.mark.parametrize(
    ("record", "state", "words"),
    [
        ("v=spf1 a:mail.brand.example -all", "ok", "lets mail.brand.example send"),
        ("v=spf1 ip4:192.0.2.0/24 -all", "ok", "lets mail.brand.example send"),
        ("v=spf1 ip4:198.51.100.0/24 -all", "unclear", "does not name mail.brand.example (192.0.2.9)"),
        ("v=spf1 exists:%{i}.x.example -all", "ok", "SPF is set."),
    ],
)
def test_a_server_of_one_s_own(record: str, state: str, words: str) -> None:
    found = check({**HOST, "brand.example": (record,)}, OWN).spf
    assert (found.state, words in found.sentence) == (state, True)


def test_a_record_that_opens_the_door_two_floors_down_is_open() -> None:
    zone = {**GOOD, "brand.example": ("v=spf1 include:_spf.google.com include:loose.example -all",),
            "loose.example": ("v=spf1 +all",)}  # fmt: skip
    found = check(zone).spf
    assert (found.state, "of loose.example" in found.sentence) == ("bad", True)


def test_a_long_value_is_split_as_zone_files_split_it() -> None:
    record = Record(name="x.example", kind="TXT", value="v=spf1 " + "ip4:192.0.2.1 " * 30 + "~all")
    parts = re.findall(r'"([^"]*)"', record.quoted)
    assert len(parts) == 2
    assert max(map(len, parts)) <= 255
    assert "".join(parts) == record.value


@pytest.mark.parametrize(
    ("record", "state", "words"),
    [
        (f"v=DKIM1; k=rsa; p={KEY}", "ok", "2048 bits"),
        (f"p={KEY}", "ok", ""),
        (f"v=DKIM1; p={SHORT_KEY}", "weak", "1024 bits"),
        (f"v=DKIM1; t=y; p={KEY}", "weak", "tested"),
        (f"v=DKIM1; t=s; p={KEY}", "ok", ""),
        (f"v=DKIM1; h=sha1; p={KEY}", "bad", "h=sha1"),
        (f"v=DKIM1; h=sha1:sha256; p={KEY}", "ok", ""),
        (f"v=DKIM1; s=tlsrpt; p={KEY}", "bad", "s=tlsrpt"),
        (f"v=DKIM1; s=email; p={KEY}", "ok", ""),
        (f"v=DKIM2; p={KEY}", "bad", "version"),
        ("v=DKIM1; p=", "bad", "revoked"),
        (f"v=DKIM1; p={KEY[:200]}", "bad", "damaged"),
        ("v=DKIM1; p=not base64!", "bad", "damaged"),
        (f"v=DKIM1; k=dsa; p={KEY}", "bad", "dsa"),
        ("v=DKIM1; k=ed25519; p=" + "A" * 43 + "=", "weak", "Ed25519"),
        ("v=DKIM1; k=ed25519; p=AAAA", "bad", "length"),
    ],
)
def test_a_key(record: str, state: str, words: str) -> None:
    found = check({**GOOD, "google._domainkey.brand.example": (record,)}).dkim
    assert found.state == state
    assert words in found.sentence + found.reason


def test_several_keys_are_named_and_a_bad_one_beside_a_good_one_is_a_note() -> None:
    zone = {**GOOD, "s1._domainkey.brand.example": (f"p={KEY}",), "s2._domainkey.brand.example": ("p=",)}
    found = check(zone).dkim
    assert (found.state, "“google”, “s1”" in found.sentence, "“s2” is revoked" in found.reason) == ("ok", True, True)


@pytest.mark.parametrize(
    ("records", "state"),
    [
        ({"k9._domainkey.brand.example": (f"p={KEY}",)}, "ok"),
        ({"k9._domainkey.brand.example": ("v=DKIM1; p=",)}, "bad"),
        ({"k9._domainkey.brand.example": None}, "unclear"),
        ({"google._domainkey.brand.example": (f"p={KEY}",)}, "missing"),
    ],
)
def test_a_known_selector(records: Zone, state: str) -> None:
    assert check_domain("brand.example", selectors=["k9"], resolver=Zones(records)).dkim.state == state


def test_a_provider_whose_keys_are_known_gives_the_records() -> None:
    sender = make_sender("mia@brand.example", smtp_host="smtp.fastmail.com")
    found = check({}, sender).dkim.paste
    assert found[0] == Record(
        name="fm1._domainkey.brand.example", kind="CNAME", value="fm1.brand.example.dkim.fmhosted.com"
    )


DMARC_CASES: list[tuple[tuple[str, ...] | None, str, str]] = [
    (None, "unclear", ""),
    ((), "missing", "v=DMARC1; p=none; rua=mailto:mia@brand.example"),
    (("v=DMARC1; p=none; rua=mailto:d@brand.example",), "ok", "v=DMARC1; p=quarantine; rua=mailto:d@brand.example"),
    (("v=DMARC1; p=none",), "weak", "v=DMARC1; p=none; rua=mailto:mia@brand.example"),
    (("v=DMARC1;p=reject",), "ok", ""),
    (("v=DMARC1;p=reject;sp=none",), "weak", "v=DMARC1; p=reject; rua=mailto:mia@brand.example"),
    (("v=DMARC1; p=quarantine; pct=20; adkim=s",), "weak",
     "v=DMARC1; p=quarantine; rua=mailto:mia@brand.example; adkim=s"),
    (("v=DMARC1; p=reject; t=y",), "weak", "v=DMARC1; p=reject; rua=mailto:mia@brand.example"),
    (("v=DMARC1; p=none; rua=d@brand.example",), "weak", "v=DMARC1; p=none; rua=mailto:mia@brand.example"),
    (("v=DMARC1; sp=none",), "bad", "v=DMARC1; p=none; rua=mailto:mia@brand.example"),
    (("v=DMARC1; p=maybe",), "bad", "v=DMARC1; p=none; rua=mailto:mia@brand.example"),
    (("v=DMARC1; p=reject; p=none",), "bad", "v=DMARC1; p=none; rua=mailto:mia@brand.example"),
    (("v=DMARC1; p=none", "v=DMARC1; p=reject"), "bad", "v=DMARC1; p=none; rua=mailto:mia@brand.example"),
    (("p=none",), "missing", "v=DMARC1; p=none; rua=mailto:mia@brand.example"),
]  # fmt: skip


@pytest.mark.parametrize(("records", "state", "paste"), DMARC_CASES)
def test_dmarc(records: tuple[str, ...] | None, state: str, paste: str) -> None:
    found = check({**GOOD, "_dmarc.brand.example": records}).dmarc
    assert (found.state, "".join(record.value for record in found.paste)) == (state, paste)


def test_a_subdomain_is_covered_by_its_parent_with_the_parent_s_word_for_subdomains() -> None:
    sender = make_sender("mia@mail.brand.example", smtp_host="smtp.gmail.com")
    assert check(GOOD, sender).dmarc.sentence == "DMARC is set at brand.example (p=quarantine)."
    looser = {**GOOD, "_dmarc.brand.example": ("v=DMARC1; p=reject; sp=none; rua=mailto:d@brand.example",)}
    assert "(p=none)" in check(looser, sender).dmarc.sentence
    assert check({"_dmarc.example": ("v=DMARC1; p=none",)}).dmarc.state == "missing"


def test_a_very_deep_name_is_climbed_in_eight_questions() -> None:
    zones = Zones({})
    check_domain("a.b.c.d.e.f.g.h.i.j.brand.example", resolver=zones)
    assert 2 < len([name for name in zones.asked if name.startswith("_dmarc.")]) <= 8


@pytest.mark.parametrize(("told", "state"), [(("v=DMARC1",), "ok"), ((), "weak"), (None, "ok")])
def test_reports_to_another_domain_need_its_word(told: tuple[str, ...] | None, state: str) -> None:
    zone = {
        **GOOD,
        "_dmarc.brand.example": ("v=DMARC1; p=reject; rua=mailto:x@reports.example",),
        "brand.example._report._dmarc.reports.example": told,
    }
    assert check(zone).dmarc.state == state


@pytest.mark.parametrize(
    ("zone", "state"),
    [
        ({}, "missing"),
        ({"brand.example MX": None}, "unclear"),
        ({"brand.example MX": ("0 .",)}, "bad"),
        ({"brand.example MX": ("10 mx.brand.example", "20 b.brand.example")}, "ok"),
        ({"brand.example A": ("192.0.2.1",)}, "weak"),
        ({"brand.example A": None}, "unclear"),
    ],
)
def test_mx(zone: Zone, state: str) -> None:
    assert check(zone).mx.state == state


@pytest.mark.parametrize(
    ("zone", "state"),
    [
        ({}, "unclear"),
        (HOST, "missing"),
        ({**HOST, "9.2.0.192.in-addr.arpa PTR": ("mail.brand.example",)}, "ok"),
        ({**HOST, "9.2.0.192.in-addr.arpa PTR": ("else.example",)}, "missing"),
        ({**HOST, "9.2.0.192.in-addr.arpa PTR": ("else.example",), "else.example A": None}, "unclear"),
        ({**HOST, "9.2.0.192.in-addr.arpa PTR": None}, "unclear"),
    ],
)
def test_the_reverse_name_of_a_server_of_one_s_own(zone: Zone, state: str) -> None:
    assert check(zone, OWN).ptr.state == state


def test_alignment() -> None:
    assert check({**GOOD, "_dmarc.brand.example": ("v=DMARC1; p=reject; aspf=s",)}).alignment.state == "ok"
    renamed = make_sender("mia@brand.example", smtp_host="smtp.gmail.com", user="mia@other.example")
    assert check({}, renamed).alignment.state == "unclear"
    ses = make_sender("mia@brand.example", smtp_host="email-smtp.eu-west-1.amazonaws.com", user="AKIA")
    assert "only DKIM can speak" in check({}, ses).alignment.sentence
    assert check(GOOD, ses).alignment.state == "ok"
    # No SPF, and the one key we were told of is revoked: nothing can pass.
    zone: Zone = {"google._domainkey.brand.example": ("p=",)}
    assert check(zone).alignment.state == "bad"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("smtp.gmail.com", "Google"), ("SMTP.office365.com.", "Microsoft"), ("smtp.zoho.eu", "Zoho"),
        ("smtp.fastmail.com", "Fastmail"), ("smtp.protonmail.ch", "Proton"), ("smtp.ionos.de", "IONOS"),
        ("smtp.hostinger.com", "Hostinger"), ("ssl0.ovh.net", "OVH"), ("mail.gandi.net", "Gandi"),
        ("smtp.mailbox.org", "Mailbox.org"), ("email-smtp.us-east-1.amazonaws.com", "Amazon SES"),
        ("smtp.eu.mailgun.org", "Mailgun"), ("smtp.sendgrid.net", "SendGrid"), ("smtp.postmarkapp.com", "Postmark"),
        ("smtp-relay.brevo.com", "Brevo"), ("mail.brand.example", None), ("", None),
        ("smtp.gmail.com.evil.example", None),
    ],
)  # fmt: skip
def test_providers_are_known_by_their_server(host: str, name: str | None) -> None:
    found = find_provider(host)
    assert (found.name if found else None) == name


def test_every_provider_s_own_records_are_in_order() -> None:
    for provider in PROVIDERS:
        assert all(not parse_spf(f"v=spf1 include:{name} ~all").faults for name in provider.spf)
        assert provider.cnames or provider.key_how, provider.name
        for record in (*provider.key_records("brand.example"), *provider.mx_records("brand.example")):
            assert "{" not in record.value


RECORDS = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(["v=spf1", "include:a.example", "redirect=a.example", "a", "mx", "ptr", "ip4:1.2.3.4/33",
                         "-all",
                         "exists:%{i}.a.example", "v=DMARC1;", "p=none;", "rua=mailto:a@b.example,", "v=DKIM1;", "p=;",
                         "k=ed25519;", "p=AAAA;", "\x00", "a//", "ip6:::", "=", ";"]), max_size=30,
    ).map(" ".join),
)  # fmt: skip


@settings(max_examples=60)
@given(RECORDS, st.sampled_from([GOOGLE, OWN]))
def test_no_record_is_too_odd(text: str, sender: Sender) -> None:
    zone: Zone = {"brand.example": (text,), "a.example": (text,), "_dmarc.brand.example": (text,),
                  "google._domainkey.brand.example": (text,), "brand.example MX": (text,),
                  "mail.brand.example A": (text,)}  # fmt: skip
    zones = Zones(zone)
    for _, finding in check_sender(sender, resolver=zones).findings:
        assert finding.sentence
        assert not (finding.state == "ok" and is_trouble(finding.state))
        for record in finding.paste:
            if record.value.startswith("v=spf1"):
                assert not parse_spf(record.value).faults
    assert len(zones.asked) < 250
    read_keys("x", [text])
    read_tags(text)
