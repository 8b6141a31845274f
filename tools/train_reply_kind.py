"""Train the small model of what replies say, from our own sentences; pure Python, the same bytes every time.

python tools/train_reply_kind.py            write mailer/parse/says/reply_kind.json
python tools/train_reply_kind.py --check    say whether that file is what the data gives
python tools/train_reply_kind.py --report   measure rules, model and both on the held-out replies
"""

import base64
import hashlib
import json
import math
import sys
import zlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

from mailer.parse.intent import guess_reply_kind
from mailer.parse.says.features import BUCKETS, marks_of
from mailer.parse.says.model import FILE, KINDS, Model, load_model, pack, soften
from mailer.said import ASKS_BELOW
from mailer.types import ReplyKind

HERE = Path(__file__).resolve().parent
DATA = HERE / "reply_kind_data"
HELD_OUT = HERE.parent / "tests" / "data" / "reply_kinds"
EPOCHS, PACE, DECAY = 10, 0.3, 2e-4
STEEP = 1e-4  # a slope below this teaches nothing worth its time
FOLDS = 3
SHARPNESSES = tuple(0.2 + step * 0.05 for step in range(57))
Row = tuple[str, int]
Marks = tuple[int, ...]


def read_rows(folder: Path) -> list[Row]:
    r"""Return (text, kind) from the files of a folder: after a heading `== kind` a reply a line, \n inside it."""
    rows: list[Row] = []
    for file in sorted(folder.glob("*.txt")):
        at = -1
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("== "):
                at = KINDS.index(ReplyKind(line[3:]))
            elif line:
                rows.append((line.replace("\\n", "\n"), at))
    return rows


def digest_of(folder: Path = DATA) -> str:
    """Return a digest of all that training learns from: rows, marks, what the rules say, and the settings.

    The stored model names it, so that a change without training is noticed at once.
    """
    whole = hashlib.sha256(repr((BUCKETS, KINDS, EPOCHS, PACE, DECAY, STEEP, FOLDS)).encode())
    for text, kind in read_rows(folder):
        whole.update(repr((sorted(marks_of(text)), guess_reply_kind(text)[0].value, kind)).encode())
    return whole.hexdigest()


def train(rows: Sequence[tuple[Marks, int]]) -> tuple[list[list[float]], list[float]]:
    """Return weights for each mark and a bias for each kind: softmax regression, AdaGrad, a fixed order of rows."""
    size = len(KINDS)
    weights = [[0.0] * size for _ in range(BUCKETS)]
    pasts = [[1e-2] * size for _ in range(BUCKETS)]
    bias, order, rng = [0.0] * size, list(range(len(rows))), Random(4)
    for epoch in range(EPOCHS):
        rng.shuffle(order)
        for at in order:
            marks, kind = rows[at]
            worth = 1 / math.sqrt(len(marks) or 1)
            lanes = zip(*(weights[mark] for mark in marks), strict=True) if marks else ((0.0,),) * size
            chances = soften([sum(lane) * worth + start for lane, start in zip(lanes, bias, strict=True)], 1.0)
            slopes = [chance - (1.0 if one == kind else 0.0) for one, chance in enumerate(chances)]
            for one, slope in enumerate(slopes):
                bias[one] -= 0.02 * slope
            _step(weights, pasts, marks, [(one, slope * worth) for one, slope in enumerate(slopes)])
        _report(f"epoch {epoch + 1} of {EPOCHS}\r")
    return weights, bias


def _step(weights: list[list[float]], pasts: list[list[float]], marks: Marks, slopes: list[tuple[int, float]]) -> None:
    steep = [(one, slope) for one, slope in slopes if abs(slope) > STEEP]
    for mark in marks:
        row, past = weights[mark], pasts[mark]
        for one, slope in steep:
            pull = slope + DECAY * row[one]
            past[one] += pull * pull
            row[one] -= PACE * pull / math.sqrt(past[one])


def squeeze(weights: list[list[float]]) -> tuple[bytes, float]:
    """Return the weights as a byte each (128 is zero) and what a unit is worth; the largest few are cut."""
    sizes = sorted(abs(weight) for row in weights for weight in row if weight)
    unit = sizes[int(len(sizes) * 0.999)] / 127 if sizes else 1.0
    return bytes(max(1, min(255, 128 + round(weight / unit))) for row in weights for weight in row), unit


