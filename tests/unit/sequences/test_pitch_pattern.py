"""Parts made from a kept pattern are, to the letter, those made from the tree."""

from hypothesis import given
from hypothesis import strategies as st

from sequences.pitches.markdown_mail import Parts, _html, _text, _tree, make_parts
from sequences.pitches.pitch_value import Slots

WORDS = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "Ada",
            "<b>&\"'",
            "a\nb",
            " edge ",
            "https://x.example/?a=1&b=2",
            "javascript:1",
            "- item",
            "*s*",
            "\u2003",
        ]
    ),
    st.text(max_size=12),
)
PIECES = st.sampled_from(
    [
        "Hello {},\n\n", "{}", "**{}** ", "*{} and {}*\n\n", "- one {}\n- two\n\n", "1. {}\n2. {}\n\n", "> {}\n\n",
        "[see]({}) ", "[{}](https://x.example/{}) ", "[{}]({})\n\n", "`{}` ", "a\\\nb {}\n\n", "# {}\n\n", "---\n\n",
        "[**{}**](mailto:a@x.example) ", "plain & words\n",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=6), st.data())
def test_a_kept_pattern_changes_no_letter(pieces: list[str], data: st.DataObject) -> None:
    slots = Slots()
    markdown = "".join(pieces)
    while "{}" in markdown:
        markdown = markdown.replace("{}", slots.hold(data.draw(WORDS)), 1)
    tree = _tree(markdown)
    assert make_parts(markdown, slots) == Parts(text=_text(tree, slots), html=_html(tree, slots))
