"""Pure: which text of a step one contact gets, and the text itself."""

from collections.abc import Mapping
from random import Random
from typing import Any

from sequences.models import SequenceVersion
from sequences.pitch import Footer, Gaps, Rendered, render_pitch
from sequences.sequence_file import Step, Variant

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


def draw_variant(version: SequenceVersion, step: Step, values: Values, rng: Random) -> Variant:
    """Choose a text by weight among those that can be written for this contact; the first if none can."""
    texts = step.texts()
    if len(texts) == 1:
        return texts[0]
    fits = [
        text
        for text in texts
        if text.weight and not isinstance(render_variant(version, text, values, footer=None), Gaps)
    ]
    if not fits:
        return texts[0]
    return rng.choices(fits, weights=[text.weight for text in fits])[0]
