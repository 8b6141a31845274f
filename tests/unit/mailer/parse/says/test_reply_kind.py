"""The model is what its data gives, is as good as measured on replies it never saw, and is honest about its doubt."""

import importlib.util
import json
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.parse import parse_mail
from mailer.parse.says import judge_reply
from mailer.parse.says.features import BUCKETS, marks_of
from mailer.parse.says.model import FILE, KINDS, load_model, pack, soften
from mailer.types import ReplyKind

ROOT = Path(__file__).resolve().parents[5]


@pytest.fixture(scope="module")
def trainer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("train_reply_kind", ROOT / "tools" / "train_reply_kind.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_stored_model_was_trained_from_this_data(trainer: ModuleType) -> None:
    kept = json.loads(FILE.read_text("ascii"))
    assert kept["data"] == trainer.digest_of(), "run: python tools/train_reply_kind.py"


def test_training_repeats_exactly_and_learns(trainer: ModuleType) -> None:
    rows = [(tuple(sorted(marks_of(text))), kind) for text, kind in trainer.read_rows(trainer.DATA)[::20]]
    (weights, bias), again = trainer.train(rows), trainer.train(rows)
    assert (weights, bias) == again
    model = trainer.make_model(weights, bias, trainer.witness_of([], []), 1.0, 1.0)
    scores = [model.score(marks) for marks, _ in rows]
    right = sum(score.index(max(score)) == kind for score, (_, kind) in zip(scores, rows, strict=True))
    assert right / len(rows) > 0.95


def test_there_is_enough_data_and_none_of_it_is_held_out(trainer: ModuleType) -> None:
    rows, held_out = trainer.read_rows(trainer.DATA), trainer.read_rows(trainer.HELD_OUT)
    assert len(rows) >= 1_200
    assert len(held_out) >= 300
    assert {kind for _, kind in rows} == {kind for _, kind in held_out} == set(range(len(KINDS)))
    known = {"".join(filter(str.isalpha, text.lower())) for text, _ in rows}
    assert [text for text, _ in held_out if "".join(filter(str.isalpha, text.lower())) in known] == []
    assert len(FILE.read_bytes()) < 300_000


def test_it_is_as_good_as_was_measured_and_better_where_it_is_sure(trainer: ModuleType) -> None:
    said = [(judge_reply(text), KINDS[kind]) for text, kind in trainer.read_rows(trainer.HELD_OUT)]
    right = [verdict.kind is kind for verdict, kind in said]
    assert sum(right) / len(right) > 0.84
    sure = [verdict.kind is kind for verdict, kind in said if not verdict.asks]
    assert sum(sure) / len(sure) > 0.92
    assert len(sure) / len(said) > 0.75
    shares = []
    for low, high in pairwise((0.0, 0.6, 0.9, 1.01)):
        hits = [verdict.kind is kind for verdict, kind in said if low <= verdict.confidence < high]
        shares.append(sum(hits) / len(hits))
    assert shares == sorted(shares), "the surer, the more often right"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I'd love to, please send it to my home.", ReplyKind.INTERESTED),
        ("Which colour would it be?", ReplyKind.QUESTION),
        ("My fee is 450 euros for a reel.", ReplyKind.COUNTER_OFFER),
        ("Please write again in March, I'm fully booked.", ReplyKind.NOT_NOW),
        ("No thank you, not for us.", ReplyKind.NO),
        ("My agent Ben handles this: ben@agents.example", ReplyKind.REFERRAL),
        ("The parcel came today.", ReplyKind.OTHER),
    ],
)
def test_plain_answers_are_sure(text: str, kind: ReplyKind) -> None:
    verdict = judge_reply(text)
    assert (verdict.kind, verdict.asks) == (kind, False)
    assert bool(verdict.cue) is (kind is not ReplyKind.OTHER)
    assert verdict.second is not kind


def test_a_mixed_answer_asks() -> None:
    verdict = judge_reply("Nice pan, bad time, no money, ask Jo.")
    assert verdict.asks
    assert verdict.confidence < 0.6


@pytest.mark.parametrize("text", ["", "   ", "👍", "!!!", "123 456", "\x00"])
def test_no_letter_says_nothing(text: str) -> None:
    verdict = judge_reply(text)
    assert (verdict.kind, verdict.confidence, verdict.cue) == (ReplyKind.OTHER, 1.0, "")


@given(st.text(max_size=2_000))
def test_any_text_has_a_kind_and_an_honest_number(text: str) -> None:
    verdict = judge_reply(text)
    assert 0 <= verdict.confidence <= 1
    assert len(verdict.cue) <= 120
    assert judge_reply(text) == verdict
    assert all(0 <= mark < BUCKETS for mark in marks_of(text))


@given(st.binary(min_size=len(KINDS) * 40, max_size=len(KINDS) * 40))
def test_lanes_never_spill(weights: bytes) -> None:
    packed = pack(weights)
    total = sum(packed)
    sums = [sum(weights[at :: len(KINDS)]) for at in range(len(KINDS))]
    assert [(total >> (24 * at)) & 0xFFFFFF for at in range(len(KINDS))] == sums


def test_chances_add_up_and_silence_of_the_rules_says_nothing() -> None:
    model = load_model()
    assert sum(soften([1.0, 5.0, -800.0], 1.3)) == pytest.approx(1)
    marks = marks_of("Is the lid included?")
    assert sum(model.weigh(marks, ReplyKind.QUESTION)) == pytest.approx(1)
    assert model.weigh(marks, ReplyKind.OTHER) == model.weigh(marks, None)
    at = KINDS.index(ReplyKind.QUESTION)
    assert model.weigh(marks, ReplyKind.QUESTION)[at] > model.weigh(marks, ReplyKind.NO)[at]


def test_who_wants_no_more_mail_says_no() -> None:
    raw = b"From: Nia <nia@x.example>\r\n\r\nI would love to, but please remove me from your list.\r\n"
    mail = parse_mail(raw, received_at=datetime(2026, 11, 23, tzinfo=UTC))
    assert (mail.opt_out, mail.reply_kind, mail.reply_confidence) == (True, ReplyKind.NO, 1.0)
    assert "remove me" in mail.cue
