"""A segment as text: read and written back, and texts nobody should be hurt by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.segments import DEEPEST, LONGEST, MOST_TERMS, Either, Every, Node, Not, Term, parse_segment, write_segment
from kit.errors import InvalidError

A, B, C = Term("tag", "pans"), Term("size", "20k..500k"), Term("country", "DE,AT")


@pytest.mark.parametrize(("text", "tree"), [
    ("", None),
    ("   ", None),
    ("tag:pans", A),
    ("tag:pans size:20k..500k", Every((A, B))),
    ("tag:pans and size:20k..500k", Every((A, B))),
    ("tag:pans or size:20k..500k country:DE,AT", Either((A, Every((B, C))))),
    ("(tag:pans or size:20k..500k) country:DE,AT", Every((Either((A, B)), C))),
    ("not tag:pans", Not(A)),
    ("not (tag:pans or not country:DE,AT)", Not(Either((A, Not(C))))),
    ("((tag:pans))", A),
    ('tag:"slow cooking,pans"', Term("tag", "slow cooking,pans")),
    ('tag:pans,"slow cooking"', Term("tag", "pans,slow cooking")),
    ('q:"say ""hi"" (now)"', Term("q", 'say "hi" (now)')),
    ("field.pan_size:26..", Term("field.pan_size", "26..")),
    ("not:x or:y", None),
])  # fmt: skip
def test_what_a_text_means(text: str, tree: Node | None) -> None:
    if text == "not:x or:y":
        tree = Every((Term("not", "x"), Term("or", "y")))
    assert parse_segment(text) == tree


@pytest.mark.parametrize(("text", "words"), [
    ("tag", "there stands tag"),
    ("tag:", "there stands tag:"),
    ("tag:pans or", "the end"),
    ("and tag:pans", "there stands and"),
    ("tag:pans and and", "there stands and"),
    ("(tag:pans", "never closed"),
    ("tag:pans)", "closing bracket too many"),
    ("()", "there stands )"),
    ("not", "the end"),
    ('tag:"pans', "quotation mark"),
    ("TAG:pans", "there stands TAG:pans"),
    ("x" * (LONGEST + 1), "longer than"),
    ("(" * 500 + "tag:pans" + ")" * 500, "deep"),
    ("not " * 400 + "tag:a", "too often"),
    (" ".join(["tag:a"] * (MOST_TERMS + 1)), "more than 40 conditions"),
])  # fmt: skip
def test_what_cannot_be_read_is_said(text: str, words: str) -> None:
    with pytest.raises(InvalidError, match=words.replace(")", r"\)")):
        parse_segment(text)


def _trees() -> st.SearchStrategy[Node]:
    value = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=8).filter(
        lambda text: text == text.strip()
    )
    term = st.builds(Term, st.sampled_from(["tag", "size", "field.pan"]), value)
    return st.recursive(
        term,
        lambda below: st.one_of(
            st.builds(Not, below),
            st.builds(Every, st.lists(below, min_size=2, max_size=3).map(tuple)),
            st.builds(Either, st.lists(below, min_size=2, max_size=3).map(tuple)),
        ),
        max_leaves=8,
    ).filter(lambda node: _depth(node) <= DEEPEST)


def _depth(node: Node) -> int:
    if isinstance(node, Term):
        return 0
    parts = (node.part,) if isinstance(node, Not) else node.parts
    return 1 + max(map(_depth, parts))


@given(_trees())
def test_what_is_written_is_read_as_the_same(tree: Node) -> None:
    assert parse_segment(write_segment(tree)) == tree


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        tree = parse_segment(text)
    except InvalidError:
        return
    assert parse_segment(write_segment(tree)) == tree
