"""Pure: what a finished mail gives to think about before it leaves. Advice with reasons; it never stops a mail.

What stops one is decided elsewhere: missing fields and faults of the pitch in pitch_check, the seven points of a good
pitch are in pitch_checklist. This reads the mail as the filters of large receivers and a busy creator do.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kit.errors import say
from sequences.pitches.compliments import OtherMail, find_compliments, find_reused
from sequences.pitches.lint_links import lint_files, lint_links, lint_sight
from sequences.pitches.lint_mail import File, LintFinding, LintMail
from sequences.pitches.lint_words import lint_gaps, lint_subject, lint_text

__all__ = ["File", "LintFinding", "LintMail", "OtherMail", "lint_pitch", "sample_of"]

_ORDER = ("serious", "warn", "note")
_NAMED = 3
_MANY_SAME = 5
_OUTPUT = re.compile(r"\{\{[^{}]{0,400}\}\}")
_LOGIC = re.compile(r"\{%[^{}]{0,400}%\}|\{#[^{}]{0,400}#\}")


def lint_pitch(
    mail: LintMail, others: Sequence[OtherMail] = (), *, contact_id: int = 0, same_subject: int = 0
) -> tuple[LintFinding, ...]:
    """Return what is to be thought about, the gravest first.

    `others` are mails to other people, read for compliments used twice; `same_subject` is how many others got this
    very subject lately.
    """
    found = [
        *lint_subject(mail),
        *lint_gaps(mail),
        *lint_text(mail),
        *lint_links(mail),
        *lint_sight(mail),
        *lint_files(mail),
        *_lint_copies(mail, others, contact_id),
        *_lint_same_subject(mail, same_subject),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: _ORDER.index(one.severity)))


def sample_of(subject: str, source: str, *, language: str = "", is_follow_up: bool = False) -> LintMail:
    """Return a pitch that nobody in particular gets: merge fields stand as a plain word, so that the rest is read."""
    fill = [_LOGIC.sub("", _OUTPUT.sub("Robin", text)) for text in (subject, source)]
    return LintMail(subject=fill[0], text=fill[1], language=language, is_follow_up=is_follow_up)


def _lint_copies(mail: LintMail, others: Iterable[OtherMail], contact_id: int) -> Iterator[LintFinding]:
    # The very same personal line is told beside it already.
    line = " ".join(mail.line.split())
    others = [other for other in others if not line or " ".join(other.line.split()) != line]
    reused = find_reused(find_compliments(mail.body, mail.line, mail.names), others, contact_id=contact_id)
    if not reused:
        return
    names = ", ".join(other.name for other in reused[:_NAMED])
    sentence = say("The same compliment goes to %(names)s.", names=names)
    if len(reused) > _NAMED:
        left = len(reused) - _NAMED
        sentence = say("The same compliment goes to %(names)s and %(more)s more.", names=names, more=left)
    yield LintFinding(
        code="compliment_reused",
        severity="warn",
        sentence=sentence,
        reason=say("Creators compare notes. Name something that is only theirs."),
    )


def _lint_same_subject(mail: LintMail, count: int) -> Iterator[LintFinding]:
    if mail.subject and count >= _MANY_SAME:
        yield LintFinding(
            code="subject_same",
            severity="note",
            sentence=say("%(count)s others got this very subject in the last 24 hours.", count=count),
            reason=say("Filters group mail by its subject; put something of theirs into it."),
            where="subject",
        )


def lint_source(subject: str | None, source: str, *, language: str = "") -> tuple[LintFinding, ...]:
    """Lint the text of a step before anybody is in it; None for a subject that is the conversation's."""
    return lint_pitch(replace(sample_of(subject or "", source, language=language), is_follow_up=subject is None))