def build() -> dict[str, object]:
    """Return the model's file: trained on everything, its confidence fitted on rows it had not seen."""
    texts = read_rows(DATA)
    rows = [(tuple(sorted(marks_of(text))), kind) for text, kind in texts]
    ruled = [KINDS.index(guess_reply_kind(text)[0]) for text, _ in texts]
    unseen: list[tuple[list[float], int, int]] = []
    for fold in range(FOLDS):
        weights, bias = train([row for at, row in enumerate(rows) if at % FOLDS != fold])
        model = make_model(weights, bias, witness_of([], []), 1.0, 1.0)
        unseen += [(model.score(rows[at][0]), ruled[at], rows[at][1]) for at in range(fold, len(rows), FOLDS)]
    witness = witness_of(ruled, [kind for _, kind in texts])
    heard = [case for case in unseen if KINDS[case[1]] is not ReplyKind.OTHER]
    both = [([a + b for a, b in zip(score, witness[said], strict=True)], kind) for score, said, kind in heard]
    weights, bias = train(rows)
    packed, unit = squeeze(weights)
    return {
        "about": "Written by tools/train_reply_kind.py; do not edit.",
        "data": digest_of(),
        "rows": len(rows),
        "scale": round(unit, 8),
        "bias": [round(one, 5) for one in bias],
        "witness": [[round(one, 4) for one in row] for row in witness],
        "sharpness": fit_sharpness(both),
        "lone_sharpness": fit_sharpness([(score, kind) for score, _, kind in unseen]),
        "weights": base64.b85encode(zlib.compress(packed, 9)).decode("ascii"),
    }


def make_model(
    weights: list[list[float]], bias: list[float], witness: list[list[float]], sharpness: float, lone: float
) -> Model:
    """Return a model as it will be after squeezing."""
    packed, unit = squeeze(weights)
    return Model(
        packed=pack(packed), scale=unit, bias=tuple(bias), witness=tuple(map(tuple, witness)), sharpness=sharpness,
        lone_sharpness=lone,
    )  # fmt: skip


def witness_of(ruled: Iterable[int], kinds: Iterable[int]) -> list[list[float]]:
    """Return log P(the rules say r | a person means k), with two imagined cases spread over each k."""
    size = len(KINDS)
    counts = [[2 / size] * size for _ in range(size)]
    for said, kind in zip(ruled, kinds, strict=True):
        counts[said][kind] += 1
    wholes = [sum(counts[said][kind] for said in range(size)) for kind in range(size)]
    return [[math.log(counts[said][kind] / wholes[kind]) for kind in range(size)] for said in range(size)]


def fit_sharpness(cases: list[tuple[list[float], int]]) -> float:
    """Return the sharpness under which the right kinds were the least surprising (temperature scaling)."""

    def surprise(sharpness: float) -> float:
        return -sum(math.log(max(soften(scores, sharpness)[kind], 1e-9)) for scores, kind in cases)

    return round(min(SHARPNESSES, key=surprise), 2)


def report() -> None:
    """Print accuracy, precision and recall by kind, and calibration, on replies that training never saw."""
    rows, model = read_rows(HELD_OUT), load_model()
    ways: dict[str, list[tuple[int, float]]] = {"rules": [], "model": [], "both": []}
    for text, _ in rows:
        ruled, marks = guess_reply_kind(text)[0], marks_of(text)
        ways["rules"].append((KINDS.index(ruled), 1.0))
        for name, said in (("model", None), ("both", ruled)):
            chances = model.weigh(marks, said)
            best = max(range(len(KINDS)), key=chances.__getitem__)
            ways[name].append((best, chances[best]))
    for name, found in ways.items():
        _print_way(name, found, [kind for _, kind in rows])


def _print_way(name: str, found: list[tuple[int, float]], truth: list[int]) -> None:
    right = [guess == kind for (guess, _), kind in zip(found, truth, strict=True)]
    print(f"{name}: {sum(right)} of {len(right)} right ({sum(right) / len(right):.1%})")
    for at, kind in enumerate(KINDS):
        both = sum(guess == at == true for (guess, _), true in zip(found, truth, strict=True))
        said, meant = sum(guess == at for guess, _ in found), truth.count(at)
        print(f"  {kind.value:14} precision {both / max(said, 1):6.1%}  recall {both / meant:6.1%}")
    if name == "rules":
        return
    gap = 0.0
    for low, high in pairwise((0.0, 0.4, 0.6, 0.8, 0.9, 1.01)):
        inside = [(sure, hit) for (_, sure), hit in zip(found, right, strict=True) if low <= sure < high]
        if inside:
            claimed, true = sum(sure for sure, _ in inside) / len(inside), sum(hit for _, hit in inside) / len(inside)
            gap += abs(claimed - true) * len(inside) / len(right)
            print(
                f"  sure {low:.1f} to {min(high, 1):.1f}: {len(inside):4} replies, "
                f"claimed {claimed:.1%}, right {true:.1%}"
            )
    kept = [hit for (_, sure), hit in zip(found, right, strict=True) if sure >= ASKS_BELOW]
    print(f"  calibration gap {gap:.1%}; asks about {1 - len(kept) / len(right):.1%}; "
          f"right where it does not ask {sum(kept) / max(len(kept), 1):.1%}")  # fmt: skip


def _report(words: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(words)


def main(words: list[str]) -> int:
    """Write, check or report."""
    if "--report" in words:
        report()
        return 0
    text = json.dumps(build(), indent=1) + "\n"
    if "--check" in words:
        same = FILE.exists() and FILE.read_text(encoding="ascii") == text
        print("The stored model is what the data gives." if same else "The stored model differs: train it again.")
        return 0 if same else 1
    FILE.write_text(text, encoding="ascii")
    print(f"{FILE}: {len(text) / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
