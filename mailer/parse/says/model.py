"""Pure: the small model: weights for each mark and kind, read once from the file that training wrote.

One reply is scored with a single sum: the weights of a mark for all kinds lie side by side in one whole number, each in
a lane of its own, so that adding the numbers adds every lane.
"""

import base64
import json
import math
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mailer.types import ReplyKind

KINDS = tuple(ReplyKind)
FILE = Path(__file__).with_name("reply_kind.json")
_LANE = 24  # bits a kind: 255 times a thousand marks fit with room to spare
_ZERO = 128  # what stands for a weight of zero, so that no lane borrows from its neighbour
_LANE_MASK = (1 << _LANE) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Weights as packed numbers, and how to turn sums into probabilities.

    `scale` is what one unit of weight is worth, `bias` what a kind starts with; `witness[r][k]` is the logarithm of how
    often the rules say r when a person means k; `sharpness` makes the confidence honest.
    """

    packed: tuple[int, ...]
    scale: float
    bias: tuple[float, ...]
    witness: tuple[tuple[float, ...], ...]
    sharpness: float
    lone_sharpness: float

    def score(self, marks: Iterable[int]) -> list[float]:
        """Return a score for each of KINDS, as logarithms up to a constant."""
        rows = [self.packed[mark] for mark in marks]
        total, zero = sum(rows), _ZERO * len(rows)
        scale = self.scale / math.sqrt(len(rows) or 1)
        return [((total >> (_LANE * at) & _LANE_MASK) - zero) * scale + bias for at, bias in enumerate(self.bias)]

    def weigh(self, marks: Iterable[int], ruled: ReplyKind | None) -> list[float]:
        """Return the probability of each of KINDS; `ruled` is what the rules say, None to leave them out."""
        scores = self.score(marks)
        if ruled is None or ruled is ReplyKind.OTHER:
            # The rules are precise, not complete: their silence says nothing.
            return soften(scores, self.lone_sharpness)
        heard = self.witness[KINDS.index(ruled)]
        return soften([score + word for score, word in zip(scores, heard, strict=True)], self.sharpness)


def soften(scores: list[float], sharpness: float) -> list[float]:
    """Return probabilities that add up to one."""
    top = max(scores)
    parts = [math.exp((score - top) * sharpness) for score in scores]
    whole = sum(parts)
    return [part / whole for part in parts]


def pack(weights: bytes) -> tuple[int, ...]:
    """Return one number a mark from its weights, a byte a kind (128 is zero)."""
    size = len(KINDS)
    return tuple(
        sum(weights[start + at] << (_LANE * at) for at in range(size)) for start in range(0, len(weights), size)
    )


@cache
def load_model(file: Path = FILE) -> Model:
    """Return the model that was trained from `tools/reply_kind_data`."""
    kept = json.loads(file.read_text(encoding="ascii"))
    return Model(
        packed=pack(zlib.decompress(base64.b85decode(kept["weights"]))),
        scale=kept["scale"],
        bias=tuple(kept["bias"]),
        witness=tuple(tuple(row) for row in kept["witness"]),
        sharpness=kept["sharpness"],
        lone_sharpness=kept["lone_sharpness"],
    )
