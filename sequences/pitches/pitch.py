"""Pure: a pitch and one person's values become a mail, or the list of what is missing. Nothing half-filled comes out.

Checking is in pitch_check, the seven points in pitch_checklist, the starters in starter_pitch; all are offered here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

from kit.errors import say
from sequences.pitches.markdown_mail import Footer, Parts, add_footer, join_parts, keep_lines, make_parts
from sequences.pitches.pitch_check import PitchFault, check_pitch
from sequences.pitches.pitch_checklist import ChecklistItem, pitch_checklist, reading_seconds, word_count
from sequences.pitches.pitch_sandbox import run_pitch
from sequences.pitches.pitch_value import Slots, clean_text, is_blank_text
from sequences.pitches.starter_pitch import STARTERS, Starter, lookup_pitch

__all__ = [
    "STARTERS",
    "ChecklistItem",
    "Footer",
    "Gaps",
    "PitchFault",
    "Rendered",
    "Starter",
    "check_pitch",
    "lookup_pitch",
    "pitch_checklist",
    "reading_seconds",
    "render_pitch",
    "render_typed",
    "word_count",
]

# "[first name]", as people leave it in drafts. "[1]" and the literal "[label](address)" of a value are no placeholders.
_PLACEHOLDER = re.compile(r"\[[^\W\d_][\w '’/-]{0,60}\](?!\()")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A mail ready to compose. `subject` is empty where the thread's subject is kept; `html` is a fragment."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """Why a pitch cannot go to this person.

    `fields` are merge fields without a value, in the order met; `faults` are sentences about the pitch itself.
    """

    fields: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def render_pitch(
    subject: str | None,
    body: str,
    values: Mapping[str, Mapping[str, Any]],
    *,
    footer: Footer | None,
    lang: str | None = None,
) -> Rendered | Gaps:
    """Render subject and body for one person.

    `subject` is None for a step in the same thread and for a direct message. `lang` is the pitch's BCP 47 tag.
    """
    closing = _closing(body, footer)
    sources = tuple(source for source in (subject, body, closing) if source is not None)
    faults = tuple(fault.sentence for source in sources for fault in check_pitch(source))
    if faults:
        return Gaps(faults=faults)
    slots = Slots()
    try:
        heading = "" if subject is None else _one_line(slots.fill(run_pitch(subject, values, slots)))
        parts = make_parts(run_pitch(body, values, slots), slots)
        if closing is not None:
            parts = join_parts(parts, make_parts(keep_lines(run_pitch(closing, values, slots)), slots))
    except (TemplateError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        return Gaps(fields=tuple(slots.gaps), faults=(say("The pitch could not be filled in: %(error)s", error=error),))
    if slots.gaps:
        return Gaps(fields=tuple(slots.gaps))
    faults = _output_faults(heading if subject is not None else None, parts.text)
    return Gaps(faults=faults) if faults else _finish(heading, parts, footer, lang)


def _closing(body: str, footer: Footer | None) -> str | None:
    """Return the brand's signature in Markdown, unless there is none or the pitch puts it somewhere itself."""
    if footer is None or not footer.signature or "brand.signature" in body:
        return None
    return footer.signature


def render_typed(text: str, *, footer: Footer | None = None) -> Rendered | Gaps:
    """Render what a person typed to one person: Markdown, in which braces and brackets mean themselves."""
    parts = make_parts(clean_text(text), Slots())
    if is_blank_text(parts.text):
        return Gaps(faults=(say("Write something first."),))
    return _finish("", parts, footer, None)


def _finish(subject: str, parts: Parts, footer: Footer | None, lang: str | None) -> Rendered:
    whole = add_footer(parts, footer) if footer else parts
    tag = f' lang="{lang}"' if lang and re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", lang) else ""
    return Rendered(subject=subject, text=whole.text + "\n", html=f'<div dir="auto"{tag}>\n{whole.html}</div>\n')


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _output_faults(subject: str | None, text: str) -> tuple[str, ...]:
    faults = []
    if subject is not None and is_blank_text(subject):
        faults.append(say("The subject is empty."))
    if is_blank_text(text):
        faults.append(say("The body is empty."))
    left = dict.fromkeys(_PLACEHOLDER.findall(f"{subject or ''}\n{text}"))
    faults.extend(
        say("“%(placeholder)s” still waits to be filled in.", placeholder=placeholder) for placeholder in left
    )
    return tuple(faults)
