"""What the rules of the team say: by table, at their edges, and in words that name who, when and the last reply."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sequences.sending.stop_rules import Clear, Hold, Stop
from sequences.team.rules import (
    OpenRun,
    PastRun,
    Refusal,
    TeamFacts,
    TeamRules,
    Touch,
    decide_at_send,
    decide_team,
    with_touch,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
RULES = TeamRules()
OURS, THEIRS = 1, 2


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def past(days: float, *, brand: int = OURS, began: float | None = None, number: int = 3) -> PastRun:
    return PastRun(
        enrolment_id=number,
        brand_id=brand,
        sequence="spring-markers",
        who="Mia Lund",
        began_at=ago(days if began is None else began),
        at=ago(days),
    )


def elsewhere(number: int = 3) -> OpenRun:
    return OpenRun(enrolment_id=number, sequence="spring-markers", who="Mia Lund", since=ago(2))


def touches(*days: float) -> tuple[Touch, ...]:
    return tuple(Touch(at=ago(day), who="Mia Lund", what="by hand") for day in days)


FREE = TeamFacts(brand_id=OURS)


@pytest.mark.parametrize(
    ("facts", "rule", "until"),
    [
        ({}, None, None),
        # 30 days between sequences of any brand; of one's own brand without an answer it is 100.
        ({"past": (past(29.9, brand=THEIRS),)}, "recently_contacted", ago(-0.1)),
        ({"past": (past(30, brand=THEIRS),)}, None, None),
        ({"past": (past(20),)}, "recently_contacted", ago(-80)),
        ({"past": (past(20),), "last_reply_at": ago(19)}, "recently_contacted", ago(-10)),
        ({"past": (past(31),)}, "cold_repitch", ago(-69)),
        ({"past": (past(99.9),)}, "cold_repitch", ago(-0.1)),
        ({"past": (past(100),)}, None, None),
        ({"past": (past(31),), "last_reply_at": ago(30)}, None, None),
        # An answer that came before the last mail of that run is an answer to it all the same.
        ({"past": (past(31, began=40),), "last_reply_at": ago(35)}, None, None),
        ({"past": (past(31, began=40),), "last_reply_at": ago(41)}, "cold_repitch", ago(-69)),
        # A later mail of another brand does not hide the older cold one.
        ({"past": (past(31, brand=THEIRS), past(40))}, "cold_repitch", ago(-60)),
        ({"owner": "Leo Bain"}, "owned", None),
        ({"touches": touches(*range(29, 21, -1))}, "contact_budget", ago(-1)),
        ({"touches": touches(*range(28, 21, -1))}, None, None),
        ({"touches": touches(30, *range(28, 21, -1))}, None, None),
        ({"touches": touches(*range(29, 19, -1))}, "contact_budget", ago(-3)),
        ({"runs": (elsewhere(),)}, "active_elsewhere", None),
    ],
)
def test_decides_whether_a_run_may_begin(facts: dict[str, Any], rule: str | None, until: datetime | None) -> None:
    verdict = decide_team(replace(FREE, **facts), RULES, NOW)
    found = (verdict.rule, verdict.until) if isinstance(verdict, Refusal) else (None, None)
    assert found == (rule, until)


OFF = {"recent_days": None, "cold_days": None, "owned": False, "budget": None, "active_elsewhere": False}
EVERYTHING = TeamFacts(
    brand_id=OURS,
    past=(past(2),),
    runs=(elsewhere(),),
    touches=touches(*range(9, 1, -1)),
    owner="Leo Bain",
    last_reply_at=datetime(2026, 10, 12, 8, 0, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("switch", "rule"),
    [
        ("recent_days", "recently_contacted"),
        ("cold_days", "cold_repitch"),
        ("owned", "owned"),
        ("budget", "contact_budget"),
        ("active_elsewhere", "active_elsewhere"),
    ],
)
def test_each_rule_may_be_switched_off(switch: str, rule: str) -> None:
    facts = replace(EVERYTHING, last_reply_at=None)
    only = replace(TeamRules(), **{name: off for name, off in OFF.items() if name != switch})
    alone = decide_team(facts, only, NOW)
    assert isinstance(alone, Refusal)
    assert alone.rule == rule
    assert isinstance(decide_team(facts, replace(TeamRules(), **OFF), NOW), Clear)


def test_a_refusal_names_who_when_and_the_last_reply() -> None:
    mail = replace(past(0), at=datetime(2026, 11, 3, 10, 0, tzinfo=UTC))
    verdict = decide_team(replace(EVERYTHING, past=(mail,)), RULES, NOW)
    assert isinstance(verdict, Refusal)
    assert verdict.sentence == (
        "Mia Lund wrote on 3 November 2026 (spring-markers); they last answered on 12 October 2026."
    )
    only_recent = replace(TeamRules(), **{**OFF, "recent_days": 30})
    for name in OFF:
        rules = replace(TeamRules(), **{**OFF, name: getattr(TeamRules(), name)})
        one = decide_team(replace(EVERYTHING, last_reply_at=None), rules, NOW)
        assert isinstance(one, Refusal)
        assert "Mia Lund" in one.sentence
        assert "November 2026" in one.sentence
        assert "never answered" in one.sentence
    assert isinstance(decide_team(FREE, only_recent, NOW), Clear)


RUN = replace(FREE, enrolment_id=5, began_at=ago(1))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, None),
        # What was there when the run began was judged then; what came in since stops it.
        ({"past": (past(2, brand=THEIRS),)}, None),
        ({"past": (past(0.5, brand=THEIRS),)}, "recently_contacted"),
        ({"owner": "Leo Bain"}, "owned"),
        # Of two open runs the smaller number goes on.
        ({"runs": (elsewhere(4),)}, "active_elsewhere"),
        ({"runs": (elsewhere(6),)}, None),
    ],
)
def test_a_first_mail_is_stopped_by_what_came_up_since(facts: dict[str, Any], reason: str | None) -> None:
    run = replace(RUN, **facts)
    verdict = decide_at_send(run, RULES, NOW, is_first=True)
    assert (verdict.reason if isinstance(verdict, Stop) else None) == reason
    assert isinstance(decide_at_send(run, RULES, NOW, is_first=False), Clear)
    assert isinstance(decide_at_send(replace(run, override="a reason"), RULES, NOW, is_first=True), Clear)


@pytest.mark.parametrize("is_first", [True, False])
def test_the_budget_holds_any_mail_until_a_touch_ages_out(is_first: bool) -> None:
    full = replace(RUN, touches=touches(*range(28, 20, -1)))
    verdict = decide_at_send(full, RULES, NOW, is_first=is_first)
    assert isinstance(verdict, Hold)
    assert (verdict.reason, verdict.until) == ("contact_budget", ago(-2))
    assert isinstance(decide_at_send(full, RULES, ago(-2), is_first=is_first), Clear)
    assert isinstance(decide_at_send(replace(full, override="asked for it"), RULES, NOW, is_first=is_first), Clear)


@given(
    budget=st.integers(1, 6),
    tries=st.lists(st.integers(0, 90 * 24), max_size=60),
)
def test_whoever_obeys_never_goes_over_budget(budget: int, tries: list[int]) -> None:
    rules = TeamRules(budget=budget)
    facts, sent = RUN, []
    for hour in sorted(tries):
        now = NOW + timedelta(hours=hour)
        verdict = decide_at_send(facts, rules, now, is_first=False)
        if isinstance(verdict, Clear):
            facts = with_touch(facts, Touch(at=now, who="Mia Lund", what="spring"))
            sent.append(now)
        else:
            assert isinstance(verdict, Hold)
            assert verdict.until is not None
            assert isinstance(decide_at_send(facts, rules, verdict.until, is_first=False), Clear)
    for last in sent:
        assert sum(last - timedelta(days=30) < one <= last for one in sent) <= budget
