"""Pure: what the form of a step asks for, and what its answers make of the step."""

from collections.abc import Mapping
from typing import Any

from kit.errors import InvalidError, say
from sequences.course.schedule import parse_wait
from sequences.versions.tree import Tree, clean_lines, set_or_drop, set_text

UNITS = ("business days", "days", "hours", "weeks", "minutes", "seconds")
CHANNELS = ("instagram", "tiktok", "youtube", "x", "facebook", "phone")
ASKS = ("tag", "stage", "reply_kind", "country", "language", "topic", "followers", "avg_views", "engagement_rate")
_FIELDS = ("country", "language", "topic", "city")
_FIGURES = ("followers", "avg_views", "engagement_rate")


def apply_form(step: Tree, form: Mapping[str, str], variant: str) -> None:
    """Write what a form says into a step, by its kind."""
    set_or_drop(step, "title", " ".join(form.get("title", "").split()))
    if "wait_amount" in form:
        _wait(step, form)
    kind = step.get("kind")
    if kind in ("email", "task"):
        _words(step, form, variant)
    if kind == "email":
        step["thread"] = "same" if form.get("thread") == "same" else "new"
        set_or_drop(step, "review", "required" if form.get("review") else None)
    elif kind == "task":
        set_or_drop(step, "channel", form.get("channel", "").strip())
    elif kind in ("stage", "tag"):
        step[kind] = form.get(kind, "").strip()
    elif kind == "if":
        _condition(step, form)


def read_wait(step: Tree) -> tuple[int, str]:
    """Return the wait before a step as amount and unit; 0 for none."""
    try:
        wait = parse_wait(str(step["wait"])) if step.get("wait") else None
    except InvalidError:
        wait = None
    return (wait.amount, wait.unit) if wait else (0, UNITS[0])


def read_condition(step: Tree) -> dict[str, Any]:
    """Return a condition as the form shows it: what is asked, the words, whether it must not hold.

    `is_plain` is False for one that says more than the form can; it is then left as it is.
    """
    when = step.get("when") or {}
    negated = isinstance(when, dict) and list(when) == ["not"]
    inner = when["not"] if negated else when
    shown = {"asks": "tag", "words": "", "negated": negated, "is_plain": False}
    if not isinstance(inner, dict) or len(inner) != 1:
        return shown
    name, value = next(iter(inner.items()))
    if name in ("field", "handle") and isinstance(value, dict) and len(value) == 1:
        name, value = next(iter(value.items()))
    if name not in ASKS:
        return shown
    words = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return {"asks": name, "words": words, "negated": negated, "is_plain": True}


def _wait(step: Tree, form: Mapping[str, str]) -> None:
    given = form["wait_amount"].strip() or "0"
    unit = form.get("wait_unit", "")
    if not given.isdigit() or len(given) > len("999") or unit not in UNITS:
        raise InvalidError(say("Write how long to wait as a whole number."))
    if (int(given), unit) != read_wait(step):
        set_or_drop(step, "wait", f"{int(given)} {unit if int(given) != 1 else unit[:-1]}" if int(given) else None)


def _words(step: Tree, form: Mapping[str, str], variant: str) -> None:
    subject = " ".join(form["subject"].split()) if "subject" in form else None
    weight = form.get("weight", "")
    set_text(
        step, variant, subject=subject, body=clean_lines(form.get("body", "")),
        weight=min(int(weight), 1000) if weight.isascii() and weight.isdigit() else None,
    )  # fmt: skip


def _condition(step: Tree, form: Mapping[str, str]) -> None:
    for name in ("then", "else"):
        way = form.get(name, "")
        if way in ("continue", "end"):
            step[name] = way
    asks, words = form.get("asks", ""), [one.strip() for one in form.get("words", "").split(",") if one.strip()]
    if asks not in ASKS or not words:
        return
    if asks in _FIELDS:
        when: dict[str, Any] = {"field": {asks: words}}
    elif asks in _FIGURES:
        when = {"handle": {asks: words[0]}}
    else:
        when = {asks: words}
    step["when"] = {"not": when} if form.get("negated") else when
