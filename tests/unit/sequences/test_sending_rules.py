"""The thresholds as tables: just below, near, and over each of them."""

from typing import Any

import pytest

from mailer.families import family_of
from mailer.providers import Sender
from sequences.mailboxes.sender_checks import judge_from, judge_one_click
from sequences.mailboxes.sending_rules import Figures, judge_sending
from sequences.sending.breaker import BounceRate

FINE = dict.fromkeys(("spf", "dkim", "dmarc", "alignment", "one_click", "ptr"), "ok")


def state(code: str, checks: dict[str, str] | None = None, **counts: Any) -> str:
    rules = judge_sending(Figures(**counts), FINE if checks is None else checks)
    return next(rule.state for rule in rules if rule.code == code)


@pytest.mark.parametrize("family", ["google", "yahoo", "microsoft"])
@pytest.mark.parametrize(
    ("count", "checks", "expected"),
    [
        (3_999, {}, "ok"),
        (4_000, FINE, "near"),
        (4_000, {**FINE, "dmarc": "missing"}, "near"),
        (5_000, {**FINE, "dmarc": "missing"}, "broken"),
        (5_000, {**FINE, "spf": "bad"}, "broken"),
        (5_000, FINE, "ok"),
        (5_000, {**FINE, "dkim": "unclear"}, "unclear"),
        (5_000, {}, "unclear"),
        (9_000, {**FINE, "spf": "weak"}, "ok"),
    ],
)
def test_bulk(family: str, count: int, checks: dict[str, str], expected: str) -> None:
    assert state(f"bulk_{family}", checks, families={family: count}) == expected


def test_microsoft_asks_for_no_one_click() -> None:
    checks = {**FINE, "one_click": "missing"}
    counts = {"families": {"microsoft": 6_000, "google": 6_000}}
    assert (state("bulk_microsoft", checks, **counts), state("bulk_google", checks, **counts)) == ("ok", "broken")


@pytest.mark.parametrize(
    ("code", "counts", "expected"),
    [
        ("complaints", {}, "unclear"),
        ("complaints", {"month": 500}, "ok"),
        ("complaints", {"month": 2_000, "complaints": 1}, "near"),
        ("complaints", {"month": 334, "complaints": 1}, "near"),
        ("complaints", {"month": 333, "complaints": 1}, "broken"),
        ("bounces", {}, "ok"),
        ("bounces", {"breaker": BounceRate(sent=49, hard=20)}, "ok"),
        ("bounces", {"breaker": BounceRate(sent=100, hard=2)}, "near"),
        ("bounces", {"breaker": BounceRate(sent=100, hard=3)}, "broken"),
        ("opt_outs", {"month": 99, "opt_outs": 9}, "ok"),
        ("opt_outs", {"month": 1_000, "opt_outs": 4}, "ok"),
        ("opt_outs", {"month": 1_000, "opt_outs": 5}, "near"),
        ("opt_outs", {"month": 1_000, "opt_outs": 10}, "broken"),
        ("jump", {"last_day": 20}, "ok"),
        ("jump", {"last_day": 21}, "near"),
        ("jump", {"last_day": 41}, "broken"),
        ("jump", {"last_day": 60, "week_before": 210}, "ok"),
        ("jump", {"last_day": 61, "week_before": 210}, "near"),
        ("one_text", {"week": 199, "top_text": 199}, "ok"),
        ("one_text", {"week": 200, "top_text": 160}, "near"),
        ("one_text", {"week": 200, "top_text": 159}, "ok"),
        ("answers", {"first_mails": 99}, "unclear"),
        ("answers", {"first_mails": 100, "answered": 1}, "near"),
        ("answers", {"first_mails": 100, "answered": 2}, "ok"),
    ],
)
def test_a_rule(code: str, counts: dict[str, Any], expected: str) -> None:
    assert state(code, **counts) == expected


def test_every_rule_says_why_and_what_is_over_says_what_to_do() -> None:
    counts = {
        "last_day": 900, "week": 900, "month": 900, "complaints": 9, "opt_outs": 90, "top_text": 900, "top_name": "x",
        "first_mails": 900, "breaker": BounceRate(sent=100, hard=9), "families": {"google": 9_000},
    }  # fmt: skip
    for rule in judge_sending(Figures(**counts), {}):
        assert rule.sentence
        assert rule.reason
        assert rule.todo or rule.state in {"ok", "unclear"}, rule.code


@pytest.mark.parametrize(
    ("domain", "family"),
    [
        ("gmail.com", "google"), ("GoogleMail.com.", "google"), ("hotmail.co.uk", "microsoft"),
        ("live.nl", "microsoft"), ("outlook.com", "microsoft"), ("msn.com", "microsoft"), ("yahoo.com.br", "yahoo"),
        ("aol.com", "yahoo"),
        ("ymail.com", "yahoo"), ("live.studio", None), ("outlook.people.example", None), ("yahoo", None), ("", None),
        ("notgmail.com", None),
    ],
)  # fmt: skip
def test_families(domain: str, family: str | None) -> None:
    assert family_of(domain) == family


@pytest.mark.parametrize(
    ("name", "address", "host", "expected"),
    [
        ("Ada Marsh", "ada@brand.example", "smtp.gmail.com", "ok"),
        ("", "ada@brand.example", "smtp.gmail.com", "weak"),
        ("ada@brand.example", "ada@brand.example", "smtp.gmail.com", "weak"),
        ("Ada Marsh", "ada@gmail.com", "smtp.gmail.com", "weak"),
        ("Ada Marsh", "ada@gmail.com", "smtp.sendgrid.net", "bad"),
        ("Ada Marsh", "ada@hotmail.com", "smtp-mail.outlook.com", "weak"),
        ("Ada Marsh", "ada@yahoo.com", "smtp.mail.yahoo.com", "weak"),
    ],
)
def test_from(name: str, address: str, host: str, expected: str) -> None:
    sender = Sender(address=address, domain=address.partition("@")[2], smtp_host=host)
    assert judge_from(name, sender).state == expected


def test_one_click() -> None:
    assert (judge_one_click(is_public=True).state, judge_one_click(is_public=False).state) == ("ok", "weak")
