"""Pure: which text of a step one contact gets, and the text itself."""

from collections.abc import Mapping
from random import Random
from typing import Any

from sequences.models import SequenceVersion
from sequences.pitches.pitch import Footer, Gaps, Rendered, render_pitch
from sequences.versions.sequence_file import Step, Variant

Values = Mapping[str, Mapping[str, Any]]

OPT_OUT_SENTENCE = "No more messages, please"


def render_variant(
    version: SequenceVersion, text: Variant, values: Values, *, footer: Footer | None, body: str | None = None
) -> Rendered | Gaps:
    """Render one text of a version; `body` replaces its source when a person edited it."""
    source = version.bodies[text.body] if body is None else body
    return render_pitch(text.subject, source, values, footer=footer)


def missing_in_step(version: SequenceVersion, step: Step, values: Values) -> list[str]:
    """Return what a step's text misses; nothing as soon as one of its variants can be written."""
    missing: list[str] = []
    for text in step.texts():
        rendered = render_variant(version, text, values, footer=None)
        if not isinstance(rendered, Gaps):
            return []
        missing = missing or [*rendered.fields, *rendered.faults]
    return missing


def draw_seed(sequence_id: int, contact_id: int, step_key: str) -> str:
    """Return what decides a contact's variant: the same today, in the preview and in the forecast."""
    return f"{sequence_id}:{contact_id}:{step_key}"


def write_step(
    version: SequenceVersion, step: Step, values: Values, *, seed: str, footer: Footer | None
) -> tuple[Variant, Rendered | Gaps]:
    """Choose a text by weight among those that can be written for this contact, and write it; the first if none can.

    One that cannot be written is put aside and drawn for again: the others keep their shares among themselves.
    """
    texts = step.texts()
    left = [text for text in texts if text.weight]
    rng = Random(seed)
    while len(texts) > 1 and left:
        text = rng.choices(left, weights=[one.weight for one in left])[0]
        rendered = render_variant(version, text, values, footer=footer)
        if not isinstance(rendered, Gaps):
            return text, rendered
        left.remove(text)
    return texts[0], render_variant(version, texts[0], values, footer=footer)
