"""Pure: what a reader said of a labelled message, compared with its label. A missing label counts nowhere."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

MEASURES = (
    "bounce recall",
    "bounce precision",
    "recipients exact",
    "status exact",
    "permanent right",
    "hard right",
    "reason right",
    "persons kept",
    "auto-reply recall",
    "auto-reply precision",
    "return date right",
    "has left right",
    "challenge kept",
    "other kept",
    "new text passes",
    "token precision",
    "token recall",
    "subject",
    "from",
    "text",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader says of one message. None is "not offered": the measure does not apply to that reader."""

    kind: str | None = None
    recipients: frozenset[str] | None = None
    bounce: dict[str, Any] = field(default_factory=dict)
    new_text: str | None = None
    text: str | None = None
    subject: str | None = None
    sender: str | None = None
    auto: dict[str, Any] = field(default_factory=dict)


class Score:
    """Sums a measure (a message counts from 0 to 1), and the misses by name."""

    def __init__(self) -> None:
        self.good: Counter[str] = Counter()
        self.all: Counter[str] = Counter()
        self.misses: list[str] = []

    def note(self, measure: str, name: str, good: float, seen: object = "") -> None:
        self.all[measure] += 1
        self.good[measure] += good  # type: ignore[assignment]
        if good < 1 and not measure.startswith("token"):
            self.misses.append(f"{measure:22} {name}: {seen}")

    def percent(self, measure: str) -> float | None:
        return 100 * self.good[measure] / self.all[measure] if self.all[measure] else None


def score(score_card: Score, name: str, row: dict[str, Any], got: Reading) -> None:
    """Compare one reading with its label."""
    if got.kind is not None and row.get("expected_kind"):
        _score_kind(score_card, name, row, got)
        if row["expected_kind"] == "bounce":
            _score_bounce(score_card, name, row, got)
    if got.auto and row.get("expected_kind") == "auto_reply":
        for measure, key in (("return date right", "until"), ("has left right", "gone")):
            if f"expected_{key}" in row:
                wanted = row[f"expected_{key}"]
                score_card.note(measure, name, got.auto[key] == wanted, f"{got.auto[key]} for {wanted}")
    _score_words(score_card, name, row, got)


def _score_kind(card: Score, name: str, row: dict[str, Any], got: Reading) -> None:
    expected, kind = row["expected_kind"], got.kind
    accepted = {expected, *row.get("also_ok", [])}
    if expected == "bounce":
        card.note("bounce recall", name, kind == "bounce", kind)
    if kind == "bounce":
        card.note("bounce precision", name, "bounce" in accepted, f"labelled {expected}")
    if expected == "human":
        card.note("persons kept", name, kind in accepted, kind)
    if not got.auto:
        return
    if expected == "auto_reply":
        card.note("auto-reply recall", name, kind in accepted, kind)
    if kind == "auto_reply":
        card.note("auto-reply precision", name, "auto_reply" in accepted, f"labelled {expected}")
    if expected in {"challenge", "other"}:
        card.note(f"{expected} kept", name, kind in accepted, kind)


def _score_bounce(card: Score, name: str, row: dict[str, Any], got: Reading) -> None:
    if "expected_recipients" in row and got.recipients is not None:
        alias = {key.lower(): value.lower() for key, value in row.get("recipient_alias", {}).items()}
        found = {alias.get(email, email) for email in got.recipients}
        wanted = {alias.get(email.lower(), email.lower()) for email in row["expected_recipients"]}
        card.note("recipients exact", name, found == wanted, f"{sorted(found)} for {sorted(wanted)}")
    measures = {
        "status": "status exact",
        "permanent": "permanent right",
        "hard": "hard right",
        "reason": "reason right",
    }
    for key, measure in measures.items():
        if f"expected_{key}" in row and (key in got.bounce or (got.auto and not got.bounce)):
            seen, wanted = got.bounce.get(key), row[f"expected_{key}"]
            card.note(measure, name, seen == wanted, f"{seen} for {wanted} {got.bounce.get('diagnostic', '')[:120]}")


def _score_words(card: Score, name: str, row: dict[str, Any], got: Reading) -> None:
    is_reply = "expected_reply_text" in row or "must_not_contain" in row
    if is_reply and got.new_text is not None:
        _score_reply(card, name, row, got.new_text)
    elif "must_contain" in row and got.text is not None:
        good = all(_flat(words) in _flat(got.text) for words in row["must_contain"])
        card.note("text", name, good, repr(got.text[:200]))
    if "expected_subject" in row and got.subject is not None:
        wanted = row["expected_subject"]
        card.note("subject", name, _flat(got.subject) == _flat(wanted), f"{got.subject!r} {wanted!r}")
    if "expected_from" in row and got.sender is not None:
        wanted = row["expected_from"].lower()
        card.note("from", name, got.sender == wanted, f"{got.sender} {wanted}")


def _score_reply(card: Score, name: str, row: dict[str, Any], new_text: str) -> None:
    new = _flat(new_text)
    texts = [row["expected_reply_text"], *row.get("also_text", [])] if "expected_reply_text" in row else []
    equal = not texts or new in {_flat(text) for text in texts}
    whole = all(_flat(text) in new for text in row.get("must_contain", []))
    clean = not any(_flat(text) in new for text in row.get("must_not_contain", []))
    card.note("new text passes", name, equal and whole and clean, repr(new[-300:]))
    if texts:
        precision, recall = max((_tokens(new, _flat(text)) for text in texts), key=sum)
        card.note("token precision", name, precision)
        card.note("token recall", name, recall)


def _tokens(found: str, wanted: str) -> tuple[float, float]:
    """Return the shares of words found that are wanted, and of words wanted that are found."""
    have, want = Counter(found.split()), Counter(wanted.split())
    both = (have & want).total()
    return (both / have.total() if have else float(not want), both / want.total() if want else 1.0)


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
