"""Wire: the segment's form on the page: its groups with a line to spare each, and what each line can ask."""

from collections.abc import Mapping
from dataclasses import dataclass

from crm.segments import parse_segment
from kit.errors import InvalidError
from web.people_query import NAMES, OWN, WHERE
from web.people_words import EXAMPLES, OWN_EXAMPLES, Names, say_name
from web.segment_form import MOST_CONDITIONS, MOST_GROUPS, Condition, Group, SegmentForm, make_segment_form
from web.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder:
    """What the form shows; `form` is None for a segment that only its text can show. `options` are name and words."""

    form: SegmentForm | None
    text: str
    options: tuple[tuple[str, str], ...]


def make_builder(query: Mapping[str, str], names: Names) -> Builder:
    """Return the form for what a query asks, with an empty line at the end of each group and an empty group."""
    text = query.get(WHERE, "")
    try:
        form = make_segment_form(parse_segment(text))
    except InvalidError:
        form = None
    return Builder(form=_with_room(form) if form else None, text=text, options=tuple(_options(names)))


def _with_room(form: SegmentForm) -> SegmentForm:
    groups = [
        Group(conditions=(*group.conditions, Condition())[:MOST_CONDITIONS], is_any=group.is_any, is_not=group.is_not)
        for group in form.groups
    ]
    spare = Group(conditions=(Condition(),), is_any=not form.is_any)
    return SegmentForm(groups=(*groups, spare)[:MOST_GROUPS], is_any=form.is_any)


def _options(names: Names) -> list[tuple[str, str]]:
    fixed = [(name, say_name(name, names), EXAMPLES[name]) for name in NAMES if name != WHERE]
    own = [
        (f"{OWN}{key}", field.label, _(OWN_EXAMPLES[field.kind]))
        for key, field in names.fields.items()
        if field.retired_at is None
    ]
    return [(name, _("%(name)s (%(example)s)", name=label, example=example)) for name, label, example in fixed + own]
