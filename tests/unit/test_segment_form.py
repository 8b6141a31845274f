"""A segment as a form and back: whatever the form can show, it gives back as it was."""

from hypothesis import given
from hypothesis import strategies as st

from crm.segments import Either, Every, Node, Not, Term, parse_segment
from web.segment_form import SegmentForm, make_segment_form, read_segment_form

LINE = st.builds(Term, st.sampled_from(["tag", "size"]), st.sampled_from(["a", "b", "10..20"]))
LINES = st.one_of(LINE, st.builds(Not, LINE))
GROUPS = st.lists(LINES, min_size=2, max_size=4).map(tuple).flatmap(
    lambda parts: st.sampled_from([Every(parts), Either(parts), Not(Every(parts)), Not(Either(parts))])
)  # fmt: skip
TOPS = st.one_of(
    LINES, GROUPS, st.lists(st.one_of(LINES, GROUPS), min_size=2, max_size=5).map(tuple).flatmap(
        lambda parts: st.sampled_from([Every(parts), Either(parts)])
    )
)  # fmt: skip


def _fields(form: SegmentForm) -> dict[str, str]:
    fields = {"s.join": "any" if form.is_any else "all"}
    for number, group in enumerate(form.groups, 1):
        fields[f"s.{number}.join"] = "any" if group.is_any else "all"
        fields[f"s.{number}.not"] = "1" if group.is_not else ""
        for place, line in enumerate(group.conditions, 1):
            prefix = f"s.{number}.{place}."
            fields |= {f"{prefix}name": line.name, f"{prefix}value": line.value, f"{prefix}not": "1" * line.is_not}
    return fields


@given(TOPS)
def test_there_and_back(node: Node) -> None:
    form = make_segment_form(node)
    assert form is not None
    assert read_segment_form(_fields(form)) == node


def test_what_is_deeper_stays_text() -> None:
    assert make_segment_form(parse_segment("tag:a and (tag:b or (tag:c and not tag:d))")) is None
    assert make_segment_form(parse_segment("not not tag:a")) is None
    assert make_segment_form(None) == SegmentForm()


def test_lines_without_a_value_are_left_out() -> None:
    assert read_segment_form({"s.1.1.name": "tag", "s.1.1.value": " ", "s.2.1.name": "", "s.2.1.value": "x"}) is None
    assert read_segment_form({"s.9.1.name": "tag", "s.9.1.value": "a"}) is None
    assert read_segment_form({"s.2.3.name": "tag", "s.2.3.value": "a", "s.2.not": "1"}) == Not(Term("tag", "a"))
