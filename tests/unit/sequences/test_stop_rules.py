"""What forbids a mail, and what an incoming mail does to the runs of its contact."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from mailer.types import MailKind
from sequences.sending.stop_rules import Away, Clear, Facts, Hold, Incoming, Stop, decide_effect, decide_stop

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
STOP_ON = frozenset({"reply", "bounce", "opt_out", "stage:Alumni"})
FREE = Facts(now=NOW, stop_on=STOP_ON)

# Each fact that stands against a follow-up, what it comes to, and whether mail written by hand minds it;
# the most final first.
AGAINST: tuple[tuple[dict[str, Any], str, type[Stop | Hold], bool], ...] = (
    ({"is_erased": True}, "erased", Stop, True),
    ({"suppression": "anna@creators.example (opt_out)"}, "suppressed", Stop, True),
    ({"enrolment_state": "stopped", "enrolment_reason": "opt_out"}, "opt_out", Stop, False),
    ({"replied_at": NOW - HOUR}, "reply", Stop, False),
    ({"address_is_bad": True}, "bounce", Stop, False),
    ({"stage": "Alumni"}, "stage", Stop, False),
    ({"sequence_state": "archived"}, "sequence_archived", Stop, False),
    ({"sequence_state": "paused"}, "sequence_paused", Hold, False),
    ({"enrolment_state": "held", "enrolment_reason": "auto_reply"}, "auto_reply", Hold, False),
    ({"mailbox_is_gone": True}, "mailbox_gone", Hold, True),
    ({"mailbox_pause": "The password was refused."}, "mailbox_paused", Hold, True),
    ({"away": Away("Ruben", NOW + HOUR, NOW.date())}, "on_leave", Hold, False),
    ({"expires_at": NOW}, "expired", Stop, True),
)


def with_facts(*facts: dict[str, Any], by_hand: bool = False) -> Facts:
    merged: dict[str, Any] = {}
    for fact in facts:
        merged = {**fact, **merged}
    return replace(FREE, is_by_hand=by_hand, **merged)  # the first, most final fact wins where two share a field


def test_nothing_stands_against_a_mail_that_nothing_forbids() -> None:
    assert decide_stop(FREE) == Clear()


@pytest.mark.parametrize(("fact", "reason", "kind", "minds_by_hand"), AGAINST, ids=[row[1] for row in AGAINST])
def test_each_fact_alone_forbids(
    fact: dict[str, Any], reason: str, kind: type[Stop | Hold], minds_by_hand: bool
) -> None:
    verdict = decide_stop(with_facts(fact))
    assert isinstance(verdict, Stop | Hold)
    assert verdict.__class__ is kind
    assert verdict.reason == reason
    assert verdict.sentence[0].isupper()
    assert verdict.sentence.endswith(".")
    by_hand = decide_stop(with_facts(fact, by_hand=True))
    assert by_hand == (verdict if minds_by_hand else Clear())


@pytest.mark.parametrize(("first", "second"), list(combinations(AGAINST, 2)), ids=lambda row: row[1])
def test_of_two_facts_the_more_final_one_is_told(
    first: tuple[dict[str, Any], str, type[Stop | Hold], bool],
    second: tuple[dict[str, Any], str, type[Stop | Hold], bool],
) -> None:
    verdict = decide_stop(with_facts(first[0], second[0]))
    assert isinstance(verdict, first[2])
    assert verdict.reason == first[1]


@pytest.mark.parametrize(
    "facts",
    [
        {"replied_at": NOW - HOUR, "stop_on": STOP_ON - {"reply"}},
        {"address_is_bad": True, "stop_on": STOP_ON - {"bounce"}},
        {"stage": "Talking"},
        {"stage": "Alumni", "stop_on": STOP_ON - {"stage:Alumni"}},
        {"enrolment_state": "held", "hold_until": NOW},
        {"enrolment_state": "held", "hold_until": NOW - HOUR},
        {"expires_at": NOW + HOUR},
    ],
)
def test_what_does_not_forbid(facts: dict[str, Any]) -> None:
    assert decide_stop(with_facts(facts)) == Clear()


def test_a_hold_says_until_when() -> None:
    verdict = decide_stop(with_facts({"enrolment_state": "held", "hold_until": NOW + HOUR}))
    assert verdict == Hold(reason="held", sentence="This run is held.", until=NOW + HOUR)


@pytest.mark.parametrize(
    ("state", "words"), [("draft", "not started yet"), ("paused", "paused"), ("finished", "finished")]
)
def test_a_sequence_that_is_not_live_says_why(state: str, words: str) -> None:
    verdict = decide_stop(with_facts({"sequence_state": state}))
    assert isinstance(verdict, Hold)
    assert verdict.sentence == f"The sequence is {words}."


def incoming(kind: MailKind, **facts: Any) -> Incoming:
    return replace(Incoming(kind=kind), **facts)


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        (incoming(MailKind.REPLY), "reply"),
        (incoming(MailKind.REPLY, opt_out=True), "opt_out"),
        (incoming(MailKind.REPLY, opt_out=True, complaint=True), "complaint"),
        (incoming(MailKind.OTHER, complaint=True), "complaint"),
        (incoming(MailKind.BOUNCE), "bounce"),
        (incoming(MailKind.BOUNCE, is_hard_bounce=True), "bounce"),
        (incoming(MailKind.AUTO_REPLY, is_permanent_auto_reply=True), "left"),
    ],
)
def test_what_ends_the_runs_of_a_contact(mail: Incoming, reason: str) -> None:
    effect = decide_effect(mail, NOW)
    assert isinstance(effect, Stop)
    assert effect.reason == reason


@pytest.mark.parametrize("kind", [MailKind.OTHER, MailKind.CHALLENGE])
def test_what_leaves_the_runs_alone(kind: MailKind) -> None:
    assert decide_effect(incoming(kind), NOW) == Clear()


@pytest.mark.parametrize(
    ("back_on", "until"),
    [(None, NOW + timedelta(days=14)), (NOW + timedelta(days=3), NOW + timedelta(days=3))],
)
def test_somebody_away_is_left_alone_until_they_are_back(back_on: datetime | None, until: datetime) -> None:
    effect = decide_effect(incoming(MailKind.AUTO_REPLY, back_on=back_on), NOW)
    assert isinstance(effect, Hold)
    assert (effect.reason, effect.until) == ("auto_reply", until)
