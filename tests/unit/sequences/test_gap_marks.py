"""A mail to look at, bold words, links and lists included; the personal line and missing fields are in their places."""

from hypothesis import given
from hypothesis import strategies as st

from sequences.pitches.gap_marks import Letter, cut_letter, mark_gaps
from sequences.pitches.pitch import Footer, Rendered, render_pitch
from tests.unit.sequences.test_source_pieces import HARMLESS, TAGS, Tags

FOOT = Footer(postal_address="1 Quay", opt_out_sentence="No more", opt_out_url="https://x.example/o", signature="Mia")
LINE = 'Your <pan> film & "more"\nmade us laugh'
VALUES = {"contact": {"first_name": "Ana", "personal_line": LINE}, "brand": {"name": "P"}, "sender": {"name": "Mia"}}


def look(body: str, *, line: str = LINE, footer: Footer | None = FOOT) -> Letter:
    values = VALUES | {"contact": {"first_name": "Ana", "personal_line": line}}
    made = render_pitch("For {{ contact.first_name }}", body, values, footer=footer)
    assert isinstance(made, Rendered)
    return cut_letter(made.subject, made.text, made.html, line=line)


def kinds(letter: Letter) -> list[str]:
    return [piece.kind for piece in letter.html]


def shown(letter: Letter) -> str:
    return "".join(piece.words for piece in letter.html)


def test_what_is_bold_linked_or_listed_is_seen_so_and_the_foot_stands_apart() -> None:
    letter = look("I **love** [this](https://a.example/b).\n\n- one\n- two\n\n* * *\n\nBye")
    assert shown(letter) == (
        '<p dir="auto">I <strong>love</strong> <span class="link" title="https://a.example/b">this</span>.</p>\n'
        '<ul>\n<li dir="auto">one</li>\n<li dir="auto">two</li>\n</ul>\n<hr>\n'
        '<p dir="auto">Bye</p>\n<p dir="auto">Mia</p>\n'
    )
    assert letter.foot == ("1 Quay\nNo more: https://x.example/o",)
    assert shown(look("One.\n\n* * *\n\nTwo.", footer=None)).endswith('<hr>\n<p dir="auto">Two.</p>\n')


def test_the_personal_line_is_found_among_html_whatever_it_says() -> None:
    letter = look("Hi,\n\n{{ contact.personal_line }}\n\nBye")
    assert kinds(letter) == ["html", "line", "html"]
    assert letter.html[1].words == 'Your &lt;pan&gt; film &amp; "more"<br>\nmade us laugh'


def test_a_line_that_a_tag_says_too_is_marked_where_it_is_read() -> None:
    letter = look("Hi,\n\n{{ contact.personal_line }}\n\nBye", line="auto")
    assert [piece.words for piece in letter.html if piece.kind == "line"] == ["auto"]
    assert letter.html[0].words == '<p dir="auto">Hi,</p>\n<p dir="auto">'


def test_a_missing_field_stands_in_its_place_in_the_words_and_behind_a_link() -> None:
    values = {"contact": {"personal_line": "x"}, "brand": {"name": "P"}, "sender": {"name": "Mia"}}
    body = "Hi **{{ contact.first_name }}**, see [this](https://a.example/{{ contact.first_name }})."
    letter = mark_gaps("S", body, values, ["contact.first_name"], footer=FOOT, line="x")
    assert [piece.words for piece in letter.html if piece.kind == "gap"] == ["contact.first_name"] * 2
    assert letter.html[0].words == '<p dir="auto">Hi <strong>'
    assert "title" not in shown(letter)


def test_what_goes_without_html_is_shown_in_paragraphs() -> None:
    letter = mark_gaps(None, "Hi {{ contact.first_name }}\n\nBye", {"contact": {}}, ["contact.first_name"], footer=None)
    assert letter.html == ()
    assert [len(paragraph) for paragraph in letter.body] == [2, 1]


def test_what_no_renderer_of_ours_wrote_is_left_out() -> None:
    html = '<div dir="auto">\n<p onclick="x()">Hi<script>x()</script><img src="//y.example"></p>\n</div>\n'
    assert shown(cut_letter("", "Hi", html)) == "<p>Hi</p>\n"


@given(st.text(max_size=80), st.text(max_size=40))
def test_nothing_anybody_writes_becomes_a_tag(words: str, line: str) -> None:
    made = render_pitch("S", "{{ contact.first_name }} **b**", {"contact": {"first_name": f"{words}!"}}, footer=FOOT)
    if isinstance(made, Rendered):
        tags = Tags(shown(cut_letter(made.subject, made.text, made.html, line=line)))
        assert tags.tags <= TAGS
        assert tags.found <= HARMLESS
