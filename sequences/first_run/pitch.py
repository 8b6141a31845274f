"""Pure: the first pitch: five facts about the product fill the starters; a point is made once its fact is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sequences.pitches.pitch import Gaps, lookup_pitch, pitch_checklist, render_pitch, word_count

FACTS = ("name", "what", "difference", "audience_reason", "budget")
MORE = ("idea", "target_date", "answer_by")
SUBJECT = "{{ brand.name }} and your work"
MAIL, DM = "pitches/long-pitch.md", "pitches/dm.md"
MOST_DM = 1_000  # what Instagram takes in one message
# The facts without which a point of the checklist is not made, whatever the words around them say.
_NEEDS = {
    "product": ("name", "what"), "difference": ("difference",), "audience": ("audience_reason",),
    "timeline": ("target_date",), "budget": ("budget",), "idea": ("idea",),
}  # fmt: skip
_LIVE_IN, _ANSWER_IN = timedelta(weeks=8), timedelta(weeks=2)
_MAX = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """The pitch as it stands: `points` are (key, title, whether it is made); "proof" is written for each person."""

    subject: str
    text: str
    dm: str
    words: int
    points: tuple[tuple[str, str, bool], ...]

    @property
    def made(self) -> int:
        """How many points are made."""
        return sum(done for _, _, done in self.points)


def read_facts(given: Mapping[str, str], today: date) -> dict[str, str]:
    """Return the facts of a form, cut to size; what is not the product's own has a sensible beginning."""
    facts = {name: " ".join(given.get(name, "").split())[:_MAX] for name in (*FACTS, *MORE)}
    product = facts["name"] or "it"
    facts["idea"] = facts["idea"] or f"one honest piece about {product}, told your way"
    facts["target_date"] = _day(facts["target_date"], today + _LIVE_IN)
    facts["answer_by"] = _day(facts["answer_by"], today + _ANSWER_IN)
    return facts


def list_missing(facts: Mapping[str, str]) -> tuple[str, ...]:
    """Return which of the five facts are still to be written."""
    return tuple(name for name in FACTS if not facts.get(name))


def make_fields(facts: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the merge fields of the sequence: the product's and the offer's."""
    product = {name: facts[name] for name in ("name", "what", "difference", "audience_reason") if facts.get(name)}
    offer: dict[str, Any] = {name: facts[name] for name in ("idea", "budget") if facts.get(name)}
    days = {name: date.fromisoformat(facts[name]) for name in ("target_date", "answer_by") if facts.get(name)}
    return {"product": product, "offer": offer | days}


def sketch_pitch(facts: Mapping[str, str], *, brand: str, sender: str, person: str) -> Sketch:
    """Return mail and direct message for somebody; what is missing shows as three dots."""
    fields = make_fields({name: facts.get(name) or "…" for name in FACTS} | {name: facts[name] for name in MORE})
    values = {
        **fields, "contact": {"name": person, "first_name": person.partition(" ")[0], "personal_line": "…"},
        "handle": {}, "brand": {"name": brand}, "sender": {"name": sender, "first_name": sender.partition(" ")[0]},
        "sequence": {"name": ""},
    }  # fmt: skip
    subject, text = _render(SUBJECT, MAIL, values)
    _, dm = _render(None, DM, values)
    points = tuple(
        (item.key, item.title, item.state == "ok" and all(facts.get(one) for one in _NEEDS.get(item.key, ("",))))
        for item in pitch_checklist(subject, text)
    )
    return Sketch(subject=subject, text=text, dm=dm.strip(), words=word_count(text), points=points)


def _render(subject: str | None, path: str, values: Mapping[str, Mapping[str, Any]]) -> tuple[str, str]:
    rendered = render_pitch(subject, lookup_pitch(path, {}), values, footer=None)
    return ("", "") if isinstance(rendered, Gaps) else (rendered.subject, rendered.text)


def _day(text: str, otherwise: date) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return otherwise.isoformat()
