"""Conditions: what holds for whom, and that what is not known never compares."""

import pytest
import yaml
from pydantic import ValidationError

from sequences.versions.conditions import Known, Metrics, When, holds, judge

IMANI = Known(
    reply_kind="question",
    stage="Talking",
    tags=frozenset({"vip", "Cork"}),
    fields={"niche": "Beauty", "topics": ["home", "garden"], "country": "IE", "empty": "", "age": 30},
    handles=(
        Metrics("youtube", followers=120_000, avg_views=None, engagement_rate=3.5),
        Metrics("tiktok", followers=900, avg_views=400, engagement_rate=9),
    ),
)


def when(source: str) -> When:
    return When.model_validate(yaml.safe_load(source))


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("{reply_kind: question}", True),
        ("{reply_kind: [interested, question]}", True),
        ("{reply_kind: interested}", False),
        ("{stage: talking}", True),
        ("{stage: [Found, Agreed]}", False),
        ("{tag: VIP}", True),
        ("{tag: [press, cork]}", True),
        ("{tag: press}", False),
        ("{field: {niche: beauty}}", True),
        ("{field: {niche: [food, beauty]}}", True),
        ("{field: {topics: garden}}", True),
        ("{field: {age: 30}}", True),
        ("{field: {country: ie}}", True),
        ("{field: {niche: beauty, country: de}}", False),
        ("{field: {empty: ''}}", None),
        ("{field: {absent: beauty}}", False),
        ("{not: {field: {absent: beauty}}}", True),
        ('{handle: {followers: ">= 100000"}}', True),
        ('{handle: {followers: ">= 120,000"}}', True),
        ('{handle: {followers: "> 120_000"}}', False),
        ("{handle: {followers: 120000}}", True),
        ('{handle: {followers: "< 120000"}}', False),
        ('{handle: {engagement_rate: "<= 3.5 %"}}', True),
        ('{handle: {avg_views: ">= 1"}}', False),
        ('{not: {handle: {avg_views: ">= 1"}}}', True),
        ('{handle: {platform: TikTok, avg_views: ">= 400"}}', True),
        ("{handle: {platform: tiktok}}", True),
        ("{handle: {platform: twitch}}", False),
        ('{handle: {platform: twitch, followers: "< 5"}}', False),
        ("{stage: Talking, tag: vip}", True),
        ("{stage: Talking, tag: press}", False),
        ("{stage: Talking, not: {tag: press}}", True),
        ("{not: {stage: Talking, tag: press}}", True),
        ("{not: {not: {stage: Talking}}}", True),
    ],
)
def test_holds(source: str, answer: bool | None) -> None:
    if answer is None:
        with pytest.raises(ValidationError):
            when(source)
        return
    assert holds(when(source), IMANI) is answer


@pytest.mark.parametrize(
    "source",
    [
        "{reply_kind: question}",
        "{stage: Talking}",
        "{tag: vip}",
        "{field: {niche: beauty}}",
        '{handle: {followers: ">= 0"}}',
        '{handle: {followers: "< 5"}}',
    ],
)
def test_nothing_holds_of_somebody_unknown(source: str) -> None:
    assert not holds(when(source), Known())
    assert holds(when(f"{{not: {source}}}"), Known())


@pytest.mark.parametrize(
    ("source", "because"),
    [
        ('{handle: {followers: ">= 100000"}}', "120,000 followers are at least 100,000"),
        ('{handle: {followers: "< 5"}}', "120,000 followers are not less than 5"),
        ("{stage: Talking, tag: vip}", "the stage is Talking and tagged vip"),
        ("{stage: Talking, tag: press}", "not tagged press"),
        ("{not: {tag: press}}", "not tagged press"),
        ("{field: {size: m}}", "size is not known"),
        ("{reply_kind: question}", "the newest answer is 'question'"),
        ("{handle: {platform: twitch}}", "no handle on twitch is known"),
    ],
)
def test_says_why_in_words(source: str, because: str) -> None:
    assert judge(when(source), IMANI).because == because


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("{}", "empty condition"),
        ("{stage: null}", "empty condition"),
        ("{field: {}}", "empty condition"),
        ("{handle: {}}", "empty condition"),
        ("{not: {}}", "empty condition"),
        ("{reply_kind: questoin}", "Did you mean 'question'"),
        ("{reply_kind: zzz}", "Use one of interested"),
        ("{tag: []}", "word or a list"),
        ("{tag: [[vip]]}", "word or a list"),
        ("{field: {country: no}}", "need quotes"),
        ("{handle: {followers: many}}", "'many' is no comparison"),
        ('{handle: {followers: "=> 5"}}', "is no comparison"),
        ("{handle: {followers: true}}", "is no comparison"),
    ],
)
def test_refuses(source: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        when(source)


def test_a_bare_no_is_the_reply_kind_no() -> None:
    assert when("{reply_kind: no}").reply_kind == ("no",)
    assert when("{reply_kind: [no, not_now]}").reply_kind == ("no", "not_now")


def test_a_stored_condition_reads_back_as_itself() -> None:
    asked = when('{stage: Talking, not: {handle: {platform: tiktok, followers: "> 5"}, field: {a: [b, c]}}}')
    assert When.model_validate(asked.model_dump(mode="json")) == asked
